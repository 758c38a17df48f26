"""Real streaming servers: nginx-rtmp (TLS before it), GStreamer's RTSP server, ffmpeg on SRT."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.lab.places import STARTS_WITHIN, running

MODULES = "/usr/lib/nginx/modules"
FFMPEG = ["/usr/bin/ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin"]
PICTURES = ["-re", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10"]


@contextmanager
def nginx(folder: Path, blocks: str, *, address: str, port: int) -> Iterator[Path]:
    """nginx with its modules rtmp and stream; `blocks` are its rtmp, stream and http blocks.

    Gives its error log.
    """
    user = "user root;" if os.geteuid() == 0 else ""
    config, log = folder / f"rtmp-{port}.conf", folder / f"rtmp-{port}.log"
    config.write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/rtmp-{port}.pid;\n"
        f"load_module {MODULES}/ngx_rtmp_module.so; load_module {MODULES}/ngx_stream_module.so;\n"
        f"error_log {log} info;\nevents {{ worker_connections 256; }}\n{blocks}\n"
    )
    argv = ["/usr/sbin/nginx", "-e", str(log), "-c", str(config)]
    with running(argv, address, port, folder / f"rtmp-{port}-out.log"):
        yield log


def tls_before(pem: Path, listen: str, behind: str) -> str:
    """A server of the stream block: TLS at one place, in clear to another."""
    return (
        f"server {{ listen {listen} ssl; proxy_pass {behind};"
        f" ssl_certificate {pem}; ssl_certificate_key {pem}; }}"
    )


@contextmanager
def fed(*target: str, log: Path) -> Iterator[None]:
    """ffmpeg that sends pictures to a server, until the block ends; waits until they flow."""
    progress = log.with_suffix(".progress")
    argv = [*FFMPEG, "-progress", str(progress), *PICTURES, "-c:v", "flv1", "-g", "5", *target]
    with log.open("ab") as out, _child(argv, out) as child:
        _until(lambda: progress.exists() and "out_time" in progress.read_text(), child, log)
        yield


@contextmanager
def srt_listener(url: str, log: Path, *, sends: bool = False) -> Iterator[subprocess.Popen]:
    """ffmpeg that listens on SRT for one caller: takes its stream, or sends it one."""
    argv = [*FFMPEG, "-i", url, "-f", "null", "-"]
    if sends:
        argv = [*FFMPEG, *PICTURES, "-c:v", "mpeg2video", "-f", "mpegts", url]
    port = int(url.partition("?")[0].rpartition(":")[2])
    with log.open("ab") as out, _child(argv, out) as child:
        _until(lambda: _bound(port), child, log)
        yield child


@contextmanager
def rtsp(folder: Path, *, address: str, port: int) -> Iterator[None]:
    """GStreamer's RTSP server: /open, /guarded, and for those who record /in and /in-guarded.

    It runs in the system's Python, which has the bindings.
    """
    file = folder / "rtsp_server.py"
    file.write_text(_RTSP)
    argv = ["/usr/bin/python3", "-W", "ignore", str(file), address, str(port)]
    with running(argv, address, port, folder / "rtsp.log"):
        yield


_RTSP = """
import sys
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer as R
Gst.init(None)
server = R.RTSPServer.new()
server.set_address(sys.argv[1])
server.set_service(sys.argv[2])
auth = R.RTSPAuth()
nobody, friend = R.RTSPToken(), R.RTSPToken()
nobody.set_string("media.factory.role", "nobody")
friend.set_string("media.factory.role", "friend")
auth.set_default_token(nobody)
auth.add_basic(R.RTSPAuth.make_basic("friend", "secret"), friend)
server.set_auth(auth)
SMALL = "video/x-raw,width=64,height=48,format=I420"
PLAY = f"( videotestsrc is-live=1 ! {SMALL} ! jpegenc ! rtpjpegpay name=pay0 )"
TAKE = "( rtph264depay name=depay0 ! fakesink )"
for path, launch, open_ in (
    ("/open", PLAY, True), ("/guarded", PLAY, False), ("/in", TAKE, True), ("/barred", TAKE, False)
):
    factory = R.RTSPMediaFactory.new()
    factory.set_launch(launch)
    if launch is TAKE:
        factory.set_transport_mode(R.RTSPTransportMode.RECORD)
    for role in ("nobody", "friend"):
        allowed = Gst.Structure.new_empty(role)
        allowed.set_value("media.factory.access", True)  # else it answers 404
        allowed.set_value("media.factory.construct", open_ or role == "friend")
        factory.add_role_from_structure(allowed)
    server.get_mount_points().add_factory(path, factory)
server.attach(None)
GLib.MainLoop().run()
"""


@contextmanager
def _child(argv: list[str], out: object) -> Iterator[subprocess.Popen]:
    child = subprocess.Popen(argv, stdout=out, stderr=out)
    try:
        yield child
    finally:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(5)
        child.kill()
        child.wait()


def _bound(port: int) -> bool:
    """Has somebody a UDP socket at this port?"""
    return f":{port:04X} " in Path("/proc/net/udp").read_text()


def _until(ready: object, child: subprocess.Popen, log: Path) -> None:
    ends = time.monotonic() + STARTS_WITHIN
    while not ready():
        if child.poll() is not None or time.monotonic() > ends:
            raise RuntimeError(f"it did not start: {log.read_text('utf-8', 'replace')}")
        time.sleep(0.05)


@contextmanager
def http_answers(answers: dict[str, tuple[int, float]], address: str, port: int) -> Iterator[None]:
    """A web service that servers ask back: for each path its status, after so many seconds."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, seconds = answers[self.path.partition("?")[0]]
            time.sleep(seconds)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer((address, port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
