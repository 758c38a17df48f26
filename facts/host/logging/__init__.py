"""What the host records, where to, for how long, and whether its clock is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from facts.base import NOT_GATHERED, Unknown
from facts.declared import Look
from facts.host import processes, units
from facts.host.asks import Answers, Ask
from facts.host.logging import (
    audit,
    clock,
    databases,
    dhcp,
    files,
    forwarding,
    journal,
    kept,
    own,
    rotation,
    sites,
)
from facts.host.logging.audit import Audit
from facts.host.logging.clock import Clock
from facts.host.logging.databases import Database
from facts.host.logging.dhcp import Dhcp
from facts.host.logging.files import LogFile
from facts.host.logging.forwarding import Forward
from facts.host.logging.journal import Journal
from facts.host.logging.kept import Kept, Sources
from facts.host.logging.own import Own
from facts.host.logging.sites import Site
from facts.host.system import SystemFacts

LOGGERS = {  # logger -> its units' names, its programs
    "rsyslog": (("rsyslog",), ("rsyslogd",)),
    "syslog-ng": (("syslog-ng",), ("syslog-ng",)),
    "journald": (("systemd-journald",), ("systemd-journald", "systemd-journal")),
    "syslogd": (("syslogd", "inetutils-syslogd", "busybox-syslogd"), ("syslogd",)),
}
JUDGED = 400  # files that are kept in the facts


@dataclass(frozen=True)
class LoggingFacts:
    """The area's facts."""

    loggers: Mapping[str, bool | Unknown] = field(default_factory=dict)  # does it run?
    newest: int | Unknown = NOT_GATHERED  # the newest entry, seconds since 1970
    journal: Journal | Unknown | None = NOT_GATHERED
    own: Own | Unknown = NOT_GATHERED
    forwards: tuple[Forward, ...] | Unknown = NOT_GATHERED
    kept: tuple[Kept, ...] | Unknown = NOT_GATHERED
    sites: tuple[Site, ...] | Unknown = NOT_GATHERED
    databases: tuple[Database, ...] | Unknown = NOT_GATHERED
    dhcp: tuple[Dhcp, ...] | Unknown = NOT_GATHERED
    audit: Audit | Unknown = NOT_GATHERED
    clock: Clock | Unknown = NOT_GATHERED
    files: tuple[LogFile, ...] | Unknown = NOT_GATHERED  # the logs that must not be open to all


def asks(look: Look) -> tuple[Ask, ...]:
    """Every question of this area; the logs themselves last, so that sudo was used before."""
    del look
    early = (files, rotation, forwarding, audit, clock, databases, dhcp)
    return tuple(ask for module in (*early, journal, own) for ask in module.ASKS)


def read(answers: Answers, system: SystemFacts) -> LoggingFacts:
    """The facts that the answers hold."""
    listed = files.read(answers)
    settings = journal.read(answers, system)
    hosts = sites.read(answers, listed)
    bases = databases.read(answers)
    sources = Sources(listed, rotation.read(answers), settings, files.host_born(answers))
    return LoggingFacts(
        loggers=_loggers(answers, system),
        newest=_newest(answers, listed),
        journal=settings,
        own=own.read(answers, system),
        forwards=forwarding.read(answers, system),
        kept=kept.read(sources, hosts, bases),
        sites=hosts,
        databases=bases,
        dhcp=dhcp.read(answers),
        audit=audit.read(answers),
        clock=clock.read(answers, system),
        files=_closed(listed, hosts),
    )


def _loggers(answers: Answers, system: SystemFacts) -> dict[str, bool | Unknown]:
    """Which loggers run: by systemd's word, else by the processes."""
    known = units.read(answers, system)
    listed = processes.read(answers)
    found: dict[str, bool | Unknown] = {}
    for name, (services, programs) in LOGGERS.items():
        if name == "journald" and system.systemd is False:
            continue
        by_process = processes.running(listed, programs)
        found[name] = by_process if isinstance(known, Unknown) else units.running(known, services)
    return found


def _newest(answers: Answers, listed: tuple[LogFile, ...] | Unknown) -> int | Unknown:
    """The newest entry of the journal, or the last write to the system's log files."""
    entry = journal.newest(answers)
    if isinstance(listed, Unknown):
        return entry
    written = [file.changed for file in listed if file.path in kept.SYSTEM and file.size]
    if isinstance(entry, int):
        written.append(entry)
    return max(written) if written else entry


def _closed(
    listed: tuple[LogFile, ...] | Unknown, hosts: tuple[Site, ...] | Unknown
) -> tuple[LogFile, ...] | Unknown:
    """The logs with personal matter, and whatever others may write; with their folders."""
    if isinstance(listed, Unknown):
        return listed
    web = set()
    if not isinstance(hosts, Unknown):
        web = {path for site in hosts for path in (*site.access_logs, *site.error_logs)}
    chosen = [file for file in listed if not file.folder and _matters(file, web)]
    folders = {path for file in chosen for path in _above(file.path)}
    return tuple(
        sorted(
            [*chosen[:JUDGED], *(file for file in listed if file.folder and file.path in folders)],
            key=lambda file: file.path,
        )
    )


def _matters(file: LogFile, web: set[str]) -> bool:
    if file.path.startswith("/var/log/journal/"):
        return file.path.endswith(".journal")
    return bool(file.mode & 0o002) or any(
        file.path == path or file.path.startswith((f"{path}.", f"{path}-"))
        for path in (*kept.SYSTEM, "/var/log/sudo.log", "/var/log/audit/audit.log", *web)
    )


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(3, len(parts))]
