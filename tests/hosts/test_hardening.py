"""Hardening on real hosts: what passes, what fails, and what its remedy mends."""

from __future__ import annotations

import socket

import pytest

from facts.declared import Declared, Look
from facts.host import areas, firewall, hardening
from facts.host.asks import Answer, Answers
from tests.factories.host_system import OBSERVED
from tests.hosts.conftest import no_lab
from tests.hosts.hardening_hosts import BAD, CLOSED, GOOD
from tests.lab.batch import put
from tests.lab.judged import compare, fixed, gathered, judged, truth
from tests.lab.roots import NoLab

ROLES = ("web", "cms")
CANARIES = ("canary-9f2d1c77", "canary7aa31bf0", "canaryMIIE")


@pytest.fixture(scope="module")
def hosts(lab):
    return lab.start_many({"hardening-good": GOOD, "hardening-bad": BAD})


@pytest.fixture(scope="module")
def facts(hosts):
    return {name: gathered(host) for name, host in hosts.items()}


def reaches(host, port):
    try:
        socket.create_connection((host.address, port), 1).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("name", ["hardening-good", "hardening-bad"])
def test_the_truth(facts, name):
    compare(judged(facts[name], "hardening", roles=ROLES), truth("hardening")[name])


def test_without_sudo(hosts):
    found = judged(gathered(hosts["hardening-good"], sudo=False), "hardening", roles=ROLES)
    compare(found, truth("hardening")["hardening-good without sudo"])


def test_the_firewall_really_drops(hosts):
    hosts["hardening-good"].sh("systemd-run --quiet python3 -m http.server 8081")
    hosts["hardening-bad"].sh("systemd-run --quiet python3 -m http.server 8081; sleep 1")
    assert not reaches(hosts["hardening-good"], 8081)
    assert reaches(hosts["hardening-bad"], 8081)


def test_the_reasons(facts):
    found = judged(facts["hardening-bad"], "hardening", roles=ROLES)
    evidence = {name.removeprefix("hardening."): dict(f.evidence) for name, f in found.items()}
    assert evidence["services"]["services"] == ["tcp/6379 redis-server"]
    assert evidence["firewall"]["families"] == ["ipv4", "ipv6"]
    assert evidence["auto-login"]["logs_in"] == ["console"]
    assert evidence["secrets"]["files"] == ["/var/www/html/wp-config.php"]
    assert evidence["code-secrets"]["key_files"] == ["/var/www/html/lib/sign.pem"]
    assert evidence["code-secrets"]["password_files"] == ["/var/www/html/lib/mailer.php"]
    assert evidence["password-hashes"]["cms"] == ["wordpress 6.1.9"]
    assert "/var/www/html/index.php" in evidence["web-root"]["files"]
    assert not any(path.startswith("/var/www/html/wp-content/uploads") for path in
                   evidence["web-root"]["files"])  # fmt: skip


def test_no_secret_gets_into_the_facts(facts):
    for host in facts.values():
        told = "".join(part for part in host.parts.values() if isinstance(part, str))
        assert not [canary for canary in CANARIES if canary in told]


def test_declared_and_allowed(facts):
    says = Declared(services=("redis-server",))
    found = judged(facts["hardening-bad"], "hardening.services", says=says, roles=ROLES)
    assert found["hardening.services"].status == "pass"
    assert judged(facts["hardening-good"], "hardening.services")["hardening.services"].status == (
        "fail"
    )  # nginx, where the host has no role


SITES = ("code-secrets", "password-hashes", "web-root")


@pytest.fixture(scope="module")
def plain(lab):
    """A host without anything of ours, whose site's files are closed to the log-in."""
    return lab.start("hardening-plain", root="d12", setup=CLOSED)


def statuses(facts, *names):
    found = judged(facts, "hardening", roles=ROLES)
    return [str(found[f"hardening.{name}"].status) for name in names]


def test_root_sees_the_files_of_a_closed_site(plain):
    assert statuses(gathered(plain), *SITES, "secrets") == ["fail", "fail", "fail", "pass"]


def test_without_root_a_closed_site_is_not_assessed(plain):
    found = statuses(gathered(plain, sudo=False), *SITES)
    assert found == ["error", "error", "fail"]  # that it is the web server's can be seen


