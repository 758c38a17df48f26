"""What the answers of an RTMP server mean.  Pure."""

from __future__ import annotations

import re
from typing import Any

from facts.base import Unknown

MARKS = re.compile(r"\b(auth|denied|deny|forbid|permission|40[13]\b)|unauth|not allowed|login")
OVER = (".StreamNotFound", ".Stop", ".Complete", ".UnpublishNotify")
PLAIN_SPOKEN = "FMS/3,0,1,123"  # nginx-rtmp: of a stream that is off the air, it says so

OFF_AIR = "No media came from the stream; it may be off the air"
LEFT = "The server hung up on who plays: it refuses, or the stream is off the air"
REFUSED = "The server refuses the application; its name may be wrong"


def named(said: list[Any]) -> str:
    """How the server names itself in its answer to connect; SRS adds its version to it."""
    objects = [one for one in said[2:] if isinstance(one, dict)]
    names = [_text(one, "fmsVer") for one in objects]
    names += [_text(one.get("data"), "srs_server") for one in objects]
    return " ".join(filter(None, names))[:300]


def code(said: list[Any]) -> str:
    """Its code: "NetStream.Play.Start"."""
    return _text(_info(said), "code")[:100]


def is_status(said: list[Any]) -> bool:
    """Does it say how a stream stands?"""
    return said[:1] in (["onStatus"], ["_error"])


def is_error(said: list[Any]) -> bool:
    """Does it refuse?"""
    return said[0] == "_error" or _text(_info(said), "level") == "error"


def asks(said: list[Any], name: str) -> bool:
    """Is a refusal about who comes?  The name that was asked for may stand in it."""
    told = f"{code(said)} {_text(_info(said), 'description')}".lower()
    return MARKS.search(told.replace(name.lower(), "")) is not None


def is_over(said: list[Any]) -> bool:
    """Does it say that there is no stream, or no more?"""
    return is_error(said) or code(said).endswith(OVER)


def shut(said: list[Any], app: str) -> bool | Unknown:
    """What a refusal of the application means: False where it asks who comes."""
    return False if asks(said, app) else Unknown(REFUSED, code(said))


def left(software: str | Unknown, over: bool, last: str) -> bool | Unknown:
    """What it means that the server hung up on who plays.

    Some (MediaMTX) hang up on who asks for a stream that is off the air, as on who may not play.
    """
    if over:
        return Unknown(OFF_AIR, last)
    return False if software == PLAIN_SPOKEN else Unknown(LEFT, last)


def _info(said: list[Any]) -> Any:
    """The last object of an answer."""
    return next((one for one in reversed(said) if isinstance(one, dict)), None)


def _text(thing: Any, name: str) -> str:
    value = thing.get(name) if isinstance(thing, dict) else None
    return value[:200] if isinstance(value, str) else ""
