"""How long each log is kept: by rotation's settings, and by the oldest of it that is there.

A rotated file's last write is a sure sign: the log goes back at least that far.  What stands in
it begins one rotation earlier, at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from facts.base import Unknown
from facts.host.logging.databases import Database
from facts.host.logging.files import LogFile
from facts.host.logging.journal import Journal
from facts.host.logging.rotation import Rule, rule_of
from facts.host.logging.sites import Site

SYSTEM = ("/var/log/auth.log", "/var/log/secure", "/var/log/syslog", "/var/log/messages")
FOREVER = 1e6  # days: nothing removes it


@dataclass(frozen=True)
class Kept:
    """One log."""

    kind: str  # system, web, database
    path: str  # or "journal"
    days: float | Unknown | None  # by its settings; None: by size, so it depends on what is written
    begins: int | Unknown  # the oldest of it that is there, seconds since 1970, at the latest
    period: float = 0.0  # days of one rotation: it may begin so much earlier
    since: int | Unknown = 0  # since when it could have been kept: host, folder, settings
    whole: bool = True  # nothing of it was removed by rotation yet


@dataclass(frozen=True)
class Sources:
    """What is needed to tell."""

    files: tuple[LogFile, ...] | Unknown
    rules: tuple[Rule, ...] | Unknown
    journal: Journal | Unknown | None
    born: int | Unknown


def read(
    sources: Sources,
    sites: tuple[Site, ...] | Unknown,
    databases: tuple[Database, ...] | Unknown,
) -> tuple[Kept, ...] | Unknown:
    """Every log of the system, of web servers and of databases."""
    for part in (sources.files, sites, databases):
        if isinstance(part, Unknown):
            return part
    assert not isinstance(sources.files, Unknown)
    assert not isinstance(sites, Unknown) and not isinstance(databases, Unknown)
    there = {file.path for file in sources.files if not file.folder}
    found = [_file("system", path, sources) for path in SYSTEM if path in there]
    if isinstance(sources.journal, Unknown):
        why = sources.journal
        found.append(Kept("system", "journal", why, why))
    elif sources.journal is not None and sources.journal.persistent:
        found.append(_journal(sources.journal, sources.born))
    found += [_file("web", path, sources) for path in _web(sites)]
    for database in databases:
        found += _database(database, sources)
    return tuple(found[:200])


def _journal(journal: Journal, born: int | Unknown) -> Kept:
    return Kept("system", "journal", _short(journal), journal.oldest, 0.0, born)


def _short(journal: Journal) -> float | None:
    """Days are a limit from above: under it, how much is written decides."""
    return journal.max_days


def _web(sites: Sequence[Site]) -> list[str]:
    """Every log of a site that is a file; syslog's and the journal's are the system's."""
    paths = [path for site in sites for path in (*site.access_logs, *site.error_logs)]
    away = ("syslog:", "syslog", "stderr", "memory:")
    return list(dict.fromkeys(path for path in paths if not path.startswith(away)))


def _database(database: Database, sources: Sources) -> Iterator[Kept]:
    if database.log == "/var/log/postgresql" and not isinstance(sources.files, Unknown):
        for file in sources.files:
            if re.fullmatch(r"/var/log/postgresql/postgresql-[^/]+\.log", file.path):
                yield _file("database", file.path, sources)
    elif database.log.startswith("/"):
        yield _file("database", database.log, sources)


def _file(kind: str, path: str, sources: Sources) -> Kept:
    """One file and the older ones of it."""
    rules, files = sources.rules, sources.files
    if isinstance(rules, Unknown):
        return Kept(kind, path, rules, rules)
    if isinstance(files, Unknown):
        return Kept(kind, path, files, files)
    if path.startswith("|"):
        why = Unknown("Another program keeps this log, and how long cannot be told", path[:80])
        return Kept(kind, path[:120], why, why)
    rule = rule_of(path, rules)
    old = [file for file in files if _is_older(file.path, path, rule.folder if rule else "")]
    now = [file for file in files if file.path == path]
    starts = [file.changed for file in old] or [file.born for file in now if file.born]
    begins: int | Unknown = (
        min(starts) if starts else Unknown("How far this log goes back cannot be told", path[:80])
    )
    since = _since(path, rule, sources)
    if rule is None:
        return Kept(kind, path, FOREVER, begins, 0.0, since)
    return Kept(
        kind=kind,
        path=path,
        days=rule.days,
        begins=begins,
        period=rule.period or 0.0,
        since=since,
        whole=(rule.rotate < 0 or len(old) < rule.rotate) and not rule.max_age,
    )


def _is_older(name: str, path: str, folder: str) -> bool:
    """Is this a rotated one: path.1, path.2.gz, path-20261122.xz, also in olddir?"""
    base = path.rpartition("/")[2]
    where, _, own = name.rpartition("/")
    home = path.rpartition("/")[0]
    wanted = {home, folder if folder.startswith("/") else f"{home}/{folder}"} if folder else {home}
    stem, dot, suffix = base.rpartition(".")
    names = re.escape(base) + r"[.-]?[0-9][0-9.-]*"
    if dot:  # dateext with `extension .log`
        names += "|" + re.escape(stem) + r"[.-][0-9][0-9.-]*" + re.escape(f".{suffix}")
    return (
        where in wanted and re.fullmatch(rf"(?:{names})(\.(gz|xz|bz2|zst|lz4))?", own) is not None
    )


def _since(path: str, rule: Rule | None, sources: Sources) -> int | Unknown:
    """The latest of: the host's own beginning, the folder's, the rule's last change."""
    if isinstance(sources.born, Unknown) or isinstance(sources.files, Unknown):
        return sources.born
    folder = path.rpartition("/")[0]
    births = [file.born for file in sources.files if file.folder and file.path == folder]
    return max([sources.born, *births, rule.changed if rule else 0])
