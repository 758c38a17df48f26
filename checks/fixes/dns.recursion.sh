# BIND, named.conf options: publish your zones, look nothing up
#   recursion no;
#   allow-query-cache { none; };
# PowerDNS Authoritative, NSD and Knot never recurse; Windows DNS, in PowerShell:
#   Set-DnsServerRecursion -Enable $false
named-checkconf && rndc reconfig
