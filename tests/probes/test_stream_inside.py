"""What the reader says of nginx's settings is what nginx itself does with a stranger."""

from __future__ import annotations

import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from checks import Status
from checks.streaming import encryption
from facts.declared import Kind, Streaming, Target
from facts.host.media import open_to_all, playable, takers
from scanner.probes import stream_line, stream_rtmp, streams
from scanner.probes.rtmp_wire import command
from tests.facts.host.recorded_media import read
from tests.lab import certs
from tests.lab import streams as lab
from tests.lab.places import free_port, open_folder
from tests.probes.reaches import reach
from tests.probes.sites import fix

ADDRESS = "127.34.70.1"
APPLICATIONS = {
    "open": "live on;",
    "named": "live on; allow publish 127.99.0.1;",
    "shut": "live on; deny publish all;",
    "both": "live on; deny all;",
    "players": "live on; deny play all;",
    "some": "live on; allow publish 127.99.0.0/16; deny publish all;",
    "order": "live on; deny publish all; allow publish all;",
    "family": "live on; deny publish 0.0.0.0/0;",
    "asked": "live on; on_publish http://{web}/no;",
}
LOCAL = {"local": "live on; allow publish 127.0.0.1; deny publish all;"}


# How strangers come: to nginx's module itself; by way of nginx, which may tell it who they are.
DIRECT = "rtmp {{ server {{ listen {place}; {inner} }} }}"
MIDDLE = "rtmp {{ server {{ listen {place}; deny publish all; {inner} }} }}"
BEHIND = (
    "rtmp {{ server {{ listen {behind}; {inner} }} }}\n"
    "stream {{ server {{ listen {place}; proxy_pass {behind}; }} }}"
)
TOLD = BEHIND.replace("{behind};", "{behind} proxy_protocol;", 1).replace(
    "proxy_pass", "proxy_protocol on; proxy_pass"
)


@pytest.mark.parametrize("way", [DIRECT, MIDDLE, BEHIND, TOLD])
def test_nginx_does_what_its_settings_are_read_to_say(way, monkeypatch):
    monkeypatch.setattr(stream_line, "WAIT", 5.0)
    monkeypatch.setattr(stream_line, "LATER", 1.0)
    monkeypatch.setattr(stream_line, "MEDIA", 0.1)
    port, asks = free_port(ADDRESS), free_port(ADDRESS)
    named = APPLICATIONS if way is not BEHIND else {**APPLICATIONS, **LOCAL}
    inner = "".join(f"application {n} {{ {t} }}\n" for n, t in named.items())
    inner = inner.replace("{web}", f"{ADDRESS}:{asks}")
    behind = f"127.0.0.1:{free_port('127.0.0.1')}"
    blocks = way.format(place=f"{ADDRESS}:{port}", inner=inner, behind=behind)

    def trial(name):
        url = f"rtmp://{ADDRESS}:{port}/{name}"
        said = Streaming("ingest")
        target = Target(
            Kind.STREAM, ADDRESS, ADDRESS, port=port, url=url, stream=said, active=("publish",),
            declared=True,
        )  # fmt: skip
        return streams.gather(target, reach("127.34.0.0/16")).wire.published

    with (
        open_folder() as folder,
        lab.http_answers({"/no": (403, 0)}, ADDRESS, asks),
        lab.nginx(folder, blocks, address=ADDRESS, port=port),
        ThreadPoolExecutor(4) as pool,
    ):
        done = dict(zip(named, pool.map(trial, named), strict=True))
    server = read("nginx", blocks)
    says = {i.name: open_to_all(i.publish) for i in server.items if port in i.ports}
    assert says == done
    taken = takers(server, f"rtmp://{ADDRESS}:{port}/open", port)
    assert set(taken) == {name for name, is_open in done.items() if is_open}


def test_our_remedies_make_a_real_nginx_pass(monkeypatch):
    """RTMPS in front, publishers and players by address: by a stranger's trials and by settings."""
    monkeypatch.setattr(stream_line, "LATER", 1.0)
    port, inner, clear = (free_port(ADDRESS) for _ in range(3))
    monkeypatch.setattr(stream_rtmp, "CLEAR", clear)
    rules = fix("streaming.publish-auth", "nginx") + fix("streaming.read-auth", "nginx")
    url = f"rtmps://{ADDRESS}:{port}/live/a"
    aimed = Target(
        Kind.STREAM, ADDRESS, ADDRESS, port=port, url=url, stream=Streaming("contribution"),
        active=("publish",), declared=True,
    )  # fmt: skip
    with open_folder() as folder:
        pem = certs.leaf(folder, ADDRESS)
        front = fix("streaming.encrypted", "nginx").replace("    listen [::]:1935 ssl;\n", "")
        front = re.sub(r"/etc/\S+\.pem", str(pem), front)
        front = front.replace("1935", f"{ADDRESS}:{port}").replace(":1936", f":{inner}")
        live = f"application live {{ live on; {rules} }}"
        rtmp = f"rtmp {{ server {{ listen 127.0.0.1:{inner} proxy_protocol; {live} }} }}"
        with lab.nginx(folder, f"{rtmp}\n{front}", address=ADDRESS, port=port):
            seen = streams.gather(aimed, reach("127.34.0.0/16"))
    assert encryption.encrypted(seen, aimed).status is Status.PASS
    assert (seen.wire.published, seen.wire.played) == (False, False)
    settings = read("nginx", f"{rtmp}\n{front}")
    assert takers(settings, url, port) == () and playable(settings, url, port) is False


@pytest.mark.parametrize(("allowed", "let_in"), [("127.0.0.9", True), ("127.0.0.1", False)])
def test_by_proxy_s_protocol_the_module_sees_who_really_comes(allowed, let_in):
    """Its own log tells: a publisher from 127.0.0.9, by way of nginx on loopback."""
    port, inner = free_port(ADDRESS), free_port("127.0.0.1")
    rules = f"allow publish {allowed}; deny publish all;"
    blocks = TOLD.format(
        place=f"{ADDRESS}:{port}", behind=f"127.0.0.1:{inner}",
        inner=f"application live {{ live on; {rules} }}",
    )  # fmt: skip
    with (
        open_folder() as folder,
        lab.nginx(folder, blocks, address=ADDRESS, port=port) as log,
        socket.create_connection((ADDRESS, port), 20, ("127.0.0.9", 0)) as talk,
    ):
        talk.sendall(b"\x03" + bytes(1536))
        said = talk.recv(1537, socket.MSG_WAITALL)
        talk.sendall(said[1:] + command("connect", 1, {"app": "live"}))
        talk.sendall(command("createStream", 2, None))
        talk.sendall(command("publish", 3, None, "x", "live", stream=1, lane=8))
        told = until(log, "publish: name='x'", "" if let_in else "access forbidden by rule")
    assert "client: 127.0.0.9" in told.partition("publish: name='x'")[2].partition("\n")[0]
    assert ("access forbidden by rule" in told) is not let_in


def until(log, *marks):
    """The log, once all of these stand in it."""
    ends = time.monotonic() + 20
    while not all(mark in log.read_text() for mark in marks) and time.monotonic() < ends:
        time.sleep(0.05)
    time.sleep(0.3)  # what comes after
    return log.read_text()
