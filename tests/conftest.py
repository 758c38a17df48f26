"""The real hosts come last: their roots are built meanwhile (tests/lab/ahead.py)."""

from __future__ import annotations

import pytest

from tests.lab.postgres import postgresql


def pytest_collection_modifyitems(items):
    """Only the order changes."""
    items.sort(key=lambda item: "/tests/hosts/" in item.path.as_posix())


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL for everybody; each takes a database of its own."""
    with postgresql() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path):
    """An empty store's address: a file, then a database on a server."""
    if request.param == "sqlite":
        return str(tmp_path / "deep" / "s.db")
    return request.getfixturevalue("postgres").database()
