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


def named(inside: MediaInside | Unknown, target: Target) -> dict[str, object]:
    """Which server that is, for the evidence, and which of its passwords are still its maker's."""
    own = at(inside, target.url, target.port)
    if isinstance(own, Unknown):
        return {}
    words = () if isinstance(own.default_passwords, Unknown) else own.default_passwords
    return {"product": own.product, **({"default_passwords": words} if words else {})}
