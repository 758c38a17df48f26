# BIND 9.16 or newer, named.conf: it makes keys, signs, and renews by itself
#   zone "example.vn" { type primary; file "example.vn.zone"; dnssec-policy default; inline-signing yes; };
named-checkconf && rndc reconfig
# then hand what this prints to the registrar, as the DS record:
dig @127.0.0.1 example.vn CDS +short
