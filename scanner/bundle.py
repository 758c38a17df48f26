"""Data sets in a folder or in one file, for sites without the Internet."""

from __future__ import annotations

import gzip
import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from facts.message import Message
from scanner import atomic
from scanner.data_sets import SETS
from scanner.data_shelf import Lack, Offer, State, standing
from scanner.manifest import NAME, Entry, Manifest, Untrusted, parse
from scanner.unpack import BadArchive, Packed, untar, unzip

MOST = 64 << 20  # bytes of a bundle, packed or not
MOST_FILES = 50
ZIP, TAR = (".zip",), (".tar.gz", ".tgz")
_EACH = max(one.most for one in SETS)


class BadBundle(Exception):
    """A folder or a bundle that is not taken; `message` says why, `detail` what was seen."""

    def __init__(self, message: Message, detail: str = "") -> None:
        self.message, self.detail = message, detail
        super().__init__(message)


def offers_in(path: Path) -> dict[str, Offer | Lack]:
    """What a folder or bundle offers of each set.  Raises `BadBundle` and `OSError`."""
    files = _folder(path) if path.is_dir() else _packed(path)
    manifest = _manifest_in(files)
    offers = {
        one.name: _offer(one.names, one.most, files, manifest.tables.get(one.name)) for one in SETS
    }
    if all(isinstance(offer, Lack) and offer.state is State.ABSENT for offer in offers.values()):
        raise BadBundle(Message("It has none of the data sets"), ", ".join(o.file for o in SETS))
    return offers


def write_bundle(folder: Path, path: Path) -> Manifest:
    """Pack what is in force in a data folder.  Raises `BadBundle` and `OSError`."""
    tables, files = {}, {}
    for one in SETS:
        there = standing(folder, one)
        if there and there.data is not None:
            tables[one.name], files[one.file] = there.entry, there.data
    if not files:
        raise BadBundle(Message("It has none of the data sets"), ", ".join(o.file for o in SETS))
    manifest = Manifest(tables=tables)
    packed = _pack({NAME: manifest.dump(), **files}, path.name)
    atomic.replace(path, packed, ".new-")
    return manifest


def kind_of(name: str) -> tuple[str, ...]:
    """What its name says it is; () for no bundle."""
    return next((kind for kind in (ZIP, TAR) if name.lower().endswith(kind)), ())


def _offer(
    names: tuple[str, ...], most: int, files: Mapping[str, bytes | Lack], entry: Entry | None
) -> Offer | Lack:
    if entry:
        names = (entry.file,)
    name = next((name for name in names if name in files), None)
    if name is None:
        return Lack(State.ABSENT, Message("It is not there"))
    data = files[name]
    if isinstance(data, Lack):
        return data
    if len(data) > most:
        return Lack(State.REFUSED, Message("It is too large"), name)
    return Offer(data, name, entry)


def _manifest_in(files: Mapping[str, bytes | Lack]) -> Manifest:
    text = files.get(NAME)
    if text is None:
        return Manifest()
    if isinstance(text, Lack):
        raise BadBundle(text.why, text.detail)
    try:
        return parse(text)
    except Untrusted as error:
        raise BadBundle(Message("Its manifest was not understood"), NAME) from error


def _folder(folder: Path) -> dict[str, bytes | Lack]:
    """The files of a folder that are asked for by name, and nothing else of it."""
    found: dict[str, bytes | Lack] = {}
    for name in (NAME, *(name for one in SETS for name in one.names)):
        try:
            found[name] = _plain(folder / name, _EACH)
        except FileNotFoundError:
            continue
        except BadBundle as error:
            found[name] = Lack(State.REFUSED, error.message, error.detail)
        except OSError as error:
            found[name] = Lack(State.FAILED, Message("It can't be read"), f"{error}")
    return found


def _plain(path: Path, most: int) -> bytes:
    """A plain file's bytes; neither a link nor a pipe is followed."""
    if path.is_symlink():
        raise BadBundle(Message("It holds something that is no plain file"), path.name)
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise BadBundle(Message("It holds something that is no plain file"), path.name)
        data = file.read(most + 1)
    if len(data) > most:
        raise BadBundle(Message("It is too large"), path.name)
    return data


def _packed(path: Path) -> dict[str, bytes | Lack]:
    number = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(number, "rb") as file:
        regular = stat.S_ISREG(os.fstat(number).st_mode)
        data = file.read(MOST + 1) if regular else b""
    if len(data) > MOST:
        raise BadBundle(Message("It is too large"))
    try:
        return {one.name: one.data for one in _unpacked(data)}
    except BadArchive as error:
        raise BadBundle(error.message, error.detail) from error


def _unpacked(data: bytes) -> list[Packed]:
    """By its first bytes: what it is called says little."""
    if data.startswith(b"PK"):
        return unzip(data, files=MOST_FILES, each=_EACH, all_of=MOST)
    if data.startswith(b"\x1f\x8b"):
        return untar(data, files=MOST_FILES, each=_EACH, all_of=MOST)
    raise BadArchive(Message("It is neither a folder nor a .tar.gz nor a .zip"))


def _pack(files: Mapping[str, bytes], name: str) -> bytes:
    """A zip where the name says so, else a tar.gz.  The same files make the same bytes."""
    out = io.BytesIO()
    if kind_of(name) == ZIP:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, data in files.items():
                info = zipfile.ZipInfo(file)
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
                archive.writestr(info, data)
    else:
        with (
            gzip.GzipFile(fileobj=out, mode="wb", mtime=0, filename="") as packed,
            tarfile.open(fileobj=packed, mode="w") as tar,
        ):
            for file, data in files.items():
                member = tarfile.TarInfo(file)
                member.size, member.mode = len(data), 0o644
                tar.addfile(member, io.BytesIO(data))
    return out.getvalue()
