"""The database under the store: SQLite in a file, or PostgreSQL by its URL.

SQLite takes turns by itself (WAL) and a migration has a lock file.  PostgreSQL has its own locks,
and may go away for a while: a run waits for it, and goes on.
"""

from __future__ import annotations

import functools
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa
from filelock import FileLock
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.compiler import compiles

from scanner.tables import HEAD

BUSY_SECONDS = 60  # how long SQLite waits for another writer
PATIENCE = 120.0  # seconds that a run waits for a server that has gone away
CONNECT_SECONDS = 10
_NAP = 0.25


@compiles(sa.String, "postgresql")
def _in_byte_order(_type: Any, _compiler: Any, **_: Any) -> str:
    """Text sorts by its bytes there as in SQLite, whatever the server's language: digests need it.

    SQLite heeds no length either.
    """
    return 'TEXT COLLATE "C"'


class Taken(Exception):
    """Another session holds the lock."""


def plain_url(text: str) -> URL:
    """A database's address from what a user wrote: a file's path, or a URL.

    `postgres://` and `postgresql://` mean the driver that the extra `workers` brings.
    Raises `sa.exc.ArgumentError`.
    """
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).absolute()))
    try:
        url = make_url(text)
    except ValueError as error:  # a port that is none
        raise sa.exc.ArgumentError(str(error)) from error
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def shown(text: str) -> str:
    """An address as it may be printed: without its password."""
    if "://" not in text:
        return text
    try:
        url = make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        return text.partition("://")[0] + "://…"
    if "password" in url.query:  # libpq takes it there too
        url = url.update_query_dict({"password": "***"})
    hidden = url.password is not None or "password" in url.query
    return url.render_as_string(hide_password=True) if hidden else text


class Database:
    """An open database of the newest schema."""

    def __init__(self, url: URL) -> None:
        """Open, and bring the schema up to date.

        Raises `sa.exc.SQLAlchemyError`, `ImportError` (no driver) or `OSError`.
        """
        self._opened = False
        self._held: dict[str, sa.Connection] = {}
        self.is_file = url.get_backend_name() == "sqlite"
        if self.is_file:
            self.engine = sa.create_engine(url)
            self.file.parent.mkdir(parents=True, exist_ok=True)
            sa.event.listen(self.engine, "connect", _sqlite_pragmas)
        else:
            self.engine = self._server(url)
        try:
            self._migrate()
        except Exception:
            self.engine.dispose()
            raise
        self._opened = True

    def _server(self, url: URL) -> sa.Engine:
        known = {"connect_timeout": CONNECT_SECONDS, "application_name": "press-scan"}
        wanted = known if url.get_backend_name() == "postgresql" else {}
        arguments = {name: value for name, value in wanted.items() if name not in url.query}
        engine = sa.create_engine(url, pool_pre_ping=True, connect_args=arguments)
        sa.event.listen(engine, "do_connect", self._connect)
        return engine

    def _connect(self, dialect: Any, _record: Any, words: Any, named: Any) -> Any:
        """Connect; wait for a server that was there before, not for one that never was."""
        ends = time.monotonic() + (PATIENCE if self._opened else 0)
        while True:
            try:
                return dialect.connect(*words, **named)
            except dialect.loaded_dbapi.OperationalError:
                if time.monotonic() >= ends:
                    raise
                time.sleep(_NAP)

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return Path(self.engine.url.database or "press-scan.db")

    def close(self) -> None:
        """Let go of it, and of every lock."""
        for connection in self._held.values():
            connection.close()
        self._held.clear()
        self.engine.dispose()

    # -- a lock for everybody on this database

    @contextmanager
    def hold(self, name: str, wait: float = 0.0) -> Iterator[None]:
        """Hold a lock that no other session on this server gets; a file's is the machine's affair.

        Raises `Taken` when another has it for longer than `wait` seconds.
        """
        if self.is_file:
            yield
            return
        self._held[name] = self._take(name, wait)
        try:
            yield
        finally:
            if connection := self._held.pop(name, None):
                with suppress(sa.exc.SQLAlchemyError):  # a session's end is not noticed at once
                    connection.scalar(sa.select(sa.func.pg_advisory_unlock(_number(name))))
                with suppress(sa.exc.SQLAlchemyError):
                    connection.invalidate()  # with the session its locks end
                    connection.close()

    def assert_held(self) -> None:
        """A server that came back has forgotten its locks: take them again.  Raises `Taken`."""
        for name, connection in list(self._held.items()):
            try:
                connection.execute(sa.text("select 1"))
            except sa.exc.DBAPIError:
                with suppress(sa.exc.SQLAlchemyError):
                    connection.close()
                self._held[name] = self._take(name, 0.0)

    def _take(self, name: str, wait: float) -> sa.Connection:
        ends = time.monotonic() + wait
        connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        while not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_number(name)))):
            if time.monotonic() >= ends:
                connection.close()
                raise Taken(name)
            time.sleep(_NAP)
        return connection

    # -- the schema

    def _migrate(self) -> None:
        if self._version() == HEAD:
            return
        from alembic import command  # slow to import, and seldom needed
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", "scanner:migrations")
        with self._turn(), self.engine.begin() as db:
            if not self.is_file:
                db.execute(sa.select(sa.func.pg_advisory_xact_lock(_number("migration"))))
            config.attributes["connection"] = db
            command.upgrade(config, "head")

    def _version(self) -> str | None:
        with self.engine.connect() as db:
            if not sa.inspect(db).has_table("alembic_version"):
                return None
            version: str | None = db.scalar(sa.text("select version_num from alembic_version"))
            return version

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One migration of a file at a time."""
        if not self.is_file:
            yield
            return
        with FileLock(f"{self.file}.lock"):
            yield


class _Shelf(Protocol):
    _engine: sa.Engine


_S = TypeVar("_S", bound=_Shelf)
_P = ParamSpec("_P")
_R = TypeVar("_R")


def patient(do: Callable[Concatenate[_S, _P], _R]) -> Callable[Concatenate[_S, _P], _R]:
    """Do it once more when the server went away in the middle of it.

    Only for what may be done twice: nobody knows whether a lost commit arrived.
    """

    @functools.wraps(do)
    def again(shelf: _S, /, *words: _P.args, **named: _P.kwargs) -> _R:
        ends = time.monotonic() + PATIENCE
        while True:
            try:
                return do(shelf, *words, **named)
            except sa.exc.DBAPIError as error:
                if not error.connection_invalidated or time.monotonic() >= ends:
                    raise
                time.sleep(_NAP)

    return again


def _number(name: str) -> int:
    """A lock's name as PostgreSQL wants it: 64 bits with a sign."""
    return int.from_bytes(sha256(f"press-scan {name}".encode()).digest()[:8], signed=True)


def _sqlite_pragmas(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"pragma busy_timeout = {BUSY_SECONDS * 1000}")
    ends = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("pragma journal_mode = wal")
            break
        except sqlite3.OperationalError:  # a new file's first change of mode does not wait
            if time.monotonic() >= ends:
                raise
            time.sleep(_NAP / 10)
    cursor.execute("pragma synchronous = normal")
    cursor.execute("pragma foreign_keys = on")
    cursor.close()
