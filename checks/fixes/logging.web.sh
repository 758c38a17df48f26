# Let every virtual host write access and error logs.  As root.  What is changed is kept as
# FILE.before; locations that leave out icons are changed as well.
set -eu
changed() { # FILE SED-SCRIPT
    cp -p "$1" "/root/$(echo "$1" | tr / _).before"
    sed -i -E "$2" "$1"
}
if command -v nginx >/dev/null && [ -d /etc/nginx ]; then
    for file in $(grep -rlE '^[^#]*(access_log[[:space:]]+(off|/dev/null)|error_log[[:space:]]+/dev/null)' \
        /etc/nginx/nginx.conf /etc/nginx/conf.d /etc/nginx/sites-enabled 2>/dev/null); do
        file=$(readlink -f "$file")
        changed "$file" '/^[[:space:]]*#/!{
            s,access_log[[:space:]]+(off|/dev/null)[^;]*;,access_log /var/log/nginx/access.log;,g
            s,error_log[[:space:]]+/dev/null[^;]*;,error_log /var/log/nginx/error.log;,g
        }'
    done
    nginx -t
    if systemctl is-active --quiet nginx; then systemctl reload nginx; fi
fi
for conf in /etc/apache2 /etc/httpd; do
    [ -d "$conf" ] || continue
    LOGS=/var/log/httpd
    [ "$conf" = /etc/apache2 ] && LOGS='${APACHE_LOG_DIR}'
    for file in $(grep -RlE '^[^#]*(CustomLog|TransferLog|ErrorLog)[[:space:]]+"?/dev/null' \
        "$conf"/*-enabled "$conf"/conf "$conf"/conf.d "$conf"/apache2.conf 2>/dev/null); do
        file=$(readlink -f "$file")
        changed "$file" "/^[[:space:]]*#/!{
            s,(CustomLog|TransferLog)[[:space:]]+\"?/dev/null\"?,\\1 $LOGS/access.log,
            s,ErrorLog[[:space:]]+\"?/dev/null\"?,ErrorLog $LOGS/error.log,
        }"
    done
    # Hosts without a line of their own write to one of the main server's.
    if [ "$conf" = /etc/apache2 ]; then
        [ -e "$conf/conf-available/other-vhosts-access-log.conf" ] && a2enconf -q other-vhosts-access-log
    elif ! grep -rqsE '^[[:space:]]*CustomLog' "$conf/conf/httpd.conf"; then
        printf 'CustomLog %s/access_log combined\n' "$LOGS" >"$conf/conf.d/zz-press-scan-log.conf"
    fi
    for unit in apache2 httpd; do
        if systemctl is-active --quiet "$unit"; then systemctl reload "$unit"; fi
    done
done
