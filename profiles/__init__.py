"""The profiles: one YAML for each standard; data only."""
