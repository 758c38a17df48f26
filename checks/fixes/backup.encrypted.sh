# Encrypt the plain dumps and archives of a folder with gpg; each is read back before it is removed.
# As root.  The job that writes them must pipe them through gpg from now on:
#     mysqldump ... | gzip | gpg --batch --symmetric --passphrase-file FILE -o NAME.sql.gz.gpg
FOLDER=${FOLDER:-}
PASSWORD_FILE=${PASSWORD_FILE:-/root/.press-scan-backup}
set -eu
umask 077
[ -d "$FOLDER" ] || { echo "Set FOLDER to the folder with the dumps" >&2; exit 2; }
command -v gpg >/dev/null || apt-get install -y --no-install-recommends gpg || dnf install -y gnupg2
# Without this password nobody can read the copies: keep it on paper, too.
[ -s "$PASSWORD_FILE" ] || head -c 32 /dev/urandom | base64 >"$PASSWORD_FILE"
find "$FOLDER" -type f \( -name '*.sql' -o -name '*.sql.*' -o -name '*.dump' -o -name '*.tar' \
    -o -name '*.tar.*' -o -name '*.tgz' -o -name '*.zip' \) ! -name '*.gpg' ! -name '*.age' \
    ! -name '*.enc' | while read -r file; do
    gpg --batch --yes --pinentry-mode loopback --passphrase-file "$PASSWORD_FILE" --symmetric \
        -o "$file.gpg" "$file"
    gpg --batch --quiet --pinentry-mode loopback --passphrase-file "$PASSWORD_FILE" --decrypt \
        "$file.gpg" 2>/dev/null | cmp -s - "$file" || { echo "$file was not encrypted" >&2; exit 1; }
    touch -r "$file" "$file.gpg"
    rm "$file"
done
