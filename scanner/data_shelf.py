"""Takes tables into a data folder: each whole or not at all, and never one older than is there.

The manifest is replaced last.  Whoever reads meanwhile, or after a kill, finds each table that the
manifest means either in its place or in `previous/` (see `scanner.manifest`).
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

from facts.message import Message
from facts.versions import Version
from scanner import atomic
from scanner.data_sets import SETS, DataSet
from scanner.manifest import NAME, PREVIOUS, Entry, Manifest, Untrusted, manifest_of, read, trusted
from scanner.tables_read import BadTable, Table

SHRUNK = 0.5  # a table with less than this share of the rows that are there is none
_NEW = ".new-"


class State(StrEnum):
    """What became of a set."""

    BROUGHT = "brought"
    CURRENT = "current"  # it was there already
    ABSENT = "absent"  # the folder or bundle has none
    FAILED = "failed"  # it could not be had
    REFUSED = "refused"  # it was had, and is not taken


class Busy(Exception):
    """Another update of the same folder is under way."""


@dataclass(frozen=True)
class Offer:
    """A set's bytes as they came."""

    data: bytes
    url: str
    entry: Entry | None = None  # what the manifest beside it says of it
    fresh: bool = False  # straight from its makers: this is what they publish today


@dataclass(frozen=True)
class Lack:
    """Why there is nothing to take."""

    state: State
    why: Message
    detail: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one set."""

    of: DataSet
    state: State
    now: Entry | None = None  # what is in force
    before: Entry | None = None
    why: Message | None = None
    detail: str = ""


@dataclass(frozen=True)
class Standing:
    """What is there: its entry, and its bytes where they are still what the entry says."""

    entry: Entry
    data: bytes | None


class Refused(Exception):
    """A set that is not taken."""

    def __init__(self, why: Message, detail: str = "") -> None:
        self.why, self.detail = why, detail
        super().__init__(why)


def take_in(folder: Path, offers: Mapping[str, Offer | Lack], now: datetime) -> tuple[Outcome, ...]:
    """Put into the folder what is good and newer.  Raises `Busy` and `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=0):
            return _take_in(folder, offers, now)
    except Timeout as error:
        raise Busy(str(folder)) from error


def standing(folder: Path, one: DataSet) -> Standing | None:
    """What is in force of a set; None where nothing is there that can be read."""
    try:
        entry = _manifest(folder).tables.get(one.name)
        if entry:
            with contextlib.suppress(FileNotFoundError, Untrusted):
                return Standing(entry, trusted(folder, entry.file)[0])
            return Standing(entry, None)
        data = read(folder / one.file)
        return Standing(_entry(one, one.read(data), data, None, None), data)
    except (FileNotFoundError, BadTable, Refused):
        return None


def _take_in(
    folder: Path, offers: Mapping[str, Offer | Lack], now: datetime
) -> tuple[Outcome, ...]:
    there = {one.name: standing(folder, one) for one in SETS}
    outcomes, fresh = [], {}
    for one in SETS:
        offer, before = offers.get(one.name), there[one.name]
        if offer is None:
            continue
        kept = before.entry if before else None
        if isinstance(offer, Lack):
            outcomes.append(Outcome(one, offer.state, kept, kept, offer.why, offer.detail))
            continue
        try:
            table = one.read(offer.data)
            entry = _judge(one, table, offer, before, now)
        except (Refused, BadTable) as error:
            why = error.why if isinstance(error, Refused) else error.message
            outcomes.append(Outcome(one, State.REFUSED, kept, kept, why, error.detail))
            continue
        same = before is not None and before.data == table.data
        fresh[one.name] = entry, None if same else table.data
        state = State.CURRENT if same else State.BROUGHT
        outcomes.append(Outcome(one, state, entry, kept))
    if fresh:
        _install(folder, fresh, there)
    return tuple(outcomes)


def _judge(
    one: DataSet, table: Table, offer: Offer, before: Standing | None, now: datetime
) -> Entry:
    """The entry of what is to be taken.  Raises `Refused`."""
    said = offer.entry
    if said and hashlib.sha256(offer.data).hexdigest() != said.sha256:
        raise Refused(Message("It is not what its manifest says"))
    entry = _entry(one, table, table.data, said, now.date() if offer.fresh else None)
    entry = replace(
        entry,
        url=(said.url if said and said.url else offer.url)[:500],
        fetched=now.isoformat(timespec="seconds"),
    )
    if entry.date > now.date() + timedelta(days=1):
        raise Refused(Message("It is dated in the future; is this machine's clock right?"),
                      f"{entry.date}")  # fmt: skip
    if before is None:
        return entry
    old = before.entry
    if entry.sha256 == old.sha256:
        return replace(entry, date=max(entry.date, old.date))
    if entry.date < old.date or _version(entry) < _version(old) or _behind(one, table, before):
        raise Refused(Message("It is older than what is there"), f"{_dated(entry)} < {_dated(old)}")
    if entry.count < SHRUNK * old.count:
        raise Refused(Message("It has far fewer rows than what is there"),
                      f"{entry.count} < {old.count}")  # fmt: skip
    return entry


def _entry(
    one: DataSet, table: Table, data: bytes, said: Entry | None, today: date | None
) -> Entry:
    """Dated by itself, else by the manifest beside it, else by the day on which it was had."""
    stated = table.day or (said.date if said else None) or today or table.floor
    if stated is None:
        raise Refused(Message("It has no date"))
    if table.floor and stated < table.floor:
        raise Refused(Message("It is newer than its manifest says"), f"{table.floor} > {stated}")
    return Entry(
        file=one.file,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        date=stated,
        version=table.version,
        licence=one.licence,
        count=table.count,
    )


def _behind(one: DataSet, table: Table, before: Standing) -> bool:
    """Is it a table without a date of its own that knows less of the last years?"""
    if table.floor is None or before.data is None:
        return False
    with contextlib.suppress(BadTable):
        theirs = one.read(before.data)
        return theirs.floor is not None and table.floor < theirs.floor
    return False


def _version(entry: Entry) -> Version:
    """Only Mozilla's is one: the others are told apart by their dates."""
    numbered = entry.file == "mozilla-tls.json" and entry.version
    return Version(entry.version if numbered else "0")


def _dated(entry: Entry) -> str:
    return f"{entry.date} ({entry.version})" if _version(entry) > Version("0") else f"{entry.date}"


def _manifest(folder: Path) -> Manifest:
    try:
        return manifest_of(folder) or Manifest()
    except Untrusted:  # the files' own dates then say how old they are
        return Manifest()


# -- writing


def _install(
    folder: Path,
    fresh: Mapping[str, tuple[Entry, bytes | None]],
    there: Mapping[str, Standing | None],
) -> None:
    """All files are written before the first takes its place, and the manifest says so last."""
    with _cleared(folder):
        manifest = _manifest(folder)
        tables = {**manifest.tables, **{name: entry for name, (entry, _) in fresh.items()}}
        written = {entry.file: data for entry, data in fresh.values() if data is not None}
        for file, new in written.items():
            atomic.write_new(folder / f"{_NEW}{file}", new)
        atomic.write_new(folder / f"{_NEW}{NAME}", Manifest(tables=tables).dump())
        for name, (entry, data) in fresh.items():
            old = there[name]
            if data is not None and old is not None and old.data is not None:
                (folder / PREVIOUS).mkdir(exist_ok=True)
                atomic.replace(folder / PREVIOUS / entry.file, old.data, _NEW)
        for file in (*written, NAME):
            atomic.sync(folder)
            (folder / f"{_NEW}{file}").replace(folder / file)
        atomic.sync(folder)


@contextlib.contextmanager
def _cleared(folder: Path) -> Iterator[None]:
    """No leavings: neither of this update nor of one that was killed."""
    _clear(folder)
    try:
        yield
    finally:
        _clear(folder)


def _clear(folder: Path) -> None:
    for place in (folder, folder / PREVIOUS):
        for file in (NAME, *(one.file for one in SETS)):
            (place / f"{_NEW}{file}").unlink(missing_ok=True)
