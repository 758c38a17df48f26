"""The SRT client against libsrt, in ffmpeg."""

from __future__ import annotations

import pytest

from checks import Status
from checks.streaming import access, encryption
from facts.base import Absent, Undecided, Unknown
from facts.declared import Kind, Streaming, Target
from facts.stream_wire import NOT_ALLOWED
from scanner.probes import srt_wire, stream_srt, streams
from tests.factories.streams import NO_LOGIN
from tests.lab import streams as lab
from tests.lab.places import free_port
from tests.lab.services import responder
from tests.probes.reaches import reach

ADDRESS = "127.34.52.1"
PASSPHRASE = "passphrase=mot-hai-ba-bon"


def target(port, *active):
    return Target(
        Kind.STREAM, ADDRESS, ADDRESS, port=port, url=f"srt://{ADDRESS}:{port}",
        stream=Streaming("contribution"), active=active, declared=True,
    )  # fmt: skip


def look(port, *active):
    return streams.gather(target(port, *active), reach("127.34.0.0/16"))


@pytest.fixture
def listening(tmp_path):
    """ffmpeg listens; gives its port and process."""

    def listen(options="", **more):
        port = free_port(ADDRESS)
        url = f"srt://{ADDRESS}:{port}?mode=listener{options}"
        return port, lab.srt_listener(url, tmp_path / f"srt-{port}.log", **more)

    return listen


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(stream_srt, "MEDIA", 1.0)


@pytest.mark.parametrize("length", ["", "&pbkeylen=32"])  # the first leaves the key field 0
def test_a_listener_that_insists_on_a_passphrase(listening, length):
    port, server = listening(f"&{PASSPHRASE}{length}")
    with server as child:
        facts = look(port)
        assert facts.wire.secure is True and facts.wire.played is False
        assert facts.wire.published == NOT_ALLOWED
        assert facts.wire.says == {"connect": "1010"}
        assert look(port, "publish").wire.published is False
        assert child.poll() is None  # it still waits for the real one
    aimed = target(port)
    assert encryption.encrypted(facts, aimed).status is Status.PASS
    assert access.read_auth(facts, aimed, NO_LOGIN).status is Status.PASS


@pytest.mark.parametrize("length", ["", "&pbkeylen=24"])  # the second fills the key field in
def test_a_listener_without_one(listening, length):
    port, server = listening(length)
    with server as child:
        facts = look(port)
        assert facts.wire.secure is False and facts.wire.played == stream_srt.NOT_PLAYED
        assert child.poll() is None
        taken = look(port, "publish")
    assert taken.wire.published is True and taken.wire.played == stream_srt.NO_MEDIA
    assert access.publish_auth(taken, target(port), NO_LOGIN).status is Status.FAIL
    assert encryption.encrypted(facts, target(port)).status is Status.FAIL


def test_a_passphrase_that_nobody_insists_on(listening):
    port, server = listening(f"&{PASSPHRASE}&enforced_encryption=0")
    with server:
        facts = look(port).wire
    assert facts.secure is False and facts.says == {"connect": "accepted"}
    assert facts.software == "1.5.1"


def test_a_listener_that_sends(listening):
    port, server = listening(sends=True)
    with server:
        facts = look(port, "publish")
    assert facts.wire.played is True and facts.wire.published == stream_srt.SENDS
    assert access.read_auth(facts, target(port), NO_LOGIN).status is Status.FAIL


def test_nothing_there():
    with pytest.raises(Absent):
        look(free_port(ADDRESS))


@pytest.mark.parametrize("answer", [b"", b"x" * 2000, bytes(64), srt_wire.induction(7)])
def test_what_is_not_srt(answer, monkeypatch):
    monkeypatch.setattr(stream_srt, "WAIT", 0.1)
    with responder(lambda _: answer, address=ADDRESS) as port, pytest.raises(Undecided):
        look(port)


def test_silence(monkeypatch):
    monkeypatch.setattr(stream_srt, "WAIT", 0.1)
    silent = responder(lambda _: None, address=ADDRESS)
    with silent as port, pytest.raises(Undecided, match="did not answer"):
        look(port)


@pytest.mark.parametrize(("code", "secure"), [(1010, True), (1011, False), (1002, None)])
def test_how_it_refuses_tells(code, secure):
    def answer(packet):
        asked = srt_wire.read(packet)
        kind = srt_wire.INDUCTION if asked.kind == srt_wire.INDUCTION else code
        return srt_wire._shake(5, 0, srt_wire.MAGIC, kind, 9, 77)

    with responder(answer, address=ADDRESS) as port:
        said = look(port).wire.secure
    assert said is secure or (secure is None and said == Unknown(stream_srt.UNCLEAR, str(code)))
