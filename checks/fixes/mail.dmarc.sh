# in the zone: begin with reports alone
#   _dmarc.example.vn.  TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.vn"
# when all of your own senders pass:
#   _dmarc.example.vn.  TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.vn"
rndc reload example.vn
