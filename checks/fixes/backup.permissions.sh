# Close backup folders and password files to all but root, and take dumps out of the web roots.
# As root.  Name the folders, the password files (and scripts with a password in them), and the web roots:
FOLDERS=${FOLDERS:-/backup /backups /srv/backup /var/backups}
SECRETS=${SECRETS:-}
WEB_ROOTS=${WEB_ROOTS:-/var/www}
AWAY=${AWAY:-/root/from-web-roots}
set -eu
for folder in $FOLDERS; do
    [ -d "$folder" ] || continue
    find "$folder" -maxdepth 2 -type d -exec chmod o-rwx {} +
    find "$folder" -type f \( -name '*.sql*' -o -name '*.dump*' -o -name '*.tar*' -o -name '*.tgz' \
        -o -name '*.zip' \) -exec chmod go-rwx {} +
done
for file in $SECRETS; do chmod go-rwx "$file"; done
install -d -m 700 "$AWAY"
for root in $WEB_ROOTS; do
    [ -d "$root" ] || continue
    find "$root" -maxdepth 4 -type f \( -name '*.sql' -o -name '*.sql.*' -o -name '*backup*.zip' \
        -o -name '*backup*.tar*' -o -name '*.wpress' -o -name '*.jpa' -o -name '*.dump' \) |
    while read -r file; do
        case $file in *.sql) head -c 400 "$file" | grep -qiE 'dump|phpmyadmin' || continue ;; esac
        mv "$file" "$AWAY/$(date +%s)-${file##*/}"
    done
done
