# Limit connections for each source: in nginx, or in the packet filter for any other web server.
# Run as root.
set -eu
CONNECTIONS="${CONNECTIONS:-50}"   # at once, for each address; many readers may share one address
RATE="${RATE:-30r/s}"              # requests in a second, for each address
BURST="${BURST:-100}"

if command -v nginx >/dev/null && [ -d /etc/nginx/conf.d ] && ! pidof apache2 httpd >/dev/null; then
  cat > /etc/nginx/conf.d/limits.conf <<N
limit_conn_zone \$binary_remote_addr zone=each_address:10m;
limit_req_zone \$binary_remote_addr zone=requests:10m rate=$RATE;
limit_conn each_address $CONNECTIONS;
limit_req zone=requests burst=$BURST nodelay;
N
  nginx -t
  systemctl reload nginx
  exit 0
fi
command -v nft >/dev/null || { command -v dnf >/dev/null && dnf -y install nftables || apt-get install -y nftables; }
mkdir -p /etc/nftables.d
cat > /etc/nftables.d/limits.nft <<N
add table inet limits
delete table inet limits
table inet limits {
  set each4 { type ipv4_addr; size 65535; flags dynamic; }
  set each6 { type ipv6_addr; size 65535; flags dynamic; }
  chain input {
    type filter hook input priority 5; policy accept;
    tcp dport { 80, 443 } ct state new add @each4 { ip saddr ct count over $CONNECTIONS } reject with tcp reset
    tcp dport { 80, 443 } ct state new add @each6 { ip6 saddr ct count over $CONNECTIONS } reject with tcp reset
  }
}
N
CONF=/etc/nftables.conf
[ -d /etc/sysconfig ] && CONF=/etc/sysconfig/nftables.conf
[ -e "$CONF" ] || printf '#!/usr/sbin/nft -f\nflush ruleset\n' > "$CONF"
grep -qF '/etc/nftables.d/*.nft' "$CONF" || echo 'include "/etc/nftables.d/*.nft"' >> "$CONF"
systemctl enable nftables
nft -f /etc/nftables.d/limits.nft
