"""Dumps of databases: mysqldump, mariadb-dump, mydumper, pg_dump, mongodump; physical copies too.

Sources: mysqldump(1) ("-- Dump completed"), pg_dump(1), mariabackup's xtrabackup_info.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from facts.base import Unknown
from facts.host.backup.files import DUMP, SEALED, folder_of, kept_files, together
from facts.host.backup.keeping import deleted_after
from facts.host.backup.model import Copy
from facts.host.backup.seen import NO_RECORD, Entry, Run, Seen, by_unit, not_failed
from facts.host.backup.shell import options

PROGRAMS = {
    **dict.fromkeys(("mysqldump", "mariadb-dump", "mydumper", "automysqlbackup"), "mysql"),
    **dict.fromkeys(("mariabackup", "mariadb-backup", "xtrabackup", "innobackupex"), "mysql"),
    **dict.fromkeys(
        ("pg_dump", "pg_dumpall", "pg_basebackup", "autopostgresqlbackup"), "postgresql"
    ),
    "mongodump": "mongodb",
}
_INFO = re.compile(r"/(xtrabackup_info|mariadb_backup_info)$")
_TARGETS = ("--result-file", "--file", "-f", "--target-dir", "--outputdir", "-o", "--out", "-D")
_ELSEWHERE = {"ssh", "restic", "borg", "rclone", "aws", "mc", "gsutil", "s3cmd"}


def copies(seen: Seen) -> Iterator[Copy]:
    """Each folder with dumps, and each job's target that was not found."""
    jobs = [(run, *made) for run in seen.runs if (made := target(run))]
    done: set[str] = set()
    folders: dict[tuple[str, str], list[Entry]] = {}
    for entry in kept_files(seen, DUMP):
        kind = _kind(entry, jobs, seen)
        folders.setdefault((folder_of(entry.path), kind), []).append(entry)
    for (folder, kind), files in sorted(_sorted_out(folders).items()):
        run = next((r for r, k, out in jobs if k in {kind, ""} and _same(out, folder, files)), None)
        done |= {out for _, _, out in jobs if _same(out, folder, files)}
        yield _folder(folder, kind, files, run, seen)
    for copy in _physical(seen):
        done.add(copy.where)
        yield copy
    for run, kind, out in jobs:
        if out not in done and not any(out.startswith(f"{d}/") for d in done if d):
            yield from _unseen(run, kind, out, seen)


