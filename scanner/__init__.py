"""Go and get it, keep it, have it judged."""
