# BIND, named.conf: the zone is given to the second server alone, by its key
#   key "second" { algorithm hmac-sha256; secret "..."; };   # made by: tsig-keygen second
#   options { allow-transfer { none; }; };
#   zone "example.vn" { type primary; file "example.vn.zone"; allow-transfer { key "second"; }; };
# NSD:              provide-xfr: 203.0.113.53 second
# PowerDNS:         allow-axfr-ips=203.0.113.53
# Windows DNS:      Set-DnsServerPrimaryZone example.vn -SecureSecondaries TransferToSecureServers -SecondaryServers 203.0.113.53
named-checkconf && rndc reconfig
