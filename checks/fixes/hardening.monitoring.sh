# node_exporter for a Prometheus server.  Run as root.  Let only that server reach port 9100.
# Another monitoring system has its own agent: take that one.
set -eu
LISTEN="${LISTEN:-:9100}"   # better an inner address: 10.0.0.5:9100

if command -v dnf >/dev/null; then
  command -v node_exporter >/dev/null || dnf -y install golang-github-prometheus-node-exporter
  UNIT=prometheus-node-exporter
else
  command -v prometheus-node-exporter >/dev/null || apt-get install -y prometheus-node-exporter
  UNIT=prometheus-node-exporter
fi
mkdir -p "/etc/systemd/system/$UNIT.service.d"
PROGRAM=$(command -v prometheus-node-exporter || command -v node_exporter)
cat > "/etc/systemd/system/$UNIT.service.d/listen.conf" <<U
[Service]
ExecStart=
ExecStart=$PROGRAM --web.listen-address=$LISTEN
U
systemctl daemon-reload
systemctl enable "$UNIT"
systemctl restart "$UNIT"
