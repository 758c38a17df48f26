"""Series of files that are made anew each time: dumps and archives, and whether they are whole.

A dump is good when it ends with its tool's mark and has not shrunk under half of the one before;
an archive or an encrypted dump, of which the end cannot be read, by its size alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from facts.base import Unknown
from facts.host.backup.seen import Entry, Seen

SEALED = re.compile(r"\.(gpg|pgp|asc|age|enc|aes|ssl)$")
DUMP = re.compile(
    r"\.(sql|dump|pgdump|psql|pgsql)(\.(gz|xz|bz2|zst|lz4|Z))?(\.(gpg|pgp|asc|age|enc|aes|ssl))?$"
)
ARCHIVE = re.compile(
    r"\.(tar(\.\w{1,4})?|tgz|tbz2?|txz|zip|7z|xbstream(\.\w+)?|archive(\.gz)?)"
    r"(\.(gpg|pgp|asc|age|enc|aes|ssl))?$"
)
_OWN = re.compile(r"/(alternatives\.tar|dpkg\.|apt\.|aptitude\.|passwd\.|group\.|shadow\.)")
_WINDOW = 8 * 86400  # ends of older dumps were not read (gather: -mtime -9)


@dataclass(frozen=True)
class Series:
    """What the files of one series say."""

    good: int | Unknown  # the newest good one's time; 0: none
    tried: int  # the newest one's
    bad: str = ""  # the newest one, when it is not good


def kept_files(seen: Seen, kind: re.Pattern[str]) -> list[Entry]:
    """Every dump or archive in the folders that were looked into."""
    return [
        entry
        for path, entry in seen.entries.items()
        if not entry.folder and kind.search(path) and not _OWN.search(path)
    ]


def stem(path: str) -> str:
    """The path without what changes each time: dates and numbers."""
    return re.sub(
        r"[0-9]+", "#", re.sub(r"(?i)(mon|tues|wednes|thurs|fri|satur|sun)day", "#", path)
    )


def folder_of(path: str) -> str:
    """The folder of a series: dated folders in the path are left out."""
    parts = path.rpartition("/")[0].split("/")
    kept: list[str] = []
    for part in parts:
        if re.search(r"[0-9]{4}|^[0-9]+$", part):
            break
        kept.append(part)
    return "/".join(kept) or "/"


def whole(entry: Entry, seen: Seen) -> bool | Unknown:
    """Does the dump end as it should?"""
    path = entry.path
    if SEALED.search(path) or not DUMP.search(path) or entry.modified < seen.clock - _WINDOW:
        return True
    if not re.search(r"\.(sql|psql|pgsql)(\.\w+)?$", path):
        return True  # pg_dump's own formats have no mark at their end
    suffix = path.rpartition(".")[2]
    if seen.tails.get(path):
        return True
    if suffix in seen.unread:
        return seen.unread[suffix]
    if suffix in {"lz4", "Z"} or (suffix not in {"sql"} and "sql" not in path.rpartition("/")[2]):
        return Unknown("The end of this dump could not be read", path)
    return False


def series(files: Sequence[Entry], seen: Seen) -> Series:
    """From the newest backwards, the first one that is good."""
    ordered = sorted(files, key=lambda entry: entry.modified, reverse=True)
    bad = ""
    for entry, before in zip(ordered, [*ordered[1:], None], strict=True):
        shrunk = before is not None and entry.size * 2 < before.size
        complete = whole(entry, seen)
        if entry.size == 0 or shrunk or complete is False:
            bad = bad or entry.path
            continue
        if isinstance(complete, Unknown):
            return Series(complete, ordered[0].modified, bad)
        return Series(entry.modified, ordered[0].modified, bad)
    return Series(0, ordered[0].modified, bad)


def together(all_files: Iterable[Entry], seen: Seen) -> Series:
    """Several series of one folder: the worst of those that are still made."""
    groups: dict[str, list[Entry]] = {}
    for entry in all_files:
        groups.setdefault(stem(entry.path), []).append(entry)
    told = [series(files, seen) for files in groups.values()]
    newest = max(one.tried for one in told)
    live = [one for one in told if one.tried > newest - 36 * 3600]
    bad = next((one.bad for one in live if one.bad), "")
    for one in live:
        if isinstance(one.good, Unknown):
            return Series(one.good, newest, bad)
    return Series(min(one.good for one in live if isinstance(one.good, int)), newest, bad)
