"""A newsroom's servers by the command line: WordPress, Icecast and nginx with RTMP.

As they come they have the faults that they truly have; well kept, nothing of them fails.  What the
servers wrote down proves how politely they were asked.
"""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import ExitStack, suppress
from itertools import pairwise
from urllib.request import urlopen

import pytest

from tests.lab import certs, programmes
from tests.lab import media as lab
from tests.lab import streams as rtmp_lab
from tests.lab.nginx import nginx
from tests.lab.places import STARTS_WITHIN, free_port, open_folder
from tests.lab.wordpress import ADDRESS, wordpress
from tests.press_scan.program import Program, inventory

RADIO, RADIO_KEPT, RTMP, RTMP_KEPT, INNER = (f"127.39.1.{n}" for n in range(1, 6))
NAME = "radio.bao.test"
BARRED = "live on; deny publish all; deny play all;"


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    """(what each asset's checks say, the sites' logs) after one scan of all."""
    with ExitStack() as stack:
        folder = stack.enter_context(open_folder())
        press = stack.enter_context(wordpress(_sub(folder, "press")))
        assets = {
            "wordpress": _site(press.default),
            "wordpress-kept": _site(press.kept),
            "icecast": _icecast(stack, _sub(folder, "radio")),
            "icecast-kept": _icecast_kept(stack, _sub(folder, "radio-kept")),
            "rtmp": _rtmp(stack, _sub(folder, "rtmp")),
            "rtmp-kept": _rtmp_kept(stack, _sub(folder, "rtmp-kept")),
        }
        home = tmp_path_factory.mktemp("home")
        path = inventory(home, *assets.values(), active=["publish"])
        card = Program(home).scan(
            path, "--only", "cms", "--only", "streaming", "--allow", "publish"
        )
        names = dict(zip((one["id"] for one in card["agencies"]), assets, strict=True))
        said: dict[str, dict[str, set[str]]] = {name: defaultdict(set) for name in assets}
        for one in card["findings"]:
            said[names[one["agency"]]][one["check"]].add(one["status"])
        logs = {name: press.log(name) for name in ("default", "kept")}
        yield said, logs


def _sub(folder, name):
    (folder / name).mkdir(mode=0o755)
    return folder / name


def _site(port):
    scan = {"scan": str(port)}
    return {
        "address": ADDRESS,
        "roles": ["cms"],
        "urls": [f"http://{ADDRESS}:{port}/"],
        "ports": scan,
    }


def _media(address, port, url, use="public", **more):
    stream = {"url": url, "use": use, **more}
    return {"address": address, "roles": ["streaming"], "streams": [stream],
            "ports": {"scan": str(port)}}  # fmt: skip


def _icecast(stack, folder):
    port = free_port(RADIO)
    stack.enter_context(lab.icecast(folder, address=RADIO, port=port))
    _sound(stack, RADIO, port)
    return _media(RADIO, port, f"http://{RADIO}:{port}/radio.mp3")


def _icecast_kept(stack, folder):
    """TLS before a server that only the host itself reaches, its pages and its name put away."""
    inner, port = free_port(INNER), free_port(RADIO_KEPT)
    (folder / "empty").mkdir()
    stack.enter_context(lab.icecast(folder, address=INNER, port=inner, webroot=f"{folder}/empty",
                                    more="<server-id>media</server-id>"))  # fmt: skip
    _sound(stack, INNER, inner)
    pem = certs.leaf(folder, NAME)
    front = (
        f"server_tokens off; server {{ listen {RADIO_KEPT}:{port} ssl; ssl_certificate {pem};"
        f" ssl_certificate_key {pem}; location = /radio.mp3 {{ limit_except GET {{ deny all; }}"
        f" proxy_pass http://{INNER}:{inner}; proxy_buffering off; }}"
        f" location / {{ return 404; }} }}"
    )
    stack.enter_context(nginx(folder, front, address=RADIO_KEPT, port=port))
    return _media(RADIO_KEPT, port, f"https://{NAME}:{port}/radio.mp3", cdns=[NAME])


def _sound(stack, address, port):
    """A programme for a mount, until the end; waits until it is heard."""
    said = programmes.mount(address, port, "radio.mp3", "mat-khau-dai-cua-dai")
    stack.enter_context(programmes.on_air(said))
    ends = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < ends:
        with suppress(OSError), urlopen(f"http://{address}:{port}/radio.mp3", timeout=5) as heard:
            if heard.read(1000):
                return
        time.sleep(0.1)
    raise RuntimeError("the programme is not on the air")


def _rtmp(stack, folder):
    port, web = free_port(RTMP), free_port(RTMP)
    http = f"server {{ listen {RTMP}:{web}; location /stat {{ rtmp_stat all; }} }}"
    stack.enter_context(lab.nginx_rtmp(folder, http, address=RTMP, port=web, rtmp=port))
    stack.enter_context(
        rtmp_lab.fed("-f", "flv", f"rtmp://{RTMP}:{port}/live/key", log=folder / "feed.log")
    )
    asset = _media(RTMP, web, f"rtmp://{RTMP}:{port}/live/key", "ingest")
    return {**asset, "ports": {"scan": f"{port},{web}"}}


def _rtmp_kept(stack, folder):
    """RTMPS alone, and an application that lets only the encoder in."""
    inner, port = free_port(INNER), free_port(RTMP_KEPT)
    pem = certs.leaf(folder, RTMP_KEPT)
    blocks = f"rtmp {{ server {{ listen {INNER}:{inner}; application live {{ {BARRED} }} }} }}\n"
    blocks += f"stream {{ {rtmp_lab.tls_before(pem, f'{RTMP_KEPT}:{port}', f'{INNER}:{inner}')} }}"
    stack.enter_context(rtmp_lab.nginx(folder, blocks, address=RTMP_KEPT, port=port))
    return _media(RTMP_KEPT, port, f"rtmps://{RTMP_KEPT}:{port}/live/key", "ingest")


def failing(said):
    return {check for check, found in said.items() if "fail" in found}


FAULTS = {
    "wordpress": {"cms.admin-exposed", "cms.user-listing", "cms.legacy-api", "cms.version-hidden"},
    "icecast": {"streaming.encrypted", "streaming.listing", "streaming.banner"},
    "rtmp": {
        "streaming.publish-auth", "streaming.read-auth", "streaming.encrypted",
        "streaming.listing", "streaming.banner",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_as_it_comes_it_has_the_faults_that_it_has(scanned, name):
    said, _ = scanned
    assert failing(said[name]) >= FAULTS[name]
    assert failing(said[name]) - FAULTS[name] <= {"streaming.redundancy", "streaming.cors"}


@pytest.mark.parametrize("name", ["wordpress-kept", "icecast-kept", "rtmp-kept"])
def test_well_kept_nothing_fails_and_much_passes(scanned, name):
    said, _ = scanned
    assert failing(said[name]) == set()
    assert sum("pass" in found for found in said[name].values()) >= 4


def test_the_sites_were_asked_politely(scanned):
    _, logs = scanned
    for lines in logs.values():
        asked = [line.split(" ", 4) for line in lines if '"press-scan/' in line]
        assert 5 < len(asked) <= 40
        assert {method for _, _, method, *_ in asked} == {"GET"}
        begun = sorted(float(end) - float(took) for end, took, *_ in asked)
        assert all(after - early > 0.4 for early, after in pairwise(begun))  # two a second
