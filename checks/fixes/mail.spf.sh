# in the zone: one record; the servers of the MX records and one provider send, nobody else
#   example.vn.  TXT "v=spf1 mx include:PROVIDER -all"
# names under which nobody sends
#   www.example.vn.  TXT "v=spf1 -all"
rndc reload example.vn
