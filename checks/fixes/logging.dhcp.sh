# Have the DHCP server's leases recorded by rsyslog.  As root.  (Kea and dnsmasq: not tried by our
# tests.)
set -eu
if command -v apt-get >/dev/null; then
    command -v rsyslogd >/dev/null || apt-get install -y --no-install-recommends rsyslog
elif command -v dnf >/dev/null; then
    command -v rsyslogd >/dev/null || dnf install -y rsyslog
fi
for file in /etc/dnsmasq.conf /etc/dnsmasq.d/*.conf; do
    [ -e "$file" ] && sed -i -E 's/^([[:space:]]*quiet-dhcp6?[[:space:]]*)$/# \1/' "$file"
done || true
if [ -e /etc/kea/kea-dhcp4.conf ]; then
    sed -i -E 's/("severity"[[:space:]]*:[[:space:]]*)"(WARN|ERROR|FATAL|NONE)"/\1"INFO"/' \
        /etc/kea/kea-dhcp4.conf
fi
if [ -d /run/systemd/system ]; then
    mkdir -p /etc/systemd/journald.conf.d /var/log/journal
    printf '[Journal]\nStorage=persistent\n' >/etc/systemd/journald.conf.d/zz-press-scan.conf
    systemctl restart systemd-journald
fi
systemctl enable rsyslog
systemctl restart rsyslog
for unit in isc-dhcp-server dhcpd kea-dhcp4-server kea-dhcp4 dnsmasq; do
    if systemctl is-active --quiet "$unit"; then systemctl restart "$unit"; fi
done
