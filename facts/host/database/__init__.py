"""The databases that run on a host: where they listen, whom they let in, whether by TLS.

By their sockets and their own configuration; no database is logged in to.  Containers' databases
are seen only by the sockets that they publish.
"""

from __future__ import annotations

from dataclasses import dataclass

from facts.base import NOT_GATHERED, Unknown
from facts.declared import Look
from facts.host import processes, sockets
from facts.host.asks import Answers, Ask
from facts.host.database import mongodb, mysql, postgresql, redis
from facts.host.database.files import FILES, Settings
from facts.host.sockets import Socket
from facts.host.system import SystemFacts

PROGRAMS = {
    "mysql": ("mariadbd", "mysqld"),
    "postgresql": ("postgres", "postmaster"),
    "redis": ("redis-server", "valkey-server"),
    "mongodb": ("mongod", "mongos"),
}
PORTS = {"mysql": (3306, 33060), "postgresql": (5432,), "redis": (6379,), "mongodb": (27017,)}
READERS = {"mysql": mysql, "postgresql": postgresql, "redis": redis, "mongodb": mongodb}


@dataclass(frozen=True)
class Database:
    """One kind of database that runs here."""

    engine: str
    listens: tuple[Socket, ...] | Unknown = NOT_GATHERED
    doors: tuple[str, ...] | Unknown = NOT_GATHERED  # what lets in without a password
    tls: bool | Unknown = NOT_GATHERED  # other hosts are served by TLS


@dataclass(frozen=True)
class DatabaseFacts:
    """The databases of one host."""

    databases: tuple[Database, ...] | Unknown = NOT_GATHERED


def asks(_look: Look) -> tuple[Ask, ...]:
    """Every question of this area."""
    return (FILES, *mysql.ASKS)


def read(answers: Answers, _system: SystemFacts) -> DatabaseFacts:
    """Each kind that runs; what its settings say."""
    alive = processes.read(answers)
    if isinstance(alive, Unknown):
        return DatabaseFacts(alive)
    listening, settings = sockets.read(answers), Settings(answers)
    found = [
        Database(
            engine=engine,
            listens=_listens(listening, engine),
            doors=READERS[engine].doors(settings, alive),
            tls=READERS[engine].tls(settings, alive),
        )
        for engine, programs in PROGRAMS.items()
        if processes.running(alive, programs) is True
    ]
    return DatabaseFacts(tuple(found))


def _listens(listening: tuple[Socket, ...] | Unknown, engine: str) -> tuple[Socket, ...] | Unknown:
    """Its sockets, by the program's name; without root, by the usual ports where it is there."""
    if isinstance(listening, Unknown):
        return listening
    named = [s for s in listening if not isinstance(s.programs, Unknown)]
    # `named` has those whose programs are known, which a type can't say
    own = tuple(s for s in named if set(s.programs) & set(PROGRAMS[engine]))  # type: ignore[arg-type]
    unnamed = [s for s in listening if isinstance(s.programs, Unknown)]
    if not unnamed:
        return own
    usual = tuple(s for s in unnamed if s.port in PORTS[engine] and s.protocol == "tcp")
    outside = [s for s in unnamed if not s.loopback]
    if any(not s.loopback for s in usual) or not outside:
        return (*own, *usual)
    why = unnamed[0].programs
    return why if isinstance(why, Unknown) else own


def served(database: Database) -> tuple[Socket, ...] | Unknown:
    """The sockets that other hosts can reach."""
    if isinstance(database.listens, Unknown):
        return database.listens
    return tuple(s for s in database.listens if s.protocol == "tcp" and not s.loopback)


__all__ = ["Database", "DatabaseFacts", "asks", "read", "served"]
