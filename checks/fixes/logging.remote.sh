# Send every log to a log server over TCP, with a queue on disk for the time that it is away.
# As root.  Name your log server, which must listen there (rsyslog: module imtcp):
SERVER=${SERVER:-}
PORT=${PORT:-514}
set -eu
[ -n "$SERVER" ] || { echo "Set SERVER to the name or address of your log server" >&2; exit 2; }
if command -v apt-get >/dev/null; then
    command -v rsyslogd >/dev/null || apt-get install -y --no-install-recommends rsyslog
elif command -v dnf >/dev/null; then
    command -v rsyslogd >/dev/null || dnf install -y rsyslog
fi
# It is read first, so that no "stop" in a later file keeps entries from it.
cat >/etc/rsyslog.d/00-press-scan-remote.conf <<EOF
*.* action(type="omfwd" target="$SERVER" port="$PORT" protocol="tcp"
    action.resumeRetryCount="-1"
    queue.type="linkedList" queue.filename="press-scan-remote" queue.maxDiskSpace="1g"
    queue.saveOnShutdown="on")
EOF
rsyslogd -N1
systemctl enable rsyslog
systemctl restart rsyslog
logger -p auth.info "press-scan: logs are sent to $SERVER"
