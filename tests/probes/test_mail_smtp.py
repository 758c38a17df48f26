"""Mail servers that behave as no server should: bounded, and never a pass."""

from __future__ import annotations

import errno
import time

import pytest

from facts.base import Unknown
from facts.smtp import NULL, PERCENT, PLAIN, ROUTE
from scanner.probes import mail_smtp
from tests.lab.hostile import hostile
from tests.probes.reaches import reach

ADDRESS = "127.32.25.200"


def asked(behaviour):
    """What is learnt of such a server, and how often it was called."""
    with hostile(ADDRESS, behaviour) as server:
        seen = mail_smtp.exchanger(reach(), "mx.bao.test", ADDRESS, "bao.test", server.port, "")
    return seen, len(server.calls)


def banner(sock, server):
    while not server.over.is_set():
        sock.sendall(b"220-" + b"x" * 500 + b"\r\n")


def drip(sock, server):
    while not server.over.wait(0.05):
        sock.sendall(b"2")


def garbage(sock, server):
    sock.sendall(b"\xff\x00\r\n" * 100)


def many_extensions(sock, server):
    sock.sendall(b"220 hello\r\n")
    sock.recv(2000)
    sock.sendall(b"250-mx\r\n250-" + b"STARTTLS\r\n250-" * 5000)


def full(sock, server):
    sock.sendall(b"554 5.7.1 no relay here\r\n")


def silent(sock, server):
    server.over.wait(300)


def hangs_up(sock, server):
    sock.sendall(b"220 hello\r\n")
    sock.recv(2000)
    sock.sendall(b"250 mx\r\n")
    sock.recv(2000)


def forgets(sock, server):
    """Refuses to relay once, and says nothing any more."""
    for words in (b"220 hello", b"250 mx", b"250 ok", b"250 ok", b"554 5.7.1 Relay access denied"):
        sock.sendall(words + b"\r\n")
        sock.recv(2000)
    server.over.wait(300)


@pytest.mark.parametrize(
    "behaviour", [banner, drip, garbage, many_extensions, full, silent, hangs_up, forgets]
)
def test_a_hostile_server_passes_nothing(monkeypatch, behaviour):
    monkeypatch.setattr(mail_smtp, "WAIT", 1.0)
    monkeypatch.setattr(mail_smtp, "TOTAL", 1.5)
    began = time.monotonic()
    seen, calls = asked(behaviour)
    assert isinstance(seen.relays[PLAIN], Unknown)
    assert True not in seen.relays.values()
    assert calls == 1
    assert time.monotonic() - began < 15


def yes(sock, server):
    sock.sendall(b"220 hello\r\n")
    while sock.recv(2000):
        sock.sendall(b"250-mx\r\n250 STARTTLS\r\n")


def test_a_server_that_says_yes_to_everything_relays():
    seen, calls = asked(yes)
    assert set(seen.relays.values()) == {True}
    assert isinstance(seen.secure, Unknown)
    assert calls <= 3


def refuses(odd, nobody=b"550 5.1.1 User unknown"):
    """A server that relays for nobody, but answers `odd` to an address with `%` in it."""

    def behaviour(sock, server):
        sock.sendall(b"220 hello\r\n")
        while said := sock.recv(2000):
            answer = b"250 ok"
            if b"RCPT" in said:
                own = nobody if said.rstrip().endswith(b"@bao.test>") else b"550 5.7.1 relay denied"
                answer = odd if b"%" in said else own
            sock.sendall(answer + b"\r\n")

    return behaviour


@pytest.mark.parametrize(
    ("odd", "nobody", "percent"),
    [
        (b"250 ok", b"550 5.1.1 User unknown", {PERCENT: True}),
        (b"550 5.1.1 User unknown", b"", {PERCENT: False}),
        (b"250 ok", b"250 ok", {}),
        (b"250 ok", b"451 later", {}),
        (b"450 4.2.0 Greylisted", b"", {}),
    ],
)
def test_the_percent_way_counts_only_where_it_is_clear(odd, nobody, percent):
    seen, _ = asked(refuses(odd, nobody))
    assert seen.relays == {**dict.fromkeys((NULL, PLAIN, ROUTE), False), **percent}


def breaks_tls(sock, server):
    sock.sendall(b"220 hello\r\n")
    while (said := sock.recv(2000)) and not said.startswith(b"\x16"):
        sock.sendall(b"220 go\r\n" if b"STARTTLS" in said else b"250-mx\r\n250 STARTTLS\r\n")
    sock.sendall(b"I speak no TLS\r\n" * 10)


def test_broken_tls_is_no_pass():
    seen, _ = asked(breaks_tls)
    assert seen.starttls is True
    assert isinstance(seen.secure, Unknown)
    assert isinstance(seen.certificate, Unknown)


def test_no_message_is_ever_begun():
    heard = []

    def listens(sock, server):
        sock.sendall(b"220 hello\r\n")
        while said := sock.recv(2000):
            heard.append(said.decode())
            sock.sendall(b"250 ok\r\n")

    asked(listens)
    verbs = [one.split()[0] for one in heard]
    assert verbs == [
        *("EHLO", "NOOP", "MAIL", "RCPT", "RSET"),
        *("MAIL", "RCPT", "RCPT", "RCPT", "RCPT", "RSET", "QUIT"),
    ]
    assert "press-scan/" in heard[1] and "soc@example.vn" in heard[1]
    assert all(one.endswith("\r\n") and len(one) < 512 for one in heard)


def test_a_machine_without_ipv6_says_so(monkeypatch):
    def none(*args, **how):
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    way = reach("2001:db8::/32")
    monkeypatch.setattr(way, "connect", none)
    seen = mail_smtp.exchanger(way, "mx.bao.test", "2001:db8::1", "bao.test", 25, "")
    assert seen.starttls == Unknown("The scanner's machine has no IPv6", "2001:db8::1")
