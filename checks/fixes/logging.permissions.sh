# Close logs to others.  As root.
set -eu
GROUP=root
if getent group adm >/dev/null; then GROUP=adm; fi
for log in /var/log/auth.log /var/log/secure /var/log/syslog /var/log/messages /var/log/kern.log \
    /var/log/sudo.log /var/log/mail.log; do
    for file in "$log" "$log".* "$log"-*; do
        [ -f "$file" ] || continue
        owner=$(stat -c %U "$file")
        case $owner in root | syslog) ;; *) owner=root ;; esac
        chown "$owner:$GROUP" "$file"
        chmod 640 "$file"
    done
done
for folder in /var/log/nginx /var/log/apache2 /var/log/httpd /var/log/icecast2; do
    [ -d "$folder" ] || continue
    chmod o-rwx "$folder" # no other account comes near what lies in it
    find "$folder" -type f -exec chmod o-rwx,g-w {} +
done
if [ -d /var/log/audit ]; then
    chmod 700 /var/log/audit
    find /var/log/audit -type f -exec chmod 600 {} +
fi
find /var/log -xdev -type f -perm -o+w -exec chmod o-w {} +
# New files, too.
if [ -f /etc/rsyslog.conf ]; then
    sed -i -E 's/^(\$FileCreateMode)[[:space:]]+.*/\1 0640/; s/(fileCreateMode=")[0-7]+"/\10640"/I' \
        /etc/rsyslog.conf
    if systemctl is-active --quiet rsyslog; then systemctl restart rsyslog; fi
fi
for file in /etc/logrotate.d/*; do
    [ -f "$file" ] || continue
    case ${file##*/} in
        rsyslog | syslog | nginx | apache2 | httpd)
            sed -i -E 's/^([[:space:]]*create)[[:space:]]+0?6[0-7][1-7]\b/\1 0640/' "$file" ;;
    esac
done
