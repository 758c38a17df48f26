# The code of a site belongs to root; the web server writes its upload and cache folders only.
# Run as root.  Updates by the CMS's own dashboard stop working: update by wp-cli or a deploy user.
set -eu
SITE="${SITE:-/var/www/html}"
OWNER="${OWNER:-root}"
GROUP="${GROUP:-www-data}"
UPLOADS="${UPLOADS:-wp-content/uploads wp-content/cache wp-content/upgrade}"   # below SITE

getent group "$GROUP" >/dev/null || GROUP=$(getent group apache nginx | cut -d: -f1 | head -n 1)
chown -R "$OWNER:$GROUP" "$SITE"
chmod -R g-w,o-w "$SITE"
for folder in $UPLOADS; do
  [ -d "$SITE/$folder" ] && chown -R "$GROUP:$GROUP" "$SITE/$folder"
done
exit 0
