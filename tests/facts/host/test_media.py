"""Streaming servers on a host: no secret is kept, what is not seen is not known."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from facts.base import Unknown
from facts.host import media
from facts.host.asks import Answer
from facts.host.media import MediaInside, played, server_of
from tests.factories.host_system import system
from tests.facts.host.recorded import RECORDINGS
from tests.facts.host.recorded_media import PATHS, answers, of_file, read, started


@pytest.mark.parametrize("file", sorted((RECORDINGS / "media").iterdir()), ids=lambda f: f.name)
def test_no_secret_is_kept(file):
    product = next(p for p in PATHS if p in file.name or (p, "sc_serv") == ("shoutcast", file.stem))
    facts = media.read(answers(product, file.read_text("utf-8")), system())
    kept = TypeAdapter(MediaInside)
    told = kept.dump_json(facts)
    assert b"canary" not in told and b"hackme" not in told and b"changeme" not in told
    assert kept.validate_json(told) == facts and not isinstance(facts.servers, Unknown)


def test_a_broken_file_s_text_is_not_kept():
    for product in PATHS:
        server = read(product, 'canary {"canary-half\x00')
        assert isinstance(server.items, Unknown) and isinstance(server.doors, Unknown)
        assert b"canary" not in TypeAdapter(MediaInside).dump_json(MediaInside((server,)))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"media__files": Answer(code=1, err="sudo: a password is required")},
         "The log-in may not read this file on the host"),
        ({"media__files": Answer(late=True)}, "The command took too long on the host"),
        ({"media__running": started("icecast", group="/system.slice/docker-0f.scope")},
         "The streaming server runs in a container: its settings are not on the host"),
    ],
)  # fmt: skip
def test_a_server_whose_settings_are_not_seen(more, why):
    server = read("icecast", of_file("icecast-2.4.4-debian12.xml"), **more)
    for part in (server.doors, server.items, server.pages, server.default_passwords):
        assert isinstance(part, Unknown) and part.unknown == why
    assert isinstance(server_of((server,), "http://x:8000/a"), Unknown)


@pytest.mark.parametrize("told", ["", "==> self <==\n", Answer(late=True), Answer(code=127)])
def test_what_does_not_tell_what_runs(told):
    facts = media.read(answers("icecast", "", media__running=told), system())
    assert isinstance(facts.servers, Unknown)


def test_a_server_that_this_version_does_not_read():
    wowza = "root 7 java /usr/bin/java com.wowza.wms.bootstrap.Bootstrap start\n"
    facts = media.read(answers("nginx", "http { }", processes__list=wowza), system())
    (server,) = facts.servers
    assert server.product == "wowza" and isinstance(server.items, Unknown)


@pytest.mark.parametrize(
    ("product", "file", "url", "play"),
    [
        ("nginx", "nginx-rtmp.conf", "rtmp://x/hook/key", ("callback",)),
        ("nginx", "nginx-rtmp.conf", "rtmp://x/big/key", ()),
        ("nginx", "nginx-rtmp.conf", "rtmp://x/nothere/key", None),
        ("icecast", "icecast-2.4.4-debian12.xml", "http://x:8000/live.mp3", ()),
        ("mediamtx", "mediamtx-kept.yml", "rtsps://x:8322/live/news", ()),
        ("mediamtx", "mediamtx-kept.yml", "srt://x:8890?streamid=read:cam1", ("password",)),
        ("srs", "srs-default.conf", "rtmp://x/live/key", ()),
        ("shoutcast", "sc_serv.conf", "http://x:8000/test.aac", ()),
    ],
)
def test_from_an_address_to_what_is_asked(product, file, url, play):
    server = read(product, of_file(file))
    assert server_of((server,), url) == server
    found = played(server, url)
    assert isinstance(found, Unknown) if play is None else found == play


def test_another_port_is_another_server():
    one = read("icecast", of_file("icecast-2.4.4-debian12.xml"))
    assert isinstance(server_of((one,), "http://x:8001/a"), Unknown)
    assert isinstance(server_of((one, one), "http://x:8000/a"), Unknown)
    assert isinstance(server_of((), "http://x:8000/a"), Unknown)
    assert isinstance(server_of(Unknown("no"), "http://x:8000/a"), Unknown)


@pytest.mark.parametrize(
    ("program", "packaged"),
    [("/usr/bin/icecast2", True), ("icecast2", True), ("/usr/local/bin/icecast2", False)],
)
def test_one_that_was_built_beside_the_package(program, packaged):
    text = started("icecast").replace("/usr/bin/icecast2", program)
    server = read("icecast", of_file("icecast-2.4.4-debian12.xml"), media__running=text)
    assert server.packaged is packaged and isinstance(server.version, str) is packaged


def test_nginx_s_own_program_counts():
    package = "libnginx-mod-rtmp\t1:1.2.2+dfsg-3\tamd64\tinstalled\t\t\n"
    assert read("nginx", of_file("nginx-rtmp.conf"), packages__list=package).packaged is True
    built = started("nginx").replace("/usr/sbin/nginx", "/opt/nginx/sbin/nginx")
    files = {"packages__list": package, "media__running": built}
    assert read("nginx", of_file("nginx-rtmp.conf"), **files).packaged is False
