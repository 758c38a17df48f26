"""Hosts that hang, flood, lie, babble, or have no usual shell: in bounded time, with a reason."""

from __future__ import annotations

import logging
import os
import queue
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as to

from facts.base import Undecided, Unknown
from facts.host.asks import Answer, Ask
from scanner import batch
from scanner.probes import login, table
from scanner.reach import Pace
from scanner.visit import Collector, Job
from tests.lab.logins import Door, door, new_key
from tests.probes.reaches import reach

ADDRESS = "127.77.2.1"
ASKS = (
    Ask("t.one", "echo one"),
    Ask("t.root", ("head", "-c", "3", "/etc/passwd"), plain=True),
    Ask("t.two", "echo two"),
)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root for namespaces and mounts")


def put(here, questions=ASKS):
    return login.put(here.target(), reach("127.77.0.0/16"), questions)


def behind(command, questions=ASKS):
    """The answers of a host whose account runs everything by this command."""
    with door(ADDRESS, f"ForceCommand {command}") as here:
        return put(here, questions)


def silent(command):
    with pytest.raises(Undecided) as caught:
        behind(command)
    return caught.value


@pytest.mark.parametrize(
    "shell",
    ["bash", "rbash", "dash", "busybox sh", "tcsh", "fish"],
)
def test_shells(shell):
    if not shutil.which(shell.split()[0]):
        pytest.skip(f"{shell} is not installed")
    answers = behind(f'exec {shell} -c "$SSH_ORIGINAL_COMMAND"')
    assert (answers.text("t.one"), answers.text("t.two")) == ("one\n", "two\n")


NOISE = 'echo "Welcome! $(date)"; printf "\\000\\377 no newline" ; echo oops >&2;'
USUAL = 'eval "$SSH_ORIGINAL_COMMAND"'


@pytest.mark.parametrize(
    "before",
    [
        NOISE,
        "read line;",  # a start-up file that eats a line of ours
        "head -c 500000 /dev/urandom;",
        "unset PATH;PATH=/bin;alias echo=false;",
        "set -x;",
        "trap 'echo bye' EXIT;",
    ],
)
def test_what_start_up_files_say_is_not_an_answer(before):
    answers = behind(f"{before} {USUAL}")
    assert answers.text("t.one") == "one\n"
    assert answers.text("t.two") == "two\n"
    assert answers.text("t.root") == Path("/etc/passwd").read_text()[:3]


def test_a_login_banner_is_passed_over(tmp_path):
    banner = tmp_path / "banner"
    banner.write_text("AUTHORISED USE ONLY\n" * 50)
    with door(ADDRESS, f"Banner {banner}") as here:
        assert put(here).text("t.two") == "two\n"


@pytest.mark.parametrize(
    ("command", "detail"),
    [
        ("/usr/sbin/nologin", "not available"),
        ("/bin/false", ": 1"),
        ("/bin/true", ": 0"),
        ("echo only backups here", "only backups"),
        ('PATH=/nonexistent /bin/rbash -c "$SSH_ORIGINAL_COMMAND"', "sh: command not found"),
        ("exec cat", ": 0"),  # what we sent comes back: no answer either
        ("internal-sftp", ""),
    ],
)
def test_accounts_that_run_no_questions(command, detail):
    error = silent(command)
    assert error.why == login.NO_SHELL
    assert detail in error.detail


def test_a_session_is_refused():
    with door(ADDRESS, "MaxSessions 0") as here, pytest.raises(Undecided) as caught:
        put(here)
    assert caught.value.why == "The host takes the key, and refuses a session"


def test_a_host_that_takes_the_login_and_hangs(monkeypatch):
    monkeypatch.setattr(login, "SECONDS", 2.0)
    began = time.monotonic()
    assert silent("sleep 60").why == login.HANGS
    assert time.monotonic() - began < 10


def test_a_connection_that_dies():
    assert silent("kill -9 $PPID").why == login.LOST


@pytest.mark.parametrize("stream", ["", ">&2"])
def test_a_flood_is_cut(stream):
    began = time.monotonic()
    assert silent(f"exec yes {'x' * 99} {stream}").why == login.FLOOD
    assert time.monotonic() - began < 20


def test_a_question_that_hangs_costs_its_time_alone():
    asks = (ASKS[0], Ask("t.hang", "echo half; sleep 999 | cat", seconds=1), ASKS[2])
    began = time.monotonic()
    answers = behind(USUAL, asks)
    assert time.monotonic() - began < 8
    assert answers.text("t.one") == "one\n"
    assert answers.text("t.two") == "two\n"
    assert answers.get("t.hang") == Unknown("The command took too long on the host", "t.hang")
    assert b"sleep\0999" not in b"".join(p.read_bytes() for p in commands())


def commands():
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            file.read_bytes()
        except OSError:
            continue
        yield file


def test_what_came_before_the_connection_died_counts():
    asks = (*ASKS, Ask("t.kill", "kill -9 $(ps -o ppid= -p $PPID); sleep 9"), Ask("t.late", "echo"))
    answers = behind(USUAL, asks)
    assert answers.text("t.two") == "two\n"
    assert isinstance(answers.get("t.late"), Unknown)


