"""Hellos made by hand, and what servers answer: against OpenSSL itself, and against nonsense."""

from __future__ import annotations

import ssl
import struct
import warnings
from contextlib import suppress
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from scanner.probes.tls_names import (
    GROUPS,
    TLS10,
    TLS12,
    TLS13,
    exchange,
    suites,
    suites_of,
)
from scanner.probes.tls_wire import (
    MOST,
    RENEGOTIATION,
    Nonsense,
    Offer,
    Reader,
    client_hello,
    group_names,
    sslv2_hello,
    sslv2_suites,
)
from tests.lab.issuer import Authority
from tests.lab.places import open_folder

NAME = "www.bao.test"


@pytest.fixture(scope="module")
def server():
    """A context of OpenSSL's that takes TLS 1.0 to 1.3, with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with open_folder() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        chain, key = Authority(key_kind="rsa2048").leaf(NAME, key="rsa2048").files(folder)
        context.load_cert_chain(chain, key)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
    return context


def answered(server, hello):
    """What OpenSSL says to a hello."""
    said, told = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = server.wrap_bio(said, told, server_side=True)
    said.write(hello)
    with suppress(ssl.SSLError):
        one.do_handshake()
    return told.read()


def offer(version, **how):
    return Offer(version, suites_of(version)[:90], tuple(group_names(version)), NAME, **how)


@pytest.mark.parametrize("version", [TLS10, TLS12, TLS13])
def test_openssl_answers_our_hello(server, version):
    reader = Reader()
    reader.feed(answered(server, client_hello(offer(version))))
    flight = reader.flight
    assert flight.version == version and flight.done
    assert flight.suite in suites_of(version)
    assert group_names(version)[flight.group] in {"X25519", "secp256r1"}
    if version != TLS13:
        assert len(flight.certificates) == 2 and flight.certificates[0].startswith(b"\x30\x82")
        assert RENEGOTIATION in flight.extensions and not flight.compressed


def test_openssl_refuses_what_it_does_not_have(server):
    reader = Reader()
    reader.feed(answered(server, client_hello(Offer(TLS12, [0x0003], (), NAME))))
    assert (reader.flight.accepted, reader.flight.alert) == (False, 40)


def test_a_hello_of_a_bad_length_is_padded():
    """Some load balancers hang on 256 to 511 bytes."""
    for count in range(1, 200):
        length = len(client_hello(Offer(TLS12, suites_of(TLS12)[:count], (23,), NAME))) - 5
        assert not 255 < length < 512


def test_the_suites_have_names_and_belong_to_versions():
    assert suites()[0xC02F] == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
    assert 0x1301 in suites_of(TLS13) and 0x1301 not in suites_of(TLS12)
    assert 0xC02F in suites_of(TLS12) and 0xC02F not in suites_of(TLS10)
    assert 0x0003 in suites_of(TLS10)  # RSA_EXPORT_WITH_RC4_40_MD5
    assert not any("PSK" in name or "SRP" in name for name in suites().values())
    assert [exchange(one) for one in (0xC02F, 0x009E, 0x002F, 0x0034, 0x1301)] == [
        "ECDHE", "DHE", "RSA", "DHE", "",
    ]  # fmt: skip


@pytest.mark.parametrize("version", [TLS10, TLS12, TLS13])
@given(sizes=some.lists(some.integers(1, 2000), min_size=1, max_size=9))
@settings(max_examples=60, deadline=None)
def test_it_does_not_matter_how_an_answer_is_cut(server, version, sizes):
    answer = answered(server, client_hello(offer(version)))
    whole, pieces = Reader(), Reader()
    whole.feed(answer)
    at, left = 0, cycle(sizes)
    while at < len(answer):
        size = next(left)
        pieces.feed(answer[at : at + size])
        at += size
    assert pieces.flight == whole.flight


@given(some.binary(max_size=600))
def test_garbage_is_nonsense_or_nothing(data):
    reader = Reader()
    try:
        reader.feed(data)
    except Nonsense:
        return
    assert not reader.flight.accepted or reader.flight.version >> 8 == 3


@given(where=some.integers(0, 3000), byte=some.integers(0, 255), cut=some.integers(0, 3000))
@settings(max_examples=300, deadline=None)
def test_a_damaged_answer_never_breaks_the_reader(server, where, byte, cut):
    answer = bytearray(_FLIGHT.setdefault(0, answered(server, client_hello(offer(TLS12)))))
    answer[where % len(answer)] = byte
    with suppress(Nonsense):
        Reader().feed(bytes(answer[: cut or None]))


_FLIGHT: dict[int, bytes] = {}


def test_a_flood_is_cut():
    reader = Reader()
    record = struct.pack(">BHH", 22, 0x0303, 16000) + b"\x0b\x00\xff\xff" + bytes(15996)
    with pytest.raises(Nonsense):
        for _ in range(MOST // len(record) + 2):
            reader.feed(record)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n",
        b"\x16\x03\x03\xff\xff",  # a record too long
        b"\x15\x03\x03\x00\x03\x02\x28\x00",  # an alert of three bytes
        b"\x16\x03\x03\x00\x04\x0b\x00\x00\x00",  # a certificate first
        b"\x17\x03\x03\x00\x01\x00",  # data first
        b"\x16\x03\x03\x00\x06\x02\x00\x00\x02\x03\x03",  # a ServerHello of two bytes
    ],
)
def test_what_is_not_tls(answer):
    with pytest.raises(Nonsense):
        Reader().feed(answer)


def test_a_warning_is_not_a_no():
    """Some servers warn of a name that they don't know, and go on (RFC 6066, 3)."""
    reader = Reader()
    reader.feed(b"\x15\x03\x03\x00\x02\x01\x70")
    assert not reader.ended
    reader.feed(b"\x15\x03\x03\x00\x02\x02\x28")
    assert reader.ended and reader.flight.alert == 40


# As OpenSSL 0.9.8 sends it, written by hand after the draft: no server of today speaks SSLv2.
KINDS = b"\x01\x00\x80\x07\x00\xc0\x06\x00\x40"
SERVER_HELLO = (
    b"\x04\x00\x01\x00\x02" + struct.pack(">HHH", 4, len(KINDS), 16) + b"cert" + KINDS + bytes(16)
)
SSLV2 = struct.pack(">H", 0x8000 | len(SERVER_HELLO)) + SERVER_HELLO


def test_an_sslv2_hello_is_read_when_it_is_whole():
    assert sslv2_suites(SSLV2[:-1]) is None and sslv2_suites(b"") is None
    assert sslv2_suites(SSLV2) == (
        "SSL_CK_RC4_128_WITH_MD5", "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", "SSL_CK_DES_64_CBC_WITH_MD5",
    )  # fmt: skip
    hello = sslv2_hello()
    assert hello[2] == 1 and struct.unpack(">H", hello[:2])[0] & 0x7FFF == len(hello) - 2


@given(some.binary(max_size=80))
def test_other_answers_to_sslv2_are_nonsense(data):
    try:
        told = sslv2_suites(data)
    except Nonsense:
        return
    assert told is None or data[2] == 4


def test_every_group_has_a_size():
    from facts.tls import CURVES

    assert set(GROUPS.values()) == set(CURVES)
