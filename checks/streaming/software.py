"""The software of streaming servers: is it still mended, and does it say too much of itself?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from checks import Severity, Verdict, check, failed, not_applicable, passed
from checks.patching.software import extended, release
from facts.base import Undecided, Unknown, need
from facts.exploited import Hit, hits, release_of, rows_of
from facts.host.media import MediaInside, Server
from facts.host.patching import PatchingFacts
from facts.host.system import SystemFacts
from facts.media_server import MediaServerFacts, told
from facts.products import Product, from_banner
from facts.streams import AssetStreams, StreamFacts
from facts.support import State, Support, tables
from facts.world import World

MOST = 30
WITH = {"nginx-rtmp": "nginx"}  # a module, and the server that it is a part of
SOURCES = {"icecast": "icecast2", "nginx-rtmp": "libnginx-mod-rtmp"}  # source packages
STREAMING = frozenset({"icecast", "mediamtx", "srs", "wowza", "shoutcast", "live555",
                       "gstreamer-rtsp-server"})  # fmt: skip
RTMP_PAGES = ("nginx-rtmp-stat", "nginx-rtmp-control")  # the nginx that shows them streams


@check(Severity.HIGH)
def supported(
    media: MediaServerFacts,
    world: World,
    inside: MediaInside | Unknown,
    system: SystemFacts | Unknown,
    patching: PatchingFacts | Unknown,
) -> Verdict:
    """The streaming server's version is inside its maker's support and has no fault that is known
    to be exploited; a distribution's own package counts as supported while its release is.

    Why: a streaming server reads what strangers send it. When nobody mends it any more, the next
        hole in it stays open for good.
    Fix: update to a version that its maker supports, or take the distribution's own package, which
        its release keeps safe.
    """
    found = _programs(media, inside)
    outlook = world.outlook(found.own, media.observed_at)
    if outlook.ended:
        return failed(
            "The streaming server is out of its maker's support",
            products=[support.evidence() for support in outlook.ended[:MOST]],
        )
    rests = list(outlook.supported)
    if found.packaged:
        support, faults = _distribution(found.packaged, world, need(system), patching)
        if faults:
            return failed(
                "The streaming server has a fault that is known to be exploited",
                faults=[f"{hit.row.cve}: {hit.row.package} {hit.installed}" for hit in faults],
                table=world.named("exploited"),
            )
        if support.state is State.ENDED:
            return failed(
                "The distribution that the streaming server comes from is out of support",
                packages=[_named(server) for server in found.packaged],
                table=support.table,
            )
        rests.append(support)
    outlook.decide()
    for why in (*found.unknown, *media.unknown()):
        need(why)
    if not rests:
        return not_applicable("No version is shown")
    return passed(
        "The streaming server is supported",
        by_distribution=[_named(server) for server in found.packaged][:MOST],
        by_maker=[support.product.shown for support in outlook.supported][:MOST],
        table=tables(rests),
        **({"exploited_table": world.named("exploited")} if found.packaged else {}),
    )


@check(Severity.LOW)
def banner(media: MediaServerFacts, streams: AssetStreams | Unknown) -> Verdict:
    """No answer of the streaming server names an exact version: neither a Server header, nor RTSP
    or RTMP, nor one of its pages.

    Why: robots look for versions with known holes, and attack first where they see one.
    Fix: nginx `server_tokens off;`, Icecast `<server-id>`; put the others behind a web server that
        takes their Server header away, and close their status pages.
    """
    declared = () if isinstance(streams, Unknown) else streams.seen
    named = [f"{one.product.shown}: {one.where}" for one in media.shown]
    for stream in declared:
        named += [] if isinstance(stream, Unknown) else _named_by(stream)
    if named:
        return failed("The streaming server names its version", found=_once(named))
    for why in media.unknown():
        need(why)
    for door in media.others:
        need(door.web)
    for stream in declared:
        wire = need(stream).wire
        if wire is not None:
            need(wire.software)
    return passed("No answer of the streaming server names a version", asked=len(media.doors))


def _named_by(stream: StreamFacts) -> list[str]:
    """The versions that a stream's own protocol names."""
    said = stream.wire.software if stream.wire else stream.web.server if stream.web else ""
    if isinstance(said, Unknown):
        return []
    usual = () if stream.scheme.startswith("rtmp") else from_banner(said)  # "FMS/3,0" is no product
    products = (*told(said), *usual)
    return [f"{product.shown}: {stream.scheme}" for product in products if product.version]


def _once(named: list[str]) -> list[str]:
    return list(dict.fromkeys(named))[:MOST]


@dataclass
class _Found:
    """The programs of one host, by who answers for them."""

    own: list[Product] = field(default_factory=list)  # their makers
    packaged: list[Server] = field(default_factory=list)  # their distribution
    unknown: list[Unknown] = field(default_factory=list)


def _programs(media: MediaServerFacts, inside: MediaInside | Unknown) -> _Found:
    """What was shown to the outside, and what the inside knows better."""
    # the module's own number is left out: its page shows 1.1.4 whatever its version is
    names = STREAMING | ({"nginx"} if media.found(RTMP_PAGES) else set())
    shown = {one.product for one in media.shown if one.product.name in names}
    found = _Found()
    servers = () if isinstance(inside, Unknown) else inside.servers
    for server in () if isinstance(servers, Unknown) else servers:
        outside = {p for p in shown if p.name == WITH.get(server.product, server.product)}
        shown -= outside
        if server.packaged is True:
            found.packaged.append(server)
        elif isinstance(server.version, str) and server.product not in WITH:
            found.own.append(Product(server.product, server.version))
        elif outside:
            found.own += sorted(outside, key=lambda product: product.shown)
        else:
            found.unknown.append(_why(server))
    found.own += sorted(shown, key=lambda product: product.shown)
    return found


def _why(server: Server) -> Unknown:
    """Why nothing is known of a server's support."""
    for fact in (server.version, server.packaged):
        if isinstance(fact, Unknown):
            return fact
    return Unknown("This product's support is not assessed", server.product)


def _distribution(
    servers: Iterable[Server],
    world: World,
    system: SystemFacts,
    patching: PatchingFacts | Unknown,
) -> tuple[Support, tuple[Hit, ...]]:
    """The support of the release that they are packages of, and their known-exploited faults."""
    support = release(system, world)
    if support.state is State.ENDED and extended(need(patching), system, support):
        support = replace(support, state=State.SUPPORTED, ends=support.paid)
    if support.state not in (State.SUPPORTED, State.ENDED):
        raise Undecided(support.why, support.product.shown[:120])
    installed = {SOURCES[s.product]: str(s.version) for s in servers if s.product in SOURCES}
    rows = rows_of(world.exploited, release_of(str(need(system.id)).lower(), need(system.version)))
    return support, hits(rows, installed)


def _named(server: Server) -> str:
    version = server.version if isinstance(server.version, str) else ""
    return f"{server.product} {version}".strip()
