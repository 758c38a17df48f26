"""What streaming servers say is read, or refused, and never crashes: recordings, and nonsense.

The recordings are what nginx-rtmp, GStreamer and libsrt answered to our own clients.
"""

from __future__ import annotations

import math
import threading
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from facts.base import Unknown
from facts.declared import Kind, Target
from scanner.probes import rtmp_wire, rtsp_wire, srt_wire
from scanner.probes.rtmp_wire import COMMAND, Chunks, Message, amf, command, packed, read_command
from scanner.probes.rtsp_wire import Answers
from scanner.probes.stream_line import Ended, Garbled
from scanner.probes.stream_rtmp import Hearing, _connect, _play, _publish, _Session, _Shut
from tests.probes.reaches import reach

KEPT = Path(__file__).parents[1] / "recordings" / "streams"
RTMP = [file.read_bytes() for file in sorted(KEPT.glob("rtmp-*.bin"))]
RTSP = [file.read_bytes() for file in sorted(KEPT.glob("rtsp-*.txt"))]
SRT = [file.read_bytes() for file in sorted(KEPT.glob("srt-*.bin"))]

cuts = st.lists(st.integers(1, 40), min_size=1, max_size=60)


def pieces(raw, sizes):
    """The bytes, in pieces of these sizes over and over."""
    at = turn = 0
    while at < len(raw):
        size = sizes[turn % len(sizes)]
        yield raw[at : at + size]
        at, turn = at + size, turn + 1


@st.composite
def damaged(draw, kept):
    """A recording with some bytes changed, taken out, or put in."""
    raw = bytearray(draw(st.sampled_from(kept)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(raw) - 1)))
        raw[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=4))
    return bytes(raw)


def read_all(reader, raw, sizes=(1 << 16,)):
    """All that it makes of these bytes, or None when it refuses them."""
    found = []
    try:
        for piece in pieces(raw, sizes):
            found += reader.feed(piece)
    except ValueError:
        return None
    return found


def commands(messages):
    return [said for said in map(read_command, messages) if said]


def test_the_recordings_are_there():
    assert len(RTMP) == 2 and len(RTSP) == 2 and len(SRT) == 3


def test_a_recorded_talk_of_nginx_rtmp():
    said = commands(read_all(Chunks(), RTMP[1]))
    assert [one[0] for one in said] == ["_result", "_result", "onStatus"]
    assert said[0][2]["fmsVer"] == "FMS/3,0,1,123"
    assert any(message.media for message in read_all(Chunks(), RTMP[1]))
    assert not any(message.media for message in read_all(Chunks(), RTMP[0]))


def test_a_recorded_talk_of_gstreamer():
    options, told, setup, bye = read_all(Answers(), RTSP[1])
    assert (options.status, told.status, setup.status, bye.status) == (200, 200, 200, 200)
    assert told.control("rtsp://x/").endswith("/open/stream=0")
    assert read_all(Answers(), RTSP[0])[1].schemes == ("basic",)


def test_recorded_handshakes_of_libsrt():
    accepted, first, refused = map(srt_wire.read, SRT)
    assert first.invites and not first.accepts and not first.refuses
    assert accepted.accepts and accepted.library == "1.5.1"
    assert refused.refuses and refused.kind == srt_wire.UNSECURE


@given(st.sampled_from(RTMP), cuts)
def test_rtmp_is_read_the_same_in_any_pieces(raw, sizes):
    assert read_all(Chunks(), raw, sizes) == read_all(Chunks(), raw)


@given(st.sampled_from(RTSP), cuts)
def test_rtsp_is_read_the_same_in_any_pieces(raw, sizes):
    assert read_all(Answers(), raw, sizes) == read_all(Answers(), raw)


@given(damaged(RTMP) | st.binary(max_size=300), cuts)
@example(b"\xc3", [1])  # goes on with what never began
@example(bytes([3]) + bytes(3) + b"\x00\x00\x04\x01" + bytes(4) + bytes(4), [1])  # size 0
@example(b"\x00\x00" + b"\xff" * 20, [1])
def test_damaged_rtmp_is_refused_or_read(raw, sizes):
    for message in read_all(Chunks(), raw, sizes) or []:
        try:
            read_command(message)
        except ValueError:
            continue


