"""Streaming servers that refuse in other ways, and those that no one would wish for.

By hand: what Wowza, SRS and Adobe's server say stands in their manuals; no package has them.
"""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from facts.base import Undecided, Unknown
from facts.declared import Kind, Streaming, Target
from scanner.probes import (
    rtmp_said,
    rtmp_wire,
    stream_line,
    stream_rtmp,
    stream_rtsp,
    stream_srt,
    streams,
)
from scanner.probes.rtmp_wire import Chunks, command, packed, read_command
from tests.lab.hostile import hostile, never_answers, reset
from tests.lab.services import responder
from tests.probes.reaches import reach

ADDRESS = "127.34.53.1"
WELCOME = {"level": "status", "code": "NetConnection.Connect.Success"}
PATIENCE = 6.0  # seconds: TOTAL, and what a loaded machine adds


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(stream_line, "WAIT", 0.3)
    monkeypatch.setattr(stream_line, "MEDIA", 0.2)
    monkeypatch.setattr(stream_line, "LATER", 0.2)
    monkeypatch.setattr(stream_line, "TOTAL", 0.9)
    monkeypatch.setattr(stream_srt, "WAIT", 0.1)


def look(port, scheme="rtmp", *active, path="live/news"):
    url = f"{scheme}://{ADDRESS}:{port}/{path}"
    said = Streaming("ingest")
    target = Target(Kind.STREAM, ADDRESS, ADDRESS, port, url, stream=said, active=active)
    return streams.gather(target, reach("127.34.0.0/16")).wire


def error(code, said="", name="onStatus", number=0.0):
    return command(name, number, None, _info(code, "error", said))


def status(code):
    return command("onStatus", 0.0, None, _info(code, "status"))


def _info(code, level, description=""):
    return {"level": level, "code": code, "description": description}


def rtmp(**answers):
    """A server of RTMP: what it says to each command; None hangs up."""
    said = {
        "connect": command("_result", 1.0, {"fmsVer": "FMS/3,5,7,7009"}, WELCOME),
        "createStream": command("_result", 4.0, None, 1.0),
        **answers,
    }

    def behave(sock, server):
        sock.settimeout(5)
        sock.sendall(b"\x03" + sock.recv(1537, 0x100)[1:] * 2)  # MSG_WAITALL
        sock.recv(1536, 0x100)
        chunks = Chunks()
        while part := sock.recv(4096):
            for asked in filter(None, map(read_command, chunks.feed(part))):
                answer = said.get(asked[0], b"")
                if answer is None:
                    return
                for piece in answer if not isinstance(answer, bytes) else [answer]:
                    if server.over.is_set():
                        return
                    sock.sendall(piece)

    return behave


def seen(*active, **answers):
    with hostile(ADDRESS, rtmp(**answers)) as server:
        return look(server.port, "rtmp", *active)


ADOBE = "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : "
MISSING = "[ Server.Reject ] : Application authlive is not defined"


def test_a_server_that_asks_at_the_door():
    refusal = error("NetConnection.Connect.Rejected", ADOBE, "_error", 1.0)
    facts = seen("publish", connect=refusal)
    assert facts.published is False and facts.played is False
    assert facts.says == {"connect": "NetConnection.Connect.Rejected"}


@pytest.mark.parametrize("name", ["_error", "onStatus"])
def test_an_application_that_is_missing_is_no_refusal(name):
    with hostile(
        ADDRESS, rtmp(connect=error("NetConnection.Connect.Rejected", MISSING, name, 1.0))
    ) as server:
        facts = look(server.port, "rtmp", "publish", path="authlive/news")
    why = Unknown(rtmp_said.REFUSED, "NetConnection.Connect.Rejected")
    assert facts.published == facts.played == why


@pytest.mark.parametrize(
    ("answer", "published"),
    [
        (error("NetStream.Publish.BadName"), False),
        (error("NetStream.Publish.Denied", name="_error", number=5.0), False),
        (status("NetStream.Publish.Start"), True),
        (status("NetStream.Publish.Start") + error("NetStream.Publish.Rejected"), False),
        (None, False),
        (b"", Unknown(stream_rtmp.NO_ANSWER)),
        (
            status("NetStream.Publish.Idle"),
            Unknown(stream_rtmp.NO_ANSWER, "NetStream.Publish.Idle"),
        ),
        (b"\xff" * 50, Unknown(stream_line.OTHER)),
    ],
)
def test_what_a_server_says_to_who_publishes(answer, published):
    assert seen("publish", publish=answer).published == published


MEDIA = packed(6, rtmp_wire.VIDEO, 1, b"\x17\x01")
START = status("NetStream.Play.Start")


@pytest.mark.parametrize(
    ("answer", "played"),
    [
        (START + MEDIA, True),
        (START, Unknown(rtmp_said.OFF_AIR)),
        (error("NetStream.Play.Failed", "not authorized: login first"), False),
        (error("NetStream.Play.StreamNotFound"), Unknown(rtmp_said.OFF_AIR)),
        (packed(6, rtmp_wire.AUDIO, 1, b""), Unknown(rtmp_said.OFF_AIR)),
        (None, Unknown(rtmp_said.LEFT)),
    ],
)
def test_what_a_server_says_to_who_plays(answer, played):
    found = seen(play=answer).played
    if isinstance(found, Unknown):
        found = replace(found, detail="")
    assert found == played


def test_one_that_always_says_when_a_stream_is_off_the_air_refuses_by_hanging_up():
    answer = command("_result", 1.0, {"fmsVer": rtmp_said.PLAIN_SPOKEN}, WELCOME)
    assert seen(connect=answer, play=None).played is False


