"""What can be known: frozen types, and readers from raw text.  Pure: nothing here opens a door."""