def test_what_came_before_the_time_was_up_counts(monkeypatch):
    monkeypatch.setattr(login, "SECONDS", 3.0)
    answers = behind(USUAL, (*ASKS, Ask("t.hang", "sleep 99", seconds=60), Ask("t.late", "echo")))
    assert answers.text("t.two") == "two\n"
    assert answers.get("t.late") == Unknown(batch.NEVER_CAME, "t.late")


def test_a_run_that_is_stopped_keeps_no_half_visit():
    way = reach("127.77.0.0/16")
    threading.Timer(1.0, way.stop.set).start()
    began = time.monotonic()
    with door(ADDRESS) as here, pytest.raises(Undecided) as caught:
        login.put(here.target(), way, (*ASKS, Ask("t.hang", "sleep 30", seconds=60)))
    assert caught.value.why == "The run was stopped"
    assert time.monotonic() - began < 5


def test_a_host_that_lies_with_marks_it_has_not_been_told():
    lie = "M=$(printf 'f%.0s' $(seq 32)); printf '\\n%s begin t.one\\nlie\\n%s end t.one 0 root\\n'"
    answers = behind(f"{lie} $M $M; {USUAL}")
    assert answers.text("t.one") == "one\n"


@as_root
def test_a_full_disk(tmp_path):
    """Every place where a shell could put a file is a tmpfs without room."""
    full = (
        "unshare -m sh -c '"
        "mount -t tmpfs -o size=4k x /tmp; mount -t tmpfs -o size=4k x /var/tmp;"
        "mount -t tmpfs -o size=4k x /root; cd /root;"
        "dd if=/dev/zero of=/tmp/f; dd if=/dev/zero of=/var/tmp/f; dd if=/dev/zero of=/root/f;"
        f"exec {USUAL.removeprefix('eval ')}' 2>/dev/null"
    )
    script = tmp_path / "full"
    script.write_text(f"#!/bin/sh\n{full.replace(chr(34), '')}\n")
    script.chmod(0o755)
    tmp_path.chmod(0o755)
    room = Ask("t.room", "echo some words > /tmp/new || echo no room")
    answers = behind(str(script), (*ASKS, room))
    assert answers.text("t.room") == "no room\n"
    assert answers.text("t.one") == "one\n"


@pytest.fixture
def slow_link():
    """Two seconds and a half each way, by tc netem: a namespace of its own with a host in it."""
    name, there, here = f"ps-slow-{os.getpid()}", "198.51.100.77", "198.51.100.78"
    run = lambda text: subprocess.run(text.split(), check=True, capture_output=True)  # noqa: E731
    try:
        run(f"ip netns add {name}")
        run(f"ip netns exec {name} tc qdisc add dev lo root netem delay 0s")
    except (OSError, subprocess.CalledProcessError):
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
        pytest.skip("no network namespaces here, or a kernel without netem")
    try:
        run(f"ip link add psslow type veth peer name eth0 netns {name}")
        run(f"ip addr add {here}/30 dev psslow")
        run("ip link set psslow up")
        for text in ("lo up", "eth0 up"):
            run(f"ip -n {name} link set {text}")
        run(f"ip -n {name} addr add {there}/30 dev eth0")
        run(f"ip netns exec {name} tc qdisc add dev eth0 root netem delay 0s")
        delay = lambda: run(f"ip netns exec {name} tc qdisc change dev eth0 root netem delay 5s")  # noqa: E731
        yield name, there, delay
    finally:
        subprocess.run(["ip", "link", "del", "psslow"], capture_output=True, check=False)
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


@as_root
def test_a_link_of_five_seconds(slow_link, tmp_path):
    """Each exchange takes five seconds: the log-in needs ten or so, and all answers come."""
    name, address, delay = slow_link
    tmp_path.chmod(0o755)
    new_key(tmp_path / "id")
    new_key(tmp_path / "host")
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    config = tmp_path / "sshd.conf"
    config.write_text(
        f"ListenAddress {address}\nPort 2222\nPidFile none\nUsePAM no\nStrictModes no\n"
        f"UseDNS no\nHostKey {tmp_path}/host\nAuthorizedKeysFile {tmp_path}/id.pub\n"
    )
    argv = ["ip", "netns", "exec", name, "/usr/sbin/sshd", "-D", "-e", "-f", str(config)]
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as server:
        try:
            time.sleep(0.5)
            delay()
            here = Door(tmp_path, address, 2222)
            public = " ".join((tmp_path / "host.pub").read_text().split()[:2])
            here.known(f"[{address}]:2222 {public}\n")
            began = time.monotonic()
            answers = login.put(here.target(), reach("198.51.100.0/24"), ASKS)
            took = time.monotonic() - began
        finally:
            server.terminate()
    assert answers.text("t.two") == "two\n"
    assert 20 < took < 90


