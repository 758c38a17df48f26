"""TLS behind STARTTLS, on IPv6, without SNI, and with renegotiation on: other real servers."""

from __future__ import annotations

import ssl
import threading
from contextlib import contextmanager

import pytest

from checks import Status, load
from facts.base import Absent, Undecided
from facts.declared import Kind, Target
from facts.tls import TlsFacts
from facts.world import World
from scanner.judge import judge
from scanner.probes import tls
from tests.factories import GOOD
from tests.lab import services as lab
from tests.lab.engines import differences, with_sslyze
from tests.lab.hostile import hostile
from tests.lab.issuer import Authority
from tests.lab.nginx import nginx
from tests.lab.places import free_port, open_folder, running
from tests.probes.reaches import reach

ADDRESS = "127.31.8.1"
NAME = "mail.bao.test"
ISSUER = Authority(key_kind="rsa2048")


@pytest.fixture
def folder():
    with open_folder() as place:
        yield place


def visit(port, *, name=NAME, address=ADDRESS, starttls="", declared=True):
    target = Target(Kind.TLS, name, address=address, port=port, starttls=starttls,
                    ca=ISSUER.bundle, declared=declared)  # fmt: skip
    way = reach("127.31.0.0/16", "::1/128")
    ((told, facts),) = tls.gather_many([target], way)
    assert told is target
    if isinstance(facts, TlsFacts):
        assert differences(facts, with_sslyze([target], way)[port]) == []
    return target, facts


def status(check, target, facts):
    assert isinstance(facts, TlsFacts), repr(facts)
    one = load()[f"tls.{check}"]
    return judge(one, one.params, target, {TlsFacts: facts}, GOOD[World]).status


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_starttls_of_dovecot(folder, protocol):
    chain, key = ISSUER.leaf(NAME, key="rsa2048").files(folder)
    imap, pop3 = free_port(ADDRESS), free_port(ADDRESS)
    config = f"ssl = yes\nssl_cert = <{chain}\nssl_key = <{key}\nssl_min_protocol = TLSv1.2\n"
    with lab.dovecot(folder, config, address=ADDRESS, imap=imap, pop3=pop3):
        target, facts = visit(imap if protocol == "imap" else pop3, starttls=protocol)
    for check in ("protocols", "tls13", "cert-trusted", "cert-name", "cert-chain", "known-attacks"):
        assert status(check, target, facts) is Status.PASS, check


def test_starttls_of_postfix(folder):
    chain, key = ISSUER.leaf("other.test", key="rsa2048").files(folder)
    config = f"""
smtpd_tls_cert_file = {chain}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_tls_protocols = >=TLSv1.2
smtpd_sasl_auth_enable = no
"""
    port = free_port(ADDRESS)
    with lab.postfix(folder, config, address=ADDRESS, port=port):
        target, facts = visit(port, starttls="smtp")
    assert status("protocols", target, facts) is Status.PASS
    assert status("cert-name", target, facts) is Status.FAIL


@pytest.mark.parametrize(("protocol", "answers", "absent"), [
    ("smtp", [b"220 a ESMTP\r\n", b"250-a\r\n250 PIPELINING\r\n"], True),
    ("smtp", [b"421 too busy\r\n"], False),
    ("smtp", [b"220-a\r\n220 b\r\n", b"500 what?\r\n"], False),
    ("imap", [b"* OK hi\r\n", b". BAD unknown\r\n"], True),
    ("imap", [b"* OK hi\r\n"], False),
    ("imap", [b"* BYE busy\r\n"], False),
    ("pop3", [b"+OK\r\n", b"-ERR no\r\n"], True),
    ("postgres", [b"N"], True),
    ("postgres", [b"?"], False),
    ("ldap", [b"\x30\x0c"], False),
])  # fmt: skip
def test_a_clear_no_and_an_unclear_one(protocol, answers, absent):
    def serve(sock, server):
        sock.settimeout(5)
        for answer in answers:
            if protocol in {"postgres", "ldap"} or answer is not answers[0]:
                sock.recv(2048)
            sock.sendall(answer)

    with hostile(ADDRESS, serve) as server:
        _, found = visit(server.port, starttls=protocol)
    assert isinstance(found, Absent if absent else Undecided), repr(found)


def test_starttls_of_vsftpd_with_and_without(folder):
    chain, key = ISSUER.leaf(NAME, key="rsa2048").files(folder)
    secure = f"ssl_enable=YES\nrsa_cert_file={chain}\nrsa_private_key_file={key}\n"
    port, plain = free_port(ADDRESS), free_port(ADDRESS)
    with (
        lab.vsftpd(folder, secure, address=ADDRESS, port=port),
        lab.vsftpd(folder, address=ADDRESS, port=plain),
    ):
        target, facts = visit(port, starttls="ftp")
        _, none = visit(plain, starttls="ftp")
    assert status("cert-trusted", target, facts) is Status.PASS
    assert isinstance(none, Absent) and none.why == "STARTTLS is not offered here"


