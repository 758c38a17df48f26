"""The SSH probe and its checks against real servers."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from datetime import date

import asyncssh
import pytest

from checks import Status, ssh_service
from facts.base import Absent, Unknown
from facts.declared import Kind, Target
from facts.support import Cycle
from scanner.probes import ssh, table
from scanner.scope import OutOfScope
from tests.factories.world import world
from tests.lab.hostile import garbage, hostile, never_answers, reset
from tests.lab.places import free_port, open_folder
from tests.lab.sshd import sshd
from tests.probes.reaches import reach

ADDRESS = "127.34.10.1"

KEYS_ONLY = "PasswordAuthentication no\nKbdInteractiveAuthentication no"
WEAK = """
KexAlgorithms diffie-hellman-group1-sha1
HostKeyAlgorithms ssh-rsa
Ciphers 3des-cbc
MACs hmac-md5
"""


def look(port, address=ADDRESS):
    target = Target(Kind.SSH, address, address, port)
    return ssh.gather(target, reach("127.34.0.0/16"))


@pytest.fixture
def serve():
    """Facts of a real sshd with these lines of configuration."""

    def run(config="", **more):
        with open_folder() as folder:
            port = free_port(ADDRESS)
            with sshd(folder, config, address=ADDRESS, port=port, **more):
                return look(port)

    return run


def test_debian_s_own_lists_are_fine_and_its_passwords_are_not(serve):
    facts = serve(keys=("ed25519", "rsa", "ecdsa"))
    assert ssh_service.algorithms(facts).status is Status.PASS
    verdict = ssh_service.passwords(facts)
    assert verdict.status is Status.FAIL
    assert verdict.evidence["methods"] == ["password", "keyboard-interactive"]
    assert {"ssh-ed25519", "ecdsa-sha2-nistp256"} <= set(facts.offers.host_keys)


def test_keys_only_passes(serve):
    verdict = ssh_service.passwords(serve(KEYS_ONLY))
    assert verdict.status is Status.PASS
    assert verdict.evidence["methods"] == ["publickey"]


def test_only_keyboard_interactive_fails(serve):
    facts = serve("PasswordAuthentication no\nKbdInteractiveAuthentication yes")
    assert ssh_service.passwords(facts).status is Status.FAIL


def test_a_key_and_then_a_password_passes(serve):
    facts = serve("AuthenticationMethods publickey,password")
    assert ssh_service.passwords(facts).status is Status.PASS


def test_a_neglected_server_still_tells_all(serve):
    facts = serve(WEAK, keys=("rsa",))
    verdict = ssh_service.algorithms(facts)
    assert verdict.status is Status.FAIL
    assert verdict.evidence == {
        "kex": ["diffie-hellman-group1-sha1"],
        "host_keys": ["ssh-rsa"],
        "ciphers": ["3des-cbc"],
        "macs": ["hmac-md5"],
    }
    assert ssh_service.passwords(facts).status is Status.FAIL


def test_our_fixes_make_it_pass(serve):
    def fix(name):
        with open(f"checks/fixes/ssh-service.{name}.openssh", encoding="utf-8") as file:
            return file.read()

    keys = ("ed25519", "rsa", "ecdsa")
    facts = serve(fix("algorithms") + fix("passwords"), keys=keys)
    assert ssh_service.algorithms(facts).status is Status.PASS
    assert ssh_service.passwords(facts).status is Status.PASS


def test_support_goes_by_the_distribution_that_the_real_banner_names(serve):
    facts = serve()
    if "Debian" not in facts.banner:
        pytest.skip("this machine's OpenSSH names no Debian")
    ended = world(cycles={"debian": (Cycle("12", date(2000, 1, 1)), Cycle("13", date(2000, 1, 1)))})
    assert ssh_service.supported(facts, ended).status is Status.FAIL
    going = world(cycles={"debian": (Cycle("12", date(2999, 1, 1)), Cycle("13", date(2999, 1, 1)))})
    assert ssh_service.supported(facts, going).status is Status.PASS


def test_one_connection_and_no_log_in():
    with open_folder() as folder:
        port = free_port(ADDRESS)
        with sshd(folder, "LogLevel VERBOSE", address=ADDRESS, port=port):
            look(port)
            look(port)
        log = (folder / f"sshd-{port}.log").read_text("utf-8")
    assert log.count("Invalid user press-scan-probe") == 2  # "none", once for each visit
    assert "Failed password" not in log and "Accepted" not in log


@contextmanager
def asked_nothing(version):
    """An SSH server (asyncssh) that lets everybody in, under a name of its own."""

    class Open(asyncssh.SSHServer):
        def begin_auth(self, username):
            return False

    async def main():
        key = asyncssh.generate_private_key("ssh-ed25519")
        server = await asyncssh.listen(
            ADDRESS, 0, server_factory=Open, server_host_keys=[key], server_version=version
        )
        ports.append(server.sockets[0].getsockname()[1])
        started.set()
        await asyncio.to_thread(over.wait)
        server.close()
        await server.wait_closed()

    ports, started, over = [], threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    try:
        assert started.wait(20)
        yield ports[0]
    finally:
        over.set()
        thread.join()


def test_a_server_without_any_log_in_fails_and_an_old_name_is_out_of_support():
    with asked_nothing("OpenSSH_7.4") as port:
        facts = look(port)
    assert facts.banner == "SSH-2.0-OpenSSH_7.4"
    assert ssh_service.passwords(facts).evidence["methods"] == ["none"]
    old = world(cycles={"openssh": (Cycle("7", date(2018, 1, 1)),)})
    assert ssh_service.supported(facts, old).status is Status.FAIL


def test_nothing_there_is_absent():
    with pytest.raises(Absent):
        look(free_port(ADDRESS))


def test_another_service_is_absent():
    with hostile(ADDRESS, garbage) as server, pytest.raises(Absent):
        look(server.port)


def test_who_hangs_up_is_a_network_failure():
    with hostile(ADDRESS, reset) as server, pytest.raises(OSError):
        look(server.port)


def test_who_never_answers_is_left_in_time(monkeypatch):
    monkeypatch.setattr(ssh, "TOTAL", 1.0)
    with hostile(ADDRESS, never_answers) as server, pytest.raises(OSError):
        look(server.port)


def half(sock, server):
    """Identifies itself, and then says nothing."""
    sock.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")
    never_answers(sock, server)


def test_a_server_that_stops_in_the_middle_is_known_by_its_name_only(monkeypatch):
    monkeypatch.setattr(ssh, "TOTAL", 1.0)
    with hostile(ADDRESS, half) as server:
        facts = look(server.port)
    assert facts.banner == "SSH-2.0-OpenSSH_9.2p1"
    assert isinstance(facts.offers, Unknown)
    assert all(isinstance(known, Unknown) for known in facts.methods.values())


def test_the_guard_is_asked():
    target = Target(Kind.SSH, "127.35.0.1", "127.35.0.1", 22)
    with pytest.raises(OutOfScope):
        ssh.gather(target, reach("127.34.0.0/16"))


def test_facts_survive_the_store(serve):
    facts, codec = serve(), table()["ssh"].codec
    assert codec.validate_json(codec.dump_json(facts)) == facts
