# Keep every log for DAYS days at least.  As root.  See that the disk has room for that much.
DAYS=${DAYS:-100}
JOURNAL=${JOURNAL:-4G} # what the journal may take on the disk
set -eu
WEEKS=$(((DAYS + 6) / 7))
MONTHS=$(((DAYS + 29) / 30))
for name in rsyslog syslog syslog-ng nginx apache2 httpd mariadb mysql mysql-server \
    postgresql-common postgresql redis-server redis mongod icecast2; do
    file=/etc/logrotate.d/$name
    [ -f "$file" ] || continue
    cp -p "$file" "/root/logrotate-$name.before"
    awk -v days="$DAYS" -v weeks="$WEEKS" -v months="$MONTHS" '
        function least(n) { return (kept + 0 > n) ? kept : n }
        /^[^#]*\{/ { print; inside = 1; period = "daily"; kept = 0; next }
        inside && $1 ~ /^(hourly|daily|weekly|monthly|yearly)$/ {
            period = ($1 == "hourly") ? "daily" : $1; next }
        inside && $1 == "rotate" { kept = $2; next }
        inside && $1 ~ /^(size|maxsize|maxage)$/ { next }
        inside && $1 ~ /^(prerotate|postrotate|firstaction|lastaction)$/ { script = 1 }
        inside && $1 == "endscript" { script = 0 }
        inside && !script && $1 == "}" {
            n = (period == "daily") ? days : (period == "weekly") ? weeks \
                : (period == "monthly") ? months : 1
            printf "\t%s\n\trotate %d\n", period, least(n); inside = 0 }
        { print }
    ' "/root/logrotate-$name.before" >"$file"
done
logrotate -d /etc/logrotate.conf >/dev/null 2>&1 || { echo "logrotate complains" >&2; exit 1; }
if [ -d /run/systemd/system ]; then
    mkdir -p /etc/systemd/journald.conf.d /var/log/journal
    printf '[Journal]\nStorage=persistent\nSystemMaxUse=%s\nMaxRetentionSec=0\n' "$JOURNAL" \
        >/etc/systemd/journald.conf.d/zz-press-scan-retention.conf
    systemctl restart systemd-journald
    systemctl list-unit-files logrotate.timer >/dev/null 2>&1 &&
        systemctl enable --now logrotate.timer || true
fi
# The journal alone is limited by size: let rsyslog keep files by age.
if command -v apt-get >/dev/null; then
    command -v rsyslogd >/dev/null || apt-get install -y --no-install-recommends rsyslog
elif command -v dnf >/dev/null; then
    command -v rsyslogd >/dev/null || dnf install -y rsyslog
fi
systemctl enable rsyslog
systemctl restart rsyslog
logger -p auth.info "press-scan: logs are kept for $DAYS days"
