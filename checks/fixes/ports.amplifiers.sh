# BIND, named.conf options: answer recursion for your own networks only
#   recursion yes;
#   allow-recursion { 127.0.0.1; 10.0.0.0/8; };
#   allow-query-cache { 127.0.0.1; 10.0.0.0/8; };
# ntpd, /etc/ntp.conf
#   disable monitor
#   restrict default nomodify notrap nopeer noquery
# Memcached, /etc/memcached.conf
#   -U 0
# and in the firewall
ufw deny proto udp to any port 161,389,1900,11211
