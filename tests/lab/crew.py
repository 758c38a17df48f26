"""A broker that can be stopped and started, and workers that can be killed: real processes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.places import free_port, running

ADDRESS = "127.0.0.1"
KEY = "lab-key-" * 8
ROOT = Path(__file__).parents[2]


class Broker:
    """A Redis that writes everything down, as a broker has to."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.port = folder, free_port(ADDRESS)
        self._open = contextlib.ExitStack()

    @property
    def url(self) -> str:
        return f"redis://{ADDRESS}:{self.port}/0"

    def start(self) -> None:
        """Start it, with what it knew."""
        argv = ["/usr/bin/redis-server", "--bind", ADDRESS, "--port", str(self.port), "--save", ""]
        argv += ["--appendonly", "yes", "--appendfsync", "always", "--dir", str(self._folder)]
        log = self._folder / "redis.log"
        self._open.enter_context(running(argv, ADDRESS, self.port, log))

    def stop(self) -> None:
        """End it."""
        self._open.close()


@contextmanager
def broker(folder: Path) -> Iterator[Broker]:
    """A running broker."""
    one = Broker(folder)
    one.start()
    try:
        yield one
    finally:
        one.stop()


class Worker:
    """A `press-scan worker`."""

    def __init__(self, url: str, log: Path, *words: object, **env: str) -> None:
        self._log = log
        argv = [sys.executable, "-m", "press_scan", "worker", "--broker", url, *map(str, words)]
        with log.open("ab") as out:
            self._child = subprocess.Popen(
                argv, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                env={**os.environ, "PRESS_SCAN_WORKER_KEY": KEY, "PYTHONPATH": str(ROOT), **env},
            )  # fmt: skip

    @property
    def said(self) -> str:
        """Its log."""
        return self._log.read_text("utf-8", "replace")

    def kill(self) -> None:
        """As the system does it when memory is short."""
        self._child.send_signal(signal.SIGKILL)
        self._child.wait()

    def stop(self) -> None:
        """Ask it to end; insist."""
        for sign, seconds in ((signal.SIGTERM, 5), (signal.SIGTERM, 5), (signal.SIGKILL, 10)):
            if self._child.poll() is None:
                self._child.send_signal(sign)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._child.wait(seconds)


@contextmanager
def workers(
    url: str, folder: Path, count: int = 1, *words: object, **env: str
) -> Iterator[list[Worker]]:
    """Workers that read their queue."""
    from scanner.workers import make_app

    before = sum(1 for _ in _reading(make_app(url)))
    crew = [Worker(url, folder / f"worker-{n}.log", *words, **env) for n in range(count)]
    try:
        ends = time.monotonic() + 60
        while sum(1 for _ in _reading(make_app(url))) < before + count:
            assert time.monotonic() < ends, [one.said for one in crew]
        yield crew
    finally:
        for one in crew:
            one.stop()


def _reading(app) -> Iterator[str]:
    yield from app.control.inspect(timeout=0.5).active_queues() or {}
