"""The way out, with real sockets and real children on loopback."""

import errno
import os
import shutil
import socket
import sys
import threading
import time
from contextlib import contextmanager, suppress
from datetime import date
from ipaddress import ip_network
from pathlib import Path

import pytest

from facts.base import Undecided
from scanner.reach import Pace, Reach
from scanner.scope import Authorisation, OutOfScope, Scope
from scanner.watchdog import WATCHDOG

HERE = "127.35.1.1"


def authorisation(**changes):
    given = {
        "document": "1",
        "valid_from": date(2000, 1, 1),
        "valid_to": date(2999, 12, 31),
        "networks": (ip_network("127.35.0.0/16"), ip_network("::1/128")),
    }
    return Authorisation(**{**given, **changes})


def reach(**changes):
    return Reach(Scope(authorisation(**changes)), pace=Pace(1000))


@contextmanager
def server(answer, address=HERE, kind=socket.SOCK_STREAM):
    """A server that gives each caller to `answer`; yields its port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, kind) as sock:
        sock.bind((address, 0))
        sock.settimeout(0.05)
        done = threading.Event()
        if kind == socket.SOCK_STREAM:
            sock.listen()

        def serve():
            while not done.is_set():
                with suppress(OSError):  # a time-out too
                    if kind == socket.SOCK_DGRAM:
                        answer(sock, *sock.recvfrom(65535))
                    else:
                        caller, _ = sock.accept()
                        with caller:
                            answer(caller, done)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield sock.getsockname()[1]
        finally:
            done.set()
            thread.join(30)


def read_all(sock):
    parts = []
    while part := sock.recv(4096):
        parts.append(part)
    return b"".join(parts)


def test_connects_to_an_address_in_scope_and_writes_it_down():
    way = reach()
    with server(lambda caller, _: caller.sendall(b"hello")) as port, way.talk(HERE, port) as sock:
        assert read_all(sock) == b"hello"
    (line,) = way.contacts
    assert line.endswith(f"Z {HERE} tcp/{port}")


def test_ipv6_too():
    with (
        server(lambda caller, _: caller.sendall(b"six"), "::1") as port,
        reach().talk("::1", port) as sock,
    ):
        assert read_all(sock) == b"six"


@pytest.mark.parametrize("address", ["127.36.0.1", "8.8.8.8", "::2", "2001:db8::1"])
def test_nothing_is_sent_out_of_scope(address, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it connected"))
    way = reach()
    with pytest.raises(OutOfScope):
        way.connect(address, 80)
    with pytest.raises(OutOfScope):
        way.ask_udp(address, 53, b"x")
    assert way.contacts == []


@pytest.mark.parametrize(
    "name", ["localhost", "www.bao.test", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", ""]
)
def test_a_name_is_never_connected_to_and_never_looked_up(name, monkeypatch):
    for function in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, function, lambda *_, **__: pytest.fail("it looked it up"))
    way = reach(networks=(ip_network("127.0.0.0/8"),), names=("localhost", "www.bao.test"))
    with pytest.raises(OutOfScope, match="Only an address"):
        way.connect(name, 80, name=name)


def test_the_checked_address_is_used_even_when_the_name_now_leads_elsewhere(monkeypatch):
    answers = iter([[HERE], ["8.8.8.8"]])
    way = Reach(Scope(authorisation(), lookup=lambda _: next(answers)), pace=Pace(1000))
    (address,) = way.scope.resolve("www.bao.test").addresses
    with (
        server(lambda caller, _: caller.sendall(b"ok")) as port,
        way.talk(address, port, name="www.bao.test") as sock,
    ):
        assert sock.getpeername()[0] == HERE
    assert next(answers) == ["8.8.8.8"]  # the second answer was never asked for


def test_a_refused_connection_is_the_networks_error():
    with socket.socket() as sock:
        sock.bind((HERE, 0))
        with pytest.raises(ConnectionRefusedError):
            reach().connect(HERE, sock.getsockname()[1])


def test_a_drip_server_is_cut():
    def drip(caller, done):
        while not done.wait(0.05):
            caller.sendall(b".")

    with server(drip) as port:
        begun = time.monotonic()
        with pytest.raises(TimeoutError), reach().talk(HERE, port, total=0.3) as sock:
            read_all(sock)
        assert time.monotonic() - begun < 30


def test_a_silent_server_is_cut():
    with (
        server(lambda _, done: done.wait(60)) as port,
        pytest.raises(TimeoutError),
        reach().talk(HERE, port, timeout=0.2) as sock,
    ):
        sock.recv(1)


def test_the_first_udp_answer_counts():
    def answer(sock, packet, caller):
        sock.sendto(b"re:" + packet, caller)

    way = reach()
    with server(answer, kind=socket.SOCK_DGRAM) as port:
        assert way.ask_udp(HERE, port, b"ping") == b"re:ping"
    assert way.contacts[0].endswith(f"{HERE} udp/{port}")


def test_udp_silence_is_none():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HERE, 0))
        assert reach().ask_udp(HERE, sock.getsockname()[1], b"ping", timeout=0.1) is None


def test_a_udp_answer_from_another_address_does_not_count():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.35.1.2", 0))

        def answer(_sock, _packet, caller):
            other.sendto(b"forged", caller)

        with server(answer, kind=socket.SOCK_DGRAM) as port:
            assert reach().ask_udp(HERE, port, b"ping", timeout=0.3) is None


def test_a_closed_udp_port_is_refused():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HERE, 0))
        port = sock.getsockname()[1]
    with pytest.raises(OSError) as caught:
        reach().ask_udp(HERE, port, b"ping")
    assert caught.value.errno == errno.ECONNREFUSED


def test_the_pace_is_kept_for_each_address():
    way = Reach(Scope(authorisation()), pace=Pace(20))
    begun = time.monotonic()
    for _ in range(5):
        way.clear(HERE, "", "x")
    assert time.monotonic() - begun >= 4 / 20
    assert len(way.contacts) == 5


def test_a_stopped_run_sends_nothing_more():
    way = reach()
    way.stop.set()
    with pytest.raises(Undecided, match="stopped"):
        way.connect(HERE, 80)
    assert way.contacts == []


def test_a_visit_past_its_time_sends_nothing_more():
    way = Reach(Scope(authorisation()), ends=time.monotonic() - 1)
    with pytest.raises(Undecided, match="used up"):
        way.ask_udp(HERE, 53, b"")


@pytest.mark.parametrize("contact", ["soc@example.vn\r\nX-Evil: 1", "Sở TT&TT ☎"])
def test_the_agent_is_one_plain_header_line(contact):
    agent = reach(contact=contact).agent
    assert agent.isascii() and agent.isprintable()


# -- children


def python(code):
    return [sys.executable, "-c", code]


def test_a_child_is_run_and_heard():
    code = "import sys; sys.stdout.write(sys.stdin.read()*2); sys.stderr.write('e'); sys.exit(3)"
    done = reach().run(python(code), timeout=60, stdin=b"ab")
    assert (done.code, done.out, done.err) == (3, b"abab", b"e")


def test_a_program_that_is_not_there():
    with pytest.raises(FileNotFoundError):
        reach().run(["no-such-program-35"], timeout=5)


def test_a_slow_child_is_killed_with_its_children(tmp_path):
    code = (
        "import subprocess, sys, time; "
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(p.pid)); time.sleep(600)"
    )
    begun = time.monotonic()
    with pytest.raises(Undecided, match="took too long"):
        reach().run(python(code), timeout=3)
    assert time.monotonic() - begun < 60
    pid = tmp_path / "pid"
    if pid.exists():
        gone(int(pid.read_text()))


def test_a_child_that_closes_its_mouth_and_stays_is_killed():
    code = "import os, time; os.close(1); os.close(2); time.sleep(600)"
    begun = time.monotonic()
    with pytest.raises(Undecided, match="took too long"):
        reach().run(python(code), timeout=1)
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_talkative_child_is_killed(stream):
    code = f"import sys\nwhile True: sys.{stream}.write('x' * 10000)"
    with pytest.raises(Undecided, match="said too much"):
        reach().run(python(code), timeout=60, most=1 << 20)


def test_a_child_that_does_not_listen():
    code = "import os; os.close(0); print('done')"
    done = reach().run(python(code), timeout=60, stdin=b"x" * (1 << 20))
    assert done.out == b"done\n"


def test_a_child_ends_when_the_run_is_stopped():
    way = reach()

    def stop():
        way.stop.set()
        WATCHDOG.cut_all()

    timer = threading.Timer(0.5, stop)
    timer.start()
    with pytest.raises(Undecided, match="stopped"):
        way.run(python("import time; time.sleep(600)"), timeout=300)
    timer.join()


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="util-linux's setpriv does it")
def test_a_child_dies_with_the_scanner(tmp_path):
    child = "import os, time, sys; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"
    pid = tmp_path / "pid"
    code = (
        "import sys; sys.path.insert(0, '.'); from tests.scanner.test_reach import *; "
        f"reach().run([sys.executable, '-c', {child!r}, {str(pid)!r}], timeout=600)"
    )
    root = Path(__file__).parents[2]
    scanner = os.posix_spawn(
        "/bin/sh", ["sh", "-c", f'cd "{root}" && exec "$0" "$@"', *python(code)], os.environ
    )
    until = time.monotonic() + 60
    while not (pid.exists() and pid.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    os.kill(scanner, 9)
    os.waitpid(scanner, 0)
    gone(int(pid.read_text()))


def gone(pid):
    """Wait until the process has ended (a zombie that nobody reaped has)."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state in "ZX":
            return
        time.sleep(0.05)
    pytest.fail(f"process {pid} lives on")
