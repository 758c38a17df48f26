"""What can be known of a host's updates, its package sources and its software.  Times are seconds
since 1970."""

from __future__ import annotations

from dataclasses import dataclass

from facts.base import NOT_GATHERED, Unknown


@dataclass(frozen=True)
class Update:
    """One security update that waits."""

    name: str
    version: str  # the one that waits
    since: int | Unknown  # it waits since then, or for less long: docs/decisions/0010
    severity: str = ""  # critical, important, ... as the advisory says; "" where none says
    ids: tuple[str, ...] = ()  # its advisories
    source: str = ""  # its source package, where that is known
    held: bool = False  # somebody told the package manager to keep the old version


@dataclass(frozen=True)
class PackageList:
    """One list of a package source, as the host holds it."""

    name: str
    security: bool = False  # it brings security updates
    dated: int | None = None  # when the archive made it
    expires: int | None = None  # the archive says: not to be trusted after that
    refreshed: int | None = None  # when the host last fetched it, where that can be told


@dataclass(frozen=True)
class Source:
    """One package source that is switched on."""

    where: str  # the file and the suite, or the repository's name
    host: str = ""  # "" for a medium or a folder
    signed: bool | Unknown = NOT_GATHERED  # nothing of it is installed without its signature
    security: bool = False  # by its name it brings security updates


@dataclass(frozen=True)
class Job:
    """One way in which updates install themselves."""

    name: str  # unattended-upgrades, dnf-automatic; or the file that starts a job
    on: bool | Unknown = NOT_GATHERED
    lacks: tuple[str, ...] = ()  # what is missing for it to work


@dataclass(frozen=True)
class Program:
    """A runtime, server, database or CMS that is installed."""

    product: str  # as in the support table
    version: str
    where: str  # the package, or the path
    packaged: bool = False  # by the distribution itself, which supports it with its release


@dataclass(frozen=True)
class Installed:
    """A source package, and the lowest version of what is installed of it.

    Where the package manager names no source, the installed package itself; `linux` and `kernel`
    are the running kernel.
    """

    package: str
    version: str


@dataclass(frozen=True)
class PatchingFacts:
    """How a host is kept up to date."""

    pending: tuple[Update, ...] | Unknown = NOT_GATHERED  # security updates
    waiting: int | Unknown = NOT_GATHERED  # updates of every kind
    labelled: bool | Unknown = NOT_GATHERED  # a source in use says what is a security update
    lists: tuple[PackageList, ...] | Unknown = NOT_GATHERED
    sources: tuple[Source, ...] | Unknown = NOT_GATHERED
    unsigned_allowed: tuple[str, ...] | Unknown = NOT_GATHERED  # settings that allow it anywhere
    proxies: tuple[str, ...] | Unknown = NOT_GATHERED  # hosts that packages are fetched through
    central: tuple[str, ...] | Unknown = NOT_GATHERED  # tools of central management
    jobs: tuple[Job, ...] | Unknown = NOT_GATHERED
    reboot_asked: bool | Unknown = NOT_GATHERED  # the host itself says that it must restart
    kernel: str | Unknown = NOT_GATHERED  # the newest installed one; "" where none is a package
    outdated: tuple[str, ...] | Unknown = NOT_GATHERED  # programs that run replaced files
    esm: bool | Unknown = NOT_GATHERED  # Ubuntu Pro's extended maintenance is attached
    programs: tuple[Program, ...] | Unknown = NOT_GATHERED
    installed: tuple[Installed, ...] | Unknown = NOT_GATHERED  # by source package
