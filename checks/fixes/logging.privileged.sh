# Have every use of sudo recorded, in a file and in a journal on disk.  As root.
set -eu
if [ -e /etc/redhat-release ]; then LOG=/var/log/secure; GROUP=root
else LOG=/var/log/auth.log; GROUP=adm; fi
# Lines that switch the record off become comments.
for file in /etc/sudoers /etc/sudoers.d/*; do
    [ -f "$file" ] || continue
    new=$(mktemp "$file.XXXXXX")
    sed -E 's/^([[:space:]]*Defaults.*(!syslog|!log_allowed|!log_denied).*)$/# \1/' "$file" >"$new"
    if ! cmp -s "$file" "$new" && visudo -cqf "$new"; then cat "$new" >"$file"; fi
    rm -f "$new"
done
umask 227
printf 'Defaults syslog=authpriv\n' >/etc/sudoers.d/00-press-scan-record.new
visudo -cqf /etc/sudoers.d/00-press-scan-record.new
mv -f /etc/sudoers.d/00-press-scan-record.new /etc/sudoers.d/00-press-scan-record
umask 022
if command -v apt-get >/dev/null; then
    command -v rsyslogd >/dev/null || apt-get install -y --no-install-recommends rsyslog
elif command -v dnf >/dev/null; then
    command -v rsyslogd >/dev/null || dnf install -y rsyslog
fi
mkdir -p /etc/systemd/journald.conf.d /var/log/journal
printf '[Journal]\nStorage=persistent\n' >/etc/systemd/journald.conf.d/zz-press-scan.conf
systemd-tmpfiles --create --prefix /var/log/journal || true
systemctl restart systemd-journald
journalctl --flush || true
if ! grep -rqsE "^[^#]*auth(priv)?[^#]*[[:space:]]-?$LOG" /etc/rsyslog.conf /etc/rsyslog.d; then
    printf 'auth,authpriv.* %s\n' "$LOG" >/etc/rsyslog.d/20-press-scan-auth.conf
fi
touch "$LOG"
chown "root:$GROUP" "$LOG"
chmod 640 "$LOG"
rsyslogd -N1
systemctl enable rsyslog
systemctl restart rsyslog
