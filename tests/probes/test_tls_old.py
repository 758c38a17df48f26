"""Services of long ago: SSLv2, SSLv3, and faults that no server of Debian has any more.

SSLv3 and the worst suites are spoken by tlslite-ng, a real library.  Heartbleed, the early
ChangeCipherSpec and the padding oracle are played by a relay before a real server; SSLv2 by a few
bytes after its draft: such servers can't be had.
"""

from __future__ import annotations

import pytest

from facts.declared import Kind, Target
from facts.tls import TlsFacts
from scanner.probes import tls
from tests.lab.engines import differences, with_sslyze
from tests.lab.hostile import hostile
from tests.lab.issuer import Authority
from tests.lab.nginx import nginx
from tests.lab.old_tls import early_ccs, heartbleed, oracle, relay, tlslite
from tests.lab.places import free_port, open_folder
from tests.probes.reaches import reach
from tests.probes.test_tls_wire import SSLV2

ADDRESS = "127.31.6.1"
NAME = "old.bao.test"
CERT = Authority(key_kind="rsa2048").leaf(NAME, key="rsa2048")
SSL3, TLS1, TLS12 = (3, 0), (3, 1), (3, 3)


def visit(port, *, compare=False):
    """The facts by hellos; when compared, they are sslyze's, where it knows them."""
    target = Target(Kind.TLS, NAME, address=ADDRESS, port=port)
    ((_, facts),) = tls.gather_many([target], reach("127.31.0.0/16"))
    assert isinstance(facts, TlsFacts), repr(facts)
    if compare:
        assert differences(facts, with_sslyze([target], reach("127.31.0.0/16"))[port]) == []
    return facts


def test_sslv3_with_rc4_and_3des():
    how = {"minVersion": SSL3, "maxVersion": TLS1, "cipherNames": ["rc4", "3des", "aes128"],
           "macNames": ["sha", "md5"], "keyExchangeNames": ["rsa"]}  # fmt: skip
    with tlslite(ADDRESS, CERT, **how) as port:
        facts = visit(port, compare=True)
    assert {name: taken for name, taken in facts.accepts.items() if taken is not False} == {
        "SSLv3": True, "TLSv1.0": True,
    }  # fmt: skip
    assert set(facts.suites["SSLv3"]) == set(facts.suites["TLSv1.0"]) == {
        "TLS_RSA_WITH_RC4_128_MD5", "TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
        "TLS_RSA_WITH_AES_128_CBC_SHA",
    }  # fmt: skip
    assert {group for group, used in facts.weak.items() if used} == {"RC4", "3DES", "MD5"}
    assert facts.attacks["Heartbleed"] is False  # it has heartbeats: sslyze was asked


def test_suites_without_encryption_or_authentication():
    how = {"minVersion": TLS1, "maxVersion": TLS12}
    null = {"cipherNames": ["null"], "macNames": ["sha", "md5"], "keyExchangeNames": ["rsa"]}
    anonymous = {"cipherNames": ["aes128"], "keyExchangeNames": ["dh_anon", "ecdh_anon"]}
    with tlslite(ADDRESS, CERT, **how, **null) as port:
        assert visit(port).weak["NULL"] is True
    with tlslite(ADDRESS, CERT, anonymous=True, **how, **anonymous) as port:
        facts = visit(port)
    assert facts.weak["anonymous"] is True and facts.chains == ()


@pytest.fixture(scope="module")
def today():
    """A server of today that speaks TLS 1.2 with RSA key exchange."""
    with open_folder() as folder:
        chain, key = CERT.files(folder)
        port = free_port(ADDRESS)
        site = (
            f"server {{ listen {ADDRESS}:{port} ssl; ssl_certificate {chain}; "
            f"ssl_certificate_key {key}; ssl_protocols TLSv1.2; "
            "ssl_ciphers AES128-GCM-SHA256:AES128-SHA; }"
        )
        with nginx(folder, site, address=ADDRESS, port=port):
            yield port


def open_to(facts):
    return {name for name, told in facts.attacks.items() if told is True}


def test_a_server_of_today_has_none_of_these_faults(today):
    assert open_to(visit(today, compare=True)) == set()


def test_an_early_change_of_ciphers(today):
    with relay(ADDRESS, today, early_ccs) as port:
        assert "CCS injection" in open_to(visit(port))


def test_a_padding_oracle(today):
    with relay(ADDRESS, today, oracle(CERT.key)) as port:
        assert open_to(visit(port)) == {"ROBOT"}


def test_heartbleed():
    how = {"minVersion": TLS1, "maxVersion": TLS12}
    with tlslite(ADDRESS, CERT, **how) as own, relay(ADDRESS, own, heartbleed) as port:
        assert open_to(visit(port)) == {"Heartbleed"}
    with tlslite(ADDRESS, CERT, **how) as port:
        assert open_to(visit(port)) == set()


def test_sslv2_alone():
    def serve(sock, server):
        sock.settimeout(5)
        if sock.recv(4096)[:1] >= b"\x80":
            sock.sendall(SSLV2)

    with hostile(ADDRESS, serve) as server:
        facts = visit(server.port)
    assert {version for version, taken in facts.accepts.items() if taken is True} == {"SSLv2"}
    assert {group for group, used in facts.weak.items() if used} == {"RC4", "DES", "3DES", "MD5"}
