"""What the reader says of nginx's settings is what nginx itself does with a stranger."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from facts.declared import Kind, Streaming, Target
from facts.host.media import open_to_all, takers
from scanner.probes import stream_line, streams
from tests.facts.host.recorded_media import read
from tests.lab import streams as lab
from tests.lab.places import free_port, open_folder
from tests.probes.reaches import reach

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


@pytest.mark.parametrize("middle", ["", "deny publish all;"])
def test_nginx_does_what_its_settings_are_read_to_say(middle, monkeypatch):
    monkeypatch.setattr(stream_line, "WAIT", 5.0)
    monkeypatch.setattr(stream_line, "LATER", 1.0)
    monkeypatch.setattr(stream_line, "MEDIA", 0.1)
    port, asks = free_port(ADDRESS), free_port(ADDRESS)
    inner = "".join(f"application {n} {{ {t} }}\n" for n, t in APPLICATIONS.items())
    inner = inner.replace("{web}", f"{ADDRESS}:{asks}")
    blocks = f"rtmp {{ server {{ listen {ADDRESS}:{port}; {middle} {inner} }} }}"

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
        done = dict(zip(APPLICATIONS, pool.map(trial, APPLICATIONS), strict=True))
    server = read("nginx", blocks)
    says = {item.name: open_to_all(item.publish) for item in server.items}
    assert says == done
    assert set(takers(server, f"rtmp://{ADDRESS}:{port}/open", port)) == {
        name for name, is_open in done.items() if is_open
    }
