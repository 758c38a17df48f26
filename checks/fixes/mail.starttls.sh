# Postfix, as root: TLS for every server that delivers to you
postconf -e 'smtpd_tls_chain_files = /etc/postfix/mail.key, /etc/postfix/mail.pem' \
  'smtpd_tls_security_level = may' 'smtpd_tls_protocols = >=TLSv1.2'
postfix reload
# in the zone: others shall insist on it, and report what fails
#   _mta-sts.example.vn.   TXT "v=STSv1; id=1"
#   _smtp._tls.example.vn. TXT "v=TLSRPTv1; rua=mailto:tls@example.vn"
# and at https://mta-sts.example.vn/.well-known/mta-sts.txt
#   version: STSv1
#   mode: enforce
#   mx: mail.example.vn
#   max_age: 604800
