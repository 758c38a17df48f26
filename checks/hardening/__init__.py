"""How a host is protected: what it lets in, what runs there, who may read and write its files."""