@given(damaged(RTSP) | st.binary(max_size=300), cuts)
@example(b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n", [7])
@example(b"RTSP/1.0 200 OK\r\nContent-Length: \xc2\xb2\r\n\r\n", [7])
@example(b"$\x00\x00\x00" * 20 + b"RTSP/1.0 200 OK\r\n\r\n", [3])
def test_damaged_rtsp_is_refused_or_read(raw, sizes):
    for answer in read_all(Answers(), raw, sizes) or []:
        assert 100 <= answer.status < 1000
        answer.control("rtsp://bao.test/live")
        assert isinstance(answer.schemes, tuple)


@given(damaged(SRT) | st.binary(max_size=200))
def test_damaged_srt_is_read_or_none(raw):
    answer = srt_wire.read(raw)
    if answer is not None:
        assert answer.refuses + answer.accepts + answer.invites <= 1
    srt_wire.is_media(raw)


@given(st.binary(max_size=400))
def test_nonsense_as_a_command(raw):
    try:
        read_command(Message(COMMAND, 0, raw))
    except ValueError:
        return


values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.dictionaries(st.text(min_size=1, max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(values, max_size=6), st.integers(2, 63), cuts)
def test_what_we_say_can_be_read_back(said, lane, sizes):
    raw = command(*said, lane=lane)
    (message,) = read_all(Chunks(), raw, sizes)
    if "\ud800" not in str(said):
        assert read_command(message) == said


@given(st.binary(max_size=1000), st.sampled_from([5, 4096, 1 << 30]), cuts)
def test_chunks_of_other_sizes(body, size, sizes):
    told = packed(2, rtmp_wire.SET_CHUNK, 0, size.to_bytes(4, "big"))
    whole = bytes([4]) + bytes(3) + len(body).to_bytes(3, "big") + b"\x09" + bytes(4)
    parts = [body[i : i + size] for i in range(0, len(body), size)] or [b""]
    found = read_all(Chunks(), told + whole + b"\xc4".join(parts), sizes)
    assert found[-1] == Message(rtmp_wire.VIDEO, 0, body)


@pytest.mark.parametrize("repeated", [True, False])
def test_a_late_timestamp_may_be_repeated(repeated):
    late = b"\x01\x02\x03\x04"
    head = bytes([4]) + b"\xff\xff\xff" + (200).to_bytes(3, "big") + b"\x09" + bytes(4) + late
    raw = head + b"a" * 128 + b"\xc4" + (late if repeated else b"") + b"b" * 72
    assert read_all(Chunks(), raw, [1]) == [Message(9, 0, b"a" * 128 + b"b" * 72)]


def test_what_is_too_much_is_refused():
    huge = bytes([4]) + bytes(3) + b"\xff\xff\xff\x09" + bytes(4)
    assert read_all(Chunks(), huge) is None
    lanes = b"".join(b"\x00" + bytes([i]) + bytes(11) for i in range(100))
    assert read_all(Chunks(), lanes) is None
    for body in (
        b"\x0a\xff\xff\xff\xff" + b"\x05" * 1000,  # an array without an end
        b"\x03\x00\x01a" * 100,  # an object in an object
        b"\x0c\xff\xff\xff\xff",
    ):
        with pytest.raises(ValueError, match=r"too"):
            read_command(Message(COMMAND, 0, body))
    assert read_all(Answers(), b"RTSP/1.0 200 OK\r\n" + b"a: b\r\n" * 300 + b"\r\n") is None
    assert read_all(Answers(), b"RTSP/1.0 200 OK\r\n" + b"a" * 40000) is None
    assert read_all(Answers(), b"RTSP/1.0 200 OK\r\nContent-Length: 999999999\r\n\r\n") is None
    assert read_all(Answers(), b"HTTP/1.1 400 Bad Request\r\n\r\n") is None


def test_floods_take_little_time():
    begun = time.monotonic()
    assert len(read_all(Chunks(), bytes([4]) + bytes(11) + b"\xc4" * 200_000)) == 200_001
    assert read_all(Answers(), b"$\x00\x00\x00" * 200_000) == []
    assert time.monotonic() - begun < 10


class Saying:
    """In place of a connection: what was to be said anyway, then a hang-up."""

    cut = threading.Event()

    def __init__(self, raw, sizes):
        self.parts = pieces(raw, sizes)

    def say(self, words):
        pass

    def hear(self, seconds):
        for part in self.parts:
            return part
        raise Ended


LIVE = Target(Kind.STREAM, "bao.test", "127.34.0.1", url="rtmp://bao.test/live/news")


@given(damaged(RTMP) | st.binary(max_size=300), cuts)
def test_a_talk_of_nonsense_is_not_known(raw, sizes):
    for step in (_play, lambda session, _, says: _publish(session, says)):
        says = {}
        line = Saying(raw, sizes)
        session = _Session(line, Hearing(line))
        try:
            _connect(session, LIVE, reach(), says)
            found = step(session, LIVE, says)
        except (_Shut, Ended, Garbled, TimeoutError):
            continue
        assert found in (True, False) or isinstance(found, Unknown)


commands_of_sorts = st.lists(
    st.builds(
        lambda name, number, rest: command(name, number, *rest),
        st.sampled_from(["_result", "_error", "onStatus", "close", ""]),
        st.sampled_from([0.0, 1.0, 4.0, 5.0]),
        st.lists(values, max_size=3),
    ),
    max_size=8,
).map(b"".join)


@given(commands_of_sorts, cuts)
def test_a_talk_of_strange_commands_is_not_known(raw, sizes):
    says = {}
    line = Saying(raw, sizes)
    session = _Session(line, Hearing(line))
    try:
        _connect(session, LIVE, reach(), says)
        _publish(session, says)
    except (_Shut, Ended, Garbled, TimeoutError):
        assert all(isinstance(value, str) for value in says.values())


def test_a_number_that_is_none():
    (value,) = read_command(Message(COMMAND, 0, amf(math.nan)))
    assert math.isnan(value)


@pytest.mark.parametrize(
    ("control", "where"),
    [
        ("streamid=1", "rtsp://bao.test/live/streamid=1"),
        ("rtsp://bao.test/live/t1", "rtsp://bao.test/live/t1"),
        ("x y", ""),
        ("", ""),
        ("a" * 2000, "rtsp://bao.test/live/" + "a" * 500),
    ],
)
def test_where_a_track_is_set_up(control, where):
    sdp = f"v=0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=control:{control}\r\n"
    answer = rtsp_wire.Answer(200, body=sdp.encode())
    assert answer.control("rtsp://bao.test/live") == where


def test_a_request_is_one_request():
    raw = rtsp_wire.request("DESCRIBE", "rtsp://bao.test/sóng 1\r\nX: y", 1, "press-scan/1")
    assert raw.count(b"\r\n\r\n") == 1 and b"s%C3%B3ng%201%0D%0AX:%20y RTSP/1.0" in raw