def test_a_server_on_ipv6(folder):
    chain, key = ISSUER.leaf("::1").files(folder)
    port = free_port("::1")
    site = (
        f"server {{ listen [::1]:{port} ssl; ssl_certificate {chain}; ssl_certificate_key {key}; }}"
    )
    with nginx(folder, site, address="::1", port=port):
        target, facts = visit(port, name="::1", address="::1")
    assert status("cert-name", target, facts) is Status.PASS


@contextmanager
def s_server(folder, *options):
    """OpenSSL's own test server."""
    chain, key = ISSUER.leaf(NAME, key="rsa2048").files(folder)
    port = free_port(ADDRESS)
    argv = ["openssl", "s_server", "-accept", f"{ADDRESS}:{port}", "-cert", str(chain), "-key",
            str(key), "-cert_chain", str(chain), "-www", *options]  # fmt: skip
    with running(argv, ADDRESS, port, folder / f"s_server-{port}.log"):
        yield port


def test_renegotiation_by_the_client(folder):
    with s_server(folder, "-tls1_2", "-client_renegotiation") as port:
        target, facts = visit(port)
    assert facts.attacks["client-driven renegotiation"] is True
    assert status("known-attacks", target, facts) is Status.FAIL
    with s_server(folder, "-tls1_2") as port:
        target, facts = visit(port)
    assert status("known-attacks", target, facts) is Status.PASS


def test_curves_below_tls_12(folder):
    """sslyze can't try them; a hello can."""
    curves = ("-curves", "P-256:P-384:secp192r1")
    with s_server(folder, "-tls1", "-cipher", "ECDHE:@SECLEVEL=0", *curves) as port:
        target, facts = visit(port)
        theirs = with_sslyze([target], reach("127.31.0.0/16"))[port]
    assert status("protocols", target, facts) is Status.FAIL
    assert {name for name, works in facts.curves.items() if works is True} == {
        "secp256r1", "secp384r1", "secp192r1",
    }  # fmt: skip
    assert status("dh-size", target, facts) is Status.FAIL
    assert status("dh-size", target, theirs) is Status.ERROR
    assert status("forward-secrecy", target, facts) is Status.NOT_APPLICABLE


def test_only_anonymous_suites_show_no_certificate(folder):
    port = free_port(ADDRESS)
    argv = ["openssl", "s_server", "-accept", f"{ADDRESS}:{port}", "-nocert", "-www", "-tls1_2",
            "-cipher", "aNULL:@SECLEVEL=0"]  # fmt: skip
    with running(argv, ADDRESS, port, folder / "s_server.log"):
        target, facts = visit(port)
    assert facts.chains == ()
    assert status("ciphers", target, facts) is Status.FAIL
    assert status("cert-trusted", target, facts) is Status.FAIL
    assert status("cert-expiry", target, facts) is Status.NOT_APPLICABLE


def test_a_server_that_wants_client_certificates(folder):
    chain, key = ISSUER.leaf(NAME).files(folder)
    root = folder / "root.pem"
    root.write_text(ISSUER.bundle)
    port = free_port(ADDRESS)
    site = (
        f"server {{ listen {ADDRESS}:{port} ssl; ssl_certificate {chain}; "
        f"ssl_certificate_key {key}; ssl_client_certificate {root}; ssl_verify_client on; }}"
    )
    with nginx(folder, site, address=ADDRESS, port=port):
        target, facts = visit(port)
    for check in ("protocols", "ciphers", "cert-trusted", "cert-name"):
        assert status(check, target, facts) is Status.PASS, check


@pytest.mark.parametrize(
    ("name", "wanted"), [(ADDRESS, None), (NAME, NAME), ("báo.test", "xn--bo-mia.test")]
)
def test_what_name_is_asked_for(folder, name, wanted):
    """A name in its ASCII form; none at all for a service that is known by its address."""
    chain, key = ISSUER.leaf(NAME).files(folder)
    asked = set()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    context.set_servername_callback(lambda sock, sni, ctx: asked.add(sni))
    lock = threading.Lock()

    def serve(sock, server):
        sock.settimeout(5)
        with (
            lock,
            context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False) as one,
        ):
            one.do_handshake()

    with hostile(ADDRESS, serve) as server:
        _, facts = visit(server.port, name=name)
    assert isinstance(facts, TlsFacts)
    # the Heartbleed and CCS trials are made without a name, for old servers' sake
    assert asked - {None} == ({wanted} if wanted else set())
