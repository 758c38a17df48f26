"""May a stranger publish?  A real Icecast that refuses and one that takes everybody; WHIP by hand.

No package of Debian offers WHIP: its answers are made from RFC 9725.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import Status
from checks.streaming.access import publish_auth
from facts.base import Unknown
from facts.stream_web import Carried
from facts.stream_wire import NOT_ALLOWED
from scanner.probes import stream_publish, stream_rtc
from scanner.probes.stream_publish import whip_place
from tests.factories.streams import NO_LOGIN, stream
from tests.lab.hostile import hostile
from tests.lab.media import icecast
from tests.lab.places import free_port, open_folder
from tests.probes.streams_web import NAME, look, target

HOME = "127.32.41.1"
LET_IN = (
    b"HTTP/1.1 200 OK\r\nicecast-auth-user: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)
OPEN = """<mount type="default"><authentication type="url">
<option name="stream_auth" value="http://{0}:{1}/"/></authentication></mount>"""
ALLOWED = ("publish",)


def recorded(*answers):
    """A server that gives these answers, one for each request, and keeps the requests."""
    heard = []

    def behave(sock, _):
        sock.settimeout(5)
        head = b""
        while b"\r\n\r\n" not in head:
            head += sock.recv(4096)
        start, _, rest = head.partition(b"\r\n\r\n")
        fields = dict(
            line.lower().split(b": ", 1) for line in start.split(b"\r\n")[1:] if b": " in line
        )
        while len(rest) < int(fields.get(b"content-length", b"0")):
            rest += sock.recv(4096)
        heard.append((start.split(b"\r\n")[0].decode(), rest))
        sock.sendall(answers[min(len(heard), len(answers)) - 1])

    return behave, heard


def said(status, *headers):
    head = "".join(f"{one}\r\n" for one in (*headers, "Content-Length: 0", "Connection: close"))
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode()


def verdict(facts):
    whole = stream(scheme="https", wire=None, web=facts)
    return publish_auth(whole, target(f"https://{NAME}/", HOME, use="ingest"), NO_LOGIN).status


def test_icecast_refuses_a_stranger():
    with open_folder() as folder:
        port = free_port(HOME)
        with icecast(folder, address=HOME, port=port):
            url = f"http://{NAME}:{port}/live.mp3"
            facts, _, contacts = look(url, HOME, active=ALLOWED, use="ingest")
    assert facts.published is False
    (put,) = [line for line in contacts if " PUT " in line]
    assert "/press-scan-" in put
    assert verdict(facts) is Status.PASS


def test_icecast_takes_everybody():
    behave, heard = recorded(LET_IN)
    with open_folder() as folder, hostile(HOME, behave) as keeper:
        port = free_port(HOME)
        more = OPEN.format(HOME, keeper.port)
        with icecast(folder, address=HOME, port=port, more=more):
            url = f"http://{NAME}:{port}/live.mp3"
            facts, _, _ = look(url, HOME, active=ALLOWED, use="ingest")
            assert len(heard) == 1
            again, _, _ = look(url, HOME, use="ingest")
    assert facts.published is True
    assert verdict(facts) is Status.FAIL
    assert (again.published, len(heard)) == (NOT_ALLOWED, 1)


def whip(*answers, path="live/key/whip", active=ALLOWED, use="ingest"):
    """What is found at a WHIP address with these answers, and what was asked there."""
    behave, heard = recorded(*answers)
    with hostile(HOME, behave) as server:
        facts, leads, _ = look(f"http://{NAME}:{server.port}/{path}", HOME, active=active, use=use)
    assert leads == ()
    return facts, heard


def test_whip_takes_everybody():
    facts, heard = whip(said("204 No Content"), said("201 Created", "Location: /made/1"), said(200))
    assert [line.split(" ")[0] for line, _ in heard] == ["OPTIONS", "POST", "DELETE"]
    post, offer = heard[1]
    assert post.split(" ")[1].startswith("/live/press-scan-")
    assert offer.startswith(b"v=0\r\n")
    assert b"a=sendonly\r\n" in offer
    assert heard[2][0] == "DELETE /made/1 HTTP/1.1"
    assert (facts.carried, facts.published, facts.played) == (Carried.WHIP, True, None)
    assert verdict(facts) is Status.FAIL


def test_what_whip_made_elsewhere_is_left_alone():
    facts, heard = whip(said(204), said("201 Created", "Location: http://192.0.2.1/made"))
    assert (facts.published, len(heard)) == (True, 2)


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        ("401 Unauthorized", False),
        ("403 Forbidden", False),
        ("404 Not Found", False),
        ("400 Bad Request", Unknown(stream_publish.NOT_SAID, "400")),
        ("503 Service Unavailable", Unknown(stream_publish.NOT_SAID, "503")),
        ("200 OK", Unknown(stream_publish.NOT_SAID, "200")),
    ],
)
def test_whip_says(status, wanted):
    facts, _ = whip(said(204), said(status))
    assert facts.published == wanted


def test_whip_is_not_tried_unless_it_is_allowed():
    facts, heard = whip(said(204), active=())
    assert facts.published == NOT_ALLOWED
    assert [line.split(" ")[0] for line, _ in heard] == ["OPTIONS"]


def test_whep():
    facts, heard = whip(said(204), path="whep/key", use="contribution")
    assert (facts.carried, facts.published) == (Carried.WHEP, None)
    assert facts.played == stream_rtc.NO_PLAY
    facts, _ = whip(said("401 Unauthorized"), path="whep/key", use="contribution")
    assert facts.played is False
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://a.vn/live/key/whip", "https://a.vn/live/N/whip"),
        ("https://a.vn/whip/key", "https://a.vn/whip/N"),
        ("https://a.vn/whip/live/key", "https://a.vn/whip/N"),
        ("https://a.vn/rtc/v1/whip/?app=live&stream=key", "https://a.vn/rtc/v1/whip/?app=live&stream=N"),
        ("https://a.vn/whip", ""),
        ("https://a.vn/live", ""),
    ],
)  # fmt: skip
def test_where_the_name_stands(url, wanted):
    assert whip_place(url, "N") == wanted


@given(st.text(alphabet="/whip?&=stream%a.", max_size=40))
def test_any_path(path):
    place = whip_place(f"https://a.vn/{path}", "N")
    assert place == "" or urlsplit(place).netloc == "a.vn"
