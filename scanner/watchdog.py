"""One thread that cuts what takes too long.

A server may drip a byte a minute and keep every socket time-out happy.  Whoever waits for a
stranger registers how to cut the wait and by when.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Watchdog:
    """Cuts overdue waits, and all waits at once when the run is stopped."""

    def __init__(self, tick: float = 0.25) -> None:
        self._tick = tick
        self._waits: dict[int, tuple[float, Callable[[], object]]] = {}
        self._ids = itertools.count()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def limit(self, seconds: float, cut: Callable[[], object]) -> Iterator[None]:
        """Call `cut` from another thread unless the block ends within `seconds`."""
        number = next(self._ids)
        with self._lock:
            self._waits[number] = (time.monotonic() + seconds, cut)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, daemon=True, name="watchdog")
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._waits.pop(number, None)

    def cut_all(self) -> None:
        """End every wait now: the run is being stopped."""
        self._cut(float("inf"))

    def _watch(self) -> None:
        while True:
            time.sleep(self._tick)
            self._cut(time.monotonic())

    def _cut(self, until: float) -> None:
        with self._lock:
            overdue = [number for number, (at, _) in self._waits.items() if at <= until]
            cuts = [self._waits.pop(number)[1] for number in overdue]
        for cut in cuts:
            with suppress(Exception):  # a cut that comes too late is no news
                cut()


WATCHDOG = Watchdog()
