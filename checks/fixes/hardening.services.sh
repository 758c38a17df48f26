# Stop the services that nobody needs.  Run as root.
set -eu
SERVICES="${SERVICES:-}"   # names of units, such as: redis-server rpcbind.socket cups

if [ -z "$SERVICES" ]; then
  echo "Name the services to stop, such as: SERVICES='redis-server cups'.  These listen:" >&2
  ss -Hlntup >&2
  exit 1
fi
for name in $SERVICES; do
  systemctl disable --now "$name"
done
