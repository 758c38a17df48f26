"""One scan of an inventory at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import platformdirs
from filelock import FileLock, Timeout

from press_scan.common import stop
from press_scan.words import t
from scanner.database import Taken
from scanner.store import Store


def lock_path(inventory: Path) -> Path:
    """The lock of an inventory: one for each path, whatever the working folder."""
    folder = platformdirs.user_state_path("press-scan", ensure_exists=True)
    name = hashlib.sha256(str(inventory.resolve()).encode()).hexdigest()[:16]
    return folder / f"scan-{name}.lock"


@contextmanager
def only_one(inventory: Path, wait: float) -> Iterator[None]:
    """Hold the inventory's lock; wait for it up to `wait` seconds, else end with code 2."""
    lock = FileLock(lock_path(inventory))
    try:
        lock.acquire(timeout=wait)
    except Timeout:
        _busy(inventory)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def alone(store: Store, inventory: Path, wait: float) -> Iterator[None]:
    """The same among all machines that share a database server."""
    try:
        with store.alone(str(inventory.resolve()), wait):
            yield
    except Taken:
        _busy(inventory)


def _busy(inventory: Path) -> NoReturn:
    name = inventory.name
    stop(t("another scan of {name} is under way; try later, or use --wait SECONDS", name=name))
