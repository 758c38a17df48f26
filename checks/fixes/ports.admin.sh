# ufw: SSH from the office or the VPN only
ufw allow from 203.0.113.0/24 to any port 22 proto tcp
ufw delete allow 22/tcp
# nftables: the same for SSH and Remote Desktop
nft add rule inet filter input tcp dport '{ 22, 3389 }' ip saddr != 203.0.113.0/24 drop
