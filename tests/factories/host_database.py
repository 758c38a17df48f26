"""A host with MariaDB for itself and PostgreSQL for a declared internal network."""

from __future__ import annotations

from dataclasses import replace

from facts.host.database import Database, DatabaseFacts
from facts.host.sockets import Socket
from tests.factories import GOOD

MARIADB = Database(
    "mysql", listens=(Socket("tcp", "127.0.0.1", 3306, ("mariadbd",)),), doors=(), tls=True
)
POSTGRESQL = Database(
    "postgresql",
    listens=(Socket("tcp", "10.10.0.5", 5432, ("postgres",)),),
    doors=(),
    tls=True,
)
GOOD[DatabaseFacts] = DatabaseFacts(databases=(MARIADB, POSTGRESQL))


def databases(*those: Database) -> DatabaseFacts:
    """A host with these alone."""
    return DatabaseFacts(databases=those)


def mariadb(**changes: object) -> Database:
    """The good one, changed."""
    return replace(MARIADB, **changes)
