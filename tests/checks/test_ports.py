from dataclasses import replace
from datetime import date

import pytest

from checks import Status, ports
from facts.base import Undecided, Unknown
from facts.declared import Kind, Target, Vantage
from facts.ports import Port
from facts.support import Cycle
from tests.factories.ports import port, udp
from tests.factories.ports import ports as facts
from tests.factories.world import world

PASS, FAIL, ERROR, NA = Status.PASS, Status.FAIL, Undecided, Status.NOT_APPLICABLE
WHY = Unknown("It was not learnt")
WEB = Target(Kind.HOST, "www.bao.test", "127.34.0.1", roles=("web",), allowed_ports=(22,))
INSIDE = replace(WEB, vantage=Vantage.INTERNAL)
HTTP, HTTPS, SSH = port(80, "http"), port(443, "http", tunnel="ssl"), port(22, "ssh")
SILENT = facts(open=(), closed="", filtered="1-1000", answered=False)


def judged(check, *args, **more):
    """The status, or Undecided, so that a row can say either."""
    try:
        return check(*args, **more).status
    except Undecided:
        return Undecided


@pytest.mark.parametrize(
    ("seen", "said", "target", "status"),
    [
        (facts(HTTP, HTTPS, SSH), udp(), WEB, PASS),
        (facts(HTTP, port(8080, "http")), udp(), WEB, FAIL),
        (facts(SSH), udp(), replace(WEB, allowed_ports=()), FAIL),
        (facts(port(3306, "mysql")), udp(), replace(INSIDE, roles=("database",)), PASS),
        (facts(port(3306, "mysql")), udp(), replace(WEB, roles=("database",)), FAIL),
        (facts(port(1935, "rtmp")), udp(), replace(WEB, roles=("streaming",)), PASS),
        (facts(HTTP), udp("dns"), WEB, FAIL),
        (facts(HTTP), udp("dns"), replace(WEB, allowed_udp=(53,)), PASS),
        (facts(port(53, "domain")), udp("dns"), replace(WEB, roles=("dns",)), PASS),
        (facts(HTTP), udp(answered={"dns": WHY}), WEB, ERROR),
        (facts(port(8080), filtered=""), udp(answered={"dns": WHY}), WEB, FAIL),
        (SILENT, udp(), WEB, ERROR),
        (facts(open=WHY), udp(), WEB, ERROR),
        (facts(answered=WHY), udp(), WEB, ERROR),
    ],
)
def test_allowed(seen, said, target, status):
    assert judged(ports.allowed, seen, said, target) is status


@pytest.mark.parametrize(
    ("seen", "said", "target", "status"),
    [
        (facts(HTTP, HTTPS, SSH), udp(), WEB, PASS),  # SSH is in the inventory
        (facts(SSH), udp(), replace(WEB, allowed_ports=()), FAIL),
        (facts(port(2022, "ssh")), udp(), WEB, FAIL),  # an odd port
        (facts(port(3389, "ms-wbt-server")), udp(), WEB, FAIL),
        (facts(Port(5985)), udp(), WEB, FAIL),  # nmap could not ask
        (facts(port(2083, "http")), udp(), WEB, FAIL),
        (facts(port(8443, "http"), panels={"8443": "plesk"}), udp(), WEB, FAIL),
        (facts(port(8443, "http"), panels={"8443": ""}), udp(), WEB, PASS),
        (facts(port(8443, "http"), panels={"8443": WHY}), udp(), WEB, ERROR),
        (facts(port(8443, "http")), udp(), WEB, ERROR),
        (facts(HTTP), udp("ipmi"), WEB, FAIL),
        (facts(HTTP), udp("ipmi"), replace(WEB, allowed_udp=(623,)), PASS),
        (facts(HTTP), udp(answered={"ipmi": WHY}), WEB, ERROR),
        (facts(port(3389)), udp(), INSIDE, NA),
        (SILENT, udp("ipmi"), WEB, FAIL),
        (SILENT, udp(), WEB, ERROR),
    ],
)
def test_admin(seen, said, target, status):
    assert judged(ports.admin, seen, said, target) is status


