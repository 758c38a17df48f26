"""What lies in a data folder: which table, from where, of which date, with which digest.

`manifest.json` is written last and in one go (`os.replace`): it says what is in force.  While an
update is under way, or after one that was killed, a file may already be the next one; the one that
the manifest means then lies in `previous/`.  A file that is neither is passed over.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

NAME = "manifest.json"
PREVIOUS = "previous"
SCHEMA = "press-scan/data/1"
MOST = 64 << 20  # bytes of one file of a data folder
_MOST_OF_MANIFEST = 1 << 20
_Line = Annotated[str, Field(max_length=500)]


@dataclass(frozen=True)
class Entry:
    """One table."""

    file: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,60}\.json$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0, le=MOST)]
    date: date  # its own: when its makers published it
    url: _Line = ""  # where it came from
    version: _Line = ""
    licence: _Line = ""
    count: Annotated[int, Field(ge=0)] = 0  # products, faults, libraries ...
    schema: int = 1  # of our reader
    fetched: _Line = ""  # when it was last brought or confirmed


@dataclass(frozen=True)
class Manifest:
    """All tables of a data folder that an update brought, by name."""

    schema: Annotated[str, Field(pattern=f"^{re.escape(SCHEMA)}$")] = SCHEMA
    tables: Annotated[Mapping[str, Entry], Field(max_length=50)] = field(default_factory=dict)

    def of(self, file: str) -> Entry | None:
        """The entry of a file."""
        return next((entry for entry in self.tables.values() if entry.file == file), None)

    def dump(self) -> bytes:
        """As it is written."""
        return CODEC.dump_json(self, indent=1) + b"\n"


CODEC = TypeAdapter(Manifest)


class Untrusted(Exception):
    """A manifest that is not understood, or a file that is not what the manifest says."""


def parse(text: bytes) -> Manifest:
    """Raises `Untrusted`."""
    if len(text) > _MOST_OF_MANIFEST:
        raise Untrusted(NAME)
    try:
        return CODEC.validate_python(json.loads(text))
    except (ValidationError, ValueError, RecursionError) as error:
        raise Untrusted(NAME) from error


def manifest_of(folder: Path) -> Manifest | None:
    """What is in force in a folder; None where files were only put by hand.

    Raises `Untrusted` and `OSError`.
    """
    try:
        return parse(read(folder / NAME, _MOST_OF_MANIFEST + 1))
    except FileNotFoundError:
        return None


def trusted(folder: Path, file: str) -> tuple[bytes, Entry | None]:
    """A table's bytes, and its entry where the manifest has one.

    Raises `FileNotFoundError`, `Untrusted` (changed, or cut) and `OSError`.
    """
    manifest = manifest_of(folder)
    entry = manifest.of(file) if manifest else None
    if entry is None:
        return read(folder / file), None
    for place in (folder, folder / PREVIOUS):
        try:
            data = read(place / file)
        except FileNotFoundError:
            continue
        if hashlib.sha256(data).hexdigest() == entry.sha256:
            return data, entry
    raise Untrusted(file)


def read(path: Path, most: int = MOST) -> bytes:
    """A regular file's bytes; what is longer is cut.  Raises `OSError`."""
    if path.exists() and not path.is_file():  # a pipe would wait for ever
        raise OSError(f"{path} is no file")
    with path.open("rb") as file:
        return file.read(most)
