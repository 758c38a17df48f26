"""What a read-only log-in can know of a host, area by area.  Pure."""
