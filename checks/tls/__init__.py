"""What a TLS service must offer and must refuse.  Judged once for each service on each address."""
