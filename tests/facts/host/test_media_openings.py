"""What a stranger may do at a streaming server; and the remedies, read and run as they stand."""

from __future__ import annotations

import http.client
import os
import subprocess
import time
from dataclasses import replace

import pytest

from facts.base import Unknown
from facts.host.media.model import Door, Item, Server, open_to_all
from facts.host.media.openings import playable, takers
from tests.facts.host.recorded_media import of_file, read
from tests.lab import places as lab
from tests.probes.sites import fix

URL = "rtmp://x/live/a"
NOT_SEEN = Unknown("not seen")
OPEN, SHUT, UNSURE = (
    Item("a", (), ()),
    Item("b", ("password",), ("password",)),
    Item("c", NOT_SEEN, NOT_SEEN),
)
RTMP, LOCAL = Door("rtmp", "", 1935, False), Door("rtmp", "127.0.0.1", 1935, False)
SRT, HLS = Door("srt", "", 8890, True), Door("http", "", 8888, False, takes=False)


def server(*items, doors=(RTMP,)):
    return Server("mediamtx", doors=doors, items=items)


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (server(OPEN), ("a",)),
        (server(SHUT), ()),
        (server(OPEN, UNSURE), ("a",)),
        (server(SHUT, UNSURE), None),
        (server(Item("a", ("default password",), ())), ("a",)),
        (server(OPEN, doors=(SRT, HLS)), ()),
        (server(OPEN, doors=(SRT, RTMP)), ("a",)),
        (server(OPEN, doors=(replace(SRT, tls=NOT_SEEN),)), None),
        (server(OPEN, doors=(LOCAL,)), ("a",)),  # the declared port
        (server(OPEN, doors=(replace(LOCAL, port=1936),)), ()),
        (server(replace(OPEN, ports=(1936,))), ()),
        (replace(server(OPEN), items=NOT_SEEN), None),
        (replace(server(OPEN), doors=NOT_SEEN), None),
    ],
)
def test_where_a_stranger_may_publish(one, found):
    told = takers(one, URL)
    assert isinstance(told, Unknown) if found is None else told == found


def test_a_passphrase_is_asked_of_listeners_too():
    both = server(Item("*", (), ()), doors=(SRT, RTMP))
    assert playable(both, "srt://x:8890?streamid=read:a") is False
    assert playable(both, URL) is True
    assert playable(server(SHUT), "rtmp://x/b") is False
    assert isinstance(playable(server(UNSURE), "rtmp://x/c"), Unknown)


def shown(server, *, manages):
    """The pages that strangers see, on other addresses than loopback."""
    here = [page for page in server.pages if page.manages is manages and not page.loopback]
    return [page.name for page in here if open_to_all(page.asks) is not False]


def test_as_shipped_everybody_may():
    for product, file, url in (
        ("icecast", "icecast-2.4.4-debian12.xml", "http://x:8000/a"),
        ("mediamtx", "mediamtx-default.yml", "rtmp://x/a"),
        ("srs", "srs-default.conf", "rtmp://x/live/a"),
        ("nginx", "nginx-rtmp.conf", "rtmp://x/big/a"),
    ):
        assert takers(read(product, of_file(file)), url) != ()
        assert playable(read(product, of_file(file)), url) is True


def mended(*checks):
    """The remedies for these checks, each server's put where they say: texts by product."""
    srs = {name: fix(f"streaming.{name}", "srs") for name in checks}
    host = "".join(srs.pop(name) for name in ("publish-auth", "read-auth") if name in srs)
    rtmp = "".join(fix(f"streaming.{n}", "nginx") for n in checks if n.endswith("-auth"))
    http = "".join(fix(f"streaming.{n}", "nginx") for n in ("management", "listing") if n in checks)
    return {
        "mediamtx": "".join(fix(f"streaming.{name}", "mediamtx") for name in checks)
        + "paths: {all_others: }\n",
        "srs": f"listen 1935; {''.join(srs.values())} vhost __defaultVhost__ {{ {host} }}",
        "nginx": f"rtmp {{ server {{ listen 1935; application live {{ live on; {rtmp} }} }} }}"
        f" http {{ server {{ listen 8080; {http} }} }}",
    }


