"""Services that hang, lie, reset or shut the scanner out; and a child that dies."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from checks import load
from facts.base import Absent, Undecided, Unknown
from facts.declared import Kind, Target
from facts.tls import TlsFacts
from facts.world import World
from scanner.probes import tls
from scanner.reach import Done
from scanner.scope import OutOfScope
from tests.factories.world import world
from tests.lab.hostile import garbage, hostile, never_answers, reset
from tests.lab.issuer import Authority
from tests.lab.nginx import nginx
from tests.lab.places import free_port, open_folder
from tests.lab.tls_servers import fix
from tests.probes.reaches import reach

ADDRESS = "127.31.9.1"
NAME = "www.bao.test"


@pytest.fixture(scope="module")
def good():
    """The port of a well-kept service; and of one that speaks plain HTTP."""
    issuer = Authority()
    with open_folder() as folder:
        chain, key = issuer.leaf(NAME).files(folder)
        port, plain = free_port(ADDRESS), free_port(ADDRESS)
        sites = (
            f"server {{ listen {ADDRESS}:{port} ssl; ssl_certificate {chain}; "
            f"ssl_certificate_key {key}; {fix('tls.mozilla-config.nginx')} }}"
            f"server {{ listen {ADDRESS}:{plain}; }}"
        )
        with nginx(folder, sites, address=ADDRESS, port=port):
            yield port, plain


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(tls, "PATIENCE", 1.0)


def target(port, **how):
    return Target(Kind.TLS, NAME, **{"address": ADDRESS, "port": port, **how})


def visit(*targets, way=None):
    way = way or reach("127.31.0.0/16")
    return {one.port: facts for one, facts in tls.gather_many(targets, way)}


def tls_then_silence(sock, server):
    """Answers the first hello with an alert, and nothing after that."""
    sock.settimeout(5)
    sock.recv(4096)
    if len(server.calls) == 1:
        sock.sendall(b"\x15\x03\x03\x00\x02\x02\x28")
    else:
        server.over.wait(300)


def says(greeting):
    def serve(sock, server):
        sock.settimeout(5)
        sock.sendall(greeting)
        with suppress(OSError):
            sock.recv(4096)

    return serve


def endless(sock, server):
    sock.settimeout(5)
    while not server.over.is_set():
        sock.sendall(b"\x00" * 65536)


def test_nobody_hurts_the_others(good, monkeypatch):
    """One batch: each is told as what it is, and the well-kept one is seen whole."""
    monkeypatch.setattr(tls, "SECONDS", 8.0)
    port, plain = good
    closed = free_port(ADDRESS)
    with (
        hostile(ADDRESS, never_answers) as silent,
        hostile(ADDRESS, garbage) as senseless,
        hostile(ADDRESS, reset) as broken,
        hostile(ADDRESS, endless) as flood,
        hostile(ADDRESS, tls_then_silence) as quiet,
        hostile(ADDRESS, says(b"SSH-2.0-OpenSSH_9.2\r\n")) as ssh,
    ):
        others = (plain, closed, silent.port, senseless.port, broken.port, flood.port,
                  quiet.port, ssh.port)  # fmt: skip
        seen = visit(target(port), *map(target, others))
    assert isinstance(seen[port], TlsFacts)
    assert seen[port].accepts["TLSv1.3"] is True and seen[port].accepts["SSLv3"] is False
    told = {
        plain: (Absent, "No TLS is spoken here"),
        closed: (Absent, "Nothing listens here"),
        ssh.port: (Absent, "No TLS is spoken here"),
        silent.port: (Undecided, "No answer in time"),
        senseless.port: (Undecided, "The answer was neither TLS nor anything known"),
        flood.port: (Undecided, "The answer was neither TLS nor anything known"),
        quiet.port: (Undecided, "No handshake could be completed"),
    }
    cut = seen.pop(broken.port)  # when it breaks off is a matter of luck
    assert isinstance(cut, Undecided)
    assert cut.why in {"The connection was broken off", "No handshake could be completed"}
    assert {p: (type(e), e.why) for p, e in seen.items() if p != port} == told


@contextmanager
def closing_after(connections, port, wait=0.0):
    """A way to a good service that shuts after so many connections; each waits a little."""

    def serve(sock, server):
        server.over.wait(wait)
        if len(server.calls) > connections:
            reset(sock, server)
            return
        with socket.create_connection((ADDRESS, port), timeout=5) as inner:
            back = threading.Thread(target=pump, args=(inner, sock))
            back.start()
            pump(sock, inner)
            back.join()

    with hostile(ADDRESS, serve) as server:
        yield server


def pump(source, sink):
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("engine", "connections"), [("native", 6), ("native", 12), ("native", 18), ("sslyze", 150)]
)
def test_a_service_that_shuts_the_scanner_out_is_not_called_safe(good, engine, connections):
    """What was seen counts, "no" does not: it may be the wall's no."""
    with closing_after(connections, good[0]) as server:
        port = server.port
        way = replace(reach("127.31.0.0/16"), tls_engine=engine)
        facts = visit(target(port), way=way)[port]
    assert isinstance(facts, TlsFacts)
    for version in ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"):
        assert isinstance(facts.accepts[version], Unknown)
    assert all(isinstance(fact, Unknown) for fact in facts.attacks.values())
    for name in ("protocols", "ciphers", "dh-size", "known-attacks", "mozilla-config"):
        with pytest.raises(Undecided):
            check = load()[f"tls.{name}"]
            check.function(*(world() if kind is World else facts for kind in check.reads.values()))


