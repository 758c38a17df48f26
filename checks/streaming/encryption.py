"""How streams travel."""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, not_applicable, passed
from checks.streaming.seen import declared, seen
from facts.base import need
from facts.declared import Target
from facts.stream_web import WebFacts
from facts.stream_wire import WireFacts
from facts.streams import StreamFacts

MOST = 20  # parts that are told


@check(Severity.HIGH)
def encrypted(stream: StreamFacts, target: Target) -> Verdict:
    """The stream travels inside TLS, or over SRT with a passphrase, and not in clear beside it.

    Why: in clear, whoever sits on the way reads stream keys and passwords, watches raw material,
        and can put other pictures in its place.
    Fix: offer RTMPS, RTSPS and HTTPS (nginx's stream module or stunnel can stand in front of a
        server that has no TLS) and close the plain ports; give SRT listeners a passphrase. Where
        a stream is meant to be in clear, write plain: true in the inventory.
    """
    one, plain = seen(stream), declared(target).plain
    if not need(one.secure):
        if plain:
            return not_applicable("The inventory says that this stream is meant to be in clear")
        if stream.scheme == "https":  # it is its parts that do
            return failed("Parts of the stream travel unencrypted", parts=_in_clear(one))
        return failed("The stream travels unencrypted", scheme=stream.scheme)
    if one.twin is None or (plain and one.twin is not False):
        return passed("The stream travels encrypted", scheme=stream.scheme)
    if need(one.twin):
        return failed("The server offers the stream in clear, too", scheme=stream.scheme)
    return passed("The stream travels encrypted", scheme=stream.scheme)


def _in_clear(one: WireFacts | WebFacts) -> list[str]:
    """The parts that come over HTTP, and from where."""
    sources = one.sources if isinstance(one, WebFacts) else ()
    plain = {f"{source.part}: {source.host}" for source in sources if source.scheme == "http"}
    return sorted(plain)[:MOST]
