"""Puts the answers together, and hands them to each tool's reader."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping

from facts.base import Unknown
from facts.host import cron, processes, units
from facts.host.asks import Answer, Answers, filled, sections
from facts.host.backup import (
    borg,
    borgmatic,
    dumps,
    duplicity,
    pgbackrest,
    plain,
    rclone,
    restic,
    rsnapshot,
    servers,
)  # fmt: skip
from facts.host.backup.exposure import passwords, readable
from facts.host.backup.gather import FOLDERS
from facts.host.backup.model import BackupFacts, Copy, Scheduled
from facts.host.backup.seen import Entry, Run, Seen, ended_well, entries, runs
from facts.host.backup.where import Map
from facts.host.system import SystemFacts

LOG = logging.getLogger(__name__)

READERS: tuple[Callable[[Seen], Iterator[Copy]], ...] = (
    restic.copies, borgmatic.copies, borg.copies, rsnapshot.copies, duplicity.copies,
    rclone.copies, pgbackrest.copies, servers.barman, servers.walg, servers.bacula,
    servers.veeam, dumps.copies, plain.copies,
)  # fmt: skip

_CODES = (0, 1)  # find ends with 1 where a folder is not there
_RUNS_WITH = {  # a program -> the words that make it a backup ("" for: any)
    "restic": "backup", "borg": "create", "duply": "", "pgbackrest": "backup", "barman": "",
    "wal-g": "backup-push", "rsnapshot": "", "backupninja": "", "automysqlbackup": "",
    "autopostgresqlbackup": "", "kopia": "create", "proxmox-backup-client": "backup",
    "veeamconfig": "", "resticprofile": "backup", "autorestic": "backup", "duplicity": "",
}  # fmt: skip
_DATABASES = {
    "mysql": ("mariadbd", "mysqld"),
    "postgresql": ("postgres", "postmaster"),
    "mongodb": ("mongod",),
}
_SERVICES = {"mysql": ("mariadb", "mysql", "mysqld"), "postgresql": ("postgresql", "postgresql@*"),
             "mongodb": ("mongod",)}  # fmt: skip


def read(answers: Answers, system: SystemFacts) -> BackupFacts:
    """Everything that is known of this host's backups."""
    host = answers.text("backup.host")
    about = {} if isinstance(host, Unknown) else sections(host)
    told = cron.read(answers, system)
    seen = _seen(answers, system, about, told)
    found = _once(copy for reader in READERS for copy in reader(seen))
    mine = tuple(run for run in seen.runs if tool_of(run))
    secrets = answers.text("backup.secrets", _CODES)
    known = secrets if isinstance(secrets, Unknown) else entries(secrets)
    jobs = _scheduled(mine, told)
    complete = seen.complete
    return BackupFacts(
        observed_at=system.observed_at,
        jobs=jobs,
        all_jobs=True if told.unseen is None else told.unseen,
        copies=found,
        all_copies=complete,
        web=_web(host, about),
        databases=_databases(answers, system),
        readable=complete if isinstance(complete, Unknown) else readable(found, seen),
        passwords=passwords(mine, seen, known),
        published=host if isinstance(host, Unknown) else _lines(about, "published"),
        born=_born(about),
    )


def _once(copies: Iterator[Copy]) -> tuple[Copy, ...]:
    """Each copy once: what a job says of a folder goes before what was only found there."""
    every = tuple(dict.fromkeys(copies))
    told = {copy.where for copy in every if not isinstance(copy.covers, Unknown)}
    return tuple(
        copy
        for copy in every
        if not isinstance(copy.covers, Unknown)
        or copy.where not in told
        or copy.tool not in {"restic", "borg", "duplicity"}
    )


def tool_of(run: Run) -> str:
    """Which backup tool a pipeline runs; "" when it makes no copy."""
    for program, word in _RUNS_WITH.items():
        args = run.line.args(program)
        if args is not None and (not word or word in args):
            return program
    if borgmatic.backs_up(run):
        return "borgmatic"
    if dumps.target(run):
        return "dump"
    words = run.line.args("rclone") or ()
    if any(word in words for word in ("copy", "sync", "move")):
        return "rclone"
    if plain.archived(run):
        return "archive"
    return "rsync" if plain.mirrored(run) else ""


def _scheduled(mine: tuple[Run, ...], told: cron.Cron) -> tuple[Scheduled, ...]:
    jobs = [Scheduled(tool_of(r), r.job.source, r.job.when, r.job.active) for r in mine]
    jobs += [
        Scheduled("script", job.source, job.when, job.script)
        for job in told.jobs
        if isinstance(job.script, Unknown) and re.search(r"(?i)backup|sao.?luu", job.command)
    ]
    return tuple(dict.fromkeys(jobs))[:60]


