"""Writing so that a file is whole, or not there."""

from __future__ import annotations

import os
from pathlib import Path


def write_new(path: Path, data: bytes) -> None:
    """A new file that is on the disk when this returns, readable as the user's others are."""
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(number, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, data: bytes, prefix: str) -> None:
    """A file's next version in its place, in one step."""
    new = path.with_name(f"{prefix}{path.name}")
    new.unlink(missing_ok=True)  # of one that was killed
    try:
        write_new(new, data)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    sync(path.parent)


def sync(folder: Path) -> None:
    """Its names are on the disk when this returns."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
