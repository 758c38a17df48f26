"""What was seen on a host, in a form that every tool's reader can use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from facts.base import NOT_GATHERED, Unknown
from facts.host.backup.shell import Pipeline, pipelines
from facts.host.backup.where import Map
from facts.host.cron import Job

_TAIL_MARK = re.compile(
    r"^-- (Dump completed|PostgreSQL database (?:cluster )?dump complete)"
    r"|^/\*![0-9]* SET SQL_NOTES=@OLD_SQL_NOTES \*/;",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Entry:
    """A file or a folder."""

    path: str
    folder: bool
    mode: int
    size: int
    modified: int
    changed: int
    born: int  # 0 where the file system does not say


@dataclass(frozen=True)
class Run:
    """One pipeline of one job."""

    job: Job
    line: Pipeline


@dataclass(frozen=True)
class Seen:
    """Everything that the readers of the tools look at."""

    runs: tuple[Run, ...] = ()
    entries: Mapping[str, Entry] = field(default_factory=dict)
    folders: tuple[str, ...] = ()  # where was looked
    complete: bool | Unknown = True  # nothing in them was hidden
    tails: Mapping[str, str] = field(default_factory=dict)  # dump -> which kind ended well, or ""
    unread: Mapping[str, Unknown] = field(default_factory=dict)  # suffix -> why no ends were read
    infos: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] | Unknown = field(default_factory=dict)
    logs: Mapping[str, str] | Unknown = field(default_factory=dict)
    log_times: Mapping[str, int] = field(default_factory=dict)
    journal: str | Unknown = ""
    checks: tuple[Entry, ...] = ()  # borgmatic's own records of its checks
    pgbackrest: str | Unknown = NOT_GATHERED
    veeam: str | Unknown = NOT_GATHERED
    map: Map = field(default_factory=Map)
    clock: int = 0

    def below(self, folder: str, levels: int = 9) -> Iterator[Entry]:
        """What lies in a folder, so many levels deep."""
        start = folder.rstrip("/") + "/"
        for path, entry in self.entries.items():
            if path.startswith(start) and path.count("/") - start.count("/") < levels:
                yield entry

    def looked_into(self, path: str) -> bool | Unknown:
        """Would we have seen what lies in this folder?"""
        if any(path == f or path.startswith(f"{f}/") for f in self.folders):
            return self.complete
        return Unknown("This backup folder was not looked into: declare it in the inventory", path)

    def absent(self, path: str) -> int | Unknown:
        """What it means that a folder's records were not found: never, or not known."""
        looked = self.looked_into(path) if path else Unknown(NO_RECORD)
        if isinstance(looked, Unknown):
            return looked
        return 0 if looked else Unknown(NO_RECORD, path)

    def text_of(self, pattern: str) -> str:
        """The settings whose path matches, one after another."""
        if isinstance(self.settings, Unknown):
            return ""
        return "\n".join(t for p, t in self.settings.items() if re.search(pattern, p))


NO_RECORD = "The records of this backup job could not be found on the host"
FAILED = "The last run of this job failed; when it last went well cannot be seen"


def runs(jobs: tuple[Job, ...]) -> tuple[Run, ...]:
    """Every pipeline of every job."""
    return tuple(Run(job, line) for job in jobs for line in pipelines(job.text))


def entries(text: str) -> dict[str, Entry]:
    """The lines that `gather.STAT` writes, by path."""
    found = {}
    for line in text.split("\n"):
        parts = line.split("|", 7)
        if len(parts) < 8 or parts[0] != "@@" or not parts[7].startswith("/"):
            continue
        mode, size, modified, changed = parts[2:6]
        if not re.fullmatch(r"[0-7]{1,4}", mode) or not all(
            re.fullmatch(r"[0-9]{1,15}", word) for word in (size, modified, changed)
        ):
            continue
        born = int(parts[6]) if re.fullmatch(r"[0-9]{1,15}", parts[6]) else 0
        folder = parts[1] == "directory"
        found[parts[7]] = Entry(
            parts[7], folder, int(mode, 8), int(size), int(modified), int(changed), born
        )
    return found


def ended_well(text: str) -> str:
    """Which kind of dump ends as it should in this text; "" when none does."""
    match = _TAIL_MARK.search(text)
    if not match:
        return ""
    return "postgresql" if (match[1] or "").startswith("Postgre") else "mysql"


def by_unit(run: Run | None) -> int | Unknown:
    """When a timer's service last ended well; for copies whose own records are elsewhere."""
    if run is None or run.job.ended is None:
        return Unknown(NO_RECORD, run.job.source if run else "")
    if run.job.well is True:
        return run.job.ended
    return Unknown(FAILED, run.job.source)


def not_failed(good: int | Unknown, job: Job | None) -> int | Unknown:
    """A record that is only a file's time does not count when its job's last run failed."""
    if isinstance(good, Unknown) or job is None or job.well is not False:
        return good
    if job.ended is not None and good >= job.ended - 86400:
        return Unknown(FAILED, job.source)
    return good


def log_of(run: Run, seen: Seen) -> tuple[str, int] | Unknown:
    """The log that a job writes, and when it was last written."""
    if isinstance(seen.logs, Unknown):
        return seen.logs
    words = [word for stage in run.line.stages for word in stage] + [run.line.out]
    for word in words:
        path = word.partition("=")[2] or word
        if path in seen.logs:
            return seen.logs[path], seen.log_times.get(path, 0)
    return Unknown(NO_RECORD, run.job.source)


def logged(run: Run, seen: Seen, good: str, bad: str) -> int | Unknown:
    """When a job last went well by its own log: after the last good line comes no bad one."""
    log = log_of(run, seen)
    if isinstance(log, Unknown):
        return by_unit(run)
    text, written = log
    goods = list(re.finditer(good, text))
    bads = list(re.finditer(bad, text))
    if goods and (not bads or bads[-1].start() < goods[-1].start()):
        return written or Unknown(NO_RECORD, run.job.source)
    return Unknown(FAILED if bads else NO_RECORD, run.job.source)


def journaled(seen: Seen, pattern: str) -> int:
    """When the journal last had such a line; 0: not once (or it could not be read)."""
    if isinstance(seen.journal, Unknown):
        return 0
    newest = 0
    for line in seen.journal.split("\n"):
        match = re.match(r"([0-9]{9,11})\.[0-9]+ ", line)
        if match and re.search(pattern, line):
            newest = max(newest, int(match[1]))
    return newest
