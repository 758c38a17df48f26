"""What the host records, where to, for how long, and whether its clock is right."""
