"""RTMP's chunks and commands, without any network.  Source: Adobe, RTMP 1.0 and AMF 0.

All that is read is bounded: the length of a message, how many chunk streams there are, how deep
and how long a command is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST = 2 << 20  # bytes of one message
STREAMS = 64  # chunk streams that may be open
DEPTH = 8  # levels of a command
ITEMS = 500  # values in a command
CHUNK = 128  # bytes of a chunk until somebody says otherwise

SET_CHUNK, ABORT, AUDIO, VIDEO, AMF3_COMMAND, COMMAND, AGGREGATE = 1, 2, 8, 9, 17, 20, 22
HEADS = {0: 11, 1: 7, 2: 3, 3: 0}  # bytes of a message header, by format


@dataclass(frozen=True)
class Message:
    """One message of the server's."""

    kind: int
    stream: int
    body: bytes

    @property
    def media(self) -> bool:
        """Is it sound or pictures?"""
        return self.kind in {AUDIO, VIDEO, AGGREGATE} and len(self.body) > 1


@dataclass
class _Lane:
    """A chunk stream, between two chunks."""

    length: int = 0
    kind: int = 0
    stream: int = 0
    late: bytes = b""  # the extended timestamp
    body: bytearray = field(default_factory=bytearray)


class Chunks:
    """Makes messages of what comes, piece by piece."""

    def __init__(self) -> None:
        self._raw = bytearray()
        self._size = CHUNK
        self._lanes: dict[int, _Lane] = {}

    def feed(self, part: bytes) -> list[Message]:
        """The messages that are whole now.  Raises `ValueError` for what RTMP does not have."""
        self._raw += part
        found = []
        at = 0
        while (step := self._chunk(at)) is not None:
            at, message = step
            if message is not None:
                found.append(message)
        del self._raw[:at]
        return found

    def _chunk(self, at: int) -> tuple[int, Message | None] | None:
        """Where the chunk at this place ends, and the message that it ends."""
        begun = self._basic(at)
        if begun is None:
            return None
        form, lane_id, at = begun
        head = bytes(self._raw[at : at + HEADS[form]])
        if len(head) < HEADS[form]:
            return None
        lane = self._lanes.get(lane_id, _Lane())
        if form == 3 and lane_id not in self._lanes:
            raise ValueError("a chunk without a beginning")
        at += HEADS[form]
        length = int.from_bytes(head[3:6], "big") if form < 2 else lane.length
        late = lane.late
        if form < 3:
            late = bytes(self._raw[at : at + 4]) if head[:3] == b"\xff\xff\xff" else b""
            if head[:3] == b"\xff\xff\xff" and len(late) < 4:
                return None
            at += len(late)
        elif late:  # most repeat it, some do not
            seen = self._raw[at : at + 4]
            if len(seen) < 4 and late.startswith(bytes(seen)):
                return None
            at += 4 if seen == late else 0
        if length > LONGEST:
            raise ValueError("a message that is too long")
        size = min(self._size, length - (len(lane.body) if form == 3 else 0))
        if len(self._raw) < at + size:
            return None
        self._begin(lane_id, lane, form, head)
        lane.late = late
        lane.body += self._raw[at : at + size]
        return at + size, self._whole(lane)

    def _basic(self, at: int) -> tuple[int, int, int] | None:
        """The format, the chunk stream, and where the message header begins."""
        head = self._raw[at : at + 3]
        need = {0: 2, 1: 3}.get(head[0] & 63, 1) if head else 1
        if len(head) < need:
            return None
        lane = head[0] & 63
        if need > 1:
            lane = 64 + int.from_bytes(head[1:need], "little")
        return head[0] >> 6, lane, at + need

    def _begin(self, lane_id: int, lane: _Lane, form: int, head: bytes) -> None:
        if form < 3:
            lane.body.clear()
        if form < 2:
            lane.length, lane.kind = int.from_bytes(head[3:6], "big"), head[6]
        if form == 0:
            lane.stream = int.from_bytes(head[7:11], "little")
        self._lanes[lane_id] = lane
        if len(self._lanes) > STREAMS:
            raise ValueError("too many chunk streams")

    def _whole(self, lane: _Lane) -> Message | None:
        if len(lane.body) < lane.length:
            return None
        message = Message(lane.kind, lane.stream, bytes(lane.body))
        lane.body.clear()
        if message.kind == SET_CHUNK:
            if len(message.body) < 4:
                raise ValueError("a chunk size of no size")
            self._size = int.from_bytes(message.body[:4], "big") & 0x7FFFFFFF
            if not self._size:
                raise ValueError("chunks of nothing")
        return message


