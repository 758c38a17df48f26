"""The RTSP client against GStreamer's RTSP server, with nginx's TLS before it."""

from __future__ import annotations

import pytest

from checks import Status
from checks.streaming import access, encryption
from facts.base import Absent, Undecided, Unknown
from facts.declared import Kind, Streaming, Target
from facts.stream_wire import NOT_ALLOWED
from scanner.probes import stream_line, stream_rtsp, streams
from tests.factories.streams import NO_LOGIN
from tests.lab import certs
from tests.lab import streams as lab
from tests.lab.hostile import garbage, hostile
from tests.lab.places import free_port, open_folder
from tests.probes.reaches import reach

ADDRESS, BEHIND = "127.34.51.1", "127.34.51.2"


def target(url, *active):
    port = int(url.split("/")[2].rpartition(":")[2])
    return Target(
        Kind.STREAM, ADDRESS, ADDRESS, port=port, url=url, stream=Streaming("contribution"),
        active=active, declared=True,
    )  # fmt: skip


def look(url, *active):
    return streams.gather(target(url, *active), reach("127.34.0.0/16"))


@pytest.fixture(scope="module")
def server():
    """Ports: in clear at an address of its own, and TLS before it."""
    clear, tls = free_port(BEHIND), free_port(ADDRESS)
    with open_folder() as folder:
        pem = certs.leaf(folder, ADDRESS)
        before = lab.tls_before(pem, f"{ADDRESS}:{tls}", f"{BEHIND}:{clear}")
        before += f"server {{ listen {ADDRESS}:{clear}; proxy_pass {BEHIND}:{clear}; }}"
        with (
            lab.rtsp(folder, address=BEHIND, port=clear),
            lab.nginx(folder, f"stream {{ {before} }}", address=ADDRESS, port=tls),
        ):
            yield clear, tls


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(stream_line, "WAIT", 5.0)


def test_a_stream_that_anybody_plays(server):
    url = f"rtsp://{ADDRESS}:{server[0]}/open"
    facts = look(url)
    assert facts.wire.played is True
    assert facts.wire.says == {"describe": "200", "setup": "200"}
    assert facts.wire.published == NOT_ALLOWED
    assert facts.wire.software.startswith("GStreamer RTSP server")
    assert access.read_auth(facts, target(url), NO_LOGIN).status is Status.FAIL
    assert encryption.encrypted(facts, target(url)).status is Status.FAIL


def test_one_that_asks_who_comes(server):
    url = f"rtsp://{ADDRESS}:{server[0]}/guarded"
    facts = look(url)
    assert facts.wire.played is False and facts.wire.says == {"describe": "401 basic"}
    assert access.read_auth(facts, target(url), NO_LOGIN).status is Status.PASS


def test_a_name_that_is_not_there_is_no_refusal(server):
    assert look(f"rtsp://{ADDRESS}:{server[0]}/nobody").wire.played == Unknown(
        stream_rtsp.NOT_THERE, "404"
    )


def test_a_password_in_the_address_is_not_used(server):
    url = f"rtsp://friend:secret@{ADDRESS}:{server[0]}/guarded"
    assert look(url).wire.played is False


@pytest.mark.parametrize(("name", "published"), [("in", True), ("barred", False), ("", False)])
def test_who_may_announce(server, name, published, monkeypatch):
    """GStreamer takes streams only under names that it knows: the test hits on one by chance."""
    if name:
        monkeypatch.setattr(stream_rtsp, "chance", lambda: name)
    url = f"rtsp://{ADDRESS}:{server[0]}/open"
    facts = look(url, "publish")
    assert facts.wire.published is published
    assert facts.wire.says["publish"] == {"in": "200", "barred": "401 basic", "": "404"}[name]
    verdict = access.publish_auth(facts, target(url), NO_LOGIN)
    assert verdict.status is (Status.FAIL if published else Status.PASS)


def test_inside_tls(server, monkeypatch):
    monkeypatch.setattr(stream_rtsp, "USUAL", server[0])
    url = f"rtsps://{ADDRESS}:{server[1]}/guarded"
    facts = look(url, "publish")
    assert facts.wire.secure is True and facts.wire.twin is True and facts.wire.played is False
    assert encryption.encrypted(facts, target(url)).status is Status.FAIL


def test_inside_tls_alone(server, monkeypatch):
    monkeypatch.setattr(stream_rtsp, "USUAL", free_port(ADDRESS))
    url = f"rtsps://{ADDRESS}:{server[1]}/open"
    facts = look(url)
    assert facts.wire.secure is True and facts.wire.twin is False and facts.wire.played is True
    assert encryption.encrypted(facts, target(url)).status is Status.PASS


def test_another_service_beside_it_is_no_twin(server, monkeypatch):
    with hostile(ADDRESS, garbage) as other:
        monkeypatch.setattr(stream_rtsp, "USUAL", other.port)
        assert look(f"rtsps://{ADDRESS}:{server[1]}/open").wire.twin is False


def test_nothing_there_and_something_else():
    with pytest.raises(Absent):
        look(f"rtsp://{ADDRESS}:{free_port(ADDRESS)}/open")
    with hostile(ADDRESS, garbage) as other, pytest.raises(Undecided, match="does not speak"):
        look(f"rtsp://{ADDRESS}:{other.port}/open")


@pytest.mark.parametrize(
    ("inside", "clear", "twin"),
    [
        (200, 200, True),
        (404, 401, True),
        (200, 403, False),
        (200, 301, False),
        (401, 404, False),
        (404, 404, Unknown(stream_rtsp.NOT_THERE, "404")),
        (0, 454, Unknown(stream_rtsp.NOT_THERE, "454")),
        (200, 500, Unknown(stream_rtsp.OTHERWISE, "500")),
    ],
)
def test_which_answer_in_clear_makes_a_twin(inside, clear, twin):
    visit = stream_rtsp._Visit(Target(Kind.STREAM, ADDRESS, url="rtsps://bao.test/live"), reach())
    visit.status = inside
    assert visit._offered(clear) == twin
