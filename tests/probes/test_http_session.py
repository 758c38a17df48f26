"""The HTTP client against servers that no client should trust."""

from __future__ import annotations

import gzip
import re
import socket
import threading
import time
import tracemalloc
import zlib
from contextlib import closing, contextmanager

import pytest
import requests

from facts.base import Undecided, Unknown
from facts.declared import Kind, Target
from facts.http import Answer
from scanner.probes import http_session
from scanner.probes.http_session import Session
from tests.lab import hostile as lab
from tests.lab.hostile import hostile
from tests.lab.places import free_port
from tests.probes.reaches import reach

HOME = "127.32.1.1"
AWAY = "127.33.1.1"  # outside the authorised networks


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(http_session, "SECONDS", 1.5)
    monkeypatch.setattr(http_session, "WAIT", 1.0)
    monkeypatch.setattr(http_session, "AGAIN", 0.01)


def site(port, name=HOME, scheme="http"):
    return Target(Kind.SITE, name, address=HOME, port=port, url=f"{scheme}://{name}:{port}/")


@contextmanager
def talking(behaviour, **how):
    with hostile(HOME, behaviour) as server, Session(site(server.port), reach(**how)) as session:
        yield server, session, f"http://{HOME}:{server.port}/"


def page(*pieces):
    def answer(path, server):
        yield from pieces

    return lab.http(answer)


def whole(body, *headers):
    head = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers]
    return page(b"\r\n".join(head) + b"\r\n\r\n" + body)


def timed(ask):
    start = time.monotonic()
    got = ask()
    return got, time.monotonic() - start


def flood(piece):
    def answer(path, server):
        yield b"HTTP/1.1 200 OK\r\n"
        while True:
            yield piece

    return lab.http(answer)


def chunk_header_without_end(path, server):
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x="
    while True:
        yield b"x" * 65536


def continue_for_ever(path, server):
    while True:
        yield b"HTTP/1.1 100 Continue\r\n\r\n" * 100


def ends_in_headers(path, server):
    yield b"HTTP/1.1 200 OK\r\nX-One: 1\r\n"


def drip_headers(path, server):
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X-More: x\r\n" * 1000:
        yield bytes([byte])
        server.over.wait(0.2)


def drip_body(path, server):
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Bao"
    for _ in range(1000):
        yield b"."
        server.over.wait(0.2)


