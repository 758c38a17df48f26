"""MediaMTX, SRS and SHOUTcast by settings after their documentation: none of them runs here."""

from __future__ import annotations

import pytest

from facts.base import Unknown
from facts.host.media import open_to_all
from tests.facts.host.recorded_media import asked, of_file, pages, read


def test_mediamtx_as_it_is_shipped():
    server = read("mediamtx", of_file("mediamtx-default.yml"))
    assert asked(server) == {"*": ()} and asked(server, "play") == {"*": ()} and not server.pages
    assert {(d.protocol, d.port, d.tls) for d in server.doors} == {
        ("rtsp", 8554, False), ("rtmp", 1935, False), ("http", 8888, False),
        ("http", 8889, False), ("srt", 8890, False),
    }  # fmt: skip


def test_mediamtx_with_users():
    server = read("mediamtx", of_file("mediamtx-kept.yml"))
    assert asked(server) == {"live/news": ("password",), "cam1": ("closed",), "*": ("closed",)}
    assert asked(server, "play") == {"live/news": (), "cam1": ("password",), "*": ("closed",)}
    assert pages(server) == {
        ("api", "127.0.0.1", 9997): ("password",),
        ("metrics", "", 9998): ("closed",),
    }
    assert ("srt", 8890, True) in {(d.protocol, d.port, d.tls) for d in server.doors}


def test_mediamtx_before_it_had_users():
    server = read("mediamtx", of_file("mediamtx-1.5.yml"))
    assert asked(server) == {"news": ("password", "addresses"), "*": ()}
    assert pages(server) == {("api", "", 9997): ()} or isinstance(server.pages[0].asks, Unknown)
    assert open_to_all(server.pages[0].asks) is not False


@pytest.mark.parametrize(
    ("text", "publish"),
    [
        ("paths: {all_others: }", ()),
        ("paths: {}", ("closed",)),
        ("authMethod: http\npaths: {all: }", ("callback",)),
        ("authMethod: http\nauthHTTPExclude: [{action: publish}]\npaths: {all: }", ()),
        ("authMethod: jwt\npaths: {all: }", ("token",)),
        (("authInternalUsers: [{user: a, pass: '', permissions: [{action: publish}]}]\n"
         "paths: {all: }"), ()),
        (("authInternalUsers: [{user: any, ips: [10.0.0.0/8], permissions: [{action: publish}]}]\n"
         "paths: {all: }"), ("addresses",)),
        (("authInternalUsers: [{user: any, ips: [0.0.0.0/0], permissions: [{action: publish}]}]\n"
         "paths: {all: }"), ()),
    ],
)  # fmt: skip
def test_whom_mediamtx_takes(text, publish):
    assert asked(read("mediamtx", text))["*"] == publish


@pytest.mark.parametrize(
    "text",
    [
        "authInternalUsers:\npaths: {all: }",  # whether nobody or everybody is meant
        "authMethod: other\npaths: {all: }",
        ("authInternalUsers: [{user: any, permissions: [{action: publish, path: '~^a'}]}]\n"
        "paths: {all: }"),
    ],
)  # fmt: skip
def test_what_mediamtx_s_settings_leave_open(text):
    server = read("mediamtx", text)
    publish = server.items if isinstance(server.items, Unknown) else server.items[0].publish
    assert isinstance(publish, Unknown)


def test_srs_as_it_is_shipped():
    server = read("srs", of_file("srs-default.conf"))
    assert asked(server) == {"*": ()} and asked(server, "play") == {"*": ()}
    assert pages(server) == {("http_api", "", 1985): ()}


def test_srs_with_rules():
    server = read("srs", of_file("srs-kept.conf"))
    assert asked(server) == {"*": ("addresses", "callback")} and asked(server, "play") == {"*": ()}
    assert pages(server) == {("http_api", "127.0.0.1", 1985): ("password",)}
    assert {("rtmp", 1443, True), ("srt", 10080, True)} <= {
        (d.protocol, d.port, d.tls) for d in server.doors
    }


@pytest.mark.parametrize(
    ("rules", "publish"),
    [
        ("", ("closed",)),
        ("allow play all;", ("closed",)),
        ("allow publish all;", ()),
        ("allow publish all; deny publish all;", ("closed",)),
        ("deny publish 10.0.0.1;", ()),  # whom no rule names may come
        ("allow publish 10.0.0.1;", ("addresses",)),
    ],
)
def test_srs_s_security(rules, publish):
    text = f"listen 1935; vhost __defaultVhost__ {{ security {{ enabled on; {rules} }} }}"
    assert asked(read("srs", text))["*"] == publish


def test_shoutcast():
    server = read("shoutcast", of_file("sc_serv.conf"))
    assert asked(server) == {"*": ("default password",), "1": ("password",)}
    assert pages(server) == {("admin", "", 8000): ("default password",)}
    assert set(server.default_passwords) == {"password", "adminpassword"}


def test_srs_s_own_example_has_the_maker_s_password():
    server = read(
        "srs", "http_api { enabled on; auth { enabled on; username admin; password admin; } }"
    )
    assert pages(server) == {("http_api", "", 1985): ("default password",)}
    assert server.default_passwords == ("http_api.auth.password",)
