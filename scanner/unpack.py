"""Archives of strangers, read in memory: bounded, regular files only, nothing is written.  Pure."""

from __future__ import annotations

import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from facts.message import Message

_BROKEN = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error, EOFError,
    OSError, ValueError, KeyError, IndexError, OverflowError, RuntimeError, NotImplementedError,
)  # fmt: skip
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CENTRAL = b"PK\x01\x02"  # each entry of a zip's list starts with it


class BadArchive(Exception):
    """An archive that is not taken; `message` says why, `detail` what was seen."""

    def __init__(self, message: Message, detail: str = "") -> None:
        self.message, self.detail = message, detail[:200]
        super().__init__(message)


@dataclass(frozen=True)
class Packed:
    """One file of an archive."""

    name: str
    data: bytes
    day: date  # as the archive has it


def _any(_name: str) -> bool:
    return True


def unzip(
    data: bytes, *, files: int, each: int, all_of: int, wanted: Callable[[str], bool] = _any
) -> list[Packed]:
    """The wanted files of a zip.  Raises `BadArchive`."""
    if data.count(_CENTRAL) > files + 10:  # before a list of them is made
        raise BadArchive(Message("It holds too many files"))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _bounded(_zipped(archive, each, wanted), files, all_of)
    except _BROKEN as error:
        raise BadArchive(Message("It is no whole archive"), str(error)) from error


def untar(data: bytes, *, files: int, each: int, all_of: int) -> list[Packed]:
    """The files of a tar.gz.  Raises `BadArchive`."""
    stream = _Bounded(io.BytesIO(data), all_of + files * 2048 + 65536)
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            return _bounded(_tarred(archive, each), files, all_of)
    except _BROKEN as error:
        raise BadArchive(Message("It is no whole archive"), str(error)) from error


def safe(name: str) -> str:
    """A name inside of an archive, in plain form.  Raises `BadArchive` for one that leads out."""
    plain = name.removeprefix("./")
    parts = plain.rstrip("/").split("/")
    if ".." in parts or "" in parts or "\\" in plain or ":" in plain or not plain.isprintable():
        raise BadArchive(Message("It holds a name that leads elsewhere"), ascii(name))
    return plain


def _bounded(found: Iterator[Packed], files: int, all_of: int) -> list[Packed]:
    kept, size = [], 0
    for one in found:
        kept.append(one)
        size += len(one.data)
        if len(kept) > files:
            raise BadArchive(Message("It holds too many files"))
        if size > all_of:
            raise BadArchive(Message("It is too large"))
    return kept


def _zipped(archive: zipfile.ZipFile, each: int, wanted: Callable[[str], bool]) -> Iterator[Packed]:
    for info in archive.infolist():
        name, kind = safe(info.filename), stat.S_IFMT(info.external_attr >> 16)
        if info.is_dir():
            continue
        if kind not in (0, stat.S_IFREG):
            raise BadArchive(Message("It holds something that is no plain file"), ascii(name))
        if not wanted(name):
            continue
        if info.flag_bits & 1 or info.compress_type not in _PACKINGS:
            raise BadArchive(Message("It is packed in a way that is not known"), ascii(name))
        with archive.open(info) as file:
            data = file.read(each + 1)
        if len(data) > each:
            raise BadArchive(Message("It is too large"), ascii(name))
        yield Packed(name, data, date(*info.date_time[:3]))


def _tarred(archive: tarfile.TarFile, each: int) -> Iterator[Packed]:
    for count, info in enumerate(archive):
        name = safe(info.name)
        if count > 1000:
            raise BadArchive(Message("It holds too many files"))
        if info.isdir():
            continue
        if not info.isreg() or info.issparse():
            raise BadArchive(Message("It holds something that is no plain file"), ascii(name))
        if info.size > each:
            raise BadArchive(Message("It is too large"), ascii(name))
        file = archive.extractfile(info)
        data = file.read(each) if file else b""
        if len(data) != info.size:
            raise BadArchive(Message("It is no whole archive"), ascii(name))
        yield Packed(name, data, datetime.fromtimestamp(info.mtime, UTC).date())


class _Bounded(io.RawIOBase):
    """What a gzip holds, up to a bound: a reader of it can't be made to unpack for ever."""

    def __init__(self, packed: io.BytesIO, most: int) -> None:
        self._file, self._left = gzip.GzipFile(fileobj=packed), most

    def read(self, size: int = -1, /) -> bytes:
        """At most what is left of the bound, and one byte to tell."""
        wanted = self._left + 1 if size < 0 else min(size, self._left + 1)
        data = self._file.read(wanted)
        self._left -= len(data)
        if self._left < 0:
            raise BadArchive(Message("It is too large"))
        return data
