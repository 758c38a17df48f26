"""A real PostgreSQL, Debian's, on a socket of its own; it sorts text as Vietnamese does."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STARTS_WITHIN = 60.0
AWAY = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]


class Postgres:
    """One server; each test takes a database of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, itertools.count(1)
        self._bin = max(Path("/usr/lib/postgresql").iterdir()) / "bin"
        self._user = AWAY if os.geteuid() == 0 else []  # it refuses to run as root
        if self._user:
            shutil.chown(folder, "postgres")
        self._call(
            "initdb", "-D", str(folder / "data"), "-U", "press", "-A", "trust", "-E", "UTF8",
            "--no-sync", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=vi",
        )  # fmt: skip

    def start(self) -> None:
        """Start it; it ends with the thread that called: that must be the main one."""
        argv = [str(self._bin / "postgres"), "-D", str(self._folder / "data"), "-h", ""]
        argv += ["-k", str(self._folder), "-F", "-c", "timezone=Asia/Ho_Chi_Minh"]
        mortal = [*(self._user or ["setpriv"]), "--pdeathsig", "INT", "--", *argv]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(mortal, stdout=log, stderr=log)
        ends = time.monotonic() + STARTS_WITHIN
        ready = [str(self._bin / "pg_isready"), "-q", "-h", str(self._folder)]
        while subprocess.run(ready).returncode:
            assert self._server.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < ends, "PostgreSQL does not start"
            time.sleep(0.05)

    def stop(self) -> None:
        """Cut every session and end."""
        self._server.send_signal(signal.SIGINT)
        self._server.wait(timeout=30)

    def database(self) -> str:
        """The URL of a new and empty database."""
        name = f"d{next(self._numbers)}"
        self._call("createdb", "-h", str(self._folder), "-U", "press", name)
        return f"postgresql://press@/{name}?host={self._folder}"

    def _call(self, program: str, *words: str) -> None:
        argv = [*self._user, str(self._bin / program), *words]
        done = subprocess.run(argv, capture_output=True, text=True, cwd="/")
        assert done.returncode == 0, done.stderr


@contextmanager
def postgresql() -> Iterator[Postgres]:
    """A running server."""
    folder = Path(tempfile.mkdtemp(prefix="press-scan-pg-"))  # short: it holds a socket
    try:
        server = Postgres(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
