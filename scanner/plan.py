"""From an asset to its targets, step by step: what is declared, then what was found.  Pure.

An asset is expanded again after each visit; keys are unique, so it ends.  The same walk serves
the engine, a resumed run and the judge, who replays it from the stored observations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from facts.base import Undecided
from facts.declared import Domain, Kind, Target, Vantage
from facts.names import NameFacts
from facts.ports import PortFacts
from scanner.doors import has_media, media_doors
from scanner.inventory import Agency, Asset, Inventory, System
from scanner.named import declared_ports, hosts_of, names_under, port_of, stream_port, urls_of
from scanner.scope import Scope, is_address

Seen = Callable[[str, str], Any]  # (key, probe) -> facts, an exception, or None: not visited yet

LEADING = {"names", "ports", "streams", "mail"}  # probes whose facts lead to more targets
STARTTLS = {21: "ftp", 25: "smtp", 110: "pop3", 143: "imap", 587: "smtp"}
OVER_TLS = {"https", "rtmps", "rtsps"}


@dataclass(frozen=True)
class Planned:
    """A target of an asset; `blocked` says why it can't be visited at all."""

    target: Target
    blocked: Undecided | None = None


@dataclass(frozen=True)
class Place:
    """An asset, and where it belongs."""

    agency: Agency
    system: System
    asset: Asset
    vantage: Vantage
    scope: Scope
    active: tuple[str, ...] = ()  # trials of streams that do more than read

    def base(self) -> Target:
        """What all its targets share."""
        asset = self.asset
        return Target(
            kind=Kind.HOST,
            name=asset.address,
            agency=self.agency.id,
            system=self.system.id,
            asset=asset.id,
            zone=asset.worker_zone or self.system.worker_zone or "",
            roles=asset.roles,
            vantage=self.vantage,
            allowed_ports=tuple(sorted({*asset.ports.allow, *declared_ports(asset)})),
            allowed_udp=asset.ports.allow_udp,
            scan_ports=asset.ports.scan,
            ca=asset.ca or "",
            look=asset.inside.look(),
            says=asset.inside.declared(),
        )


def places(
    inventory: Inventory,
    scope: Scope,
    vantage: Vantage,
    only: frozenset[str] = frozenset(),
    allow: Iterable[str] = (),
) -> Iterator[Place]:
    """Every asset of the agencies named by `only` (all, when empty).

    Of what the run may `allow`, that holds which the authorisation names too.
    """
    active = tuple(sorted(set(allow) & set(scope.authorisation.active)))
    for agency in inventory.agencies:
        if only and agency.id not in only:
            continue
        for system in agency.systems:
            for asset in system.assets:
                yield Place(agency, system, asset, vantage, scope, active)


def expand(place: Place, seen: Seen) -> Iterator[Planned]:
    """Every target of the asset that can be named from what has been seen so far."""
    base = place.base()
    told: set[str] = set()
    steps = (_hosts, _inside, _services, _streams, _media, _zones)
    for planned in (one for step in steps for one in step(place, base, seen)):
        if planned.target.key not in told:
            told.add(planned.target.key)
            yield planned


def _addresses(name: str, visit: str, seen: Seen) -> Iterator[tuple[str, Undecided | None]]:
    """Where a name leads: each address with what blocks it; nothing while it is not looked up."""
    found = seen(visit, "names")
    if isinstance(found, Exception):
        yield "", Undecided(*_reason(found))
    elif isinstance(found, NameFacts):
        for address in found.addresses:
            yield address, None
        for address in found.refused:
            why = "The name leads outside the authorised networks"
            yield address, Undecided(why, f"{name} → {address}")


def _reason(error: Exception) -> tuple[str, str]:
    if isinstance(error, Undecided):
        return error.why, error.detail
    return "The name does not resolve", str(error)


def _spread(place: Place, target: Target, name: str, seen: Seen) -> Iterator[Planned]:
    """One target for each address of a name; the look-up itself where it is still to be made."""
    literal = place.asset.address
    if is_address(literal):  # names of an asset with a literal address are visited there
        yield Planned(replace(target, address=literal))
        return
    lookup = replace(target, kind=Kind.DOMAIN, name=name, port=0, url="", starttls="")
    yield Planned(lookup)
    for address, blocked in _addresses(name, lookup.key, seen):
        by_name = bool(address) and not place.scope.in_networks(address)
        yield Planned(replace(target, address=address, by_name=by_name), blocked)


def _hosts(place: Place, base: Target, seen: Seen) -> Iterator[Planned]:
    host = replace(base, kind=Kind.HOST, declared=True)
    yield from _spread(place, host, place.asset.address, seen)


def _inside(place: Place, base: Target, seen: Seen) -> Iterator[Planned]:
    """The log-in.  A name with addresses of both families is one host: IPv4 is taken."""
    if place.asset.ssh is None:
        return
    login = place.asset.ssh.login()
    target = replace(base, kind=Kind.LOGIN, login=login, port=login.port, declared=True)
    planned = list(_spread(place, target, place.asset.address, seen))
    old = any(p.target.kind is Kind.LOGIN and "." in p.target.address for p in planned)
    for one in planned:
        if not (old and ":" in one.target.address):
            yield one


