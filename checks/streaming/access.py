"""Who may publish on a streaming server, and who may play what is not for everybody.

By what a stranger was let do; and by the server's own settings, where a log-in could read them:
then no trial is needed.
"""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, not_applicable, passed
from checks.streaming.seen import declared, said, seen
from checks.streaming.settings import named, plays, takes
from facts.base import Unknown, need
from facts.declared import Target
from facts.host.masking import masked
from facts.host.media import MediaInside
from facts.stream_wire import NOT_ALLOWED
from facts.streams import StreamFacts


@check(Severity.CRITICAL)
def publish_auth(stream: StreamFacts, target: Target, inside: MediaInside | Unknown) -> Verdict:
    """The server refuses a stranger who begins to publish.

    Why: who may publish without a password goes on the air in your name: a false broadcast, with
        your logo, to all your listeners and viewers.
    Fix: let every source prove itself: a stream key that your own service checks (on_publish), a
        source password, an SRT passphrase, or at least a list of the encoders' addresses.
    """
    one = seen(stream)
    if one.published is True:
        return failed("A stranger may publish on the server", scheme=stream.scheme, said=said(one))
    own, taken = named(inside, target), takes(inside, target)
    if not isinstance(taken, Unknown) and taken:
        return failed(
            "The server's settings let strangers publish", publish_to=[*map(masked, taken)], **own
        )
    if one.published is None:
        return not_applicable("Nobody can publish at this address")
    if one.published is False:
        return passed("The server refuses a stranger who publishes", said=said(one))
    if one.published == NOT_ALLOWED and not isinstance(inside, Unknown):
        need(taken)  # the settings are missing, and no trial
    if isinstance(taken, Unknown):
        need(one.published)
    return passed("The server's settings let no stranger publish", **own)


@check(Severity.MEDIUM)
def read_auth(stream: StreamFacts, target: Target, inside: MediaInside | Unknown) -> Verdict:
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
    if one.played is True:
        return failed("A stranger may play a stream that is not for the public", said=said(one))
    if one.played is False:
        return passed("The server refuses a stranger who plays the stream", said=said(one))
    own, played = named(inside, target), plays(inside, target)
    if isinstance(played, Unknown):
        need(one.played)
    if played is True:
        return failed("The server's settings let strangers play the stream", **own)
    return passed("The server's settings let no stranger play the stream", **own)
