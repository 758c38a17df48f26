"""The pages by which streaming servers are run and watched: seen from outside, then by the
server's own settings where a log-in could read them.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks import Severity, Verdict, check, failed, not_applicable, passed
from facts.base import Undecided, Unknown, need
from facts.declared import Target, Vantage
from facts.host.media import MediaInside, Page, Server, open_to_all
from facts.media_pages import ASKS, LISTING, MANAGING
from facts.media_server import MediaServerFacts
from facts.ports import ranges

MOST = 30  # pages in one finding


@check(Severity.CRITICAL)
def management(media: MediaServerFacts, target: Target, inside: MediaInside | Unknown) -> Verdict:
    """The control interface, manager, metrics and profiler of the streaming server do not answer
    the outside.

    Why: who reaches them can take the programme off the air, put another one in its place, record
        it, or read the addresses of contributors. Robots look for their usual ports all day.
    Fix: let these pages listen on 127.0.0.1 or on an inner address (nginx-rtmp: `allow` and `deny
        all` in the location), close their ports in the firewall, and give them a password of your
        own.
    """
    if target.vantage is Vantage.INTERNAL:
        return not_applicable("From inside, colleagues may see how the streaming server is doing")
    seen = media.found(MANAGING)
    open_inside = [page for page in _open(inside) if page.manages]
    if pages := [*seen, *_reached(open_inside, media)]:
        return failed(
            "A page that runs the streaming server answers the outside", pages=pages[:MOST]
        )
    _decided(media, target, inside, open_inside, manages=True)
    return passed("No page that runs a streaming server answers the outside", **_asked(media))


@check(Severity.MEDIUM)
def listing(media: MediaServerFacts, target: Target, inside: MediaInside | Unknown) -> Verdict:
    """The streaming server gives strangers no list of its streams, sources or clients.

    Why: with nginx-rtmp and others, the name of a stream is the key to publish it; the lists also
        show the addresses of reporters who contribute, and of those who watch.
    Fix: let `/stat`, `/status-json.xsl`, `/v3/paths/list` and `/api/v1/streams` be seen from the
        monitoring host alone.
    """
    if target.vantage is Vantage.INTERNAL:
        return not_applicable("From inside, colleagues may see how the streaming server is doing")
    seen = media.found(LISTING)
    open_inside = [page for page in _open(inside) if not page.manages]
    if pages := [*seen, *_reached(open_inside, media)]:
        return failed(
            "The streaming server lists its streams, sources or clients to strangers",
            pages=pages[:MOST],
        )
    _decided(media, target, inside, open_inside, manages=False)
    return passed("No list of streams, sources or clients was given", **_asked(media))


def _open(inside: MediaInside | Unknown) -> Iterator[Page]:
    """The pages that the settings leave open, or with the password that everybody knows."""
    for server in _servers(inside):
        for page in () if isinstance(server.pages, Unknown) else server.pages:
            if not page.loopback and open_to_all(page.asks) is True:
                yield page


def _servers(inside: MediaInside | Unknown) -> tuple[Server, ...]:
    if isinstance(inside, Unknown) or isinstance(inside.servers, Unknown):
        return ()
    return inside.servers


def _reached(pages: list[Page], media: MediaServerFacts) -> list[str]:
    """Those of these pages whose ports answer the outside."""
    opened = media.open_ports()
    return [f"{page.port}/{page.name}" for page in pages if page.port in opened]


def _decided(
    media: MediaServerFacts,
    target: Target,
    inside: MediaInside | Unknown,
    opened: list[Page],
    *,
    manages: bool,
) -> None:
    """Is it known that nothing answers: from outside, or by the settings?  Else `Undecided`."""
    if opened and (target.scan_ports or media.untried):
        ports = ranges(page.port for page in opened)
        raise Undecided("A page is open by its settings, and its port was not tried", ports)
    if _kept(inside, manages):
        return
    for why in media.unknown():
        need(why)
    if media.untried:
        raise Undecided("Not all ports of these services were tried", ranges(media.untried))


def _kept(inside: MediaInside | Unknown, manages: bool) -> bool:
    """Do the settings of every server on the host say that its pages are closed to strangers?

    Icecast, Wowza and SHOUTcast list their streams on pages that no setting names: of those, the
    settings say nothing.
    """
    servers = _servers(inside)
    if not servers or not (manages or all(s.product in _NAMED for s in servers)):
        return False
    return all(not isinstance(s.pages, Unknown) and all(map(_closed, s.pages)) for s in servers)


_NAMED = ("nginx-rtmp", "mediamtx", "srs")


def _closed(page: Page) -> bool:
    return page.loopback or open_to_all(page.asks) is False


def _asked(media: MediaServerFacts) -> dict[str, object]:
    """How much was looked at, for the evidence."""
    log_in = media.found({ASKS})
    shown = {"log_in": log_in[:MOST]} if log_in else {}
    return {"asked": sum(len(door.trials) for door in media.doors), **shown}
