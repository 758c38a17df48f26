"""Hardening: what passes, what fails, and what is not known."""

from __future__ import annotations

import pytest

import checks
from checks import Status
from facts.base import Unknown
from facts.declared import Declared, Kind, Target
from facts.host.hardening import HardeningFacts, Named
from facts.host.hardening.agents import Agents, Mandatory
from facts.host.hardening.limits import WebLimits
from facts.host.hardening.monitors import Monitor
from facts.host.hardening.sites import Site
from facts.host.sockets import Socket
from facts.world import World
from scanner.judge import judge
from tests.factories import GOOD
from tests.factories.host_hardening import NOTHING, hardening

WHY = Unknown("blank")
PASS, FAIL, ERROR, NOT = Status.PASS, Status.FAIL, Status.ERROR, Status.NOT_APPLICABLE


def found(name, facts, roles=("web",), **target):
    check = checks.load()[f"hardening.{name}"]
    asked = Target(kind=Kind.LOGIN, name="web-1", roles=roles, **target)
    return judge(check, check.params, asked, {HardeningFacts: facts}, World())


def listens(*sockets):
    return {"listening": tuple(sockets)}


def agent(**runs):
    quiet = dict.fromkeys(("fail2ban", "crowdsec", "wazuh", "ossec", "sshguard"), False)
    return {"agents": Agents(runs={**quiet, **runs})}


def monitor(name="node_exporter", waits=True, listens=False, connected=False, accepted=True):
    return {"monitors": (Monitor(name, waits, listens, connected, accepted),)}


def kernel(**changes):
    values = {
        **GOOD[HardeningFacts].kernel,
        **{k.replace("__", "."): v for k, v in changes.items()},
    }
    return {"kernel": {name: value for name, value in values.items() if value is not None}}


def web(limited=(), unlimited=(), servers=("nginx",)):
    return WebLimits(servers, limited, unlimited)


SOME = Named(files=("/var/www/html/a.php",), count=1, whole=True)
PART = Named(files=(), count=0, whole=WHY)
REDIS = Socket("tcp", "0.0.0.0", 6379, ("redis-server",))
HIDDEN = Socket("tcp", "0.0.0.0", 443, WHY)

ROWS = [
    ("firewall", {"dropped_in": {"ipv4": True}}, PASS),  # IPv6 is off
    ("firewall", {"dropped_in": {"ipv4": True, "ipv6": False}}, FAIL),
    ("firewall", {"dropped_in": {"ipv4": WHY, "ipv6": False}}, FAIL),
    ("firewall", {"dropped_in": {"ipv4": True, "ipv6": WHY}}, ERROR),
    ("firewall", {"dropped_in": {}}, ERROR),
    ("firewall", {"dropped_in": WHY}, ERROR),
    ("outbound", {"limited_out": {"ipv4": True, "ipv6": False}}, FAIL),
    ("outbound", {"limited_out": {"ipv4": WHY, "ipv6": True}}, ERROR),
    ("services", listens(REDIS), FAIL),
    ("services", listens(REDIS, HIDDEN), FAIL),
    ("services", listens(HIDDEN), ERROR),
    ("services", listens(), ERROR),
    ("services", {"listening": WHY}, ERROR),
    ("services", listens(Socket("tcp", "127.0.0.1", 6379, ("redis-server",))), PASS),
    ("services", listens(Socket("tcp", "::1", 25, ("master",))), PASS),
    ("services", listens(Socket("tcp", "*", 9000, ("php-fpm8.2",))), PASS),
    ("services", listens(Socket("tcp", "*", 22, ("systemd",))), PASS),
    ("services", listens(Socket("tcp", "*", 22, ("sshd", "systemd"))), PASS),
    ("services", listens(Socket("tcp", "*", 9090, ("systemd",))), FAIL),
    ("services", listens(Socket("tcp", "*", 2049, ())), FAIL),  # the kernel's own NFS
    ("services", listens(Socket("tcp", "*", 9100, ("prometheus-node",))), PASS),
    ("intrusion", agent(), FAIL),
    ("intrusion", agent(crowdsec=True), PASS),
    ("intrusion", agent(fail2ban=WHY, sshguard=True), PASS),
    ("intrusion", agent(fail2ban=WHY), ERROR),
    ("intrusion", {"agents": WHY}, ERROR),
    ("mandatory-access", {"mandatory": Mandatory(False, 0, True)}, PASS),
    ("mandatory-access", {"mandatory": Mandatory(False, 0, False)}, FAIL),
    ("mandatory-access", {"mandatory": Mandatory(True, 0, False)}, FAIL),
    ("mandatory-access", {"mandatory": Mandatory(True, WHY, False)}, ERROR),
    ("mandatory-access", {"mandatory": Mandatory(WHY, WHY, WHY)}, ERROR),
    ("monitoring", {"monitors": ()}, FAIL),
    ("monitoring", {"monitors": WHY}, ERROR),
    ("monitoring", monitor(listens=True), PASS),
    ("monitoring", monitor(), FAIL),  # only the host itself can ask it
    ("monitoring", monitor(listens=WHY), ERROR),
    ("monitoring", monitor(connected=True), PASS),
    ("monitoring", monitor("telegraf", waits=False), PASS),
    ("monitoring", monitor("telegraf", waits=False, connected=WHY), ERROR),
    ("monitoring", monitor("snmp", listens=True, accepted=False), FAIL),
    ("monitoring", monitor("snmp", listens=True, accepted=WHY), ERROR),
    ("connections", {"web": web(("a",), ("b",))}, FAIL),
    ("connections", {"web": web((), ("b",)), "firewall_limits": ("443 ct count",)}, PASS),
    ("connections", {"web": web((), ("b",)), "firewall_limits": ("* connlimit",)}, PASS),
    ("connections", {"web": web((), ("b",)), "firewall_limits": ("22 recent",)}, FAIL),
    ("connections", {"web": web((), ("b",)), "firewall_limits": WHY}, ERROR),
    ("connections", {"web": web(("a",)), "firewall_limits": WHY}, PASS),
    ("connections", {"web": WHY}, ERROR),
    ("connections", {"web": web(servers=())}, ERROR),  # the role says web, no server is known
    ("auto-login", {"auto_login": {"console": True, "desktop": WHY}}, FAIL),
    ("auto-login", {"auto_login": {"console": False, "desktop": WHY}}, ERROR),
    ("auto-login", {"auto_login": {}}, ERROR),
    ("kernel", kernel(kernel__randomize_va_space=1), FAIL),
    ("kernel", kernel(kernel__kptr_restrict=0), FAIL),
    ("kernel", kernel(kernel__kptr_restrict=2), PASS),
    ("kernel", kernel(net__ipv4__tcp_syncookies=0), FAIL),
    ("kernel", kernel(net__ipv4__rp_filter=2), PASS),
    ("kernel", kernel(net__ipv4__rp_filter=WHY), ERROR),
    ("kernel", kernel(net__ipv4__rp_filter=None), ERROR),
    ("kernel", kernel(net__ipv6__accept_redirects=1), FAIL),
    ("kernel", kernel(net__ipv6__accept_source_route=-1), PASS),
    ("kernel", kernel(net__ipv6__accept_redirects=None), PASS),  # IPv6 is off
    ("kernel", {"kernel": {}}, ERROR),
    ("code-secrets", {"keys_in_code": SOME, "passwords_in_code": PART}, FAIL),
    ("code-secrets", {"passwords_in_code": SOME}, FAIL),
    ("code-secrets", {"keys_in_code": PART}, ERROR),
    ("code-secrets", {"keys_in_code": WHY}, ERROR),
    ("code-secrets", {"web_roots": ()}, NOT),
    ("secrets", {"readable": {"/etc/shadow": False, "/k": True, "/x": WHY}}, FAIL),
    ("secrets", {"readable": {"/etc/shadow": False, "/x": WHY}}, ERROR),
    ("secrets", {"readable": {}}, ERROR),
    ("web-root", {"writable": SOME}, FAIL),
    ("web-root", {"writable": PART}, ERROR),
    ("web-root", {"web_accounts": ()}, NOT),
    ("web-root", {"web_accounts": WHY}, ERROR),
    ("web-root", {"web_roots": ()}, NOT),
]


