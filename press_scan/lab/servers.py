"""The lab's servers: HTTP(S) for the sites, an open Redis, a Telnet prompt, SSH."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from press_scan.lab.sites import Site

STRONG = ":".join(
    f"ECDHE-{key}-{cipher}"
    for key in ("ECDSA", "RSA")
    for cipher in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")
)


def serve_site(address: str, site: Site, context: ssl.SSLContext | None = None) -> int:
    """Serve a site on a free port of the address; the port."""
    server = _Server((address, 0), _handler(site))
    server.context = context
    return _start(server)


def tls(pem: Path, *, old: bool = False) -> ssl.SSLContext:
    """How a well-kept server speaks TLS; `old`: as servers did ten years ago."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if old:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ALL:eNULL:!aNULL:@SECLEVEL=0")
    else:
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(STRONG)
        context.set_ecdh_curve("prime256v1")
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE | ssl.OP_NO_COMPRESSION
        context.options |= getattr(ssl, "OP_NO_RENEGOTIATION", 0)
    context.load_cert_chain(pem)
    return context


def serve_lines(
    address: str, answers: dict[bytes, bytes], greeting: bytes = b"", port: int = 0
) -> int:
    """A server that greets, and answers lines with a known word; on `port` when it is free."""

    class Talk(socketserver.StreamRequestHandler):
        timeout = 20

        def handle(self) -> None:
            self.wfile.write(greeting)
            while line := self.rfile.readline(1024):
                for word, answer in answers.items():
                    if word in line.upper():
                        self.wfile.write(answer)

    try:
        return _start(_Quiet((address, port), Talk))
    except OSError:
        return _start(_Quiet((address, 0), Talk))


class _Quiet(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A stranger who hangs up is no news."""


class _Server(_Quiet, ThreadingHTTPServer):
    context: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the connection's own thread, so that a slow client blocks nobody."""
        request.settimeout(20)
        if self.context:
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)
        if self.context:
            request.close()


def _start(server: socketserver.TCPServer) -> int:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port: int = server.server_address[1]
    return port


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def version_string(self) -> str:
            return ""

        def send_response(self, code: int, message: str | None = None) -> None:
            self.send_response_only(code, message)
            self.send_header("Date", self.date_time_string())
            for name, value in site.headers.items():
                self.send_header(name, value)

        def do_GET(self) -> None:  # the library's name
            path = self.path.partition("?")[0]
            if site.redirect:
                self._answer(301, HTML_EMPTY, location=site.redirect + self.path)
            elif path in site.pages:
                self._answer(200, site.pages[path])
            else:
                self._answer(404, ("text/html; charset=utf-8", site.error))

        do_HEAD = do_GET  # noqa: N815  # the library's name

        def do_TRACE(self) -> None:
            if not site.trace:
                self._answer(405, HTML_EMPTY)
                return
            echo = f"{self.requestline}\r\n{self.headers}"
            self._answer(200, ("message/http", echo))

        def do_OPTIONS(self) -> None:
            self._answer(200, HTML_EMPTY, allow="GET, HEAD, OPTIONS")

        def do_POST(self) -> None:
            self._answer(405, HTML_EMPTY)

        def _answer(self, code: int, page: tuple[str, str], **more: str) -> None:
            kind, text = page
            body = text.encode()
            self.send_response(code)
            for name, value in more.items():
                self.send_header(name.title(), value)
            origin = self.headers.get("Origin")
            if site.any_origin and origin:
                self.send_header("Access-Control-Allow-Origin", origin)
                self.send_header("Access-Control-Allow-Credentials", "true")
            for cookie in site.cookies:
                self.send_header("Set-Cookie", cookie)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the library's name
            """The lab is silent."""

    return Handler


HTML_EMPTY = ("text/html; charset=utf-8", "")


def free_address(number: int) -> str:
    """An address of the lab's own where loopback has many (Linux), else 127.0.0.1."""
    address = f"127.66.0.{number}"
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return "127.0.0.1"
    return address
