"""What a host lets in and out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from checks import Severity, Verdict, check, failed, not_applicable, passed
from checks.hardening.roles import needed
from facts.base import Undecided, Unknown, need
from facts.declared import Target
from facts.host.hardening import HardeningFacts
from facts.host.hardening.limits import WebLimits
from facts.host.sockets import Socket

MANY = 1000  # so many unfinished SSH log-ins are no limit
WEB_PORTS = ("80", "443")
HELD = (22, 6556)  # what systemd may hold alone: SSH's and Checkmk's sockets
SHOWN = 20


@check(Severity.HIGH)
def firewall(host: HardeningFacts) -> Verdict:
    """A host firewall is active and drops by default what comes in, over IPv4 and over IPv6.

    Why: services come and go, and each opens a door. A firewall that drops by default keeps closed
        what nobody decided to open, even from a machine next to it that was taken over.
    Fix: allow SSH from your own addresses first, then what readers need, and drop everything else,
        with nftables, ufw or firewalld. Do it for IPv6, too. Keep a second session open meanwhile.
    """
    families = need(host.dropped_in)
    programs = list(host.firewall_programs)
    if let_in := [family for family, dropped in families.items() if dropped is False]:
        return failed(
            "Incoming connections that no rule names are let in", families=let_in, programs=programs
        )
    _all_known(families)
    return passed(
        "Incoming connections are dropped by default", families=list(families), programs=programs
    )


@check(Severity.LOW)
def outbound(host: HardeningFacts) -> Verdict:
    """Outbound traffic is limited by policy or by rule.

    Why: malware calls home, fetches its tools and carries your files away over connections that it
        opens itself. A server needs few of them.
    Fix: drop outgoing connections by default, and allow DNS, time, package mirrors, mail and what
        your sites really call. Do it for IPv6, too.
    """
    families = need(host.limited_out)
    if free := [family for family, limited in families.items() if limited is False]:
        return failed("Outbound traffic is not limited", families=free)
    _all_known(families)
    return passed("Outbound traffic is limited", families=list(families))


@check(Severity.MEDIUM)
def services(host: HardeningFacts, target: Target) -> Verdict:
    """Every listening socket belongs to a service that the host's roles need.

    Sockets that only the host itself can reach are not counted; nor are ports and programs that
    the inventory allows.

    Why: every service that listens is one more program to attack and to update. What nobody needs
        is looked after by nobody.
    Fix: stop and disable the service, or let it listen on 127.0.0.1 only. If it is needed, give
        the host its role in the inventory, or name the program under inside: services.
    """
    programs = needed(target.roles, target.says.services)
    extra, hidden = [], []
    seen = 0
    for socket in need(host.listening):
        if socket.loopback or _allowed(socket, target):
            continue
        seen += 1
        if isinstance(socket.programs, Unknown):
            hidden.append(socket)
        elif not _needed(socket, socket.programs, programs):
            extra.append(_shown(socket))
    if extra:
        return failed(
            "Services listen that the host's roles do not need",
            services=sorted(set(extra))[:SHOWN],
            roles=list(target.roles),
        )
    for socket in hidden:
        need(socket.programs)
    if not need(host.listening):
        raise Undecided("The host named no listening socket at all")
    return passed(
        "Every service that listens is needed by the host's roles",
        sockets=seen,
        roles=list(target.roles),
        declared=list(target.says.services),
    )


@check(Severity.LOW)
def connections(host: HardeningFacts, target: Target) -> Verdict:
    """Connections are limited for each source: on web hosts for the web, else for SSH at least.

    Why: one machine that opens thousands of connections makes the site slow or unreachable for
        every reader, and lets passwords be tried without end.
    Fix: in nginx, define limit_conn_zone and limit_req_zone, and use limit_conn and limit_req in
        every server; in Apache, load mod_qos or mod_evasive; or count connections in nftables.
    """
    web = host.web
    serves = isinstance(web, Unknown) or bool(web.servers)
    if serves or {"web", "cms", "streaming"} & set(target.roles):
        return _web_limits(host, web)
    rules = host.firewall_limits
    if not isinstance(rules, Unknown) and rules:
        return passed("The firewall limits connections", rules=list(rules)[:SHOWN])
    limit = need(host.max_startups)
    if not limit:
        need(rules)
        return not_applicable("Neither a web server nor an SSH server is on this host")
    if not re.fullmatch(r"[0-9]{1,9}(:[0-9]{1,3}:[0-9]{1,9})?", limit):
        raise Undecided("The host's answer was not understood", limit[:40])
    if not 0 < int(limit.rpartition(":")[2]) <= MANY:
        need(rules)
        return failed("Nothing limits connections", max_startups=limit)
    return passed("The SSH server limits log-ins that are not finished", max_startups=limit)


def _web_limits(host: HardeningFacts, web: WebLimits | Unknown) -> Verdict:
    rules = host.firewall_limits
    if not isinstance(rules, Unknown):
        fitting = [rule for rule in rules if rule.split(" ")[0] in {*WEB_PORTS, "*"}]
        if fitting:
            return passed("The firewall limits connections", rules=fitting[:SHOWN])
    known = need(web)
    if known.unlimited:
        need(rules)
        return failed(
            "Web servers do not limit connections for each source",
            sites=list(known.unlimited)[:SHOWN],
        )
    if known.limited:
        return passed(
            "Web servers limit connections for each source", sites=list(known.limited)[:SHOWN]
        )
    need(rules)
    raise Undecided("This host's web server is not one that press-scan knows")


def _all_known(families: Mapping[str, bool | Unknown]) -> None:
    """IPv4 and what else there is: all must be known."""
    for known in (families.get("ipv4", Unknown("This was not tried", "ipv4")), *families.values()):
        need(known)


def _allowed(socket: Socket, target: Target) -> bool:
    ports = target.allowed_ports if socket.protocol == "tcp" else target.allowed_udp
    return socket.port in ports


def _needed(socket: Socket, names: tuple[str, ...], programs: frozenset[str]) -> bool:
    """systemd may hold a socket for a service, alone until somebody calls."""
    others = [name for name in names if name not in {"systemd", "init"}]
    if names and not others:
        return socket.protocol == "tcp" and socket.port in HELD
    return bool(others) and all(_known(name, programs) for name in others)


def _known(name: str, programs: frozenset[str]) -> bool:
    """php-fpm8.2 is php-fpm."""
    return name in programs or re.sub(r"[0-9.]+$", "", name) in programs


def _shown(socket: Socket) -> str:
    names = () if isinstance(socket.programs, Unknown) else socket.programs
    who = ",".join(name[:40] for name in names[:5]) or "kernel"
    return f"{socket.protocol}/{socket.port} {who}"