def _seen(answers: Answers, system: SystemFacts, about: Mapping[str, str], told: cron.Cron) -> Seen:
    settings = _texts(answers, "backup.settings")
    logs_text = answers.text("backup.logs", _CODES)
    logs = logs_text if isinstance(logs_text, Unknown) else sections(_unmarked(logs_text))
    tree, folders, complete = _tree(answers)
    tails, unread = _ends(answers)
    clock = system.clock if isinstance(system.clock, int) else int(system.observed_at.timestamp())
    checks = answers.text("backup.checks", _CODES)
    fallback = answers.text("backup.pgbackrest", _CODES)
    infos: dict[str, str] = {}
    for name in answers.given:
        if re.fullmatch(r"backup\.(own[0-9]+\.)?infos", name):
            part = _texts(answers, name)
            infos.update({} if isinstance(part, Unknown) else part)
    return Seen(
        runs=runs(told.jobs),
        entries=tree,
        folders=folders,
        complete=complete,
        tails=tails,
        unread=unread,
        infos=infos,
        settings=settings,
        logs=logs,
        log_times={} if isinstance(logs_text, Unknown)
        else {path: entry.modified for path, entry in entries(logs_text).items()},
        journal=answers.text("backup.journal", _CODES),
        checks=() if isinstance(checks, Unknown) else tuple(entries(checks).values()),
        pgbackrest=fallback,
        veeam=answers.text("backup.veeam"),
        map=_map(about, settings),
        clock=clock,
    )  # fmt: skip


def _tree(answers: Answers) -> tuple[dict[str, Entry], tuple[str, ...], bool | Unknown]:
    """All that lies in the folders, which folders these are, and whether nothing was hidden."""
    tree: dict[str, Entry] = {}
    folders = list(FOLDERS)
    complete: bool | Unknown = True
    for name in answers.given:
        if not re.fullmatch(r"backup\.(own[0-9]+\.)?(near|deep)", name):
            continue
        text = answers.text(name, _CODES)
        if isinstance(text, Unknown):
            complete = text
            continue
        found = entries(text)
        tree.update(found)
        if ".own" in name and name.endswith("near") and found:
            folders.append(min(found, key=len))
    if not any(name.startswith("backup.") for name in answers.given):
        complete = Unknown("This was not asked of the host", "backup.near")
    return tree, tuple(folders), complete


def _ends(answers: Answers) -> tuple[dict[str, str], dict[str, Unknown]]:
    """The dumps that end well, and the suffixes of which no ends could be read."""
    tails: dict[str, str] = {}
    unread: dict[str, Unknown] = {}
    suffixes = {"tails": "sql", "zgrep": "gz", "xzgrep": "xz", "bzgrep": "bz2", "zstdgrep": "zst"}
    for name, answer in answers.given.items():
        match = re.fullmatch(r"backup\.(?:own[0-9]+\.)?(tails|\w+grep)", name)
        if not match:
            continue
        suffix = suffixes.get(match[1], "")
        if isinstance(answer, Unknown):
            unread[suffix] = answer
            continue
        if answer.late or answer.cut or _no_program(answer, match[1]):
            unread[suffix] = Unknown("The end of this dump could not be read", name)
        tails.update(_marked(match[1], answer.out))
    return tails, unread


def _marked(word: str, text: str) -> Mapping[str, str]:
    if word == "tails":
        return {path: ended_well(tail) for path, tail in sections(text).items()}
    pairs = re.findall(r"(?m)^(/.+?):-- (Dump completed|PostgreSQL)", text)
    return {path: "mysql" if mark.startswith("Dump") else "postgresql" for path, mark in pairs}


def _no_program(answer: Answer, word: str) -> bool:
    return word != "tails" and word in answer.err and "No such file" in answer.err


def _texts(answers: Answers, name: str) -> dict[str, str] | Unknown:
    text = answers.text(name, _CODES)
    return text if isinstance(text, Unknown) else sections(text)


def _unmarked(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.startswith("@@|"))


def _lines(about: Mapping[str, str], name: str) -> tuple[str, ...] | Unknown:
    if name not in about:
        return Unknown("The host's answer was not understood", "backup.host")
    return tuple(line for line in filled(about[name]) if line.startswith("/"))[:100]


def _web(host: str | Unknown, about: Mapping[str, str]) -> tuple[str, ...] | Unknown:
    return host if isinstance(host, Unknown) else _lines(about, "sites")


def _map(about: Mapping[str, str], settings: Mapping[str, str] | Unknown) -> Map:
    names = {word.lower() for line in filled(about.get("self", "")) for word in line.split()}
    mounts: dict[str, str] = {}
    for line in filled(about.get("mounts", "")):
        words = line.split()
        if len(words) > 2:
            mounts[words[1].replace("\\040", " ")] = words[2]
    texts = {} if isinstance(settings, Unknown) else settings
    return Map(
        names=frozenset(names),
        mounts=mounts if "/" in mounts
        else Unknown("The host's answer was not understood", "backup.host"),
        sealed=frozenset(filled(about.get("crypt", ""))),
        remotes=rclone.remotes("\n".join(t for p, t in texts.items() if p.endswith("rclone.conf"))),
    )  # fmt: skip


def _databases(answers: Answers, system: SystemFacts) -> tuple[str, ...] | Unknown:
    """The databases that run here, or would after a reboot."""
    running, known = processes.read(answers), units.read(answers, system)
    found = []
    for kind, programs in _DATABASES.items():
        here = processes.running(running, programs)
        served = units.running(known, _SERVICES[kind])
        if here is True or served is True:
            found.append(kind)
        elif isinstance(here, Unknown) and isinstance(served, Unknown):
            return here
    return tuple(found)


def _born(about: Mapping[str, str]) -> int | Unknown:
    """The oldest of what is made when a host is set up."""
    times = [int(w) for w in filled(about.get("born", "")) if re.fullmatch(r"[0-9]{6,12}", w)]
    return min(times) if times else Unknown("It is not known when this host was set up")