@pytest.mark.parametrize("product", ["mediamtx", "srs", "nginx"])
def test_the_remedies_are_read_as_such(product):
    assert takers(read(product, mended("publish-auth")[product]), URL) == ()
    kept = read(product, mended("read-auth")[product])
    assert playable(kept, "rtmp://x/live/contribution") is False
    for name, manages in (("management", True), ("listing", False)):
        assert shown(read(product, mended(name)[product]), manages=manages) == []


@pytest.mark.parametrize("product", ["mediamtx", "srs"])
def test_the_remedies_for_encryption_are_read_as_such(product):
    doors = read(product, mended("encrypted")[product]).doors
    assert all(door.tls for door in doors if door.port != 1935 and not door.loopback)
    assert {"rtmp", "http", "srt"} <= {door.protocol for door in doors if door.tls is True}


def test_nginx_takes_its_remedies():
    with lab.open_folder() as folder:
        text = mended("publish-auth", "read-auth", "management", "listing")["nginx"]
        text = text.replace("listen 1935", f"listen 127.0.0.1:{lab.free_port('127.0.0.1')}")
        config = folder / "nginx.conf"
        config.write_text(
            "load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;"
            f" pid {folder}/pid; error_log {folder}/e; events {{}} {text}",
            "utf-8",
        )
        argv = ["nginx", "-t", "-e", f"{folder}/e", "-c", str(config)]
        done = subprocess.run(argv, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nginx_s_remedy_for_encryption_is_read_as_such():
    rtmp = "rtmp { server { listen 127.0.0.1:1936 proxy_protocol; application live { live on; } } }"
    server = read("nginx", f"{rtmp}\n{fix('streaming.encrypted', 'nginx')}")
    assert {(door.port, door.tls) for door in server.doors if not door.loopback} == {(1935, True)}


ICECAST = """<icecast><hostname>x</hostname>
<paths><basedir>/usr/share/icecast2</basedir><logdir>{folder}</logdir>
<webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
<logging><accesslog>a.log</accesslog><errorlog>e.log</errorlog></logging>
<security><chroot>0</chroot><changeowner><user>icecast2</user><group>icecast</group></changeowner>
</security>{more}</icecast>"""


def asked_of(port, path, tries=4):
    """Status and Server header; a busy Icecast may hang up on one that has just come."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        link.request("GET", path)
        answer = link.getresponse()
    except ConnectionError:
        if tries == 1:
            raise
        time.sleep(0.5)
        return asked_of(port, path, tries - 1)
    finally:
        link.close()
    return answer.status, answer.headers.get("Server")


@pytest.mark.skipif(os.geteuid() != 0, reason="icecast2 changes to its account")
def test_icecast_takes_its_remedies():
    names = ("publish-auth", "read-auth", "management", "listing", "banner")
    with lab.open_folder() as folder:
        folder.chmod(0o777)
        port = lab.free_port("127.0.0.1")
        fixes = "".join(fix(f"streaming.{name}", "icecast") for name in names)
        fixes = fixes.replace("8000", str(port)).replace("/etc/icecast2/", f"{folder}/")
        text = ICECAST.format(folder=folder, more=fixes)
        config = folder / "icecast.xml"
        config.write_text(text, "utf-8")
        (folder / "empty").mkdir()
        (folder / "contribution.htpasswd").touch(0o666)
        with lab.running(["icecast2", "-c", str(config)], "127.0.0.1", port, folder / "log"):
            paths = ("/status-json.xsl", "/status.xsl", "/admin/stats", "/contribution")
            said = {path: asked_of(port, path) for path in paths}
    assert said["/status-json.xsl"] == said["/status.xsl"] == (404, "media")
    assert said["/admin/stats"] == (401, "media") and said["/contribution"][0] in {401, 404}
    server = read("icecast", text)
    assert takers(server, f"http://x:{port}/a") == () and server.doors[0].loopback
    assert playable(server, f"http://x:{port}/contribution") is False
    assert shown(server, manages=True) == [] and server.default_passwords == ()
