"""The real hosts come last: their roots are built meanwhile (tests/lab/ahead.py)."""

from __future__ import annotations


def pytest_collection_modifyitems(items):
    """Only the order changes."""
    items.sort(key=lambda item: "/tests/hosts/" in item.path.as_posix())
