# Let out only what the host needs.  Run as root; afterwards look for what no longer works:
# package updates, mail, backups and calls of your sites to other servers must be in the lists.
set -eu
TCP="${TCP:-53 80 443}"   # DNS, package mirrors, what sites call; add 25 or 587 for mail, 22 for backups
UDP="${UDP:-53 123}"      # DNS, time

command -v nft >/dev/null || { command -v dnf >/dev/null && dnf -y install nftables || apt-get install -y nftables; }
mkdir -p /etc/nftables.d
{
  echo "add table inet guard_out"
  echo "delete table inet guard_out"
  echo "table inet guard_out {"
  echo "  chain output {"
  echo "    type filter hook output priority 10; policy drop;"
  echo "    ct state established,related accept"
  echo "    oif lo accept"
  echo "    meta l4proto { icmp, ipv6-icmp } accept"
  for port in $TCP; do echo "    tcp dport $port accept"; done
  for port in $UDP; do echo "    udp dport $port accept"; done
  echo "  }"
  echo "}"
} > /etc/nftables.d/guard-out.nft
CONF=/etc/nftables.conf
[ -d /etc/sysconfig ] && CONF=/etc/sysconfig/nftables.conf
[ -e "$CONF" ] || printf '#!/usr/sbin/nft -f\nflush ruleset\n' > "$CONF"
grep -qF '/etc/nftables.d/*.nft' "$CONF" || echo 'include "/etc/nftables.d/*.nft"' >> "$CONF"
nft -c -f /etc/nftables.d/guard-out.nft
systemctl enable nftables
nft -f /etc/nftables.d/guard-out.nft
