"""restic, read without its password: the names and times of the files in REPO/snapshots.

A snapshot's file is written when it is finished and never changed; `forget` only removes some.
Source: restic's "Repository layout" (doc/design.rst).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from facts.base import Unknown
from facts.host.backup.keeping import kept_days
from facts.host.backup.model import Copy
from facts.host.backup.seen import NO_RECORD, Run, Seen, journaled, logged
from facts.host.backup.shell import a_set, operands, options

_VALUED = a_set(
    "-r --repo -p --password-file --password-command --tag --exclude -e --exclude-file "
    "--iexclude --files-from --host -H --parent --limit-upload --cache-dir --repository-file "
    "--time -o --option --exclude-if-present --exclude-larger-than --pack-size --compression "
    "--retry-lock --repo2 --limit-download --cacert --files-from-verbatim --key-hint --group- "
    "by"
)
CHECKED = r"restic.*\bno errors were found"


def copies(seen: Seen) -> Iterator[Copy]:
    """Each repository that a job writes to, or that lies in a backup folder."""
    done: set[str] = set()
    for run in seen.runs:
        args = run.line.args("restic", "resticprofile", "autorestic")
        if args is None or "backup" not in args:
            continue
        copy = _of_job(run, args, seen)
        done.add(copy.where)
        yield copy
    for path in sorted(repositories(seen)):
        if path not in done:
            yield _local(path, seen)


def repositories(seen: Seen) -> set[str]:
    """The repositories that lie in folders that were looked into."""
    found = set()
    for path, entry in seen.entries.items():
        parent = path.rpartition("/")[0]
        if entry.folder and path.endswith("/snapshots") and f"{parent}/config" in seen.entries:
            found.add(parent)
    return found


def repository(run: Run, args: tuple[str, ...], seen: Seen) -> str:
    """Which repository a command speaks of; "" when that is not said where we can see it."""
    named = options(args, "--repo", "-r") or [run.line.env.get("RESTIC_REPOSITORY", "")]
    if named[0]:
        return named[0]
    stated = re.findall(r"RESTIC_REPOSITORY=[\"']?([^\s\"']+)", seen.text_of("restic|default"))
    return stated[0] if len(set(stated)) == 1 else ""


def _of_job(run: Run, args: tuple[str, ...], seen: Seen) -> Copy:
    named = repository(run, args, seen)
    paths = [p for p in operands(args, _VALUED) if p.startswith("/") and "*" not in p[:2]]
    covers = tuple(p.rstrip("/") or "/" for p in paths)
    stdin = next((_piped(stage) for stage in run.line.stages[:-1] if _piped(stage)), "")
    omits = tuple(p for p in options(args, "--exclude", "-e") if p.startswith("/"))
    held: tuple[str, ...] | Unknown = (*covers, stdin) if stdin else covers
    if not held:
        held = Unknown("It is not known what this job copies", run.job.source)
    place = seen.map.place(named) if named else None
    if place and place.path:
        return replace(_local(place.path, seen), covers=held, omits=omits)
    good = logged(run, seen, r"snapshot [0-9a-f]{8} saved", r"(?m)^(Fatal|fatal):")
    saved = journaled(seen, r"snapshot [0-9a-f]{8} saved")
    unknown = Unknown("It is not known where this copy lies", run.job.source)
    return Copy(
        tool="restic",
        where=place.shown if place else "",
        covers=held,
        omits=omits,
        good=max(saved, good if isinstance(good, int) else 0) or good,
        oldest=Unknown(NO_RECORD, run.job.source),
        keeps=kept_days(seen, "restic"),
        encrypted=True,
        remote=place.remote if place else unknown,
        checked=_checked(seen),
    )


def _piped(stage: tuple[str, ...]) -> str:
    name = stage[0].rpartition("/")[2]
    if name in {"mysqldump", "mariadb-dump"}:
        return "mysql"
    return "postgresql" if name in {"pg_dump", "pg_dumpall"} else ""


def _local(path: str, seen: Seen) -> Copy:
    """A repository in a folder."""
    times = [
        entry.modified
        for entry in seen.below(f"{path}/snapshots")
        if not entry.folder and re.fullmatch(r"[0-9a-f]{64}", entry.path.rpartition("/")[2])
    ]
    config = seen.entries.get(f"{path}/config")
    place = seen.map.place(path)
    none = seen.absent(path)
    return Copy(
        tool="restic",
        where=path,
        covers=Unknown("It is not known what this job copies", path),
        good=max(times) if times else none,
        oldest=min(times) if times else none,
        begun=config.modified if config else Unknown(NO_RECORD, path),
        keeps=kept_days(seen, "restic"),
        encrypted=True,
        remote=place.remote,
        checked=_checked(seen),
    )


def _checked(seen: Seen) -> int | Unknown:
    """When `restic check` last went well: its service's record, the journal, or a log."""
    newest = journaled(seen, CHECKED)
    tried: Unknown | None = None
    for run in seen.runs:
        args = run.line.args("restic")
        if args is None or "check" not in args:
            continue
        done = logged(run, seen, r"no errors were found", r"(?m)^Fatal|error:")
        if isinstance(done, Unknown):
            tried = done
        else:
            newest = max(newest, done)
    return newest or tried or 0
