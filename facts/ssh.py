"""What an SSH server offers to a stranger, before any log-in.

`read` takes the first bytes that the server sent: its identification line (RFC 4253, 4.2) and the
first packet, KEXINIT (7.1), which are in clear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from facts.base import Unknown

NO_OFFER = Unknown("The server's offer of algorithms was not understood")
NO_METHODS = Unknown("The server did not say which log-in methods it takes")
METHODS = ("none", "password", "keyboard-interactive", "publickey", "hostbased", "gssapi-with-mic")

_KEXINIT = 20
_MOST = 512  # algorithms kept of one list


@dataclass(frozen=True)
class Offers:
    """The algorithms of a KEXINIT; both directions together."""

    kex: tuple[str, ...]
    host_keys: tuple[str, ...]
    ciphers: tuple[str, ...]
    macs: tuple[str, ...]


@dataclass(frozen=True)
class SshFacts:
    """One SSH server as a stranger sees it."""

    observed_at: datetime
    banner: str | Unknown  # "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3"
    offers: Offers | Unknown
    methods: Mapping[str, bool | Unknown] = field(default_factory=dict)  # log-in methods taken


def read(raw: bytes) -> tuple[str | Unknown, Offers | Unknown]:
    """The identification line and the offers from a server's first bytes.  Never raises."""
    match = re.search(rb"(?:^|\n)(SSH-[\d.]{1,8}-[^\r\n]{0,250})\r?\n", raw[:65536])
    if match is None:
        return Unknown("What answers is not SSH", _shown(raw[:60])), NO_OFFER
    return _shown(match[1]), _offers(raw[match.end() :])


def _shown(raw: bytes) -> str:
    return "".join(c if c.isprintable() else "." for c in raw.decode("utf-8", "replace"))


def _offers(raw: bytes) -> Offers | Unknown:
    """Six of the ten name-lists of a KEXINIT packet (RFC 4253, 6 and 7.1)."""
    size = int.from_bytes(raw[:4], "big")
    if len(raw) < 22 or len(raw) < 4 + size or raw[5] != _KEXINIT or raw[4] >= size:
        return NO_OFFER
    body, at, lists = raw[6 + 16 : 4 + size - raw[4]], 0, []
    for _ in range(6):
        length = int.from_bytes(body[at : at + 4], "big")
        names = body[at + 4 : at + 4 + length]
        if at + 4 > len(body) or len(names) < length:
            return NO_OFFER
        lists.append(tuple(_shown(name) for name in names.split(b",") if name)[:_MOST])
        at += 4 + length
    kex, keys, out, back, mac_out, mac_back = lists
    if not (kex and keys and out and back):
        return NO_OFFER
    return Offers(kex, keys, _both(out, back), _both(mac_out, mac_back))


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def methods(taken: list[str] | None) -> Mapping[str, bool | Unknown]:
    """Each method that we know, and each that the server names: taken or not."""
    if taken is None:
        return dict.fromkeys(METHODS, NO_METHODS)
    names = [name[:60] for name in taken[:50]]
    return {name: name in names for name in dict.fromkeys((*METHODS, *names))}
