# Keep the clock by chrony.  As root.  Name time servers of your own, or leave the public ones:
SERVERS=${SERVERS:-"0.vn.pool.ntp.org 1.vn.pool.ntp.org time.cloudflare.com"}
set -eu
if ! command -v chronyd >/dev/null; then
    if command -v apt-get >/dev/null; then apt-get install -y --no-install-recommends chrony
    else dnf install -y chrony; fi
fi
CONF=/etc/chrony/chrony.conf
[ -e "$CONF" ] || CONF=/etc/chrony.conf
sed -i -E '/^[[:space:]]*(server|pool|peer|local)[[:space:]]/s/^/#/' "$CONF"
sed -i '/^# press-scan: time servers$/,/^# press-scan: end$/d' "$CONF"
{
    echo '# press-scan: time servers'
    for server in $SERVERS; do echo "server $server iburst"; done
    grep -q '^makestep' "$CONF" || echo 'makestep 1 3'
    echo '# press-scan: end'
} >>"$CONF"
for unit in systemd-timesyncd ntp ntpsec openntpd; do
    if systemctl is-active --quiet "$unit"; then systemctl disable --now "$unit"; fi
done
UNIT=chrony
systemctl cat chrony.service >/dev/null 2>&1 || UNIT=chronyd
systemctl enable "$UNIT"
systemctl restart "$UNIT"
chronyc waitsync 30 1 0 1 || { echo "No time server answers: look at UDP port 123" >&2; exit 1; }
