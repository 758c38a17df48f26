"""Each check of the ports on a real server that keeps it, and one that breaks it: in one nmap."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date

import pytest

from checks import Status
from checks import ports as rules
from facts.declared import Kind, Target, Vantage
from facts.ports import PortFacts
from facts.support import Cycle
from scanner.probes import ports
from tests.factories.ports import udp
from tests.factories.world import world
from tests.lab import services as lab
from tests.lab.hostile import hostile, http
from tests.lab.nginx import nginx
from tests.lab.places import free_port, open_folder
from tests.lab.sshd import sshd
from tests.probes.reaches import reach

PASS, FAIL, NA = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE


def target(address="127.34.31.99", scan="1-65535", **more):
    return Target(Kind.HOST, address, address, scan_ports=scan, roles=("other",), **more)


HOSTS = ("web", "ssh", "redis", "locked", "memcached", "rsync", "ftp", "old", "nothing")


def at(name: str) -> str:
    return f"127.34.31.{HOSTS.index(name) + 1}"


def old_apache(path, server):
    body = b"<title>tin</title>"
    yield b"HTTP/1.1 200 OK\r\nServer: Apache/2.2.15 (Unix)\r\nContent-Type: text/html\r\n"
    yield b"Content-Length: %d\r\n\r\n" % len(body) + body


@pytest.fixture(scope="module")
def seen():
    """The facts of ten hosts, by name; all are asked about the same ports."""
    port = {name: free_port(at(name)) for name in HOSTS}
    where = {name: {"address": at(name), "port": port[name]} for name in HOSTS}
    with ExitStack() as stack:
        folder = stack.enter_context(open_folder())
        page = f"server {{ listen {at('web')}:{port['web']}; return 200 tin; }}"
        servers = [
            nginx(folder, page, **where["web"]),
            sshd(folder, **where["ssh"]),
            lab.redis(folder, "--protected-mode", "no", **where["redis"]),
            lab.redis(folder, "--requirepass", "a-long-password", **where["locked"]),
            lab.memcached(folder, **where["memcached"]),
            lab.rsyncd(folder, **where["rsync"]),
            lab.vsftpd(folder, **where["ftp"]),
            hostile(at("old"), http(old_apache), port["old"]),
        ]
        for server in servers:
            stack.enter_context(server)
        scan = ",".join(str(number) for number in port.values())
        hosts = [target(at(name), scan) for name in HOSTS]
        found = ports.gather_many(hosts, reach("127.34.0.0/16"))
        facts = {host.address: fact for host, fact in found}
    assert all(isinstance(fact, PortFacts) for fact in facts.values()), facts
    return {name: facts[at(name)] for name in HOSTS}


def number(seen, name):
    (port,) = seen[name].open
    return port.number


def services(seen, name):
    return [f"{number(seen, name)}/{name}"]


def test_many_hosts_each_with_its_own_port(seen):
    assert all(len(seen[name].open) == (name != "nothing") for name in HOSTS)
    assert {port.service for name in HOSTS for port in seen[name].open} == {
        "http", "ssh", "redis", "memcached", "rsync", "ftp",
    }  # fmt: skip


def test_allowed(seen):
    fine = target(allowed_ports=(number(seen, "web"),))
    assert rules.allowed(seen["web"], udp(), fine, restricted=True).status is PASS
    assert rules.allowed(seen["web"], udp(), target()).status is FAIL


def test_admin(seen):
    verdict = rules.admin(seen["ssh"], udp(), target())
    assert (verdict.status, verdict.evidence["services"]) == (FAIL, services(seen, "ssh"))
    allowed = target(allowed_ports=(number(seen, "ssh"),))
    assert rules.admin(seen["ssh"], udp(), allowed, restricted=True).status is PASS
    assert rules.admin(seen["web"], udp(), target(), restricted=True).status is PASS


def test_databases(seen):
    for name in ("redis", "locked", "memcached"):  # on odd ports
        assert rules.databases(seen[name], target()).status is FAIL
    inside = target(vantage=Vantage.INTERNAL)
    assert rules.databases(seen["redis"], inside).status is NA
    assert rules.databases(seen["web"], target(), restricted=True).status is PASS


def test_unauthenticated(seen):
    assert rules.unauthenticated(seen["locked"], restricted=True).status is PASS
    for name in ("redis", "memcached"):
        verdict = rules.unauthenticated(seen[name], restricted=True)
        assert (verdict.status, verdict.evidence["services"]) == (FAIL, services(seen, name))


def test_file_sharing(seen):
    verdict = rules.file_sharing(seen["rsync"], udp(), target())
    assert (verdict.status, verdict.evidence["services"]) == (FAIL, services(seen, "rsync"))
    assert rules.file_sharing(seen["web"], udp(), target(), restricted=True).status is PASS


def test_cleartext(seen):
    verdict = rules.cleartext(seen["ftp"], udp(), restricted=True)
    assert (verdict.status, verdict.evidence["services"]) == (FAIL, services(seen, "ftp"))
    assert rules.cleartext(seen["web"], udp(), restricted=True).status is PASS


def test_supported(seen):
    assert rules.supported(seen["old"], world()).status is FAIL
    if "Debian" not in str(seen["ssh"].open[0].version):
        pytest.skip("this machine's OpenSSH names no Debian")
    going = (Cycle("12", date(2999, 1, 1)), Cycle("13", date(2999, 1, 1)))
    assert rules.supported(seen["ssh"], world(cycles={"debian": going})).status is PASS


def test_drift(seen):
    assert rules.drift(seen["redis"], baseline=seen["redis"]).status is PASS
    verdict = rules.drift(seen["redis"], baseline=seen["nothing"])
    assert (verdict.status, verdict.evidence["ports"]) == (FAIL, services(seen, "redis"))
