"""What services say to one harmless question: do they serve a stranger, do they take passwords in
clear?  Pure readers of raw bytes; each gives True, False, or `Unknown`.

Sources: RESP (redis.io), MongoDB's wire protocol, RFC 959 and 4217 (FTP), 1939 and 2595 (POP3),
3501 (IMAP), 4954 (SMTP AUTH), and the products' HTTP interfaces.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping

from facts.base import Unknown
from facts.services import PANELS

Read = Callable[[bytes], "bool | Unknown"]

NOT_UNDERSTOOD = Unknown("The service's answer was not understood")
ERROR = Unknown("The service answered with an error")

_CLEAR = {b"PLAIN", b"LOGIN", b"XOAUTH2", b"OAUTHBEARER"}  # send what logs in, readable
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_OK = re.compile(rb"\x01ok\x00(.{8})", re.DOTALL)


def redis(raw: bytes) -> bool | Unknown:
    """The answer to `INFO server`."""
    if (raw.startswith(b"$") and b"redis_version" in raw) or raw.startswith(b"-LOADING"):
        return True
    if raw.startswith((b"-NOAUTH", b"-NOPERM", b"-DENIED", b"-ERR operation not permitted")):
        return False
    return _nothing(raw)


def memcached(raw: bytes) -> bool | Unknown:
    """The answer to `version`."""
    return True if raw.startswith(b"VERSION ") else _nothing(raw)


def mongodb(raw: bytes) -> bool | Unknown:
    """The answer to `listDatabases`."""
    match = _OK.search(raw)
    if match is None:
        return _nothing(raw)
    return bool(struct.unpack("<d", match[1])[0] == 1.0)


def mongodb_wire(raw: bytes) -> int:
    """The newest wire version that a server names in its answer to `isMaster`; 0 for none."""
    match = re.search(rb"\x10maxWireVersion\x00(.{4})", raw, re.DOTALL)
    return int(struct.unpack("<i", match[1])[0]) if match else 0


def elasticsearch(raw: bytes) -> bool | Unknown:
    """The answer to `GET /`."""
    return _http(raw, rb'"cluster_name"|"lucene_version"')


def couchdb(raw: bytes) -> bool | Unknown:
    """The answer to `GET /_all_dbs`."""
    return _http(raw, rb"^\s*\[")


def etcd(raw: bytes) -> bool | Unknown:
    """The answer to a counting `POST /v3/kv/range`, or to `GET /v2/keys`."""
    return _http(raw, rb'"cluster_id"|"action"\s*:\s*"get"')


def docker(raw: bytes) -> bool | Unknown:
    """The answer to `GET /version`."""
    return _http(raw, rb'"ApiVersion"')


def kubelet(raw: bytes) -> bool | Unknown:
    """The answer to `GET /pods`."""
    return _http(raw, rb'"kind"\s*:\s*"PodList"')


def ftp(raw: bytes) -> bool | Unknown:
    """The answer to `AUTH TLS`: True where TLS is not offered, so that passwords go in clear."""
    if raw.startswith((b"234", b"334")):
        return False
    return True if re.match(rb"5\d\d[ -]", raw) else _nothing(raw)


def pop3(raw: bytes) -> bool | Unknown:
    """The answer to `CAPA` without TLS."""
    if raw.startswith(b"-ERR"):
        return True  # before RFC 2449 there was only USER
    if not raw.startswith(b"+OK"):
        return _nothing(raw)
    lines = [line.upper().split() for line in raw.splitlines()[1:]]
    return any(line[:1] == [b"USER"] or (line[:1] == [b"SASL"] and _clear(line)) for line in lines)


def imap(raw: bytes) -> bool | Unknown:
    """The answer to `CAPABILITY` without TLS."""
    match = re.search(rb"(?:^|\n)\* CAPABILITY ([^\r\n]*)", raw, re.IGNORECASE)
    if match is None:
        return _nothing(raw)
    words = match[1].upper().split()
    mechanisms = [word.removeprefix(b"AUTH=") for word in words if word.startswith(b"AUTH=")]
    return b"LOGINDISABLED" not in words or _clear(mechanisms)


def smtp(raw: bytes) -> bool | Unknown:
    """The answer to `EHLO` without TLS."""
    if re.match(rb"5\d\d[ -]", raw):
        return False  # no EHLO: no AUTH either
    if not raw.startswith(b"250"):
        return _nothing(raw)
    lines = [re.split(rb"[ =]", line[4:].upper()) for line in raw.splitlines()]
    return any(line[0] == b"AUTH" and _clear(line) for line in lines)


def panel(raw: bytes) -> str | Unknown:
    """Which administration panel a start page is; "" for none."""
    if not raw:
        return NOT_UNDERSTOOD
    text = raw.decode("utf-8", "replace").lower()
    return next((name for name, mark in PANELS.items() if re.search(mark, text)), "")


def wrong_transport(raw: bytes) -> bool:
    """Did a TLS service answer to plain bytes, or a plain one to a TLS hello?"""
    http = raw.startswith(b"HTTP/1.") and re.search(rb"HTTPS? (server|port)|SSL-enabled", raw)
    return bool(http) or raw[:2] == b"\x15\x03"


OPEN_DOORS: Mapping[str, Read] = {
    "redis": redis,
    "mongodb": mongodb,
    "elasticsearch": elasticsearch,
    "memcached": memcached,
    "couchdb": couchdb,
    "etcd": etcd,
    "docker": docker,
    "kubelet": kubelet,
}
TALKATIVE: Mapping[str, Read] = {"ftp": ftp, "pop3": pop3, "imap": imap, "smtp": smtp}


def _nothing(raw: bytes) -> bool | Unknown:
    """It hung up without a word: it does not serve a stranger.  Anything else is not understood."""
    return NOT_UNDERSTOOD if raw else False


def _clear(words: list[bytes]) -> bool:
    return bool(_CLEAR & set(words))


def _http(raw: bytes, mark: bytes) -> bool | Unknown:
    status = _STATUS.match(raw)
    if status is None:
        return _nothing(raw)
    if status[1].startswith(b"5"):
        return ERROR
    body = raw.partition(b"\r\n\r\n")[2]
    return status[1] == b"200" and re.search(mark, body) is not None