@pytest.mark.parametrize(
    ("seen", "target", "status"),
    [
        (facts(HTTP, HTTPS), WEB, PASS),
        (facts(port(6379, "redis")), WEB, FAIL),
        (facts(port(7777, "mysql")), WEB, FAIL),
        (facts(port(7777, "http", product="Elasticsearch REST API")), WEB, FAIL),
        (facts(port(27017, "mongodb")), replace(WEB, allowed_ports=(27017,)), FAIL),
        (facts(port(3306, "ssh", product="OpenSSH")), WEB, PASS),
        (facts(port(6379, "redis")), INSIDE, NA),
        (SILENT, WEB, ERROR),
    ],
)
def test_databases(seen, target, status):
    assert judged(ports.databases, seen, target) is status


@pytest.mark.parametrize(
    ("seen", "said", "target", "status"),
    [
        (facts(HTTP), udp(), WEB, PASS),
        (facts(port(445, "microsoft-ds")), udp(), WEB, FAIL),
        (facts(port(8730, "rsync")), udp(), WEB, FAIL),
        (facts(HTTP), udp("tftp"), WEB, FAIL),
        (facts(HTTP), udp(answered={}), WEB, ERROR),
        (SILENT, udp("tftp"), WEB, FAIL),
        (SILENT, udp(), WEB, ERROR),
        (facts(port(445)), udp(), INSIDE, NA),
    ],
)
def test_file_sharing(seen, said, target, status):
    assert judged(ports.file_sharing, seen, said, target) is status


FTP, MAIL = port(21, "ftp"), port(25, "smtp")


@pytest.mark.parametrize(
    ("seen", "said", "status"),
    [
        (facts(HTTP), udp(), PASS),
        (facts(FTP, cleartext={"21/ftp": True}), udp(), FAIL),
        (facts(FTP, cleartext={"21/ftp": False}), udp(), PASS),
        (facts(FTP, cleartext={"21/ftp": WHY}), udp(), ERROR),
        (facts(FTP), udp(), ERROR),
        (facts(FTP, MAIL, cleartext={"21/ftp": WHY, "25/smtp": True}), udp(), FAIL),
        (facts(port(990, "ftp", tunnel="ssl")), udp(), PASS),
        (facts(HTTP), udp(abused="snmp-v2c"), FAIL),
        (facts(HTTP), udp(abused={"snmp-v1": False}), ERROR),
        (SILENT, udp(), ERROR),
    ],
)
def test_cleartext(seen, said, status):
    assert judged(ports.cleartext, seen, said) is status


REDIS = port(6379, "redis")


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        (facts(HTTP), PASS),
        (facts(REDIS, unauthenticated={"6379/redis": True}), FAIL),
        (facts(REDIS, unauthenticated={"6379/redis": False}), PASS),
        (facts(REDIS, unauthenticated={"6379/redis": WHY}), ERROR),
        (facts(REDIS), ERROR),
        (SILENT, ERROR),
    ],
)
def test_unauthenticated(seen, status):
    assert judged(ports.unauthenticated, seen) is status


@pytest.mark.parametrize(
    ("said", "target", "status"),
    [
        (udp(), WEB, PASS),
        (udp(abused="dns"), WEB, FAIL),
        (udp("dns"), WEB, PASS),  # it answers, and refuses
        (udp(abused="dns cldap ssdp"), INSIDE, PASS),  # colleagues may ask
        (udp(abused="ntp"), INSIDE, FAIL),
        (udp(abused={"dns": False}), WEB, ERROR),
        (udp(abused={"dns": True}), WEB, FAIL),
        (udp(silent=("dns", "ntp")), WEB, PASS),
        (udp(silent=("dns", "ntp"), reachable=False), WEB, ERROR),
        (udp(silent=("dns",), reachable=WHY), WEB, ERROR),
        (udp(reachable=False), WEB, PASS),  # every question was refused
    ],
)
def test_amplifiers(said, target, status):
    assert judged(ports.amplifiers, said, target) is status


