"""What the checks of backups ask of the copies: which hold what, how old, and what is declared."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from facts.base import Undecided, Unknown, need
from facts.declared import Record
from facts.host.backup import BackupFacts, Copy

HOUR, DAY = 3600, 86400
AHEAD = 2 * HOUR  # a record may be this far ahead of the clock that was read before it
CONFIGURATION = "/etc"
DATABASES = ("mysql", "postgresql", "mongodb")
UPLOADS = ("upload", "files", "media", "images", "attachments")


def every_copy(backup: BackupFacts) -> tuple[Copy, ...]:
    """Every copy; none only where everything was seen and no job writes one."""
    copies = need(backup.copies)
    if not copies:
        if not need(backup.all_copies) or not need(backup.all_jobs):
            raise Undecided("Not every crontab and timer of the host could be seen")
        if need(backup.jobs):
            raise Undecided("The records of this backup job could not be found on the host")
    return copies


def groups(backup: BackupFacts, copies: Iterable[Copy]) -> dict[str, list[Copy]]:
    """The copies of the sites' files and of each database; of everything, where there are none."""
    wanted: dict[str, list[Copy]] = {}
    needed: dict[str, tuple[str, ...]] = {name: (name,) for name in need(backup.databases)}
    if web := need(backup.web):
        needed = {"files": web, **needed}
    unknown = [copy for copy in copies if isinstance(copy.covers, Unknown)]
    for name, items in needed.items():
        known = [copy for copy in copies if any(holds(copy, item) for item in items)]
        if known or unknown:
            wanted[name] = known or unknown
    return wanted or {"all": list(copies)}


def newest_of(group: list[Copy], now: int, span: int) -> tuple[int, Copy | None]:
    """The newest good record that is not in the future; a fresh one decides before an unknown."""
    newest, holder = 0, None
    for copy in group:
        good = copy.good
        if isinstance(good, int) and newest < good <= now + AHEAD:
            newest, holder = good, copy
    if newest <= now - span:
        for copy in group:
            if need(copy.good) > now + AHEAD:
                raise Undecided(
                    "The newest record lies in the future of the host's clock", copy.where[:200]
                )
    return newest, holder


def holds(copy: Copy, item: str) -> bool:
    """Is this in what the copy is made of?"""
    if isinstance(copy.covers, Unknown):
        return False
    if item in DATABASES:
        return item in copy.covers
    inside = any(
        path == item or path == "/" or item.startswith(f"{path.rstrip('/')}/")
        for path in copy.covers
        if path.startswith("/")
    )
    return inside and not any(left_out(item, path) for path in copy.omits)


def left_out(item: str, omitted: str) -> bool:
    """Is all of it excluded, or a folder with what people uploaded?"""
    path = omitted.rstrip("/*")
    if path and (item == path or item.startswith(f"{path}/")):
        return True
    return (
        path.startswith(f"{item}/")
        and any(word in path.lower() for word in UPLOADS)
        and "cache" not in path
    )


def is_held(item: str, copies: Iterable[Copy]) -> bool:
    """Is this in a copy whose records are known?"""
    return any(holds(copy, item) and isinstance(copy.good, int) for copy in copies)


def too_short(group: list[Copy], now: int, days: int) -> None:
    """Stops as undecided where the copies may go back far enough, or are too young to tell."""
    if any(isinstance(copy.keeps, int) and copy.keeps >= days for copy in group) or not all(
        isinstance(copy.keeps, int) for copy in group
    ):
        for copy in group:
            need(copy.oldest)
        begun = [copy.begun for copy in group if isinstance(copy.begun, int) and copy.begun > 0]
        if begun and now - min(begun) < days * DAY:
            raise Undecided("Backups began too short a time ago to tell how far back they are kept")


def is_valid(said: Record, backup: BackupFacts, days: int) -> bool:
    """Does the declaration speak of a day that is past, and not too long ago?"""
    today = backup.observed_at.date()
    return today - timedelta(days=days) <= said.on <= today


def paper(said: Record) -> dict[str, str]:
    """A declaration as evidence: its day, its paper, its place."""
    return {"declared": " ".join((said.on.isoformat(), said.evidence, said.where)).strip()[:300]}


def three_two_one(backup: BackupFacts) -> dict[str, str]:
    """How many copies there are besides the data itself, and how many lie elsewhere."""
    copies = [c for c in need(backup.copies) if isinstance(c.good, int) and c.good > 0]
    away = sum(copy.remote is True for copy in copies)
    here = sum(copy.remote is False for copy in copies)
    return {"three_two_one": f"{1 + here + away}-{1 + bool(away)}-{away}"}


def names_of(copies: Iterable[Copy]) -> list[str]:
    """The copies as evidence: tool and place."""
    return shortened(f"{copy.tool}: {copy.where}" if copy.where else copy.tool for copy in copies)


def shortened(items: Iterable[str]) -> list[str]:
    """A short list of short texts."""
    return [item[:200] for item in items][:12]
