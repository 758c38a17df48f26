"""What the settings of the server that serves a stream say, where a log-in could read them."""

from __future__ import annotations

from facts.base import Unknown
from facts.declared import Target
from facts.host.media import MediaInside, at, playable, takers


def takes(inside: MediaInside | Unknown, target: Target) -> tuple[str, ...] | Unknown:
    """The applications, mounts and paths to which a stranger may publish."""
    own = at(inside, target.url, target.port)
    return own if isinstance(own, Unknown) else takers(own, target.url, target.port)


def plays(inside: MediaInside | Unknown, target: Target) -> bool | Unknown:
    """May a stranger play the stream?"""
    own = at(inside, target.url, target.port)
    return own if isinstance(own, Unknown) else playable(own, target.url, target.port)


def product(inside: MediaInside | Unknown, target: Target) -> str:
    """Which server that is; "" where it is not known."""
    own = at(inside, target.url, target.port)
    return "" if isinstance(own, Unknown) else own.product