def _sorted_out(folders: dict[tuple[str, str], list[Entry]]) -> dict[tuple[str, str], list[Entry]]:
    """A dump that does not say of which kind it is, a cut one, is of its folder's only kind."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for (folder, kind), files in folders.items():
        kinds = {k for f, k in folders if f == folder and k}
        named = kind or (kinds.pop() if len(kinds) == 1 else "")
        found.setdefault((folder, named), []).extend(files)
    return found


def target(run: Run) -> tuple[str, str] | None:
    """Which kind of database a pipeline dumps, and into which file or folder."""
    for stage in run.line.stages:
        name = stage[0].rpartition("/")[2]
        if name not in PROGRAMS or {"--version", "--help", "--prepare", "--no-data"} & set(stage):
            continue
        if name == "automysqlbackup":
            return "mysql", "/var/lib/automysqlbackup"
        names = (*_TARGETS, "-r") if PROGRAMS[name] == "mysql" else _TARGETS
        named = [v for v in options(stage[1:], *names) if v.startswith(("/", "*"))]
        sealed = [v for s in run.line.stages[1:] for v in options(s[1:], "-o", "--output", "-out")]
        teed = [s[-1] for s in run.line.stages[1:] if s[0].endswith("tee")]
        found = [p for p in (run.line.out, *teed, *sealed, *named) if p.startswith(("/", "*"))]
        return PROGRAMS[name], (found or [""])[0].rstrip("/")
    return None


def _kind(entry: Entry, jobs: list[tuple[Run, str, str]], seen: Seen) -> str:
    """mysql, postgresql, or "" where neither the end, nor a job, nor the name says it."""
    if seen.tails.get(entry.path):
        return seen.tails[entry.path]
    for _, kind, out in jobs:
        if out and (fnmatchcase(entry.path, out) or entry.path.startswith(f"{out}/")):
            return kind
    for word, kind in (("mysql", "mysql"), ("maria", "mysql"), ("postgres", "postgresql"),
                       ("/pg", "postgresql"), ("pgdump", "postgresql")):  # fmt: skip
        if word in entry.path.lower():
            return kind
    return ""


def _same(out: str, folder: str, files: list[Entry]) -> bool:
    return bool(out) and (
        out == folder
        or any(fnmatchcase(f.path, out) or f.path.startswith(f"{out}/") for f in files)
    )


def _folder(folder: str, kind: str, files: list[Entry], run: Run | None, seen: Seen) -> Copy:
    told = together(files, seen)
    oldest = min(entry.modified for entry in files)
    entry = seen.entries.get(folder)
    sealed = all(SEALED.search(file.path) for file in files) or seen.map.encrypted_disk(folder)
    keeps: int | Unknown = deleted_after(seen, folder)
    fixed = run is not None and "*" not in run.line.out and run.line.out.startswith("/")
    if fixed and isinstance(keeps, Unknown) and len({f.path for f in files}) == 1:
        keeps = 0  # each dump takes the place of the one before
    return Copy(
        tool="dump",
        where=folder,
        covers=(kind,) if kind else Unknown("It is not known what this job copies", folder),
        good=not_failed(told.good, run.job if run else None),
        oldest=oldest,
        begun=min(entry.born, oldest) if entry and entry.born else oldest,
        keeps=keeps,
        encrypted=sealed,
        remote=seen.map.place(folder).remote,
        checked=0,
        bad=told.bad[:200],
    )


def _physical(seen: Seen) -> Iterator[Copy]:
    """Copies by mariabackup or xtrabackup: the info file is written when one is whole."""
    groups: dict[str, list[Entry]] = {}
    for path, entry in seen.entries.items():
        if _INFO.search(path) and re.search(r"(?m)^end_time = \S", seen.infos.get(path, "")):
            groups.setdefault(folder_of(path), []).append(entry)
    for folder, infos in sorted(groups.items()):
        times = [entry.modified for entry in infos]
        sealed = all("encrypted = Y" in seen.infos.get(entry.path, "") for entry in infos)
        yield Copy(
            tool="mariabackup",
            where=folder,
            covers=("mysql",),
            good=max(times),
            oldest=min(times),
            begun=min(times),
            keeps=deleted_after(seen, folder),
            encrypted=sealed or seen.map.encrypted_disk(folder),
            remote=seen.map.place(folder).remote,
            checked=0,
        )


def _unseen(run: Run, kind: str, out: str, seen: Seen) -> Iterator[Copy]:
    """A job whose dumps were not found, unless another tool takes them from a pipe."""
    last = run.line.stages[-1]
    if last[0].rpartition("/")[2] in {"restic", "borg"}:
        return
    remote = last[0].rpartition("/")[2] in _ELSEWHERE
    folder = folder_of(out.partition("*")[0] if "*" in out else out)
    place = seen.map.place(out) if out.startswith("/") else None
    absent = seen.absent(folder) if place and not out.startswith("*") else by_unit(run)
    text = " ".join(word for stage in run.line.stages for word in stage[:1])
    sealed = bool(SEALED.search(out)) or bool(re.search(r"\b(gpg|age|openssl)\b", text))
    yield Copy(
        tool="dump",
        where=place.shown if place else "",
        covers=(kind,),
        good=absent,
        oldest=Unknown(NO_RECORD, run.job.source),
        encrypted=sealed,
        remote=True if remote else place.remote if place else Unknown(NO_RECORD, run.job.source),
        checked=0,
    )
