"""Programmes on real servers: an nginx with open, guarded, moved and stale ones, and an Icecast."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab import programmes
from tests.lab.certs import leaf
from tests.lab.media import icecast
from tests.lab.nginx import nginx
from tests.lab.places import free_port, open_folder

WORD = "mat-khau-dai-cua-dai"
TOKEN = "s3cret"

MASTER = """#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=1
live.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2
https://cdn.elsewhere.test/b.m3u8
"""
MIXED = """#EXTM3U
#EXT-X-TARGETDURATION:1
#EXT-X-KEY:METHOD=AES-128,URI="http://keys.elsewhere.test/k"
#EXTINF:1,
http://old.elsewhere.test/a.ts
#EXT-X-ENDLIST
"""
CHOSEN = """#EXTM3U
#EXT-X-TARGETDURATION:1
#EXT-X-KEY:METHOD=AES-128,URI="/chosen/key.bin?token=5"
#EXTINF:1,
a.ts
#EXT-X-ENDLIST
"""
STILL = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nvod-0.ts\n"

_HTTP = """
server {{ listen {home}:{tls} ssl; ssl_certificate {pem}; ssl_certificate_key {pem};
  root {folder}; access_log {folder}/access.log combined;
  location /safe/ {{ }}
  location ~ ^/safe/.*(m3u8|bin)$ {{ if ($arg_token != "{token}") {{ return 403; }} }}
  location /open/ {{ alias {folder}/safe/; add_header Access-Control-Allow-Origin *; }}
  location /any/ {{ alias {folder}/safe/;
    add_header Access-Control-Allow-Origin $http_origin; }}
  location /chosen/ {{ if ($arg_token = "") {{ return 404; }} alias {folder}/safe/; }}
  location /moved/ {{ return 302 /live.m3u8; }}
  location /away/ {{ return 302 https://cdn.elsewhere.test/x.m3u8; }}
  location /round/ {{ return 302 /round/; }}
}}
server {{ listen {home}:{plain}; root {folder}; }}
server {{ listen {home}:{onward}; return 301 https://$host$request_uri; }}
"""


class Lab:
    """Where the lab's servers are."""

    def __init__(self, folder: Path, home: str, name: str) -> None:
        self.folder = folder
        self.name = name
        self.tls, self.plain, self.onward, self.ice = (free_port(home) for _ in range(4))

    def url(self, path: str) -> str:
        """A file on nginx."""
        return f"https://{self.name}:{self.tls}/{path}"

    def mount(self, path: str) -> str:
        """A mount of Icecast."""
        return f"http://{self.name}:{self.ice}/{path}"


@contextmanager
def served(home: str, name: str) -> Iterator[Lab]:
    """nginx with programmes by ffmpeg, and Icecast with one of them."""
    with open_folder() as folder, open_folder() as other:
        there = Lab(folder, home, name)
        safe = folder / "safe"
        safe.mkdir()
        programmes.record(folder, "vod")
        for file, text in (("master", MASTER), ("mixed", MIXED), ("still", STILL)):
            (folder / f"{file}.m3u8").write_text(text)
        (folder / "page.m3u8").write_text("<html>Không có</html>")
        (safe / "chosen.m3u8").write_text(CHOSEN)
        http = _HTTP.format(
            home=home, tls=there.tls, plain=there.plain, onward=there.onward,
            pem=leaf(folder, name), folder=folder, token=TOKEN,
        )  # fmt: skip
        outputs = [
            *programmes.hls(folder, "live"),
            *programmes.hls(safe, "pay", key=f"key.bin?token={TOKEN}"),
            *programmes.dash(folder, "dash"),
            *programmes.dash(folder, "clock", timeline=False),
            *programmes.mount(home, there.ice, "live.mp3", WORD),
        ]
        written = (
            folder / "live.m3u8",
            safe / "pay.m3u8",
            folder / "dash.mpd",
            folder / "clock.mpd",
        )
        with (
            nginx(folder, http, address=home, port=there.tls),
            icecast(other, address=home, port=there.ice),
            programmes.on_air(outputs, *written),
        ):
            yield there
