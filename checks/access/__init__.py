"""Access: who may log in to a host, how, and what they may do then."""
