# in the zone: only this authority, no wildcards, and whom it tells of a refused request
#   example.vn.  CAA 0 issue "letsencrypt.org"
#   example.vn.  CAA 0 issuewild ";"
#   example.vn.  CAA 0 iodef "mailto:it@example.vn"
rndc reload example.vn
