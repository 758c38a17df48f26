# Drop what comes in by default, for IPv4 and IPv6.  Run as root.
# Keep a second session open: who closes SSH's port on a far machine has locked himself out.
set -eu
TCP="${TCP:-80 443}"              # what readers need; empty: nothing
UDP="${UDP:-}"
SSH_FROM="${SSH_FROM:-}"          # your own IPv4 network, 203.0.113.0/28; empty: from everywhere
SSH_PORT=$(sshd -T 2>/dev/null | awk '$1 == "port" {print $2; exit}')
SSH_PORT=${SSH_PORT:-22}

if command -v firewall-cmd >/dev/null; then   # Red Hat's family, SUSE
  systemctl enable --now firewalld
  firewall-cmd --permanent --add-port="$SSH_PORT/tcp"
  for port in $TCP; do firewall-cmd --permanent --add-port="$port/tcp"; done
  for port in $UDP; do firewall-cmd --permanent --add-port="$port/udp"; done
  firewall-cmd --permanent --zone="$(firewall-cmd --get-default-zone)" --set-target=default
  firewall-cmd --reload
  exit 0
fi
command -v nft >/dev/null || apt-get install -y nftables
mkdir -p /etc/nftables.d
{
  echo "add table inet guard"
  echo "delete table inet guard"
  echo "table inet guard {"
  echo "  chain input {"
  echo "    type filter hook input priority 10; policy drop;"
  echo "    ct state vmap { established : accept, related : accept, invalid : drop }"
  echo "    iif lo accept"
  echo "    meta l4proto { icmp, ipv6-icmp } accept"
  echo "    ${SSH_FROM:+ip saddr $SSH_FROM }tcp dport $SSH_PORT accept"
  for port in $TCP; do echo "    tcp dport $port accept"; done
  for port in $UDP; do echo "    udp dport $port accept"; done
  echo "  }"
  echo "}"
} > /etc/nftables.d/guard.nft
[ -e /etc/nftables.conf ] || printf '#!/usr/sbin/nft -f\nflush ruleset\n' > /etc/nftables.conf
grep -qF '/etc/nftables.d/*.nft' /etc/nftables.conf ||
  echo 'include "/etc/nftables.d/*.nft"' >> /etc/nftables.conf
nft -c -f /etc/nftables.d/guard.nft
systemctl enable nftables
nft -f /etc/nftables.d/guard.nft
