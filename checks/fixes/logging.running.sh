# Install and start rsyslog, and let the journal keep its entries on disk.  As root.
set -eu
if command -v apt-get >/dev/null; then
    command -v rsyslogd >/dev/null || apt-get install -y --no-install-recommends rsyslog
elif command -v dnf >/dev/null; then
    command -v rsyslogd >/dev/null || dnf install -y rsyslog
fi
mkdir -p /etc/systemd/journald.conf.d /var/log/journal
# The file that is read last wins.
printf '[Journal]\nStorage=persistent\n' >/etc/systemd/journald.conf.d/zz-press-scan.conf
systemd-tmpfiles --create --prefix /var/log/journal || true
systemctl restart systemd-journald
journalctl --flush || true
systemctl enable rsyslog
systemctl restart rsyslog
logger -p auth.info "press-scan: the system logger runs"
