"""How a programme reaches its audience: playlists, keys, and whether it goes on."""

from __future__ import annotations

from collections.abc import Iterable

from checks import Severity, Verdict, check, failed, not_applicable, passed
from checks.streaming.seen import declared
from facts.base import Unknown, need
from facts.declared import Target
from facts.stream_web import Carried, Source, WebFacts
from facts.streams import StreamFacts

NO_LISTS = "The stream has no playlists"
STRANGE = "A playlist names hosts that are neither in the inventory nor a declared CDN"
RTC = (Carried.WHIP, Carried.WHEP)
NO_ADDRESS = Unknown("The resolver was not asked where the stream's name leads")


@check(Severity.HIGH)
def key_delivery(stream: StreamFacts, target: Target) -> Verdict:
    """The keys of an encrypted HLS stream come over HTTPS, and those of a protected one not to
    strangers.

    Why: who has the key sees the programme: over plain HTTP everybody on the way reads it, and a
        key that strangers get makes the encryption worthless.
    Fix: name the keys by https in the playlist, and hand them out to viewers who are logged in
        alone, by a token or a session.
    """
    web = _listed(stream)
    if web is None:
        return not_applicable(NO_LISTS)
    plain = _hosts(one for one in web.sources if one.part == "key" and one.scheme == "http")
    if plain:
        return failed("Keys come over plain HTTP", hosts=plain)
    doors = [one for one in web.doors if one.kind == "key"]
    private = _private(target)
    given = [one.url for one in doors if one.given is True]
    if private and given:
        return failed("A stranger gets the key of a protected stream", keys=given)
    need(web.read)
    if not doors:
        if web.drm:
            return not_applicable("A DRM system hands out the keys", drm=list(web.drm))
        return not_applicable("The stream is not encrypted by AES keys")
    if private:
        for one in doors:
            need(one.given)
        return passed("Keys come over HTTPS, and not to a stranger", asked=len(doors))
    return passed("Keys come over HTTPS; the stream is not declared as protected", asked=len(doors))


@check(Severity.MEDIUM)
def playlist_origin(stream: StreamFacts, target: Target) -> Verdict:
    """Playlists and segments come over HTTPS, from hosts in the inventory or its declared CDNs.

    Why: who owns a host that your playlist names can put another programme in place of yours; so
        can anybody on the way to one that is asked over plain HTTP.
    Fix: name every playlist and segment by https, take out hosts that nobody knows, and declare
        the CDN that carries the stream (`cdns` in the inventory).
    """
    web = _listed(stream)
    if web is None:
        return not_applicable(NO_LISTS)
    parts = [one for one in web.sources if one.part in ("playlist", "segment") and one.host]
    plain = _hosts(one for one in parts if one.scheme == "http")
    strange = _hosts(one for one in parts if not _ours(one.host, target))
    if strange:
        return failed(STRANGE, hosts=strange)
    if plain:
        return failed("Playlists or segments come over plain HTTP", hosts=plain)
    need(web.read)
    return passed("Playlists and segments come from known hosts, over HTTPS", hosts=_hosts(parts))


@check(Severity.MEDIUM)
def cors(stream: StreamFacts) -> Verdict:
    """The addresses of keys and licences do not let the pages of every other site read them.

    Why: any site could then play your programme in its own page with your viewers' rights.
    Fix: name your own sites in Access-Control-Allow-Origin at these addresses, never `*` and never
        whatever Origin was sent.
    """
    web = _listed(stream)
    if web is None:
        return not_applicable(NO_LISTS)
    opened = [one.url for one in web.doors if one.any_origin is True]
    if opened:
        return failed("Every site may read what hands out keys or licences", addresses=opened)
    need(web.read)
    if not web.doors:
        return not_applicable("The playlists name no address of keys or licences")
    for one in web.doors:
        need(one.any_origin)
    return passed("Other sites may not read keys or licences", asked=len(web.doors))


@check(Severity.MEDIUM)
def live(stream: StreamFacts, target: Target) -> Verdict:
    """The public programme is on the air: its live playlist moves on within three target
    durations, or its mount answers with media.

    Why: a stream that stands still looks alright from the studio, while the audience sees nothing.
    Fix: look at the encoder, its line to the server and the server's disk; have the playlist
        watched, and an alarm raised when it stands still.
    """
    web = stream.web
    if web is None or web.carried in RTC:
        return not_applicable("This is seen only of playlists, and of mounts of Icecast")
    if declared(target).use != "public":
        return not_applicable("The stream is not a public programme")
    moves = need(web.moves)
    if moves is None:
        return not_applicable("It is a recorded programme, which has an end")
    if moves:
        return passed("The programme is on the air", waited=web.waited)
    if isinstance(web.carried, Unknown):
        return failed("There is no stream at the address", status=web.status)
    return failed("The live playlist stands still", waited=web.waited, target=web.target)


@check(Severity.LOW)
def redundancy(stream: StreamFacts, target: Target) -> Verdict:
    """The public stream's name leads to at least two addresses, or to a declared CDN.

    Why: when the only server or its line fails, the programme is gone for everybody.
    Fix: have a second server or a CDN carry the stream, and declare the CDN in the inventory.
    """
    settings = declared(target)
    if settings.use != "public":
        return not_applicable("The stream is not a public programme")
    names = (target.name, *stream.aliases)
    cdns = [name for name in names if covered(name, settings.cdns)]
    if cdns:
        return passed("A declared CDN carries the stream", hosts=cdns)
    if not stream.addresses:
        need(NO_ADDRESS)
    known = [one for one in stream.addresses.values() if not isinstance(one, Unknown)]
    addresses = sorted({address for one in known for address in one})
    if any(len(set(one)) >= 2 for one in known):
        return passed("The stream's name leads to several addresses", addresses=addresses)
    for one in stream.addresses.values():
        need(one)
    if not addresses:
        need(Unknown("The resolver knows no address of the stream's name", target.name))
    return failed("The stream's name leads to one server alone", addresses=addresses)


def _listed(stream: StreamFacts) -> WebFacts | None:
    """What the web server carries, where it has playlists or may have."""
    web = stream.web
    return None if web is None or web.carried in (*RTC, Carried.MOUNT) else web


def _private(target: Target) -> bool:
    settings = declared(target)
    return settings.protected or settings.use != "public"


def _hosts(sources: Iterable[Source]) -> list[str]:
    return sorted({f"{one.scheme}://{one.host}" for one in sources})


def _ours(host: str, target: Target) -> bool:
    known = {target.name.lower(), *target.hosts}
    return host in known or covered(host, declared(target).cdns)


def covered(host: str, patterns: Iterable[str]) -> bool:
    """Is it one of these names, or below `*.name`?"""
    plain = host.lower().rstrip(".")
    return any(
        plain.endswith(one[1:]) if one.startswith("*.") else plain == one
        for one in (pattern.lower().rstrip(".") for pattern in patterns)
    )
