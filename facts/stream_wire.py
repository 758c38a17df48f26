"""What a server of RTMP, RTSP or SRT let a stranger do: each thing that was tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from facts.base import Unknown

Tried = bool | Unknown | None  # None: there is nothing to try

NOT_ALLOWED = Unknown("Publishing was not tried: the authorisation and the run must both allow it")


@dataclass(frozen=True)
class WireFacts:
    """A talk with the server, about the declared stream; a stranger has no password and no token.

    `says` holds the code or status that decided a trial, by the trial's name.
    """

    software: str | Unknown  # as it names itself; "": it does not
    secure: bool | Unknown  # the talk goes inside TLS; over SRT: a passphrase is insisted on
    twin: Tried  # the same is offered in clear beside it; None: this one is in clear, or SRT
    played: Tried  # a stranger was let in to play it
    published: Tried  # a stranger may publish beside it, under a name of chance
    says: Mapping[str, str] = field(default_factory=dict)
