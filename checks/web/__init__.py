"""What a web site must offer and must not show.  Judged once for each site on each address."""
