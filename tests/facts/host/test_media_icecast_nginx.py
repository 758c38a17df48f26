"""Icecast's and nginx's settings: who may publish and play, and which pages ask."""

from __future__ import annotations

import pytest

from facts.base import Unknown
from facts.host import media
from facts.host.media import open_to_all, server_of, takers
from tests.factories.host_system import system
from tests.facts.host.recorded_media import PATHS, answers, asked, of_file, pages, read


def test_icecast_as_debian_ships_it():
    server = read("icecast", of_file("icecast-2.4.4-debian12.xml"))
    assert server.product == "icecast" and server.packaged is True
    assert server.version == "2.4.4-4+b1"
    assert asked(server) == {"*": ("default password",)} and asked(server, "play") == {"*": ()}
    assert set(server.default_passwords) == {"source-password", "relay-password", "admin-password"}
    assert pages(server) == {("admin", "", 8000): ("default password",)}
    assert open_to_all(server.items[0].publish) is True


def test_icecast_as_installed_here_is_the_recording():
    """Its passwords aside, which Debian's installer may have asked for."""
    try:
        with open(PATHS["icecast"], encoding="utf-8") as file:
            text = file.read()
    except (FileNotFoundError, PermissionError) as why:
        pytest.skip(str(why))
    assert (
        read("icecast", text).doors == read("icecast", of_file("icecast-2.4.4-debian12.xml")).doors
    )


ICECAST = """<?xml version="1.0"?><icecast><authentication><source-password>{}</source-password>
<admin-password>canary-admin-01</admin-password></authentication>{}
<listen-socket><port>8443</port><ssl>1</ssl><bind-address>127.0.0.1</bind-address></listen-socket>
<paths>{}</paths></icecast>"""


@pytest.mark.parametrize(
    ("mounts", "publish", "play"),
    [
        ("", {"*": ("password",)}, {"*": ()}),
        ("<mount><mount-name>/a</mount-name><password>hackme</password></mount>",
         {"/a": ("default password",), "*": ("password",)}, {"/a": (), "*": ()}),
        (('<mount type="default"><no-mount>1</no-mount></mount>'
         "<mount><mount-name>/a</mount-name></mount>"),
         {"/a": ("password",), "*": ("password",)}, {"/a": ("closed",), "*": ("closed",)}),
        (('<mount><mount-name>/a</mount-name><authentication type="htpasswd">'
         '<option name="filename" value="/x"/></authentication></mount>'),
         {"/a": ("password",), "*": ("password",)}, {"/a": ("password",), "*": ()}),
        (('<mount><mount-name>/a</mount-name><authentication type="url"><option name="stream_auth"'
         ' value="http://u:canary-url@h/"/></authentication></mount>'),
         {"/a": ("callback",), "*": ("password",)}, {"/a": (), "*": ()}),
    ],
)  # fmt: skip
def test_icecast_s_mounts(mounts, publish, play):
    server = read("icecast", ICECAST.format("canary-source-1", mounts, ""))
    assert asked(server) == publish and asked(server, "play") == play


def test_icecast_without_a_certificate_has_no_tls():
    (plain,) = read("icecast", ICECAST.format("x", "", "")).doors
    assert plain.tls is False and plain.loopback and plain.port == 8443
    safe = ICECAST.format("x", "", "<ssl-certificate>/c.pem</ssl-certificate>")
    assert read("icecast", safe).doors[0].tls is True


def test_icecast_without_a_source_password_takes_nobody():
    server = read("icecast", ICECAST.format("", "", ""))
    assert asked(server) == {"*": ("closed",)} and open_to_all(server.items[0].publish) is False


def test_nginx_after_the_module_s_own_examples():
    server = read("nginx", of_file("nginx-rtmp.conf"))
    assert asked(server) == {
        "mytv": ("addresses",), "big": (), "small": (), "mypush": (), "vod": ("closed",),
        "hls": (), "hook": ("callback",),
    }  # fmt: skip
    assert asked(server, "play")["hook"] == ("callback",)
    assert pages(server) == {
        ("rtmp_stat", "", 8080): (),
        ("rtmp_control", "", 8080): ("addresses",),
    }
    assert [(door.port, door.tls) for door in server.doors] == [(1935, False)]


RTMP = "rtmp {{ {} server {{ listen {}; {} application a {{ live on; {} }} }} }}"