def test_silence_is_told_in_the_evidence():
    verdict = ports.amplifiers(udp(silent=("dns", "tftp")), WEB)
    assert verdict.evidence["silent"] == ["dns"]


OLD = port(80, "http", product="Apache httpd", version="2.2.15")
NEW = port(443, "http", product="nginx", version="1.30.1")


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        (facts(NEW), PASS),
        (facts(OLD, NEW), FAIL),
        (facts(HTTP), NA),  # no version is shown
        (facts(port(80, "http", product="nginx", version=WHY)), ERROR),
        (facts(Port(80, "http"), OLD), FAIL),
        (facts(port(21, "ftp", product="vsftpd", version="3.0.3"), NEW), ERROR),
        (facts(port(22, "ssh", product="OpenSSH", version="9.2p1 Debian 2+deb12u3")), PASS),
        (SILENT, ERROR),
    ],
)
def test_supported(seen, status):
    assert judged(ports.supported, seen, world()) is status


def test_a_distribution_that_ended_fails_its_packages():
    ssh = facts(port(22, "ssh", product="OpenSSH", version="9.2p1 Debian 2+deb12u3"))
    ended = world(cycles={"debian": (Cycle("12", date(2025, 1, 1)),)})
    assert judged(ports.supported, ssh, ended) is FAIL


BEFORE = facts(HTTP)


@pytest.mark.parametrize(
    ("seen", "baseline", "status"),
    [
        (facts(HTTP), None, NA),
        (facts(HTTP), BEFORE, PASS),
        (facts(HTTP, port(21)), BEFORE, FAIL),  # was closed
        (facts(HTTP, port(445)), BEFORE, FAIL),  # was filtered
        (facts(HTTP, port(20001)), BEFORE, ERROR),  # was not tried
        (facts(port(20001), port(21)), BEFORE, FAIL),
        (facts(open=()), BEFORE, PASS),  # closed since: no drift
        (facts(HTTP), SILENT, ERROR),
        (SILENT, BEFORE, ERROR),
    ],
)
def test_drift(seen, baseline, status):
    assert judged(ports.drift, seen, baseline=baseline) is status


FEW = facts(HTTP, filtered="", tried="80-90")


@pytest.mark.parametrize(
    ("check", "more"),
    [
        (ports.admin, [udp(), WEB]),
        (ports.databases, [WEB]),
        (ports.file_sharing, [udp(), WEB]),
        (ports.cleartext, [udp()]),
        (ports.unauthenticated, []),
    ],
)
def test_ports_that_were_not_tried_pass_only_where_the_profile_says_so(check, more):
    assert judged(check, FEW, *more) is ERROR
    verdict = check(FEW, *more, restricted=True)
    assert verdict.status is PASS and verdict.evidence["untried"]
    assert "untried" not in check(facts(HTTP), *more).evidence


def test_an_inventory_that_lets_few_ports_be_tried_settles_nothing():
    few = replace(WEB, scan_ports="80-90")
    assert judged(ports.allowed, replace(FEW, count=11), udp(), few) is ERROR
    assert ports.allowed(replace(FEW, count=11), udp(), few, restricted=True).status is PASS


def test_the_baseline_is_no_parameter_of_a_profile():
    from checks import CHECKS

    assert CHECKS["ports.drift"].params == {} and CHECKS["ports.drift"].drifts
    assert not CHECKS["ports.allowed"].drifts


def test_a_wall_of_open_ports_is_cut_in_the_evidence():
    wall = facts(*(port(n) for n in range(1000, 2000)))
    assert len(ports.drift(wall, baseline=wall).evidence["ports"]) == 50
    assert len(ports.allowed(wall, udp(), WEB).evidence["ports"]) == 50
