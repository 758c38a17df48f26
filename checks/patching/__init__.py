"""How a host is kept up to date: its updates, its support, its package sources."""
