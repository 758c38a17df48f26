# Take files with secrets out of the web root.  Run as root.  What uses them must be told the new
# place, and every secret that lay there must be changed: only you can do that.
set -eu
FILES="${FILES:-}"                  # as the finding names them, white space between them
AWAY="${AWAY:-/etc/site-secrets}"   # outside of every web root
GROUP="${GROUP:-root}"              # the group that may read them: the application's

[ -n "$FILES" ] || { echo "Name the files: FILES='/var/www/html/a.php ...'" >&2; exit 1; }
install -d -m 750 -g "$GROUP" "$AWAY"
for file in $FILES; do
  to="$AWAY/$(echo "${file#/}" | tr / _)"
  [ -e "$file" ] || continue
  mv -- "$file" "$to"
  chgrp "$GROUP" "$to"
  chmod 640 "$to"
done
