"""Alembic's scripts for the store."""
