"""Servers that behave as no server should: they hang, flood, lie, reset and lead astray."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket, "Hostile"], None]


@dataclass
class Hostile:
    """One such server, and how often it was called."""

    address: str
    port: int
    calls: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def hostile(address: str, behaviour: Behaviour, port: int = 0) -> Iterator[Hostile]:
    """Serve until the block ends; each connection has its own thread."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            server.calls.append(self.client_address[0])
            with contextlib.suppress(OSError):
                behaviour(self.request, server)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request, client_address):
            pass

    listening = Server((address, port), Handler)
    server = Hostile(address, listening.server_address[1])
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        listening.shutdown()
        listening.server_close()
        thread.join()


def never_answers(sock: socket.socket, server: Hostile) -> None:
    """Accepts, and says nothing until the test is over."""
    server.over.wait(300)


def garbage(sock: socket.socket, server: Hostile) -> None:
    """Answers whatever comes with bytes that mean nothing."""
    sock.settimeout(5)
    sock.recv(4096)
    sock.sendall(bytes(range(256)) * 16)


def reset(sock: socket.socket, server: Hostile) -> None:
    """Breaks the connection off with a RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def http(answer: Callable[[str, Hostile], Iterator[bytes]]) -> Behaviour:
    """An HTTP server by hand: `answer` gets the path and yields what is sent, maybe for ever."""

    def behave(sock: socket.socket, server: Hostile) -> None:
        sock.settimeout(30)
        head = b""
        while b"\r\n\r\n" not in head:
            part = sock.recv(4096)
            if not part:
                return
            head += part
        path = head.split(b" ")[1].decode("latin-1")
        for piece in answer(path, server):
            if server.over.is_set():
                return
            sock.sendall(piece)

    return behave


def endless_body(path: str, server: Hostile) -> Iterator[bytes]:
    """A page without an end."""
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>"
    while True:
        yield b"<p>tin</p>" * 5000


def endless_headers(path: str, server: Hostile) -> Iterator[bytes]:
    """A header section without an end."""
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-More: " + b"x" * 1000 + b"\r\n"


def drip(path: str, server: Hostile) -> Iterator[bytes]:
    """One byte every half second."""
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100000:
        yield bytes([byte])
        server.over.wait(0.5)


def redirect_to(where: str) -> Callable[[str, Hostile], Iterator[bytes]]:
    """Sends every visitor on; `{port}` and `{path}` are filled in."""

    def answer(path: str, server: Hostile) -> Iterator[bytes]:
        place = where.format(port=server.port, path=path, address=server.address)
        head = f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n"
        yield f"{head}Connection: close\r\n\r\n".encode()

    return answer


def soft_404(path: str, server: Hostile) -> Iterator[bytes]:
    """Says 200 and shows the front page, whatever is asked for."""
    body = b"<!doctype html><title>Bao</title><h1>Trang chu</h1><p>Index of everything</p>"
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
    yield b"Content-Length: %d\r\n\r\n" % len(body)
    yield body
