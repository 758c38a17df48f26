"""What a server of RTMP, RTSP or SRT said to a stranger: each thing that was tried."""

from __future__ import annotations

from dataclasses import dataclass

from facts.base import Unknown

Tried = bool | Unknown | None  # None: this was not tried, for there is nothing to try


@dataclass(frozen=True)
class RtmpFacts:
    """A talk with an RTMP server, up to the declared stream."""

    software: str | Unknown  # `fmsVer` of its answer to connect; "": it names none
    connected: bool | Unknown  # a stranger may connect to the application
    played: bool | Unknown  # media of the stream came to a stranger
    says: str = ""  # the code with which it refused, "NetConnection.Connect.Rejected"


@dataclass(frozen=True)
class RtspFacts:
    """A talk with an RTSP server, about the declared path."""

    status: int | Unknown  # of its answer to DESCRIBE
    described: bool | Unknown  # a stranger got the stream's description
    schemes: tuple[str, ...] = ()  # how it asks for a log-in: "digest", "basic"
    methods: tuple[str, ...] | Unknown = ()  # what it offers: the Public header
    server: str = ""  # its Server header


@dataclass(frozen=True)
class SrtFacts:
    """What an SRT listener says before anybody is let in."""

    encrypted: bool | Unknown  # it wants a passphrase
    key_bits: int = 0  # 128, 192, 256; 0: none
    version: str = ""  # its library's, where it was let us so far


@dataclass(frozen=True)
class WireFacts:
    """One of the three, and what goes for each."""

    rtmp: RtmpFacts | None = None
    rtsp: RtspFacts | None = None
    srt: SrtFacts | None = None
    secure: bool = False  # the talk went inside TLS
    twin: Tried = None  # the same server answers in clear too
    published: Tried = None  # a stranger may publish; tried only when that is allowed
