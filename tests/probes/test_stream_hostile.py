"""Streams from servers that no client should trust: endless, slow, lying, leading astray."""

from __future__ import annotations

import tracemalloc

import pytest

from checks import Status
from checks.streaming.delivery import live, playlist_origin
from facts.base import Undecided, Unknown
from facts.stream_web import Carried
from scanner.probes import http_session, stream_http, stream_walk
from tests.factories.streams import stream
from tests.lab import hostile as lab
from tests.lab.hostile import hostile
from tests.probes.reaches import reach
from tests.probes.streams_web import NAME, look, target

HOME = "127.32.42.1"
HEAD = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
ICY = (
    b"ICY 200 OK\r\nicy-notice1:<BR>This stream requires Winamp<BR>\r\n"
    b"icy-notice2:SHOUTcast Distributed Network Audio Server/Linux v1.9.8<BR>\r\n"
    b"icy-name:Dai\r\ncontent-type:audio/mpeg\r\nicy-br:64\r\n\r\n"
)  # as the SHOUTcast of old answers


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(http_session, "SECONDS", 1.0)
    monkeypatch.setattr(http_session, "WAIT", 0.8)
    monkeypatch.setattr(http_session, "AGAIN", 0.01)
    monkeypatch.setattr(stream_http, "LONGEST", 1.0)


def page(body, kind="application/vnd.apple.mpegurl"):
    """A server that shows the same at every path."""
    text = body.encode("utf-8", "replace")
    head = f"{HEAD}Content-Type: {kind}\r\nContent-Length: {len(text)}\r\n\r\n"

    def answer(path, server):
        yield head.encode() + text

    return answer


def endless(start, piece):
    def answer(path, server):
        yield start
        while True:
            yield piece

    return answer


def found(answer, path="live.m3u8"):
    with hostile(HOME, lab.http(answer)) as server:
        facts, leads, contacts = look(f"http://{NAME}:{server.port}/{path}", HOME, within=15)
        return facts, leads, contacts, server


def test_a_mount_without_an_end_is_cut():
    head = f"{HEAD}Content-Type: audio/mpeg\r\n\r\n".encode()
    tracemalloc.start()
    facts, _, _, server = found(endless(head, b"\xff\xfb" * 40_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (facts.carried, facts.moves) == (Carried.MOUNT, True)
    assert peak < 8 << 20
    assert len(server.calls) == 1


def test_an_old_shoutcast():
    facts, _, _, _ = found(endless(ICY, b"\xff\xfb" * 4000), path=";")
    assert (facts.carried, facts.played, facts.published) == (
        Carried.MOUNT,
        True,
        facts.published,
    )


def test_a_mount_that_stays_silent_is_not_on_the_air():
    def answer(path, server):
        yield f"{HEAD}Content-Type: audio/mpeg\r\n\r\n".encode()
        server.over.wait(5)

    with pytest.raises(Undecided):
        found(answer)


def test_a_playlist_without_an_end():
    head = f"{HEAD}\r\n#EXTM3U\n".encode()
    facts, _, _, _ = found(endless(head, b"#EXTINF:1,\nhttp://a.test/a.ts\n" * 1000))
    assert isinstance(facts.read, Unknown)
    assert isinstance(facts.moves, Unknown)


def test_playlists_that_name_themselves_and_ever_more():
    rows = "".join(f"#EXT-X-STREAM-INF:BANDWIDTH=1\nmore/{i}.m3u8\n" for i in range(300))
    facts, _, contacts, _ = found(page(f"#EXTM3U\n{rows}#EXT-X-STREAM-INF:A=1\nlive.m3u8\n"))
    assert facts.read == Unknown(stream_walk.MANY)
    assert sum(" GET " in line for line in contacts) <= stream_walk.PLAYLISTS + 3


def test_a_thousand_hosts():
    rows = "".join(f"#EXTINF:1,\nhttps://h{i}.test/a.ts\n" for i in range(1000))
    facts, leads, contacts, _ = found(page(f"#EXTM3U\n{rows}#EXT-X-ENDLIST\n"))
    assert len(facts.sources) == stream_walk.SOURCES
    assert facts.read == Unknown(stream_walk.HOSTS)
    assert len(leads) == stream_http.LEADS
    assert not any(".test/a.ts" in line for line in contacts)


@pytest.mark.parametrize(
    "answer",
    [
        lab.drip,
        lab.endless_headers,
        lab.redirect_to("http://{address}:{port}/{path}x"),
        lab.redirect_to("http://169.254.169.254/latest/meta-data/"),
        lab.redirect_to("file:///etc/passwd"),
        lab.soft_404,
        lab.endless_body,
        page("#EXTM3U\n#EXTINF:x\n"),
        page("#EXTM3U\n#EXTINF:1,\nhttp://[\n"),
        page("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"),
        page("<MPD><Period>", "application/dash+xml"),
        page('<!DOCTYPE MPD [<!ENTITY a "b">]><MPD>&a;</MPD>', "application/dash+xml"),
        page("\x00\x01\x02", "video/mp2t"),
        endless(b"ICY ", b"x" * 1000),
        lambda path, server: iter([b"ICY"]),
        lambda path, server: iter([b"ICY 200 OK\r\ncontent-type:audio/mpeg\r\n"]),
        lambda path, server: iter([b"ICY 999999 \r\n\r\n"]),
    ],
)
def test_no_other_passes(answer):
    """Bounded, and nothing out of scope is asked; what it says is never a good programme."""
    try:
        facts, _, contacts, _ = found(answer)
    except Undecided:
        return
    assert not any("169.254" in line or "passwd" in line for line in contacts)
    assert facts.secure is False
    whole, place = stream(web=facts), target(f"https://{NAME}/", HOME)
    for check in (live, playlist_origin):
        if facts.carried is Carried.MOUNT:
            continue
        try:
            assert check(whole, place).status is not Status.PASS
        except Undecided:
            continue


def test_a_run_that_is_stopped_ends_at_once():
    way = reach(f"{HOME}/32", lookup={NAME: [HOME]})
    rows = "#EXT-X-TARGETDURATION:9\n#EXTINF:9,\na.ts\n"

    def answer(path, server):
        if len(server.calls) > 3:
            way.stop.set()
        yield from page(f"#EXTM3U\n{rows}")(path, server)

    with hostile(HOME, lab.http(answer)) as server, pytest.raises(Undecided):
        look(f"http://{NAME}:{server.port}/live.m3u8", HOME, way=way, within=5)
