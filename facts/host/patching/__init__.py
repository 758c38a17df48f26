"""How a host is kept up to date, asked of its own package manager.  Nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from facts.base import Unknown
from facts.declared import Look
from facts.distro_versions import dpkg_compare, rpm_compare
from facts.host import packages
from facts.host.asks import Answers, Ask
from facts.host.patching import (
    alpine,
    apt_sources,
    debian,
    jobs,
    repo_files,
    restarts,
    rhel,
    software,
    suse,
)
from facts.host.patching.model import (
    Installed,
    Job,
    PackageList,
    PatchingFacts,
    Program,
    Source,
    Update,
)
from facts.host.system import SystemFacts

__all__ = [
    "Installed", "Job", "PackageList", "PatchingFacts", "Program", "Source", "Update",
    "asks", "read",
]  # fmt: skip

_MODULES = (debian, apt_sources, repo_files, rhel, suse, alpine, restarts, jobs)


def asks(look: Look) -> tuple[Ask, ...]:
    """Every question of this area."""
    return (*(ask for module in _MODULES for ask in module.ASKS), *software.asks(look))


def read(answers: Answers, system: SystemFacts) -> PatchingFacts:
    """What the answers say."""
    facts = _of_family(answers, system)
    return replace(
        facts,
        pending=_sourced(facts.pending, packages.read(answers, system)),
        central=jobs.central(answers),
        jobs=jobs.jobs(answers, system),
        reboot_asked=restarts.asked(answers, system),
        kernel=restarts.newest_kernel(answers, system),
        outdated=restarts.outdated(answers),
        esm=jobs.esm(answers) if system.id == "ubuntu" else False,
        programs=software.programs(answers),
        installed=_installed(answers, system),
    )


def _sourced(
    pending: tuple[Update, ...] | Unknown, listed: Mapping[str, packages.Package] | Unknown
) -> tuple[Update, ...] | Unknown:
    """The updates, with their source packages where these are known."""
    if isinstance(pending, Unknown) or isinstance(listed, Unknown):
        return pending
    sources = {name: package.source for name, package in listed.items()}
    return tuple(replace(one, source=sources.get(one.name, "")) for one in pending)


def _of_family(answers: Answers, system: SystemFacts) -> PatchingFacts:
    """What only the family's own package manager can tell."""
    family = system.family
    if isinstance(family, Unknown):
        return PatchingFacts(family, family, family, family, family, family, family)
    return _FAMILIES[family](answers)


def _debian(answers: Answers) -> PatchingFacts:
    pending = debian.pending(answers)
    return PatchingFacts(
        pending=pending if isinstance(pending, Unknown) else pending.security,
        waiting=pending if isinstance(pending, Unknown) else pending.all,
        labelled=debian.labelled(answers),
        lists=debian.lists(answers),
        sources=apt_sources.sources(answers),
        unsigned_allowed=apt_sources.unsigned_allowed(answers),
        proxies=apt_sources.proxies(answers),
    )


def _rhel(answers: Answers) -> PatchingFacts:
    sources = repo_files.sources(answers, rhel.FOLDER)
    lists = rhel.lists(answers, sources)
    return PatchingFacts(
        pending=rhel.pending(answers),
        waiting=rhel.waiting(answers),
        labelled=rhel.labelled(lists),
        lists=lists,
        sources=sources,
        unsigned_allowed=(),
        proxies=(),
    )


def _suse(answers: Answers) -> PatchingFacts:
    sources = repo_files.sources(answers, suse.FOLDER)
    pending = suse.pending(answers)
    return PatchingFacts(
        pending=pending,
        waiting=pending if isinstance(pending, Unknown) else len(pending),
        labelled=True,
        lists=suse.lists(answers, sources),
        sources=sources,
        unsigned_allowed=(),
        proxies=(),
    )


def _alpine(answers: Answers) -> PatchingFacts:
    return PatchingFacts(
        pending=Unknown("The repositories do not say which updates are for security"),
        waiting=alpine.waiting(answers),
        labelled=False,
        lists=alpine.lists(answers),
        sources=alpine.sources(answers),
        unsigned_allowed=(),
        proxies=(),
    )


_FAMILIES = {"debian": _debian, "rhel": _rhel, "suse": _suse, "alpine": _alpine}


def _installed(answers: Answers, system: SystemFacts) -> tuple[Installed, ...] | Unknown:
    """Each source package's lowest installed version; `linux` and `kernel` are what runs."""
    listed = packages.read(answers, system)
    if isinstance(listed, Unknown):
        return listed
    compare = dpkg_compare if system.family == "debian" else rpm_compare
    found: dict[str, str] = {}
    for package in listed.values():
        name = package.source or package.name
        if name.startswith(("linux-signed", "linux-image")) or name in ("linux", "kernel"):
            continue
        version = package.source_version or package.version
        if name not in found or compare(version, found[name]) < 0:
            found[name] = version
    found.update(_kernel(listed, system))
    return tuple(Installed(name, version) for name, version in found.items())


def _kernel(listed: Mapping[str, packages.Package], system: SystemFacts) -> Mapping[str, str]:
    """The running kernel's package; none in a container, whose kernel is another host's."""
    if system.container != "" or isinstance(system.kernel, Unknown):
        return {}
    if system.family == "debian":
        own = listed.get(f"linux-image-{system.kernel}")
        return {"linux": own.version} if own else {}
    machine = "" if isinstance(system.machine, Unknown) else f".{system.machine}"
    return {"kernel": system.kernel.removesuffix(machine)} if system.family == "rhel" else {}
