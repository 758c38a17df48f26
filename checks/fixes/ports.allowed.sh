# who listens, and on which port
ss -tulpn
# stop what nobody needs (NAME from the line above)
systemctl disable --now NAME
# ufw: only the web to everybody, SSH from the office only
ufw default deny incoming
ufw allow from 203.0.113.0/24 to any port 22 proto tcp
ufw allow 80,443/tcp
ufw enable