@pytest.mark.parametrize(("name", "changes", "status"), ROWS)
def test_rows(name, changes, status):
    judged = found(name, hardening(**changes))
    assert judged.status is status, (judged.reason, judged.evidence)


HASHES = [
    ("wordpress", "6.8", PASS),
    ("wordpress", "6.10.1", PASS),
    ("wordpress", "6.7.2", FAIL),
    ("joomla", "3.10.12", PASS),
    ("joomla", "3.1.5", FAIL),
    ("drupal", "7.99", FAIL),
    ("drupal", "10.0.9", FAIL),
    ("drupal", "10.1.0", PASS),
    ("typo3", "8.7", FAIL),
    ("typo3", "12.4.1", PASS),
    ("wordpress", "", ERROR),
    ("liferay", "7.4", ERROR),
]


@pytest.mark.parametrize(("product", "version", "status"), HASHES)
def test_password_hashes(product, version, status):
    assert (
        found("password-hashes", hardening(sites=(Site(product, version, "/v"),))).status is status
    )


def test_password_hashes_of_several_and_of_none():
    good, bad = Site("wordpress", "6.9", "/a"), Site("nukeviet", "", "/b", "salted SHA")
    assert found("password-hashes", hardening(sites=(good, bad))).status is FAIL
    assert found("password-hashes", hardening(sites=(good,), sites_whole=WHY)).status is ERROR
    assert found("password-hashes", hardening(sites=(), sites_whole=WHY)).status is ERROR
    assert found("password-hashes", hardening(sites=())).status is NOT
    assert found("password-hashes", hardening(sites=()), roles=("cms",)).status is ERROR


def test_the_inventory_may_allow_a_service():
    facts = hardening(listening=(REDIS,))
    assert found("services", facts, says=Declared(services=("redis-server",))).status is PASS
    assert found("services", facts, allowed_ports=(6379,)).status is PASS
    assert found("services", facts, roles=("database",)).status is PASS
    assert found("services", facts, allowed_udp=(6379,)).status is FAIL


@pytest.mark.parametrize(
    ("startups", "rules", "status"),
    [
        ("10:30:100", (), PASS),
        ("100", (), PASS),
        ("10:30:100000", (), FAIL),
        ("10:30:100000", ("22 recent",), PASS),
        ("10:30:100000", WHY, ERROR),
        ("", (), NOT),
        ("much", (), ERROR),
        (WHY, (), ERROR),
    ],
)
def test_connections_of_a_host_without_a_web_server(startups, rules, status):
    facts = hardening(web=web(servers=()), max_startups=startups, firewall_limits=rules)
    assert found("connections", facts, roles=("database",)).status is status


def test_the_good_host_is_good():
    names = [name for name in checks.load() if name.startswith("hardening.")]
    assert len(names) == 13
    for name in names:
        facts = hardening(keys_in_code=NOTHING)
        assert found(name.removeprefix("hardening."), facts).status is PASS, name
