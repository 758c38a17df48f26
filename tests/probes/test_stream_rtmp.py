"""The RTMP client against nginx-rtmp, with ffmpeg feeding it and nginx's TLS before it."""

from __future__ import annotations

import pytest

from checks import Status
from checks.streaming import access, encryption
from facts.base import Absent, Undecided, Unknown
from facts.declared import Kind, Streaming, Target
from facts.stream_wire import NOT_ALLOWED
from scanner.probes import rtmp_said, stream_line, stream_rtmp, streams
from tests.factories.streams import NO_LOGIN
from tests.lab import certs
from tests.lab import streams as lab
from tests.lab.places import free_port, open_folder
from tests.probes.reaches import reach

ADDRESS, BEHIND = "127.34.50.1", "127.34.50.2"


def target(url, use="ingest", *active):
    port = int(url.split("/")[2].rpartition(":")[2])
    said = Streaming(use)
    return Target(
        Kind.STREAM, ADDRESS, ADDRESS, port=port, url=url, stream=said, active=active, declared=True
    )


@pytest.fixture(scope="module")
def server():
    """Ports: clear, inside TLS, inside TLS with nothing in clear at the same address."""
    clear, tls, alone = free_port(ADDRESS), free_port(ADDRESS), free_port(ADDRESS)
    inner, web = free_port(BEHIND), free_port(ADDRESS)
    asks = f"http://{ADDRESS}:{web}"
    rtmp = f"""rtmp {{ server {{ listen {ADDRESS}:{clear}; listen {BEHIND}:{inner};
        application open {{ live on; }}
        application barred {{ live on; allow publish 127.99.0.1; deny publish all; deny play all; }}
        application asked {{ live on; on_publish {asks}/no; on_play {asks}/no; }}
        application late {{ live on; on_publish {asks}/late; }}
        application welcome {{ live on; on_publish {asks}/yes; }}
    }} }}"""
    answers = {"/no": (403, 0), "/late": (403, 2.5), "/yes": (200, 0)}
    with open_folder() as folder:
        pem = certs.leaf(folder, ADDRESS)
        stream = lab.tls_before(pem, f"{ADDRESS}:{tls}", f"{ADDRESS}:{clear}")
        stream += lab.tls_before(pem, f"{ADDRESS}:{alone}", f"{BEHIND}:{inner}")
        blocks = f"{rtmp}\nstream {{ {stream} }}"
        with (
            lab.http_answers(answers, ADDRESS, web),
            lab.nginx(folder, blocks, address=ADDRESS, port=clear) as log,
            lab.fed("-f", "flv", f"rtmp://{ADDRESS}:{clear}/open/live", log=folder / "feed.log"),
        ):
            yield clear, tls, alone, log


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(stream_line, "WAIT", 5.0)
    monkeypatch.setattr(stream_line, "LATER", 0.5)
    monkeypatch.setattr(stream_line, "MEDIA", 5.0)


def look(url, *active, use="ingest"):
    return streams.gather(target(url, use, *active), reach("127.34.0.0/16"))


def test_an_open_application_plays_and_takes_streams(server):
    url = f"rtmp://{ADDRESS}:{server[0]}/open/live"
    facts = look(url, "publish")
    assert facts.wire.played is True and facts.wire.published is True
    assert (facts.wire.secure, facts.wire.twin) == (False, None)
    assert facts.wire.software == "FMS/3,0,1,123"
    aimed = target(url)
    assert access.publish_auth(facts, target(url), NO_LOGIN).status is Status.FAIL
    assert access.read_auth(facts, aimed, NO_LOGIN).status is Status.FAIL
    assert encryption.encrypted(facts, aimed).status is Status.FAIL


@pytest.mark.parametrize("application", ["barred", "asked"])
def test_one_that_refuses(server, application):
    url = f"rtmp://{ADDRESS}:{server[0]}/{application}/live"
    facts = look(url, "publish")
    assert facts.wire.published is False and facts.wire.played is False
    assert access.publish_auth(facts, target(url), NO_LOGIN).status is Status.PASS
    assert access.read_auth(facts, target(url), NO_LOGIN).status is Status.PASS


def test_a_refusal_that_comes_late(server, monkeypatch):
    monkeypatch.setattr(stream_line, "LATER", 6.0)
    facts = look(f"rtmp://{ADDRESS}:{server[0]}/late", "publish").wire
    assert facts.published is False
    assert facts.played == stream_rtmp.NO_STREAM


def test_a_callback_that_takes_everybody(server):
    assert look(f"rtmp://{ADDRESS}:{server[0]}/welcome", "publish").wire.published is True


def test_nothing_is_published_unless_it_is_allowed(server):
    before = server[3].read_text().count("publish: name='press-scan-")
    url = f"rtmp://{ADDRESS}:{server[0]}/open/live"
    facts = look(url)
    assert facts.wire.published == NOT_ALLOWED
    assert server[3].read_text().count("publish: name='press-scan-") == before
    with pytest.raises(Undecided):
        access.publish_auth(facts, target(url), NO_LOGIN)


def test_an_application_that_is_not_there_is_no_refusal(server):
    facts = look(f"rtmp://{ADDRESS}:{server[0]}/other/live", "publish").wire
    assert facts.published == facts.played == Unknown(stream_rtmp.HUNG_UP)


def test_a_stream_that_is_off_the_air(server, monkeypatch):
    monkeypatch.setattr(stream_line, "MEDIA", 0.5)
    facts = look(f"rtmp://{ADDRESS}:{server[0]}/open/nobody").wire
    assert facts.played == Unknown(rtmp_said.OFF_AIR, "NetStream.Play.Start")


def test_inside_tls_with_a_twin_in_clear(server, monkeypatch):
    monkeypatch.setattr(stream_rtmp, "CLEAR", server[0])
    url = f"rtmps://{ADDRESS}:{server[1]}/open/live"
    facts = look(url)
    assert facts.wire.secure is True and facts.wire.twin is True and facts.wire.played is True
    assert encryption.encrypted(facts, target(url)).status is Status.FAIL


def test_inside_tls_alone(server, monkeypatch):
    monkeypatch.setattr(stream_rtmp, "CLEAR", free_port(ADDRESS))
    url = f"rtmps://{ADDRESS}:{server[2]}/open/live"
    facts = look(url, "publish")
    assert facts.wire.secure is True and facts.wire.twin is False
    assert facts.wire.published is True
    assert encryption.encrypted(facts, target(url)).status is Status.PASS


def test_what_is_no_tls_is_not_known(server, monkeypatch):
    monkeypatch.setattr(stream_line, "WAIT", 0.5)
    with pytest.raises(Undecided, match="No TLS"):
        look(f"rtmps://{ADDRESS}:{server[0]}/open/live")


def test_nothing_there():
    with pytest.raises(Absent):
        look(f"rtmp://{ADDRESS}:{free_port(ADDRESS)}/open/live")


def test_srs_adds_its_version_to_its_answer():
    """By SRS's source; it is no package of Debian."""
    data = {"srs_sig": "SRS", "srs_server": "SRS/5.0.213(Bee)", "srs_version": "5.0.213"}
    said = ["_result", 1.0, {"fmsVer": "FMS/3,5,3,888"}, {"level": "status", "data": data}]
    assert stream_rtmp.named(said) == "FMS/3,5,3,888 SRS/5.0.213(Bee)"
    for odd in ([], ["_result", 1.0, None, 3.0], ["_result", 1.0, {"data": 3, "fmsVer": []}]):
        assert stream_rtmp.named(odd) == ""
