"""HLS as nginx's RTMP module writes it: as its own example has it, and with our remedies pasted."""

from __future__ import annotations

import pytest

from checks import Status
from checks.streaming.access import publish_auth, read_auth
from checks.streaming.delivery import cors, key_delivery, live, playlist_origin
from checks.streaming.encryption import encrypted
from scanner.probes import http_session, stream_twin
from tests.factories.streams import NO_LOGIN, stream
from tests.lab import programmes
from tests.lab.certs import leaf
from tests.lab.places import free_port, open_folder
from tests.lab.streams import nginx
from tests.probes.sites import fix
from tests.probes.streams_web import NAME, look, target

HOME = "127.32.43.1"
SESSION = "s3cret"
SHOWN = """#EXTM3U
#EXT-X-TARGETDURATION:1
#EXT-X-KEY:METHOD=AES-128,URI="/shown/made.key"
#EXTINF:1,
pay/a.ts
#EXT-X-ENDLIST
"""

# `hls on` as in the module's own example (its README), and the same with keys.
_BLOCKS = """
rtmp {{ access_log off; server {{ listen {home}:{rtmp}; chunk_size 4096;
  application live {{ live on; hls on; hls_path {folder}/hls; hls_fragment 1s;
    hls_playlist_length 4s; }}
  application pay {{ live on; hls on; hls_path {folder}/pay; hls_fragment 1s;
    hls_playlist_length 4s; hls_keys on; hls_key_path {folder}/keys; {urls} }}
}} }}
http {{ access_log off; {temporary}
  {origins}
  server {{ listen {home}:{plain};
    location /hls {{ types {{ application/vnd.apple.mpegurl m3u8; video/mp2t ts; }}
      root {folder}; add_header Cache-Control no-cache; }} }}
  server {{ listen {home}:{tls} ssl; ssl_certificate {pem}; ssl_certificate_key {pem};
    root {folder}; {guarded} }}
  server {{ listen {home}:{asked};
    location / {{ if ($arg_session != "{session}") {{ return 403; }} return 204; }} }}
  {leads_on}
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@pytest.fixture(scope="module")
def ports():
    with open_folder() as folder:
        named = {one: free_port(HOME) for one in ("rtmp", "plain", "tls", "asked", "onward")}
        here = f"live.example.vn:{named['tls']}"
        urls, _, onward = fix("streaming.playlist-origin", "nginx").partition("# Plain HTTP")
        urls = urls.replace("live.example.vn", here).replace("/hls/", "/pay/")
        onward = onward.partition("\n")[2].replace("listen 80", f"listen {HOME}:{named['onward']}")
        origins, _, shown = fix("streaming.cors", "nginx").partition("# Where the keys")
        guarded = fix("streaming.key-delivery", "nginx") + shown.partition("\n")[2].replace(
            "location /keys/ {", f"location /shown/ {{ alias {folder}/keys/;"
        )
        guarded = guarded.replace(
            "http://127.0.0.1:8080/may-watch", f"http://{HOME}:{named['asked']}/?$args"
        )
        (folder / "keys").mkdir()
        blocks = _BLOCKS.format(
            home=HOME, folder=folder, pem=leaf(folder, NAME), session=SESSION, urls=urls,
            leads_on=onward, origins=origins, guarded=guarded, **named,
            temporary="".join(f"{one}_temp_path {folder}/t-{one};" for one in _TEMPORARY),
        ).replace("live.example.vn", NAME)  # fmt: skip
        sent = [
            one
            for app in ("live", "pay")
            for one in (*programmes.AAC, "-f", "flv", f"rtmp://{HOME}:{named['rtmp']}/{app}/news")
        ]
        with nginx(folder, blocks, address=HOME, port=named["tls"]):
            written = (folder / "hls" / "news.m3u8", folder / "pay" / "news.m3u8")
            with programmes.on_air(sent, *written):
                (folder / "keys" / "made.key").write_bytes(bytes(16))
                (folder / "shown.m3u8").write_text(SHOWN)
                yield named


@pytest.fixture(autouse=True)
def onward(ports, monkeypatch):
    monkeypatch.setattr(http_session, "AGAIN", 0.01)
    monkeypatch.setattr(
        stream_twin, "plain_urls", lambda _: (f"http://{NAME}:{ports['onward']}/pay/news.m3u8",)
    )


def verdicts(facts, **settings):
    whole = stream(scheme="https", wire=None, web=facts)
    place = target(f"https://{NAME}/", HOME, **settings)
    found = (
        encrypted(whole, place),
        key_delivery(whole, place),
        playlist_origin(whole, place),
        live(whole, place),
        read_auth(whole, place, NO_LOGIN),
        publish_auth(whole, place, NO_LOGIN),
    )
    return tuple(one.status for one in found)


PASS, FAIL, NOT = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE


def test_the_modules_own_example(ports):
    facts, _, _ = look(f"http://{NAME}:{ports['plain']}/hls/news.m3u8", HOME)
    assert (facts.secure, facts.played, facts.moves) == (False, True, True)
    assert verdicts(facts) == (FAIL, NOT, FAIL, PASS, NOT, NOT)
    assert verdicts(facts, use="contribution") == (FAIL, NOT, FAIL, NOT, FAIL, NOT)


def test_the_remedies_pasted(ports):
    facts, _, _ = look(f"https://{NAME}:{ports['tls']}/pay/news.m3u8", HOME)
    assert {one.part: one.scheme for one in facts.sources} == dict.fromkeys(
        ("playlist", "segment", "key"), "https"
    )
    assert {one.given for one in facts.doors} == {False}
    assert (facts.played, facts.moves, facts.twin) == (False, True, False)
    assert verdicts(facts, protected=True) == (PASS, PASS, PASS, PASS, NOT, NOT)
    assert verdicts(facts, use="contribution") == (PASS, PASS, PASS, NOT, PASS, NOT)


def test_other_sites_and_the_keys(ports):
    """Our snippet lets no other site read."""
    facts, _, _ = look(f"https://{NAME}:{ports['tls']}/shown.m3u8", HOME)
    (door,) = facts.doors
    assert (door.given, door.any_origin, door.status) == (True, False, 200)
    assert cors(stream(web=facts)).status is PASS