def _services(place: Place, base: Target, seen: Seen) -> Iterator[Planned]:
    asset = place.asset
    for url in urls_of(asset):
        name = (urlsplit(url).hostname or "").lower()
        site = replace(base, kind=Kind.SITE, name=name, port=port_of(url), url=url, declared=True)
        yield from _spread(place, site, name, seen)
        if url.startswith("https:"):
            tls = replace(site, kind=Kind.TLS, url="")
            yield from _spread(place, tls, name, seen)
    for one in asset.tls:
        name = one.name or asset.address
        tls = replace(base, kind=Kind.TLS, name=name, port=one.port, starttls=one.starttls)
        yield from _spread(place, replace(tls, declared=True), name, seen)
    yield from _found(place, base, seen)


def _streams(place: Place, base: Target, seen: Seen) -> Iterator[Planned]:
    """Each declared stream, its own TLS service, and the hosts that it leads to."""
    for one in place.asset.streams:
        parts = urlsplit(one.url)
        name, port = (parts.hostname or "").lower(), stream_port(one.url)
        target = replace(
            base, kind=Kind.STREAM, name=name, port=port, url=one.url, declared=True,
            stream=one.streaming(), hosts=hosts_of(place.agency), active=place.active,
        )  # fmt: skip
        streams = list(_spread(place, target, name, seen))
        yield from streams
        if parts.scheme in OVER_TLS:
            tls = replace(target, kind=Kind.TLS, url="", stream=None, hosts=(), active=())
            yield from _spread(place, tls, name, seen)
        for planned in streams:
            yield from _leads(place, base, seen, planned.target, "streams")


def _media(place: Place, base: Target, seen: Seen) -> Iterator[Planned]:
    """The pages of a streaming host, once it is known which of its ports are open."""
    for planned in list(_hosts(place, base, seen)) if has_media(place.asset) else ():
        host = planned.target
        swept = None if planned.blocked else seen(host.key, "ports")
        if host.kind is Kind.HOST and (planned.blocked or swept is not None):
            doors = media_doors(place.asset, host.address, swept, urls_of(place.asset))
            yield replace(planned, target=replace(host, kind=Kind.MEDIA, doors=doors))


def _zones(place: Place, base: Target, seen: Seen) -> Iterator[Planned]:
    """Each declared domain, and its mail servers' TLS."""
    for one in place.asset.zones:
        domain = Domain(one.mail, one.dkim, *names_under(one.name, place.system))
        zone = replace(base, kind=Kind.ZONE, name=one.name, declared=True, domain=domain)
        yield Planned(zone)
        yield from _leads(place, base, seen, zone, "mail")


def _leads(place: Place, base: Target, seen: Seen, target: Target, probe: str) -> Iterator[Planned]:
    """The TLS services that were found on the way, where they are authorised."""
    if target.kind not in {Kind.STREAM, Kind.ZONE}:
        return
    free = replace(place, asset=place.asset.model_copy(update={"address": ""}))  # not pinned
    for lead in getattr(seen(target.key, probe), "leads", ()):
        tls = replace(base, kind=Kind.TLS, name=lead.name, port=lead.port, starttls=lead.starttls)
        for planned in _spread(free, tls, lead.name, seen):
            if planned.blocked is None:
                yield planned


def _found(place: Place, base: Target, seen: Seen) -> Iterator[Planned]:
    """Services on the ports that the sweep found open."""
    declared = {port_of(url) for url in urls_of(place.asset) if url.startswith("https:")}
    declared |= {one.port for one in place.asset.tls}
    for planned in list(_hosts(place, base, seen)):
        host = planned.target
        if host.kind is not Kind.HOST or planned.blocked:
            continue
        facts = seen(host.key, "ports")
        if isinstance(facts, PortFacts):
            for kind, port, starttls in services(facts):
                if kind is Kind.TLS and port in declared:
                    continue
                yield Planned(
                    replace(host, kind=kind, port=port, starttls=starttls, declared=False)
                )


def services(facts: PortFacts) -> Iterator[tuple[Kind, int, str]]:
    """The TLS and SSH services among the open ports: (kind, port, starttls)."""
    for port in facts.open_ports():
        if port.service == "ssh":
            yield Kind.SSH, port.number, ""
        elif port.tls or port.service in {"https", "imaps", "pop3s", "smtps", "ldaps", "ftps"}:
            yield Kind.TLS, port.number, ""
        elif port.number in STARTTLS and port.service == STARTTLS[port.number]:
            yield Kind.TLS, port.number, port.service


__all__ = [
    "Place",
    "Planned",
    "expand",
    "has_media",
    "places",
    "services",
    "stream_port",
    "urls_of",
]