BROKEN = {
    "never answers": (lab.never_answers, "No answer in time"),
    "garbage": (lab.garbage, "The answer was not HTTP, or the connection failed"),
    "reset": (lab.reset, "The connection was broken off"),
    "hangs up": (lambda sock, server: sock.recv(4096), "The connection was broken off"),
    "endless headers": (lab.http(lab.endless_headers), "The answer's headers have no end"),
    "one endless header": (flood(b"x" * 65536), "The answer's headers have no end"),
    "a drip of headers": (lab.http(drip_headers), "No answer in time"),
    "ends inside the headers": (lab.http(ends_in_headers), "The connection was broken off"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_answer_is_reported_as_what_it_is_and_costs_little(name):
    behaviour, why = BROKEN[name]
    with talking(behaviour) as (server, session, url):
        got, seconds = timed(lambda: session.try_ask(url))
    assert isinstance(got, Unknown)
    assert got.unknown == why
    assert seconds < 2 * (1.5 + 1.0)
    assert len(server.calls) == 2, "one retry, no more"


def test_continue_for_ever_ends():
    with talking(lab.http(continue_for_ever)) as (_, session, url):
        got, seconds = timed(lambda: session.try_ask(url))
    assert isinstance(got, Unknown)
    assert seconds < 5


FLOODS = {
    "endless body": (lab.http(lab.endless_body), 200),
    "chunk header without end": (lab.http(chunk_header_without_end), None),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_costs_bounded_memory(name):
    behaviour, status = FLOODS[name]
    with talking(behaviour) as (_, session, url):
        tracemalloc.start()
        got, seconds = timed(lambda: session.try_ask(url))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert seconds < 5
    assert peak < 16 << 20
    if status:
        assert (got.status, got.truncated, len(got.body)) == (status, True, http_session.BODY)
    else:
        assert isinstance(got, Unknown)


def test_a_redirect_with_an_endless_body_is_not_read_to_its_end():
    def answer(path, server):
        yield b"HTTP/1.1 302 Found\r\nLocation: /x\r\nConnection: close\r\n\r\n"
        while True:
            yield b"x" * 65536

    with talking(lab.http(answer)) as (server, session, url):
        got, seconds = timed(lambda: session.ask(url, most=1000))
    assert (got.status, got.header("location"), len(got.body)) == (302, "/x", 1000)
    assert seconds < 1.5
    assert len(server.calls) == 1, "a redirect is never followed by itself"


def test_a_slow_body_is_kept_as_far_as_it_came():
    with talking(lab.http(drip_body)) as (_, session, url):
        got, seconds = timed(lambda: session.ask(url))
    assert got.truncated
    assert got.body.startswith("<title>Bao")
    assert seconds < 3


def test_a_body_that_breaks_off_is_truncated():
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    with talking(page(cut)) as (_, session, url):
        assert (session.ask(url).body, session.ask(url).truncated) == ("half", True)


def test_a_gzip_bomb_is_cut():
    bomb = gzip.compress(bytes(50 << 20))
    with talking(whole(bomb, b"Content-Encoding: gzip")) as (_, session, url):
        tracemalloc.start()
        got = session.ask(url)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (len(got.body), got.truncated) == (http_session.BODY, True)
    assert peak < 16 << 20


@pytest.mark.parametrize(
    ("encoding", "body", "text", "truncated"),
    [
        (b"gzip", gzip.compress(b"tin"), "tin", False),
        (b"deflate", zlib.compress(b"tin"), "tin", False),
        (b"deflate", zlib.compress(b"tin")[2:-4], "tin", False),
        (b"br", b"\x0b\x01\x80tin\x03", "", True),
        (b"gzip", b"no gzip at all", "", True),
        (b"gzip", gzip.compress(b"tin" * 1000)[:-20], None, True),
    ],
)
def test_compression_that_nobody_asked_for(encoding, body, text, truncated):
    with talking(whole(body, b"Content-Encoding: " + encoding)) as (_, session, url):
        got = session.ask(url)
    assert got.truncated is truncated
    assert text is None or got.body == text


def test_a_redirect_loop_is_answers_and_nothing_more():
    with talking(lab.http(lab.redirect_to("/again"))) as (server, session, url):
        assert [session.ask(url).status for _ in range(3)] == [302] * 3
    assert len(server.calls) == 3


@contextmanager
def watched(address):
    """A socket that listens, and the connections that were made to it."""
    met = []
    with closing(socket.create_server((address, 0))) as sock:
        sock.settimeout(0.05)
        over = threading.Event()

        def accept():
            while not over.is_set():
                try:
                    connection, _ = sock.accept()
                except TimeoutError:
                    continue
                met.append(connection)
                connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield sock.getsockname()[1], met
        finally:
            over.set()
            thread.join()


def test_another_address_outside_the_networks_is_never_connected_to():
    with watched(AWAY) as (port, met), Session(site(80), reach()) as session:
        got = session.try_ask(f"http://{AWAY}:{port}/")
        assert got == Unknown("The name leads outside the authorised networks", AWAY)
        time.sleep(0.2)
    assert met == []


def test_a_name_that_resolves_elsewhere_is_never_connected_to():
    way = reach(names=("*.bao.test",), lookup={"evil.bao.test": [AWAY]})
    with watched(AWAY) as (port, met), Session(site(80), way) as session:
        got = session.try_ask(f"http://evil.bao.test:{port}/")
        time.sleep(0.2)
    assert isinstance(got, Unknown)
    assert got.unknown == "The name leads outside the authorised networks"
    assert met == []


def test_a_name_that_does_not_resolve_is_said_so():
    with Session(site(80), reach()) as session:
        got = session.try_ask("http://khong-co.bao.test/")
    assert got == Unknown("The name does not resolve")


@pytest.mark.parametrize(
    "url", ["file:/etc/passwd", "gopher://x/", "http://", "http://[::1", "//x"]
)
def test_what_is_no_web_address_is_not_asked(url):
    with Session(site(80), reach()) as session:
        assert session.try_ask(url) == Unknown("The address is no web address")


def test_the_checked_address_is_used_whatever_the_name_says():
    way = reach(lookup={"www.bao.test": [AWAY]})
    with hostile(HOME, whole(b"tin")) as server:
        target = site(server.port, name="www.bao.test")
        with Session(target, way) as session:
            assert session.ask(target.url).body == "tin"
    assert len(server.calls) == 1


def test_a_refused_connection_is_said_so():
    with Session(site(80), reach()) as session:
        got = session.try_ask(f"http://{HOME}:{free_port(HOME)}/")
    assert got == Unknown("The connection was refused")


@pytest.mark.parametrize("behaviour", [lab.never_answers, lab.garbage, lab.reset])
def test_a_handshake_that_fails_costs_bounded_time(behaviour):
    with hostile(HOME, behaviour) as server:
        target = site(server.port, scheme="https")
        with Session(target, reach()) as session:
            got, seconds = timed(lambda: session.try_ask(target.url))
    assert isinstance(got, Unknown)
    assert seconds < 5


def test_a_handshake_that_drips_costs_bounded_time():
    def drip(sock, server):
        sock.recv(4096)
        for byte in b"\x16\x03\x03\x40\x00" + bytes(16384):
            sock.sendall(bytes([byte]))
            server.over.wait(0.2)

    with hostile(HOME, drip) as server:
        target = site(server.port, scheme="https")
        with Session(target, reach()) as session:
            got, seconds = timed(lambda: session.try_ask(target.url))
    assert got == Unknown("No answer in time")
    assert seconds < 6


def test_headers_are_kept_in_order_and_cookies_without_their_values():
    headers = (b"Set-Cookie: a=secret; Path=/", b"X-B: 1", b"Set-Cookie: b=; Max-Age=0", b"x-b: 2")
    with talking(whole(b"", *headers)) as (_, session, url):
        got = session.ask(url)
    assert got.all("set-cookie") == ("a=…; Path=/", "b=; Max-Age=0")
    assert got.header("X-B") == "1, 2"
    assert "secret" not in repr(got)


def test_who_asks_is_said_and_every_request_is_written_down():
    asked = []

    def behave(sock, server):
        asked.append(sock.recv(65536).decode())
        sock.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    way = reach()
    with hostile(HOME, behave) as server, Session(site(server.port), way) as session:
        session.ask(f"http://{HOME}:{server.port}/tin", method="OPTIONS")
    assert re.search(r"User-Agent: press-scan/\S+ \(.*soc@example\.vn\)", asked[0])
    assert any(f"OPTIONS http://{HOME}:{server.port}/tin" in line for line in way.contacts)


def test_a_used_up_visit_is_an_unknown_and_a_stopped_run_is_not():
    way = reach()
    way.ends = time.monotonic() - 1
    with Session(site(80), way) as session:
        assert session.try_ask(f"http://{HOME}/") == Unknown("The time for this visit is used up")
        way.stop.set()
        with pytest.raises(Undecided):
            session.try_ask(f"http://{HOME}/")


def test_ask_raises_and_attempt_returns():
    with Session(site(80), reach()) as session:
        url = f"http://{HOME}:{free_port(HOME)}/"
        with pytest.raises(requests.ConnectionError):
            session.ask(url)
        assert isinstance(session.attempt(url), requests.ConnectionError)


def test_an_unusual_name_is_written_as_the_network_does():
    with hostile(HOME, whole("tin tức".encode(), b"Content-Type: text/plain")) as server:
        target = site(server.port, name="báo.test")
        with Session(target, reach()) as session:
            assert isinstance(got := session.ask(target.url), Answer)
    assert got.body == "tin tức"