@pytest.mark.parametrize("word", ["releaseStream", "FCPublish"])
def test_what_announces_a_stream_may_be_unknown(word):
    unknown = error("NetConnection.Call.Failed", name="_error", number=2.0 + (word == "FCPublish"))
    facts = seen("publish", **{word: unknown}, publish=status("NetStream.Publish.Start"))
    assert facts.published is True


def test_one_that_refuses_when_the_name_is_announced():
    assert seen("publish", FCPublish=error("NetStream.Publish.BadName")).published is False


def test_one_that_hangs_up_after_the_end_of_a_stream_refused_nobody():
    def over():
        yield error("NetStream.Play.StreamNotFound")
        raise ConnectionError

    assert seen(play=over()).played == Unknown(rtmp_said.OFF_AIR, "NetStream.Play.StreamNotFound")


def endless(piece):
    while True:
        yield piece


def drip(sock, server):
    for byte in b"\x03" + bytes(4000):
        sock.sendall(bytes([byte]))
        if server.over.wait(0.05):
            return


def flood(sock, server):
    while not server.over.is_set():
        sock.sendall(b"RTSP/1.0 100 Continue\r\nCSeq: 77\r\n\r\n" * 500)


def flood_of_frames(sock, server):
    while not server.over.is_set():
        sock.sendall(b"$\x00\x10\x00" + bytes(4096))


@pytest.mark.parametrize("behaviour", [never_answers, reset, drip, flood, flood_of_frames])
@pytest.mark.parametrize("scheme", ["rtmp", "rtsp"])
def test_hostile_servers_end_in_time(behaviour, scheme):
    begun = time.monotonic()
    with hostile(ADDRESS, behaviour) as server, pytest.raises(Undecided):
        look(server.port, scheme, "publish")
    assert time.monotonic() - begun < PATIENCE


@pytest.mark.parametrize("scheme", ["rtmps", "rtsps"])
def test_one_that_never_shakes_hands(scheme):
    with hostile(ADDRESS, never_answers) as server, pytest.raises(Undecided, match="No TLS"):
        look(server.port, scheme)


@pytest.mark.parametrize(
    "piece",
    [
        packed(4, 18, 1, bytes(4000)),  # data for ever
        bytes([4]) + bytes(3) + b"\xff\xff\xff\x09" + bytes(4),  # sixteen megabytes to come
        b"\xc3" * 1000,
        status("NetStream.Play.Reset"),
    ],
)
def test_an_endless_stream_ends_in_time(piece):
    begun = time.monotonic()
    facts = seen("publish", play=endless(piece), publish=endless(piece))
    assert isinstance(facts.played, Unknown) and isinstance(facts.published, Unknown)
    assert time.monotonic() - begun < 2 * PATIENCE


def test_what_we_cut_ourselves_is_no_refusal(monkeypatch):
    monkeypatch.setattr(stream_line, "TOTAL", 0.5)
    monkeypatch.setattr(stream_line, "MEDIA", 5.0)
    monkeypatch.setattr(stream_line, "LATER", 5.0)
    facts = seen("publish", play=START, publish=status("NetStream.Publish.Start"))
    assert isinstance(facts.played, Unknown) and facts.published == stream_line.SILENT


def said_at_once(sock, server):
    """All answers in one packet, before they are asked for."""
    sock.settimeout(5)
    sock.sendall(b"\x03" + sock.recv(1537, 0x100)[1:] * 2)
    sock.recv(1536, 0x100)
    welcome = command("_result", 1.0, {}, WELCOME) + command("_result", 4.0, None, 1.0)
    sock.sendall(welcome + START + MEDIA)
    server.over.wait(5)


def test_nothing_that_was_said_gets_lost():
    with hostile(ADDRESS, said_at_once) as server:
        assert look(server.port).played is True


def rtsp(*answers):
    """A server of RTSP that gives one answer after the other."""

    def behave(sock, server):
        sock.settimeout(5)
        for answer in (b"RTSP/1.0 200 OK\r\nServer: x\r\n\r\n", *answers):
            if not sock.recv(4096):
                return
            sock.sendall(answer)
        server.over.wait(5)

    return behave


SDP = b"v=0\r\nm=video 0 RTP/AVP 96\r\na=control:t\r\n"
TOLD = b"RTSP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(SDP), SDP)


@pytest.mark.parametrize(
    ("answers", "played"),
    [
        ([b"RTSP/1.0 403 Forbidden\r\n\r\n"], False),
        ([b"RTSP/1.0 302 Moved\r\n\r\n"], Unknown(stream_rtsp.OTHERWISE, "302")),
        ([b"RTSP/1.0 200 OK\r\n\r\n"], Unknown(stream_rtsp.OTHERWISE, "200")),  # nothing described
        ([TOLD, b"RTSP/1.0 401 Unauthorized\r\n\r\n"], False),  # it asks late
        (
            [TOLD, b"RTSP/1.0 461 Unsupported Transport\r\n\r\n"],
            Unknown(stream_rtsp.OTHERWISE, "461"),
        ),
        ([TOLD, b"RTSP/1.0 200 OK\r\nSession: a\r\n\r\n", b""], True),
        ([b"HTTP/1.1 400 Bad Request\r\n\r\n"], Unknown(stream_line.OTHER)),
        ([b""], stream_line.SILENT),
    ],
)
def test_what_a_server_of_rtsp_says(answers, played):
    with hostile(ADDRESS, rtsp(*answers)) as server:
        assert look(server.port, "rtsp").played == played


def test_an_srt_listener_that_floods(monkeypatch):
    monkeypatch.setattr(stream_srt, "PACKETS", 5)
    odd = responder(lambda _: b"\x80\x00" + bytes(1400), address=ADDRESS)
    with odd as port, pytest.raises(Undecided):
        look(port, "srt")
