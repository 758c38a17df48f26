"""Hardening: the packet filter, what listens, agents, the kernel's settings, the sites' files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from facts.base import NOT_GATHERED, Unknown
from facts.declared import Look
from facts.host import apache, firewall, nginx, processes, sockets
from facts.host.asks import Answers, Ask, filled
from facts.host.firewall.model import DROP
from facts.host.hardening import agents, files, kernel, monitors, sites, web
from facts.host.hardening.agents import Agents, Mandatory
from facts.host.hardening.limits import WebLimits, firewall_limits, web_limits
from facts.host.hardening.monitors import Monitor
from facts.host.hardening.sites import Site
from facts.host.sockets import Socket
from facts.host.system import SystemFacts

MOST_NAMED = 40  # files that a fact names

SSHD = "sshd.effective"  # the shared question


@dataclass(frozen=True)
class Named:
    """What a search named, and whether it saw everything."""

    files: tuple[str, ...]
    count: int
    whole: bool | Unknown


@dataclass(frozen=True)
class HardeningFacts:
    """How the host is protected."""

    dropped_in: Mapping[str, bool | Unknown] | Unknown = NOT_GATHERED  # family -> drops by default
    limited_out: Mapping[str, bool | Unknown] | Unknown = NOT_GATHERED  # family -> outbound limited
    firewall_programs: tuple[str, ...] = ()  # that told us their rules
    listening: tuple[Socket, ...] | Unknown = NOT_GATHERED
    agents: Agents | Unknown = NOT_GATHERED
    mandatory: Mandatory | Unknown = NOT_GATHERED
    monitors: tuple[Monitor, ...] | Unknown = NOT_GATHERED
    web: WebLimits | Unknown = NOT_GATHERED
    firewall_limits: tuple[str, ...] | Unknown = NOT_GATHERED  # "443 ct count", "* connlimit"
    max_startups: str | Unknown = NOT_GATHERED  # of sshd -T; "" where no sshd is
    auto_login: Mapping[str, bool | Unknown] | Unknown = NOT_GATHERED  # console, desktop
    kernel: Mapping[str, int | Unknown] | Unknown = NOT_GATHERED
    web_roots: tuple[str, ...] | Unknown = NOT_GATHERED
    keys_in_code: Named | Unknown = NOT_GATHERED
    passwords_in_code: Named | Unknown = NOT_GATHERED
    sites: tuple[Site, ...] | Unknown = NOT_GATHERED
    sites_whole: bool | Unknown = NOT_GATHERED
    readable: Mapping[str, bool | Unknown] | Unknown = NOT_GATHERED  # file -> by every account
    web_accounts: tuple[str, ...] | Unknown = NOT_GATHERED
    writable: Named | Unknown = NOT_GATHERED  # code that the web server's accounts may write


def asks(look: Look) -> tuple[Ask, ...]:
    """Every question of this area."""
    return (
        agents.PREVENTION,
        *agents.MANDATORY,
        kernel.KERNEL,
        kernel.AUTO_LOGIN,
        files.secret_files(look),
        monitors.CONNECTED,
        monitors.SNMP,
        sites.ACCOUNTS,
        web.upload_folders(look),
        *web.asks(look),
    )


def read(answers: Answers, system: SystemFacts) -> HardeningFacts:
    """What the answers say."""
    wall = firewall.read(answers)
    listening = sockets.read(answers)
    served = nginx.read(answers), apache.read(answers)
    keys, words = web.search(answers, "keys"), web.search(answers, "passwords")
    marks = web.search(answers, "cms")
    accounts = sites.accounts(answers, _web_users(answers, *served))
    return HardeningFacts(
        dropped_in=_dropped_in(wall),
        limited_out=_limited_out(wall),
        firewall_programs=wall.programs,
        listening=listening,
        agents=agents.prevention(answers, system),
        mandatory=agents.mandatory(answers),
        monitors=monitors.read(answers, listening, system),
        web=web_limits(*_running(answers, *served)),
        firewall_limits=firewall_limits(wall),
        max_startups=_max_startups(answers),
        auto_login=kernel.auto_login(answers, system),
        kernel=kernel.settings(answers),
        web_roots=marks.roots,
        keys_in_code=_named(keys.lines, keys.whole),
        passwords_in_code=_named(words.lines, words.whole),
        sites=sites.sites(marks.lines),
        sites_whole=marks.whole,
        readable=files.world_readable(answers),
        web_accounts=accounts
        if isinstance(accounts, Unknown)
        else tuple(account.name for account in accounts),
        writable=_writable(answers, accounts),
    )


def _named(files: Iterable[str], whole: bool | Unknown) -> Named:
    listed = tuple(path for path in files if path.startswith("/"))
    return Named(tuple(path[:300] for path in listed[:MOST_NAMED]), len(listed), whole)


def _dropped_in(wall: firewall.Firewall) -> Mapping[str, bool | Unknown] | Unknown:
    families = wall.families()
    if isinstance(families, Unknown):
        return families
    found = {family: wall.default(family) for family in families}
    return {f: v if isinstance(v, Unknown) else v == DROP for f, v in found.items()}


def _limited_out(wall: firewall.Firewall) -> Mapping[str, bool | Unknown] | Unknown:
    families = wall.families()
    if isinstance(families, Unknown):
        return families
    return {family: _limits(wall, family) for family in families}


def _limits(wall: firewall.Firewall, family: str) -> bool | Unknown:
    """Dropped by default, or a rule that drops what is no mistake of the network's."""
    default = wall.default(family, inbound=False)
    if default == DROP or wall.restricts(family):
        return True
    return default if isinstance(default, Unknown) else False


def _max_startups(answers: Answers) -> str | Unknown:
    if answers.missing(SSHD):
        return ""
    text = answers.text(SSHD)
    if isinstance(text, Unknown):
        return text
    found = [
        line.split()[1] for line in filled(text.lower()) if line.lower().startswith("maxstartups ")
    ]
    return found[0] if found else Unknown("The host's answer was not understood", SSHD)


def _running(
    answers: Answers, first: nginx.Nginx | Unknown | None, second: apache.Apache | Unknown | None
) -> tuple[nginx.Nginx | Unknown | None, apache.Apache | Unknown | None]:
    """The web servers that run, or may; one that is only installed serves nobody."""
    alive = processes.read(answers)
    return (
        None if processes.running(alive, ("nginx",)) is False else first,
        None if processes.running(alive, apache.PROGRAMS) is False else second,
    )


def _web_users(answers: Answers, *served: object) -> dict[str, str] | Unknown:
    """Accounts of the web servers that are there, by settings and by what runs."""
    found: dict[str, str] = {}
    for server in served:
        if isinstance(server, Unknown):
            return server
        if server is None:
            continue
        assert isinstance(server, nginx.Nginx | apache.Apache)
        if server.user and not server.user.startswith("$"):
            found[server.user] = "settings"
        if not isinstance(server.workers, Unknown):
            found |= dict.fromkeys(server.workers, "running")
    alive = processes.read(answers)
    if not isinstance(alive, Unknown):
        php = [p.user for p in alive if p.name.startswith(("php", "lsphp")) and p.user != "root"]
        found |= dict.fromkeys(php, "running")
    return found


def _writable(answers: Answers, accounts: tuple[sites.Account, ...] | Unknown) -> Named | Unknown:
    if isinstance(accounts, Unknown):
        return accounts
    searched = web.search(answers, "writable")
    roots = () if isinstance(searched.roots, Unknown) else searched.roots
    found = sites.writers(searched.lines, accounts, web.uploads(answers), roots)
    return _named(found, searched.whole)
