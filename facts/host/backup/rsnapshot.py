"""rsnapshot: its settings name the root and what is copied; daily.0 is touched when it succeeds.

Source: rsnapshot(1): tab-separated settings; a level's folder N is the Nth oldest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from facts.base import Unknown
from facts.host.backup.keeping import NOT_SET
from facts.host.backup.model import Copy
from facts.host.backup.seen import NO_RECORD, Seen, not_failed

_DAYS = {"alpha": 1, "beta": 7, "gamma": 30, "delta": 365, "hourly": 1 / 24, "daily": 1,
         "weekly": 7, "monthly": 30, "yearly": 365}  # fmt: skip


def copies(seen: Seen) -> Iterator[Copy]:
    """The snapshot root, when a job runs rsnapshot or it has ever run."""
    jobs = [run.job for run in seen.runs if run.line.args("rsnapshot") is not None]
    text = seen.text_of(r"/rsnapshot\.conf$")
    roots = re.findall(r"(?m)^snapshot_root\t+(\S+)", text)
    if not roots:
        if jobs:
            yield Copy("rsnapshot", "", good=Unknown(NO_RECORD, jobs[0].source), encrypted=False)
        return
    root = roots[-1].rstrip("/")
    retains = re.findall(r"(?m)^(?:retain|interval)\t+(\w+)\t+([0-9]{1,5})", text)
    times = _times(root, seen)
    if not (jobs or times):
        return
    place = seen.map.place(root)
    none = seen.absent(root)
    newest = not_failed(max(times), jobs[0] if jobs else None) if times else none
    failed = _failed(seen)
    yield Copy(
        tool="rsnapshot",
        where=root,
        covers=_covers(text),
        good=Unknown("The last run of this job failed; when it last went well cannot be seen", root)
        if failed and isinstance(newest, int) and newest >= failed - 3600
        else newest,
        oldest=min(times) if times else none,
        begun=_begun(root, seen, times),
        keeps=_keeps(retains, root),
        encrypted=seen.map.encrypted_disk(root),
        remote=place.remote,
        checked=0,
    )


def _times(root: str, seen: Seen) -> list[int]:
    """When each snapshot was taken."""
    return [
        entry.modified
        for entry in seen.below(root, 1)
        if entry.folder and re.fullmatch(r"\w+\.[0-9]{1,4}", entry.path.rpartition("/")[2])
    ]


def _begun(root: str, seen: Seen, times: list[int]) -> int | Unknown:
    entry = seen.entries.get(root)
    born = entry.born if entry else 0
    known = [time for time in (born, *times) if time]
    return min(known) if known else Unknown(NO_RECORD, root)


def _covers(text: str) -> tuple[str, ...] | Unknown:
    """Local folders, and what a backup_script writes."""
    points = re.findall(r"(?m)^backup\t+(/\S*)\t", text)
    scripts = "\n".join(re.findall(r"(?m)^backup_(?:script|exec)\t+(.*)", text))
    kinds = [kind for kind, word in (("mysql", r"mysqldump|mariadb-dump"),
             ("postgresql", r"pg_dump")) if re.search(word, scripts)]  # fmt: skip
    held = (*(point.rstrip("/") or "/" for point in points), *kinds)
    return held or Unknown("It is not known what this job copies", "rsnapshot.conf")


def _keeps(retains: list[tuple[str, str]], root: str) -> int | Unknown:
    days = [int(number) * _DAYS[level] for level, number in retains if level in _DAYS]
    if not days or len(days) < len(retains):
        return Unknown(NOT_SET, root)
    return int(max(days))


def _failed(seen: Seen) -> int:
    """When the log's last run failed, by the host's clock; 0: it did not, or no log says so."""
    if isinstance(seen.logs, Unknown):
        return 0
    for path, text in seen.logs.items():
        if "rsnapshot" not in path:
            continue
        ends = re.findall(
            r"(?m)^\[([0-9T:-]{19})\].*(completed successfully|completed, but with some warnings"
            r"|ERROR:)", text)  # fmt: skip
        if ends and ends[-1][1] == "ERROR:":
            return seen.log_times.get(path, seen.clock)
    return 0
