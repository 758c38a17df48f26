"""A small web server that answers what it is told to, and writes down what it was asked.

For pages of systems that cannot be had here, and for sites that mislead.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.lab.places import free_port


@dataclass(frozen=True)
class Reply:
    """One answer."""

    body: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


MISSING = Reply("<html>Không có trang này</html>", 404)


@dataclass
class Site:
    """Where it is, and what it was asked."""

    port: int
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, User-Agent


@contextmanager
def pages(address: str, answer: Callable[[str], Reply]) -> Iterator[Site]:
    """Serve until the block ends; `answer` maps a path with its query to what is said."""
    site = Site(free_port(address))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            site.asked.append((self.command, self.path, self.headers.get("User-Agent", "")))
            said = answer(self.path)
            raw = said.body.encode("utf-8")
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = _answer

        def log_message(self, *args: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer((address, site.port), Handler)
    server.daemon_threads = True
    worker = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    worker.start()
    try:
        yield site
    finally:
        server.shutdown()
        worker.join()
        server.server_close()