def test_a_relay_that_takes_five_seconds():
    """The same where the kernel has no netem: a relay holds everything back for 2.5 s each way."""
    with door(ADDRESS) as here, relay(ADDRESS, here.port, 2.5) as port:
        known = here.known(f"[{ADDRESS}]:{port} {here.host_key()}\n", "relayed")
        began = time.monotonic()
        far = replace(here.target(known_hosts=known), port=port)
        far = replace(far, login=replace(far.login, port=port))
        answers = login.put(far, reach("127.77.0.0/16"), ASKS)
        took = time.monotonic() - began
    assert answers.text("t.two") == "two\n"
    assert 15 < took < 90


@contextmanager
def relay(address, port, seconds):
    """A TCP relay to that port which hands every piece on after so many seconds."""
    with socket.create_server((address, 0)) as door_, ExitStack() as stack:
        threads = []

        def serve():
            near, _ = door_.accept()
            far = socket.create_connection((address, port))
            stack.callback(near.close)
            stack.callback(far.close)
            for one, other in ((near, far), (far, near)):
                pieces = queue.Queue()
                threads.extend(
                    threading.Thread(target=work, args=(end, pieces, seconds))
                    for work, end in ((_take, one), (_hand_on, other))
                )
            for thread in threads[1:]:
                thread.start()

        threads.append(threading.Thread(target=serve))
        threads[0].start()
        yield door_.getsockname()[1]
        for thread in threads:
            thread.join(20)


def _take(sock, pieces, seconds):
    with suppress(OSError):
        while data := sock.recv(65536):
            pieces.put((time.monotonic() + seconds, data))
    pieces.put((0, b""))


def _hand_on(sock, pieces, _seconds):
    with suppress(OSError):
        while (piece := pieces.get())[1]:
            time.sleep(max(0, piece[0] - time.monotonic()))
            sock.sendall(piece[1])
        sock.shutdown(socket.SHUT_RDWR)


# -- what must not be seen


def test_paramiko_says_nothing(caplog, capfd):
    caplog.set_level(logging.DEBUG)
    with door(ADDRESS, keys=("ed25519", "rsa")) as here:
        put(here)
        with pytest.raises(Undecided):
            login.put(
                here.target(known_hosts=here.known("#\n", "none")), reach("127.77.0.0/16"), ASKS
            )
    assert "paramiko" not in caplog.text
    assert capfd.readouterr() == ("", "")


CANARY = "c4n4ry-Pa55phrase-91"
TOKEN = "c4n4ry-host-secret-17"


def test_no_secret_is_seen_anywhere(monkeypatch, caplog, capfd):
    """The passphrase, the key, and what a `keep=False` question brought: in no log, observation,
    trace or process list, on either side (both sides are this machine)."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("LAB_PASS", CANARY)
    question = Ask("t.secret", f"sleep 0.3; echo {TOKEN}", keep=False)
    monkeypatch.setattr(login, "asks", lambda _look: (*ASKS, question))
    with door(ADDRESS) as here, _Watched() as watched:
        key = here.key.read_text().splitlines()[2]
        seal = ["ssh-keygen", "-q", "-p", "-N", "", "-f", str(here.key)]
        subprocess.run(seal, check=True)
        loaded = to.load_ssh_private_key(here.key.read_bytes(), None)
        sealed = to.BestAvailableEncryption(CANARY.encode())
        here.key.write_bytes(
            loaded.private_bytes(to.Encoding.PEM, to.PrivateFormat.OpenSSH, sealed)
        )
        collector = Collector(
            reach("127.77.0.0/16").scope, time.monotonic() + 60, threading.Event(), Pace(1000)
        )
        target = here.target(passphrase="env:LAB_PASS")
        (seen,) = collector.collect(Job("login", (target,)))
        monkeypatch.setenv("LAB_PASS", CANARY + "-wrong")
        (failed,) = collector.collect(Job("login", (target,)))
        log = here.log
    assert seen.facts and failed.why == "The passphrase does not open the private key"
    shown = repr((asdict(seen), asdict(failed), target, seen.raw)) + caplog.text + log
    shown += "".join(capfd.readouterr()) + watched.seen
    for secret in (CANARY, TOKEN, key):
        assert secret not in shown
    assert "sh" in watched.seen  # it did look


class _Watched:
    """Every command line and environment-free name that appears while the block lasts."""

    def __enter__(self):
        self.seen, self._stop = "", threading.Event()
        self._thread = threading.Thread(target=self._poll)
        self._thread.start()
        return self

    def _poll(self):
        lines = set()
        while not self._stop.wait(0.01):
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    lines.add(file.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
                except OSError:
                    continue
        self.seen = "\n".join(sorted(lines))

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()


def test_the_probe_is_in_the_table():
    assert table()["login"].module == "scanner.probes.login"
    assert isinstance(put_locally(), Answer)
    assert sys.modules["scanner.probes.login"] is login


def put_locally():
    """The same batch without SSH."""
    mark = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
    script = batch.script(ASKS, mark, sudo=False)
    done = subprocess.run(["sh", "-s"], input=script, capture_output=True, check=True)
    return batch.answers(ASKS, mark, done.stdout, done.stderr)["t.one"]
