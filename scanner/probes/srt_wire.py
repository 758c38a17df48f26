"""SRT's handshake, without any network.  Source: draft-sharabayko-srt-01, 3.2 and 4.3.

The key field of a listener's first answer proves nothing: libsrt leaves it 0 with a passphrase
whose key length was not set, and fills it in without one.  So the second message carries a key that
is wrapped with no passphrase at all: a listener that insists on its own can't open it, one that has
none does not expect it, and both refuse, each with a reason of its own.  Nobody is let in by it.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass

BAD_SECRET, UNSECURE = 1010, 1011  # refusals: the passphrase is wrong; one side has none
INDUCTION, CONCLUSION = 1, 0xFFFFFFFF
MAGIC = 0x4A17  # of version 5
LATENCY = 120  # milliseconds
AES_128 = 2

_HEAD = struct.Struct(">IIII")
_SHAKE = struct.Struct(">IHHIIIIII")
_LOCALHOST = b"\x01\x00\x00\x7f" + bytes(12)
_SHUTDOWN = 0x80050000


@dataclass(frozen=True)
class Answer:
    """A handshake of the other side's."""

    version: int
    key: int  # its key length, in 8 bytes
    extension: int
    kind: int  # INDUCTION, CONCLUSION, or 1000 and more: it refuses
    socket: int
    cookie: int
    library: str  # "1.5.1", where it says so

    @property
    def invites(self) -> bool:
        """Does it go on with version 5?"""
        return self.version == 5 and self.kind == INDUCTION and self.extension == MAGIC

    @property
    def refuses(self) -> bool:
        """Does it refuse?"""
        return 1000 <= self.kind < 1 << 16

    @property
    def accepts(self) -> bool:
        """Does it let us in?"""
        return self.version == 5 and self.kind == CONCLUSION


def induction(ours: int) -> bytes:
    """The first message: who is there?"""
    return _shake(4, 0, 2, INDUCTION, ours, 0)


def conclusion(ours: int, cookie: int, *, key: bool = False, stream: str = "") -> bytes:
    """The second: let me in, with a key that nobody can open, or for a stream."""
    wanted = struct.pack(">HHIII", 1, 3, 0x00010501, 0xBF, LATENCY << 16 | LATENCY)
    flags = 1
    if key:
        wrapped = _wrapped_key()
        wanted += struct.pack(">HH", 3, len(wrapped) // 4) + wrapped
        flags |= 2
    if stream:
        words = _words(stream)
        wanted += struct.pack(">HH", 5, len(words) // 4) + words
        flags |= 4
    return _shake(5, AES_128 if key else 0, flags, CONCLUSION, ours, cookie, wanted)


def shutdown(theirs: int) -> bytes:
    """Good-bye."""
    return _HEAD.pack(_SHUTDOWN, 0, 0, theirs) + bytes(4)


def _shake(
    version: int, key: int, extension: int, kind: int, ours: int, cookie: int, more: bytes = b""
) -> bytes:
    fields = _SHAKE.pack(version, key, extension, 0x1234, 1500, 8192, kind, ours, cookie)
    return _HEAD.pack(0x80000000, 0, 0, 0) + fields + _LOCALHOST + more


def _wrapped_key() -> bytes:
    """A key message whose key is wrapped with chance."""
    head = struct.pack(">BHBIBBBBHBB", 0x12, 0x2029, 1, 0, AES_128, 0, 2, 0, 0, 4, 4)
    return head + os.urandom(16 + 24)


def _words(text: str) -> bytes:
    """A stream's name: in words of four bytes, each turned round."""
    raw = text.encode()[:512]
    raw += bytes(-len(raw) % 4)
    return b"".join(raw[i : i + 4][::-1] for i in range(0, len(raw), 4))


def read(raw: bytes) -> Answer | None:
    """The handshake in a packet; None for anything else."""
    if len(raw) < 64 or raw[:2] != b"\x80\x00":
        return None
    version, key, extension, _, _, _, kind, socket, cookie = _SHAKE.unpack_from(raw, 16)
    return Answer(version, key, extension, kind, socket, cookie, _library(raw[64:]))


def _library(more: bytes) -> str:
    """The version in its own HSRSP extension."""
    while len(more) >= 8:
        kind, words = struct.unpack_from(">HH", more)
        if kind == 2 and words:
            return f"{more[5]}.{more[6]}.{more[7]}"
        more = more[4 + 4 * words :]
    return ""


def is_media(raw: bytes) -> bool:
    """Is it a packet of data?"""
    return len(raw) > 16 and not raw[0] & 0x80
