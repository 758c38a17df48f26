"""One harmless question to a service that the sweep found: does it serve a stranger, does it take
passwords in clear, is it an administration panel?  No log-in, no name, nothing is changed."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from facts import answers
from facts.base import Undecided, Unknown
from facts.declared import Target
from facts.ports import Port
from scanner.probes.talk import Talk, refused, talk
from scanner.reach import OutOfScope, Reach

Ask = Callable[[Talk], bytes]

TLS_FIRST = frozenset({2376, 6984, 8443, 9443, 10250})  # where TLS is usual
PRESENT = frozenset({"rexec", "rlogin"})  # wait in silence: that they are there is enough

SILENT = Unknown("The service did not answer the question")
BROKEN = Unknown("The connection was broken off")


def serves_strangers(family: str, port: Port, target: Target, reach: Reach) -> bool | Unknown:
    """Does a service of `facts.services.OPEN_DOORS` answer without log-in?"""
    read = answers.OPEN_DOORS[family]
    last: bool | Unknown = SILENT
    for tls, ask in ((tls, ask) for tls in _transports(port) for ask in _DOORS[family]):
        raw = _asked(ask, port, target, reach, tls)
        if raw is None:
            return False  # it wants a client's certificate
        if isinstance(raw, Unknown):
            last = raw if not isinstance(last, bool) else last
        elif not answers.wrong_transport(raw):
            last = read(raw)
            if raw and not (ask is _ETCD and b" 404 " in raw[:20]):
                return last
    return last


def talks_in_clear(family: str, port: Port, target: Target, reach: Reach) -> bool | Unknown:
    """Does a service of `facts.services.TALKATIVE` take passwords without TLS?"""
    if family in PRESENT:
        return True
    if family in ("telnet", "rsh"):
        return _waits(family, port, target, reach)
    raw = _asked(_OFFERS[family], port, target, reach, tls=False)
    return SILENT if raw is None else raw if isinstance(raw, Unknown) else _offer(family, raw)


def panel(port: Port, target: Target, reach: Reach) -> str | Unknown:
    """Which administration panel has its start page on this port; "" for none."""
    for tls in _transports(port):
        raw = _asked(_get("/"), port, target, reach, tls)
        if isinstance(raw, bytes) and raw and not answers.wrong_transport(raw):
            return answers.panel(raw)
    return SILENT


def _offer(family: str, raw: bytes) -> bool | Unknown:
    return answers.TALKATIVE[family](raw)


def _transports(port: Port) -> tuple[bool, ...]:
    """In which order TLS and plain are tried; one only, where nmap knows."""
    if isinstance(port.tunnel, str) and not port.guessed:
        return (True,) if port.tls else (False,)
    return (True, False) if port.number in TLS_FIRST else (False, True)


def _asked(ask: Ask, port: Port, target: Target, reach: Reach, tls: bool) -> bytes | Unknown | None:
    """The raw answer; b"" when it hung up in silence, None when it wants a certificate.

    One retry when the network fails.  A TLS 1.3 server refuses after the handshake, and its alert
    may be lost with the connection: twice the same means that it wants a certificate.
    """
    met = 0
    for _ in range(2):
        try:
            with talk(target, reach, port.number, tls=tls) as line:
                met += tls
                raw = ask(line)
                return SILENT if not raw and line.cut else raw
        except (OutOfScope, Undecided) as error:
            return Unknown(error.why, error.detail)
        except OSError as error:
            if refused(error):
                return None
            reach.stop.wait(0.3)
    return None if met == 2 else BROKEN


def _waits(family: str, port: Port, target: Target, reach: Reach) -> bool | Unknown:
    """Telnet greets.  rsh hangs up on a stranger's port; a log collector on 514 waits silently."""

    def listen(line: Talk) -> bytes:
        raw = line.hear(bool)
        return raw if raw or not line.cut else b"\0silence"

    raw = _asked(listen, port, target, reach, tls=False)
    if not isinstance(raw, bytes):
        return SILENT if raw is None else raw
    if family == "rsh":
        return raw != b"\0silence"
    return SILENT if raw == b"\0silence" else bool(raw)


def _line(words: bytes) -> Ask:
    def ask(line: Talk) -> bytes:
        line.say(words)
        return line.hear()

    return ask


