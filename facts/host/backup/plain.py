"""Plain jobs: tar, zip, rsync, cp.  Each counts only when it copies what a newsroom needs.

rsync and cp keep the files' own times, so a copy's age is that of the change on the target
(ctime), or what the job's service or log says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from facts.base import Unknown
from facts.host.backup.files import ARCHIVE, SEALED, folder_of, kept_files, together
from facts.host.backup.keeping import deleted_after
from facts.host.backup.model import Copy
from facts.host.backup.seen import NO_RECORD, Entry, Run, Seen, by_unit, logged, not_failed
from facts.host.backup.shell import a_set, operands, options

_VALUED = a_set(
    "-e --rsh --exclude --exclude-from --include --files-from --log-file --password-file "
    "--bwlimit --link-dest --backup-dir --chmod --chown --port --timeout -C --directory -f "
    "--file -X"
)
WORTH = ("/etc", "/home", "/srv", "/var", "/opt", "/usr", "/root", "/data", "/")
_NEVER = ("/run", "/dev", "/proc", "/var/lib/dpkg", "/var/log", "/var/cache")


def copies(seen: Seen) -> Iterator[Copy]:
    """Archives in the folders that were looked into, and each job's target."""
    jobs = [(run, *made) for run in seen.runs if (made := archived(run))]
    done: set[str] = set()
    folders: dict[str, list[Entry]] = {}
    for entry in kept_files(seen, ARCHIVE):
        folders.setdefault(folder_of(entry.path), []).append(entry)
    for folder, files in sorted(folders.items()):
        mine = [job for job in jobs if any(fnmatchcase(file.path, job[2]) for file in files)]
        done |= {out for _, _, out in mine}
        yield _archives(folder, files, mine, seen)
    for run, covers, out in jobs:
        if out not in done:
            yield _missing(run, covers, out, seen)
    for run in seen.runs:
        if mirror := mirrored(run):
            yield _mirror(run, *mirror, seen)


def worth(paths: list[str]) -> tuple[str, ...]:
    """Of these sources, the folders of this host that a backup is made of."""
    kept = [p.rstrip("/*") or "/" for p in paths if p.startswith("/")]
    return tuple(
        p
        for p in kept
        if any(p == top or p.startswith(f"{top.rstrip('/')}/") for top in WORTH)
        and not any(p == no or p.startswith(f"{no}/") for no in _NEVER)
    )


def archived(run: Run) -> tuple[tuple[str, ...], str] | None:
    """What tar or zip packs, and into which file."""
    args = run.line.args("tar", "bsdtar", "gtar")
    if args and re.match(r"-?-?[a-zA-Z]*c|--create", args[0]):
        packed = (args[0] if args[0].startswith("-") else f"-{args[0]}", *args[1:])
        files = options(packed[1:], "--file", "-f")
        words = operands(packed[1:], _VALUED)
        inside = options(packed[1:], "-C", "--directory")
        if not files and "f" in packed[0] and words:
            files, words = words[:1], words[1:]
        sealed = [v for s in run.line.stages[1:] for v in options(s[1:], "-o", "--output", "-out")]
        out = run.line.out or (sealed or files or [""])[0]
        sources = [w if w.startswith("/") else f"{d}/{w}" for w in words for d in inside or [""]]
        covers = worth([source.removesuffix("/.") for source in sources])
        return (covers, out) if covers and out not in {"-", ""} else None
    args = run.line.args("zip", "7z", "7za")
    words = operands(args or ())
    words = words[1:] if words[:1] == ["a"] else words
    covers = worth(words[1:])
    return (covers, words[0]) if covers else None


def mirrored(run: Run) -> tuple[tuple[str, ...], tuple[str, ...], str] | None:
    """What rsync, cp or scp copies, what it leaves out, and where to."""
    args = run.line.args("rsync", "cp", "scp", "rdiff-backup")
    if args is None:
        return None
    words = operands(args, _VALUED)
    covers = worth(words[:-1])
    target = words[-1] if words else ""
    away = not target.startswith("/")
    if (
        not covers
        or not target
        or (not away and not re.search(r"(?i)back|bk|mnt|media|mirror|copy|snap|sao", target))
    ):
        return None
    omits = []
    for pattern in options(args, "--exclude"):
        base = covers[0] if pattern.startswith("/") else ""
        omits += [f"{base}{pattern}"] if base else []
    return covers, tuple(omits), target


def _archives(
    folder: str, files: list[Entry], jobs: list[tuple[Run, tuple[str, ...], str]], seen: Seen
) -> Copy:
    told = together(files, seen)
    covers = tuple(dict.fromkeys(path for _, paths, _ in jobs for path in paths))
    omits = tuple(
        p for run, _, _ in jobs for p in options(run.line.stages[0][1:], "--exclude")
        if p.startswith("/")
    )  # fmt: skip
    oldest = min(entry.modified for entry in files)
    entry = seen.entries.get(folder)
    keeps: int | Unknown = deleted_after(seen, folder)
    if (
        isinstance(keeps, Unknown)
        and jobs
        and len(files) == len(jobs)
        and not any("*" in o for _, _, o in jobs)
    ):
        keeps = 0
    return Copy(
        tool="archive",
        where=folder,
        covers=covers or Unknown("It is not known what this job copies", folder),
        omits=omits,
        good=not_failed(told.good, jobs[0][0].job if jobs else None),
        oldest=oldest,
        begun=min(entry.born, oldest) if entry and entry.born else oldest,
        keeps=keeps,
        encrypted=all(SEALED.search(file.path) for file in files)
        or seen.map.encrypted_disk(folder),
        remote=seen.map.place(folder).remote,
        checked=0,
        bad=told.bad[:200],
    )


def _missing(run: Run, covers: tuple[str, ...], out: str, seen: Seen) -> Copy:
    """An archive that was not found where its job writes it."""
    place = seen.map.place(out) if out.startswith("/") else None
    remote = run.line.args("ssh") is not None
    folder = folder_of(out.partition("*")[0]) if place else ""
    return Copy(
        tool="archive",
        where=place.shown if place else "",
        covers=covers,
        good=seen.absent(folder) if folder else by_unit(run),
        oldest=Unknown(NO_RECORD, run.job.source),
        encrypted=bool(SEALED.search(out)),
        remote=True if remote else place.remote if place else Unknown(NO_RECORD, run.job.source),
        checked=0,
    )


def _mirror(
    run: Run, covers: tuple[str, ...], omits: tuple[str, ...], target: str, seen: Seen
) -> Copy:
    """A folder that is copied file by file."""
    place = seen.map.place(target)
    good = logged(run, seen, r"total size is|sent [0-9.,]+\w? bytes", r"rsync error|rsync: ")
    folder = folder_of(place.path.partition("*")[0] + "/x") if place.path else ""
    found = [entry.changed for entry in seen.below(folder)] if folder else []
    if isinstance(good, Unknown) and found:
        good = not_failed(max(found), run.job)
    elif isinstance(good, Unknown) and folder and run.job.ended is None:
        good = seen.absent(folder)
    dated = "*" in target or run.line.args("rdiff-backup") is not None
    return Copy(
        tool=run.line.stages[0][0].rpartition("/")[2][:20],
        where=place.shown,
        covers=covers,
        omits=omits,
        good=good,
        oldest=(min(found) if dated else good) if found else Unknown(NO_RECORD, run.job.source),
        keeps=deleted_after(seen, folder) if dated else 0,
        encrypted=seen.map.encrypted_disk(folder),
        remote=place.remote,
        checked=0,
    )
