# Have log-ins written to a file of their own and to a journal on disk.  As root.
set -eu
if [ -d /etc/redhat-release.d ] || [ -e /etc/redhat-release ]; then LOG=/var/log/secure; GROUP=root
else LOG=/var/log/auth.log; GROUP=adm; fi
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
grep -qsE '^[[:space:]]*(module\(load="im(uxsock|journal)"|\$ModLoad im(uxsock|journal))' \
    /etc/rsyslog.conf /etc/rsyslog.d/*.conf ||
    printf 'module(load="imuxsock")\n' >/etc/rsyslog.d/00-press-scan-input.conf
touch "$LOG"
chown "root:$GROUP" "$LOG"
chmod 640 "$LOG"
rsyslogd -N1
systemctl enable rsyslog
systemctl restart rsyslog
# sshd: INFO is its own setting; QUIET, FATAL and ERROR record no log-in.
for file in /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf; do
    [ -e "$file" ] || continue
    sed -i -E 's/^([[:space:]]*LogLevel[[:space:]]+)(QUIET|FATAL|ERROR)/\1INFO/I' "$file"
done
if systemctl is-active --quiet ssh; then systemctl reload ssh
elif systemctl is-active --quiet sshd; then systemctl reload sshd; fi
