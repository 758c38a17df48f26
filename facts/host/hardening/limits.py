"""What limits connections for each source: the web servers' settings, the packet filter.  Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from facts.base import Unknown
from facts.host.apache import Apache
from facts.host.firewall import Firewall
from facts.host.firewall.model import Condition, Rule
from facts.host.nginx import Nginx, Server

NGINX = ("limit_conn ", "limit_req ")
APACHE = {"qs_srvmaxconnperip", "qs_clienteventperseclimit", "dospagecount", "dossitecount"}


@dataclass(frozen=True)
class WebLimits:
    """What the web servers limit.  No server at all: both empty."""

    servers: tuple[str, ...] = ()  # programs: nginx, apache
    limited: tuple[str, ...] = ()  # their virtual hosts that are limited
    unlimited: tuple[str, ...] = ()  # and those that are not


def web_limits(
    nginx: Nginx | Unknown | None, apache: Apache | Unknown | None
) -> WebLimits | Unknown:
    """Each virtual host of nginx, and Apache as a whole.  `None`: it does not run here."""
    programs: list[str] = []
    limited: list[str] = []
    unlimited: list[str] = []
    if isinstance(nginx, Unknown):
        return nginx
    if isinstance(apache, Unknown):
        return apache
    if nginx is not None:
        programs.append("nginx")
        hosts = [server for server in nginx.servers if server.kind == "http"]
        for server in _public(hosts):
            (limited if _has_limit(server) else unlimited).append(_name(server))
    if apache is not None:
        programs.append("apache")
        (limited if set(apache.limits) & APACHE else unlimited).append("apache")
    return WebLimits(tuple(programs), tuple(limited[:40]), tuple(unlimited[:40]))


def _has_limit(server: Server) -> bool:
    return any(limit.startswith(NGINX) for limit in server.limits) or bool(
        {"limit_conn", "limit_req"} & set(server.local_limits)
    )


def _public(servers: list[Server]) -> Iterable[Server]:
    """Those that others reach; a plain twin of an encrypted host, which only redirects, aside."""
    encrypted = {name for s in servers if any(" ssl" in o for o in s.listens) for name in s.names}
    for server in servers:
        if all(one.startswith(("127.", "[::1]", "unix:", "localhost")) for one in server.listens):
            continue
        plain = not any(" ssl" in one for one in server.listens)
        if plain and server.names and set(server.names) <= encrypted and not server.roots:
            continue
        yield server


def _name(server: Server) -> str:
    return (server.names or server.listens or ("?",))[0][:100]


def firewall_limits(wall: Firewall) -> tuple[str, ...] | Unknown:
    """Rules that limit connections: the port ("*": every port) and how."""
    families = wall.families()
    if isinstance(families, Unknown):
        return families
    each = [
        {
            f"{port} {rule.limits}"
            for rule in wall.rules("input", family)
            if rule.limits and rule.verdict
            for port in _ports(rule)
        }
        for family in families
    ]
    return tuple(sorted(set.intersection(*each)))[:40] if each else ()


def _ports(rule: Rule) -> Iterable[str]:
    named = [value for condition in _flat(rule.conditions) for value in condition.values]
    return named or ("*",)


def _flat(conditions: Iterable[Condition]) -> Iterable[Condition]:
    for condition in conditions:
        if condition.kind == "dport":
            yield condition
        for way in condition.ways:
            yield from _flat(way)