@pytest.mark.parametrize(
    ("outer", "listen", "middle", "inner", "publish"),
    [
        ("", "1935", "", "", ()),
        ("", "1935", "", "deny publish all;", ("closed",)),
        ("", "1935", "", "deny all;", ("closed",)),
        ("", "1935", "", "deny play all;", ()),
        ("", "1935", "", "allow publish 10.0.0.0/8;", ()),
        ("", "1935", "", "allow publish 10.0.0.0/8; deny publish all;", ("addresses",)),
        ("", "1935", "deny publish all;", "allow publish 10.0.0.1;", ("addresses",)),
        ("", "1935", "deny publish all;", "allow publish all;", ()),
        ("", "1935", "", "allow all; deny publish all;", ()),
        ("", "1935", "", "deny publish 0.0.0.0/0;", ("closed",)),
        ("", "[::]:1935", "", "deny publish 0.0.0.0/0;", ()),  # IPv6 comes in
        ("on_publish http://127.0.0.1/;", "1935", "", "", ("callback",)),
        ("", "1935", "on_connect http://127.0.0.1/;", "", ("callback",)),
        ("", "1935", "on_play http://127.0.0.1/;", "", ()),
        ("", "1935", "", "live off;", ("closed",)),
    ],
)  # fmt: skip
def test_whom_an_application_of_nginx_takes(outer, listen, middle, inner, publish):
    if inner == "live off;":
        text = RTMP.format(outer, listen, middle, inner).replace("live on; ", "")
    else:
        text = RTMP.format(outer, listen, middle, inner)
    assert asked(read("nginx", text)) == {"a": publish}


@pytest.mark.parametrize(
    ("inner", "asks"),
    [
        ("", ()),
        ("deny all;", ("closed",)),
        ("allow 10.0.0.0/8; deny all;", ("addresses",)),
        ("auth_basic x; auth_basic_user_file /f;", ("password",)),
        ("auth_basic off; auth_basic_user_file /f;", ()),
        ("auth_basic x;", ()),  # without a file it asks nobody
        ("satisfy any; allow all; auth_basic x; auth_basic_user_file /f;", ()),
        ("satisfy any; allow 10.0.0.0/8; deny all; auth_basic x; auth_basic_user_file /f;",
         ("addresses", "password")),
        ("auth_request /a;", ("callback",)),
        ("internal;", ("closed",)),
        ("return 403;", ("closed",)),
    ],
)  # fmt: skip
def test_whom_nginx_shows_its_statistics(inner, asks):
    text = (
        "rtmp { server { listen 1935; } } http { server { listen 80;"
        f" location /stat {{ rtmp_stat all; {inner} }} }} }}"
    )
    (page,) = read("nginx", text).pages
    assert page.asks == asks and page.manages is False


def test_a_rule_of_its_own_is_not_guessed():
    text = (
        "rtmp { server { listen 1935; } } http { server { listen 80;"
        " location /stat { rtmp_stat all; if ($arg_x) { return 403; } } } }"
    )
    (page,) = read("nginx", text).pages
    assert isinstance(page.asks, Unknown) and isinstance(open_to_all(page.asks), Unknown)


def test_nginx_takes_rtmps_in_front():
    text = RTMP.format("", "127.0.0.1:1936", "", "deny publish all;") + (
        "stream { server { listen 1935 ssl; proxy_pass 127.0.0.1:1936; } }"
    )
    server = read("nginx", text)
    assert [(door.port, door.tls) for door in server.doors] == [(1936, False), (1935, True)]
    assert server_of((server,), "rtmps://x:1935/a/k") == server
    assert [(item.ports, item.publish) for item in server.items] == [
        ((1936,), ("closed",)), ((1935,), ("closed",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("listen", "rules", "front", "publish"),
    [
        ("", "", "", ()),
        ("", "allow publish 127.0.0.1; deny publish all;", "", ()),  # everybody comes from there
        ("", "allow publish 127.0.0.0/8; deny publish all;", "", ()),
        ("", "allow publish 203.0.113.9; deny publish all;", "", ("closed",)),
        ("", "allow publish 127.0.0.1; deny publish all;", "allow 203.0.113.9; deny all;",
         ("addresses",)),
        ("", "", "deny all;", ("closed",)),
        (" proxy_protocol", "allow publish 127.0.0.1; deny publish all;", "proxy_protocol on;",
         ("addresses",)),
        ("", "allow publish 127.0.0.1; deny publish all;", "proxy_protocol on;", ()),
        ("", "allow publish 127.0.0.1; deny publish all; on_publish http://x/;", "", ("callback",)),
    ],
)  # fmt: skip
def test_rules_behind_a_front_see_loopback_alone(listen, rules, front, publish):
    text = RTMP.format("", f"127.0.0.1:1936{listen}", "", rules) + (
        f"stream {{ server {{ listen 1935 ssl; proxy_pass 127.0.0.1:1936; {front} }} }}"
    )
    server = read("nginx", text)
    assert [item.publish for item in server.items if 1935 in item.ports] == [publish]
    assert takers(server, "rtmps://x:1935/a") == (("a",) if publish == () else ())


def test_nginx_without_the_module_is_no_streaming_server():
    assert media.read(answers("nginx", "http { server { listen 80; } }"), system()).servers == ()
