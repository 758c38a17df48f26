ufw deny proto tcp to any port 139,445,873,2049
ufw deny proto udp to any port 69
systemctl disable --now smbd nmbd nfs-server rsync tftpd-hpa 2>/dev/null
