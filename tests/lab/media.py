"""Streaming servers: real ones (nginx with its RTMP module, Icecast), and the answers of others.

MediaMTX, SRS, Wowza and SHOUTcast are no packages of Debian: what they answer was written down
from their documentation and sources, and is served by hand.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.hostile import Hostile, hostile, http
from tests.lab.places import STARTS_WITHIN, running

RTMP = "/usr/lib/nginx/modules/ngx_rtmp_module.so"

_NGINX = """
{user}
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
load_module {module};
events {{ worker_connections 64; }}
rtmp {{ access_log off; server {{ listen {address}:{rtmp}; application live {{ live on; }} }} }}
http {{ access_log off;
{temporary}
{http} }}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def nginx_rtmp(folder: Path, http: str, *, address: str, port: int, rtmp: int) -> Iterator[None]:
    """nginx with its RTMP module; `http` is what stands in `http {}`, and listens at `port`."""
    temporary = "\n".join(f"{name}_temp_path {folder}/t-{name};" for name in _TEMPORARY)
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / f"nginx-rtmp-{port}.conf"
    config.write_text(
        _NGINX.format(user=user, folder=folder, module=RTMP, address=address, rtmp=rtmp,
                      temporary=temporary, http=http)
    )  # fmt: skip
    argv = ["/usr/sbin/nginx", "-e", f"{folder}/nginx-start.log", "-c", str(config)]
    with running(argv, address, port, folder / "nginx-out.log"):
        yield


_ICECAST = """<icecast>
<limits><clients>20</clients><sources>2</sources></limits>
<authentication><source-password>{word}</source-password><relay-password>{word}</relay-password>
<admin-user>admin</admin-user><admin-password>{word}</admin-password></authentication>
<hostname>{address}</hostname><location>Lab</location><admin>lab@bao.test</admin>
<listen-socket><port>{port}</port><bind-address>{address}</bind-address></listen-socket>
<fileserve>1</fileserve>{more}
<paths><basedir>/usr/share/icecast2</basedir><logdir>{folder}</logdir>
<webroot>{webroot}</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
<logging><accesslog>-</accesslog><errorlog>-</errorlog><loglevel>1</loglevel></logging>
<security><chroot>0</chroot>{owner}</security>
</icecast>
"""
WEB = "/usr/share/icecast2/web"


@contextmanager
def icecast(
    folder: Path, *, address: str, port: int, webroot: str = WEB, more: str = "",
    word: str = "mat-khau-dai-cua-dai",
) -> Iterator[None]:  # fmt: skip
    """Icecast with its own pages; it refuses to run as root, and changes to another account."""
    owner = ""
    if os.geteuid() == 0:
        name = "icecast2" if _has("icecast2") else "nobody"
        owner = f"<changeowner><user>{name}</user><group>nogroup</group></changeowner>"
    config = folder / f"icecast-{port}.xml"
    config.write_text(
        _ICECAST.format(address=address, port=port, webroot=webroot, more=more, word=word,
                        folder=folder, owner=owner)
    )  # fmt: skip
    folder.chmod(0o777)  # its log
    with running(["/usr/bin/icecast2", "-c", str(config)], address, port, folder / "icecast.log"):
        _speaks(address, port)
        yield


def _speaks(address: str, port: int) -> None:
    """Wait until it answers: it listens a while before it does."""
    ends = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < ends:
        with contextlib.suppress(OSError), socket.create_connection((address, port), 2) as sock:
            sock.sendall(b"GET /nothing HTTP/1.0\r\n\r\n")
            if sock.recv(16).startswith(b"HTTP/"):
                return
        time.sleep(0.05)
    raise RuntimeError(f"{address}:{port} does not answer")


def _has(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@contextmanager
def answering(
    address: str, pages: dict[str, str], *, server: str = "", missing: str = "404 Not Found",
    port: int = 0,
) -> Iterator[Hostile]:  # fmt: skip
    """A server by hand: `pages` are whole answers without the status line's "HTTP/1.1 200 OK",
    or, when they begin with a number, with a status of their own."""

    def answer(path: str, _server: Hostile) -> Iterator[bytes]:
        body = pages.get(path.partition("?")[0])
        status = missing if body is None else "200 OK"
        if body is not None and body[:3].isdigit():
            status, _, body = body.partition("\n")
        name = f"Server: {server}\r\n" if server else ""
        text = (body or "").encode()
        head = f"HTTP/1.1 {status}\r\n{name}Content-Length: {len(text)}\r\nConnection: close\r\n"
        yield head.encode() + b"\r\n" + text

    with hostile(address, http(answer), port) as behind:
        yield behind