def _redis(line: Talk) -> bytes:
    line.say(b"INFO server\r\n")
    return line.hear(lambda raw: raw[:1] == b"-" or b"\r\n\r\n" in raw or b"redis_version" in raw)


def _get(path: str, body: bytes = b"") -> Ask:
    def ask(line: Talk) -> bytes:
        head = f"{'POST' if body else 'GET'} {path} HTTP/1.0\r\nHost: {line.host}\r\n"
        head += f"User-Agent: {line.agent}\r\nAccept: */*\r\nConnection: close\r\n"
        head += f"Content-Length: {len(body)}\r\n" if body else ""
        line.say(f"{head}\r\n".encode("utf-8", "replace") + body)
        return line.hear(_whole)

    return ask


def _whole(raw: bytes) -> bool:
    """Has an HTTP answer of a stated length come to its end?"""
    head, found, body = raw.partition(b"\r\n\r\n")
    for field in head.lower().split(b"\r\n") if found else ():
        name, _, value = field.partition(b":")
        if name == b"content-length" and value.strip().isdigit():
            return len(body) >= int(value[:12])
    return False


def _bson(*fields: bytes) -> bytes:
    body = b"".join(fields) + b"\0"
    return struct.pack("<i", len(body) + 4) + body


_ONE = struct.pack("<i", 1)
_LIST = (b"\x10listDatabases\0" + _ONE, b"\x08nameOnly\0\x01")


def _query(command: bytes) -> bytes:
    """OP_QUERY on admin.$cmd; servers before 3.6 know nothing else."""
    body = struct.pack("<i", 0) + b"admin.$cmd\0" + struct.pack("<ii", 0, -1) + command
    return struct.pack("<iiii", 16 + len(body), 1, 0, 2004) + body


def _mongodb(line: Talk) -> bytes:
    line.say(_query(_bson(b"\x10isMaster\0" + _ONE)))
    hello = line.hear(_counted)
    if not hello:
        return hello
    if answers.mongodb_wire(hello) >= 6:
        body = struct.pack("<i", 0) + b"\0" + _bson(*_LIST, b"\x02$db\0\x06\0\0\0admin\0")
        line.say(struct.pack("<iiii", 16 + len(body), 2, 0, 2013) + body)
    else:
        line.say(_query(_bson(*_LIST)))
    return line.hear(_counted)


def _counted(raw: bytes) -> bool:
    """Has a MongoDB message come to its end?"""
    return len(raw) >= 4 and len(raw) >= int.from_bytes(raw[:4], "little")


def _greeted(words: bytes, whole: Callable[[bytes], bool]) -> Ask:
    """Wait for the greeting, say one thing, hear the answer, and take leave."""

    def ask(line: Talk) -> bytes:
        if not line.hear(_reply):
            return b""
        line.say(words + b"\r\n")
        return line.hear(whole)

    return ask


def _reply(raw: bytes) -> bool:
    """Is the last line whole, and the last of its reply (`250 `, not `250-`)?"""
    lines = raw.split(b"\r\n") if raw.endswith(b"\r\n") else []
    return bool(lines) and lines[-2][3:4] != b"-"


def _dotted(raw: bytes) -> bool:
    return raw.endswith(b"\r\n.\r\n") or (raw[:1] == b"-" and raw.endswith(b"\r\n"))


def _tagged(raw: bytes) -> bool:
    return b"\na1 " in b"\n" + raw


# Count etcd's keys from NUL to NUL: there are none, and nothing is read.
_ETCD = _get("/v3/kv/range", b'{"key":"AA==","range_end":"AA==","count_only":true}')

_DOORS: Mapping[str, tuple[Ask, ...]] = {
    "redis": (_redis,),
    "mongodb": (_mongodb,),
    "elasticsearch": (_get("/"),),
    "memcached": (_line(b"version\r\n"),),
    "couchdb": (_get("/_all_dbs"),),
    "etcd": (_ETCD, _get("/v2/keys")),  # the second for releases before 3.4
    "docker": (_get("/version"),),
    "kubelet": (_get("/pods"),),
}
_OFFERS: Mapping[str, Ask] = {
    "ftp": _greeted(b"AUTH TLS", _reply),
    "pop3": _greeted(b"CAPA", _dotted),
    "imap": _greeted(b"a1 CAPABILITY", _tagged),
    "smtp": _greeted(b"EHLO press-scan.invalid", _reply),
}
