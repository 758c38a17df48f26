"""The front door: each command parses, calls one function, prints."""