def test_a_modern_service_is_asked_politely(good):
    """Sixty connections at most, where sslyze makes six hundred."""
    with closing_after(1000, good[0]) as server:
        facts = visit(target(server.port))[server.port]
    assert isinstance(facts, TlsFacts) and facts.accepts["TLSv1.3"] is True
    assert 20 < len(server.calls) <= 60


@pytest.mark.parametrize("engine", ["native", "sslyze"])
def test_no_more_than_four_connections_at_once(good, engine):
    over, most = threading.Event(), 0

    def watch(port):
        nonlocal most
        while not over.wait(0.001):
            most = max(most, established(port))

    way = replace(reach("127.31.0.0/16"), tls_engine=engine)
    with closing_after(10_000, good[0], wait=0.02) as server:  # long enough to be seen
        watching = threading.Thread(target=watch, args=(server.port,))
        watching.start()
        assert isinstance(visit(target(server.port), way=way)[server.port], TlsFacts)
        over.set()
        watching.join()
    assert 1 <= most <= 4


OPEN = {"01", "02"}  # established, or about to be


def established(port):
    """Open connections to that port, as the kernel lists them."""
    lines = Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]
    return sum(
        line.split()[2].endswith(f":{port:04X}") and line.split()[3] in OPEN for line in lines
    )


def child(module, services, seconds=20):
    job = {"seconds": seconds, "patience": 9, "connections": 4, "services": services}
    argv = [sys.executable, "-m", f"scanner.probes.{module}"]
    done = subprocess.run(argv, input=json.dumps(job).encode(), capture_output=True, timeout=60)
    return {line["key"]: line for line in map(json.loads, done.stdout.splitlines())}


def service(port, key, **how):
    return {"key": key, "name": NAME, "address": ADDRESS, "port": port, "starttls": "",
            "ca": "", **how}  # fmt: skip


@pytest.mark.parametrize("module", ["tls_child", "sslyze_child"])
def test_the_child_tells_what_it_has_when_its_time_is_up(good, module):
    with hostile(ADDRESS, never_answers) as silent:
        told = child(module, [service(good[0], "good"), service(silent.port, "silent")], seconds=4)
    assert told["good"]["finished"] is True and told["good"]["chains"]
    assert told["silent"] == {
        "key": "silent", "observed_at": told["silent"]["observed_at"], "finished": False
    }  # fmt: skip


@pytest.mark.parametrize("module", ["tls_child", "sslyze_child"])
def test_a_service_with_an_impossible_name_fails_alone(good, module):
    told = child(module, [service(good[0], "good"), service(good[0], "odd", name="báo.test")])
    assert told["good"]["finished"] is True and "error" not in told["good"]
    assert told["odd"]["error"] == "UnicodeEncodeError"


class Fake:
    """A way out whose child says something else."""

    def __init__(self, way, out, code=0):
        self._way, self._done = way, Done(code, out, b"Traceback\nSegmentation fault")

    def __getattr__(self, name):
        return getattr(self._way, name)

    def run(self, *args, **kwargs):
        return self._done


@pytest.mark.parametrize(
    "out",
    [b"", b"nonsense", b'{"key": 5}\n[]\n"x"\n\xff\n', b'{"key": "another", "finished": true}\n'],
)
def test_a_child_that_dies_or_raves(good, out):
    way = Fake(reach("127.31.0.0/16"), out, code=-11)
    found = visit(target(good[0]), way=way)[good[0]]
    assert isinstance(found, Undecided)
    assert found.why == "The TLS scan ended before its time"
    assert found.detail == "-11: Segmentation fault"


def test_a_half_report_is_no_whole_one(good):
    one = target(good[0])
    half = json.dumps({"key": one.key, "finished": True, "offers": {"TLSv1.0": "refused"}})
    found = visit(one, way=Fake(reach("127.31.0.0/16"), half.encode()))[good[0]]
    assert isinstance(found, Undecided)


def test_nothing_is_sent_outside_the_networks():
    with hostile("127.99.1.1", never_answers) as stranger:
        found = visit(target(stranger.port, address="127.99.1.1"))[stranger.port]
        assert isinstance(found, OutOfScope)
        assert stranger.calls == []


def test_the_raw_report_and_the_contacts_are_kept(good):
    way = reach("127.31.0.0/16")
    visit(target(good[0]), way=way)
    (name,) = way.raw
    assert name.startswith(ADDRESS)
    assert json.loads(way.raw[name])["pem"][0][0].startswith("-----BEGIN CERTIFICATE-----")
    (contact,) = way.contacts
    assert f" {ADDRESS} " in contact and contact.endswith(f"tls/{good[0]} tls_child")
