"""What is known of a host's backups: jobs, copies, and what they ought to hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from facts.base import NOT_GATHERED, Unknown

NEVER = 0  # a time that says: not once


@dataclass(frozen=True)
class Scheduled:
    """A job that makes a copy by itself."""

    tool: str
    source: str  # the crontab or the timer
    when: str
    active: bool | Unknown = NOT_GATHERED  # it will really start


@dataclass(frozen=True)
class Copy:
    """One copy: a repository, or a folder of dumps.  Times: the host's, seconds since 1970."""

    tool: str
    where: str  # a path or an address, credentials masked
    covers: tuple[str, ...] | Unknown = NOT_GATHERED  # paths; mysql, postgresql, mongodb
    omits: tuple[str, ...] = ()  # absolute paths that are left out
    good: int | Unknown = NOT_GATHERED  # the newest good record; 0: there is none
    oldest: int | Unknown = NOT_GATHERED  # the oldest record that is still there
    begun: int | Unknown = NOT_GATHERED  # since when this copy has been made
    keeps: int | Unknown = NOT_GATHERED  # days that its rotation keeps, where that is set
    encrypted: bool | Unknown = NOT_GATHERED
    remote: bool | Unknown = NOT_GATHERED  # it lies on another host's storage
    checked: int | Unknown = NOT_GATHERED  # the last integrity check that went well; 0: none
    bad: str = ""  # what is wrong with the newest record, a path or a number


@dataclass(frozen=True)
class BackupFacts:
    """The backups of one host."""

    observed_at: datetime
    jobs: tuple[Scheduled, ...] | Unknown = NOT_GATHERED
    all_jobs: bool | Unknown = NOT_GATHERED  # every crontab and timer was seen
    copies: tuple[Copy, ...] | Unknown = NOT_GATHERED
    all_copies: bool | Unknown = NOT_GATHERED  # the usual and the declared folders were seen
    web: tuple[str, ...] | Unknown = NOT_GATHERED  # folders with the sites' files
    databases: tuple[str, ...] | Unknown = NOT_GATHERED  # mysql, postgresql, mongodb that run here
    readable: tuple[str, ...] | Unknown = NOT_GATHERED  # copies that every account may read
    passwords: tuple[str, ...] | Unknown = NOT_GATHERED  # their passwords, readable likewise
    published: tuple[str, ...] | Unknown = NOT_GATHERED  # copies under a web root
    born: int | Unknown = NOT_GATHERED  # when the host was set up
