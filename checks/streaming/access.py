"""Who may publish on a streaming server, and who may play what is not for everybody."""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, not_applicable, passed
from checks.streaming.seen import declared, said, seen
from facts.base import need
from facts.declared import Target
from facts.streams import StreamFacts


@check(Severity.CRITICAL)
def publish_auth(stream: StreamFacts) -> Verdict:
    """The server refuses a stranger who begins to publish.

    Why: who may publish without a password goes on the air in your name: a false broadcast, with
        your logo, to all your listeners and viewers.
    Fix: let every source prove itself: a stream key that your own service checks (on_publish), a
        source password, an SRT passphrase, or at least a list of the encoders' addresses.
    """
    one = seen(stream)
    if one.published is None:
        return not_applicable("Nobody can publish at this address")
    if need(one.published):
        return failed("A stranger may publish on the server", scheme=stream.scheme, said=said(one))
    return passed("The server refuses a stranger who publishes", said=said(one))


@check(Severity.MEDIUM)
def read_auth(stream: StreamFacts, target: Target) -> Verdict:
    """Streams that are not for the public can't be played by a stranger.

    Why: a raw feed shows what was never to be broadcast: the studio before the programme, sources
        who must not be seen, events under embargo.
    Fix: ask those who play ingest and contribution streams for a key or password (on_play, read
        users, an SRT passphrase), or let only your own addresses play them.
    """
    what = declared(target)
    subscribers = what.protected and stream.wire is not None  # over the web, keys protect it
    if what.use == "public" and not subscribers:
        return not_applicable("The inventory says that this stream is for the public")
    one = seen(stream)
    if one.played is None:
        return not_applicable("Nobody can play at this address")
    if need(one.played):
        return failed("A stranger may play a stream that is not for the public", said=said(one))
    return passed("The server refuses a stranger who plays the stream", said=said(one))
