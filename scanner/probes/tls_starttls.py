"""Asks a service for TLS as its protocol does, to hear an honest no.

sslyze asks again by itself, but takes a broken connection and a busy server for a no.
"""

from __future__ import annotations

import socket

MOST = 8192  # bytes of one answer


def refuses(protocol: str, sock: socket.socket) -> bool:
    """Does the service say clearly that it has no TLS?  False too for what is not understood.

    Raises `OSError` of the network.
    """
    if protocol == "smtp":
        return _smtp(sock)
    if protocol == "postgres":
        sock.sendall(b"\x00\x00\x00\x08\x04\xd2\x16\x2f")
        return sock.recv(1) == b"N"
    if protocol not in _ASKED:
        return False
    greeting, question, noes = _ASKED[protocol]
    if not _line(sock).startswith(greeting):
        return False
    sock.sendall(question)
    return _line(sock).upper().startswith(noes)


_ASKED: dict[str, tuple[bytes, bytes, tuple[bytes, ...]]] = {
    "imap": (b"* OK", b". STARTTLS\r\n", (b". NO", b". BAD")),
    "pop3": (b"+OK", b"STLS\r\n", (b"-ERR",)),
    "ftp": (b"220", b"AUTH TLS\r\n", (b"500", b"502", b"504", b"530", b"534")),
}


def _smtp(sock: socket.socket) -> bool:
    if not _reply(sock).startswith(b"220"):
        return False
    sock.sendall(b"EHLO press-scan.invalid\r\n")
    offered = _reply(sock).upper()
    return offered.startswith(b"250") and b"STARTTLS" not in offered


def _line(sock: socket.socket) -> bytes:
    """A whole line or a reply of several, as far as it comes; the last line is what counts."""
    text = _reply(sock)
    return text.rstrip(b"\r\n").rpartition(b"\n")[2]


def _reply(sock: socket.socket) -> bytes:
    """Lines up to one that is not continued (`220-`)."""
    text = b""
    while len(text) < MOST and (more := sock.recv(2048)):
        text += more
        last = text.rstrip(b"\r\n").rpartition(b"\n")[2]
        if text.endswith(b"\n") and not (last[:3].isdigit() and last[3:4] == b"-"):
            break
    return text
