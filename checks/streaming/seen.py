"""What every check of a stream asks for."""

from __future__ import annotations

from facts.base import Undecided
from facts.declared import Streaming, Target
from facts.stream_web import WebFacts
from facts.stream_wire import WireFacts
from facts.streams import StreamFacts


def seen(stream: StreamFacts) -> WireFacts | WebFacts:
    """What was seen of it, by whichever protocol.  Raises `Undecided` when that is nothing."""
    one = stream.wire or stream.web
    if one is None:
        raise Undecided("This was not tried", stream.scheme)
    return one


def declared(target: Target) -> Streaming:
    """What the inventory says of it."""
    return target.stream or Streaming()


def said(one: WireFacts | WebFacts) -> list[str]:
    """What the server said in the trials, for the evidence: "publish: NetStream.Publish.Start"."""
    if isinstance(one, WebFacts):
        return []
    return [f"{trial}: {answer}" for trial, answer in one.says.items()]
