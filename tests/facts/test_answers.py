import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts import answers
from facts.base import Unknown

READERS = {**answers.OPEN_DOORS, **answers.TALKATIVE}


@given(st.binary(max_size=300))
def test_no_bytes_crash_a_reader(raw):
    for read in READERS.values():
        assert read(raw) in (True, False) if not isinstance(read(raw), Unknown) else True
    assert isinstance(answers.panel(raw), str | Unknown)
    assert isinstance(answers.mongodb_wire(raw), int)
    assert isinstance(answers.wrong_transport(raw), bool)


@given(st.sampled_from(sorted(READERS)), st.binary(min_size=1, max_size=200))
def test_what_is_not_understood_is_never_a_pass(name, raw):
    start = (b"-", b"+OK", b"250", b"5", b"234", b"334", b"HTTP/1.", b"$", b"VERSION", b"* CAP")
    if raw.upper().startswith(start) or b"\x01ok\0" in raw or b"* CAPABILITY" in raw.upper():
        return
    assert isinstance(READERS[name](raw), Unknown)


def http(status, body):
    return f"HTTP/1.0 {status} X\r\nContent-Type: application/json\r\n\r\n{body}".encode()


def bson(name, value):
    return b"\x01" + name + b"\0" + struct.pack("<d", value)


@pytest.mark.parametrize(
    ("name", "raw", "open_"),
    [
        ("redis", b"$200\r\n# Server\r\nredis_version:7.0.15\r\n", True),
        ("redis", b"-LOADING Redis is loading the dataset in memory\r\n", True),
        ("redis", b"-NOAUTH Authentication required.\r\n", False),
        ("redis", b"-DENIED Redis is running in protected mode\r\n", False),
        ("redis", b"-ERR operation not permitted\r\n", False),
        ("memcached", b"VERSION 1.6.18\r\n", True),
        ("memcached", b"", False),
        ("mongodb", bson(b"ok", 1.0), True),
        ("mongodb", bson(b"ok", 0.0) + b"\x10code\0\x0d\0\0\0", False),
        ("elasticsearch", http(200, '{"cluster_name": "bao", "version": {}}'), True),
        ("elasticsearch", http(401, '{"error": "missing authentication"}'), False),
        ("elasticsearch", http(200, "<html>cluster_name without quotes</html>"), False),
        ("couchdb", http(200, '["_users","tin"]'), True),
        ("couchdb", http(401, '{"error":"unauthorized"}'), False),
        ("etcd", http(200, '{"header":{"cluster_id":"14841639068965178418"}}'), True),
        ("etcd", http(200, '{"action":"get","node":{"dir":true}}'), True),
        ("etcd", http(400, '{"error":"etcdserver: user name is empty","code":3}'), False),
        ("docker", http(200, '{"ApiVersion":"1.41"}'), True),
        ("docker", http(403, "{}"), False),
        ("kubelet", http(200, '{"kind":"PodList","items":[]}'), True),
        ("kubelet", http(401, "Unauthorized"), False),
    ],
)
def test_open_doors(name, raw, open_):
    assert answers.OPEN_DOORS[name](raw) is open_


def test_an_error_of_the_service_decides_nothing():
    assert isinstance(answers.elasticsearch(http(503, "{}")), Unknown)


@pytest.mark.parametrize(
    ("name", "raw", "clear"),
    [
        ("ftp", b"234 Proceed with negotiation.\r\n", False),
        ("ftp", b"530 Please login with USER and PASS.\r\n", True),
        ("ftp", b"500 Unknown command\r\n", True),
        ("pop3", b"+OK\r\nCAPA\r\nTOP\r\nSASL\r\nSTLS\r\n.\r\n", False),
        ("pop3", b"+OK\r\nUSER\r\nSTLS\r\n.\r\n", True),
        ("pop3", b"+OK\r\nSASL PLAIN LOGIN\r\n.\r\n", True),
        ("pop3", b"+OK\r\nSASL CRAM-MD5\r\n.\r\n", False),
        ("pop3", b"-ERR unknown command\r\n", True),
        ("imap", b"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na1 OK\r\n", False),
        ("imap", b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\na1 OK\r\n", True),
        ("imap", b"* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN\r\na1 OK\r\n", True),
        ("imap", b"* CAPABILITY IMAP4rev1\r\na1 OK\r\n", True),
        ("smtp", b"250-mail\r\n250-AUTH PLAIN LOGIN\r\n250 HELP\r\n", True),
        ("smtp", b"250-mail\r\n250-AUTH=LOGIN\r\n250 HELP\r\n", True),
        ("smtp", b"250-mail\r\n250-AUTH CRAM-MD5\r\n250 HELP\r\n", False),
        ("smtp", b"250-mail\r\n250-STARTTLS\r\n250 HELP\r\n", False),
        ("smtp", b"502 Command not implemented\r\n", False),
    ],
)
def test_what_takes_passwords_in_clear(name, raw, clear):
    assert answers.TALKATIVE[name](raw) is clear


def test_panels_are_known_by_their_start_page():
    assert answers.panel(http(200, "<title>Plesk Obsidian 18.0</title>")) == "plesk"
    assert answers.panel(b"HTTP/1.0 200 OK\r\nServer: MiniServ/2.021\r\n\r\n") == "webmin"
    assert answers.panel(http(200, "<title>Toa soan</title> tin ve plesk")) == ""
    assert isinstance(answers.panel(b""), Unknown)


def test_transport_mistakes():
    assert answers.wrong_transport(http(400, "Client sent an HTTP request to an HTTPS server."))
    assert answers.wrong_transport(b"\x15\x03\x01\x00\x02\x02\x46")
    assert not answers.wrong_transport(http(200, "tin tuc"))