FILTERS = {  # what is run on the host -> hardening.firewall, the families that are open, outbound
    "ufw allow 22/tcp; ufw --force enable": ("pass", None, "fail"),
    "ufw default deny outgoing; ufw reload": ("pass", None, "pass"),
    "ufw default allow incoming; ufw reload": ("fail", ["ipv4", "ipv6"], "pass"),
    "ufw --force disable; nft flush ruleset; iptables -P INPUT DROP; "
    "iptables -A INPUT -p tcp -m comment --comment 'ssh only' --dport 22 -j ACCEPT;"
    "iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT": ("fail", ["ipv6"], "fail"),
    "ip6tables-legacy -P INPUT DROP": ("pass", None, "fail"),
    "iptables -A INPUT -m comment --comment 'open it' -j ACCEPT": ("fail", ["ipv4"], "fail"),
    "nft flush ruleset; iptables-legacy -P INPUT ACCEPT;ip6tables-legacy -P INPUT ACCEPT": (
        "fail",
        ["ipv4", "ipv6"],
        "fail",
    ),
    "nft add table inet f; nft add chain inet f i '{ type filter hook input priority 0; }';"
    "nft add rule inet f i ct state established accept; nft add rule inet f i tcp dport 22 accept;"
    "nft add rule inet f i iifname lo accept; nft add rule inet f i drop": ("pass", None, "fail"),
}


def asked(host, asks):
    """What root is told on a host, without the way through SSH."""
    inside = ("nsenter", "-t", str(host.leader), "-m", "-n", "-p", "-u", "-i", "-r", "-w")
    answers = put(asks, *inside)
    return areas.read(answers, OBSERVED)


def test_every_kind_of_packet_filter(plain):
    for script, (wanted, families, outbound) in FILTERS.items():
        plain.sh(f"set -e; {script}")
        found = judged(asked(plain, firewall.ASKS), "hardening", roles=ROLES)
        inbound = found["hardening.firewall"]
        assert (inbound.status, found["hardening.outbound"].status) == (wanted, outbound), script
        if families:
            assert dict(inbound.evidence)["families"] == families, script


FIXES = {  # what a remedy is told; those that a container cannot take are tested elsewhere
    "services": {"SERVICES": "redis-server"},
    "intrusion": {},
    "monitoring": {},
    "connections": {},
    "auto-login": {},
    "code-secrets": {"FILES": "/var/www/html/lib/mailer.php /var/www/html/lib/sign.pem"},
    "secrets": {},
    "web-root": {},
    "outbound": {},
    "firewall": {"TCP": "80 9100"},
}


def test_fix_then_pass(hosts, facts):
    """Runs last: it mends the careless host, each remedy twice."""
    host = hosts["hardening-bad"]
    for name, told in FIXES.items():
        fixed(host, f"hardening.{name}", told)
        fixed(host, f"hardening.{name}", told)
    ours = Declared(services=("python3",))  # what listens at 8081 is this test's
    found = judged(gathered(host), "hardening", roles=ROLES, says=ours)
    wrong = [
        f"{name}: {found[f'hardening.{name}']}"
        for name in FIXES
        if found[f"hardening.{name}"].status != "pass"
    ]
    assert not wrong, "\n".join(wrong)
    assert not reaches(host, 8081)
    assert reaches(host, 80)


@pytest.fixture(scope="module")
def kernel(lab):
    try:
        return lab.kernel("hardening-kernel")
    except NoLab as reason:
        no_lab(reason)


OF_THE_KERNEL = ("kernel", "mandatory-access")


def told_by(kernel):
    """What root is told on the slow machine: the kernel's questions alone, without our batch."""
    names = ("mandatory", "apparmor", "aa-status", "kernel")
    wanted = {f"hardening.{name}" for name in names}
    asks = [ask for ask in hardening.asks(Look()) if ask.name in wanted]
    said = {ask.name: kernel.sh(f"set +eu; {ask.command}", check=False) for ask in asks}
    given = {name: Answer(done.returncode, done.stdout, done.stderr) for name, done in said.items()}
    return areas.read(Answers(given), OBSERVED)


def test_a_kernel_of_its_own(kernel):
    """Debian's own settings let redirects in, and nobody has loaded AppArmor's profiles yet."""
    expected = truth("hardening")["hardening-kernel"]
    wanted = [expected[f"hardening.{name}"] for name in OF_THE_KERNEL]
    assert statuses(told_by(kernel), *OF_THE_KERNEL) == wanted
    kernel.sh("rm -f /etc/apparmor.d/usr.*")  # the slow machine needs a minute for these
    for name in OF_THE_KERNEL:
        fixed(kernel, f"hardening.{name}")
    assert statuses(told_by(kernel), *OF_THE_KERNEL) == ["pass", "pass"]