def packed(lane: int, kind: int, stream: int, body: bytes) -> bytes:
    """A message as it goes out."""
    head = bytes([lane]) + bytes(3) + len(body).to_bytes(3, "big") + bytes([kind])
    pieces = [body[i : i + CHUNK] for i in range(0, len(body), CHUNK)] or [b""]
    return head + stream.to_bytes(4, "little") + bytes([0xC0 | lane]).join(pieces)


def command(*values: object, stream: int = 0, lane: int = 3) -> bytes:
    """A command as it goes out."""
    return packed(lane, COMMAND, stream, b"".join(amf(value) for value in values))


def amf(value: object) -> bytes:
    """A value in AMF 0."""
    if value is None:
        return b"\x05"
    if isinstance(value, bool):
        return b"\x01" + bytes([value])
    if isinstance(value, int | float):
        return b"\x00" + struct.pack(">d", value)
    if isinstance(value, str):
        return b"\x02" + _text(value)
    assert isinstance(value, Mapping)
    return b"\x03" + b"".join(_text(k) + amf(v) for k, v in value.items()) + b"\x00\x00\x09"


def _text(text: str) -> bytes:
    raw = text.encode("utf-8", "replace")[:60000]
    return len(raw).to_bytes(2, "big") + raw


def read_command(message: Message) -> list[Any]:
    """The values of a command; empty for any other message.  Raises `ValueError`."""
    if message.kind not in {COMMAND, AMF3_COMMAND}:
        return []
    return list(_Reader(message.body[message.kind == AMF3_COMMAND :]).values())


class _Reader:
    """Reads values one after the other."""

    def __init__(self, raw: bytes) -> None:
        self._raw, self._at, self._left = raw, 0, ITEMS

    def values(self) -> Iterator[Any]:
        """All of them."""
        while self._at < len(self._raw):
            yield self._value(DEPTH)

    def _take(self, count: int) -> bytes:
        part = self._raw[self._at : self._at + count]
        if len(part) < count:
            raise ValueError("a value that ends too soon")
        self._at += count
        return part

    def _number(self, count: int) -> int:
        return int.from_bytes(self._take(count), "big")

    def _string(self, count: int) -> str:
        return self._take(self._number(count)).decode("utf-8", "replace")

    def _value(self, depth: int) -> Any:
        self._left -= 1
        if not depth or self._left < 0:
            raise ValueError("too much in one command")
        kind = self._number(1)
        if kind == 0:
            return struct.unpack(">d", self._take(8))[0]
        if kind == 1:
            return bool(self._number(1))
        if kind in {2, 12}:
            return self._string(2 if kind == 2 else 4)
        if kind in {3, 8}:
            self._take(4 if kind == 8 else 0)
            return self._object(depth)
        if kind == 10:
            return [self._value(depth - 1) for _ in range(min(self._number(4), ITEMS + 1))]
        if kind == 11:
            return struct.unpack(">d", self._take(10)[:8])[0]
        if kind in {5, 6, 13}:
            return None
        raise ValueError("a value of an unknown kind")

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while True:
            name = self._string(2)
            if not name and self._raw[self._at : self._at + 1] == b"\x09":
                self._at += 1
                return found
            found[name] = self._value(depth - 1)
