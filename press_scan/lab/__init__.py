"""The demo's lab: three small sites on loopback, kept well, badly, and in between.

Real TLS and HTTP servers in a child process, as an ordinary user, with a throw-away authority.
"""
