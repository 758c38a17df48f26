systemctl disable --now telnet.socket inetd 2>/dev/null
# vsftpd, /etc/vsftpd.conf
#   ssl_enable=YES
#   force_local_logins_ssl=YES
#   rsa_cert_file=/etc/ssl/certs/ftp.pem
#   rsa_private_key_file=/etc/ssl/private/ftp.key
# Dovecot
#   ssl = required
#   disable_plaintext_auth = yes
# Postfix
postconf -e smtpd_tls_auth_only=yes
postfix reload
# Net-SNMP, /etc/snmp/snmpd.conf: remove rocommunity and rwcommunity, then
net-snmp-create-v3-user -ro -a SHA -x AES monitor
