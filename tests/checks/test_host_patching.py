"""What the checks of patching decide: pass, fail, not applicable, undecided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from checks import Status
from checks.patching import software, updates, upkeep
from facts.base import Undecided, Unknown
from facts.declared import Declared, Kind, Target
from facts.exploited import Exploited
from facts.host import areas
from facts.host.patching import Job, PackageList, PatchingFacts, Program, Source, Update
from facts.support import Cycle
from tests.factories.host_patching import DAY, NOW, packages, patching
from tests.factories.host_system import system
from tests.factories.world import world

WHY = Unknown("blank")
PASS, FAIL, NONE, ERROR = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, Status.ERROR
RHEL = {"family": "rhel", "id": "almalinux", "version": "9.4"}
FRESH = (PackageList("baseos", True, NOW - 40 * DAY, refreshed=NOW - DAY),)


def status(check, *args, **params):
    try:
        return check(*args, **params).status
    except Undecided:
        return ERROR


def waiting(*updates, **changes):
    return patching(pending=updates, **changes)


def update(days, **more):
    return Update("libssl3", "2", NOW - days * DAY, source="openssl", **more)


@pytest.mark.parametrize(
    ("facts", "about", "wanted"),
    [
        (waiting(), {}, PASS),
        (waiting(update(29)), {}, PASS),
        (waiting(update(31)), {}, FAIL),
        (waiting(update(31), Update("x", "1", WHY)), {}, FAIL),
        (waiting(Update("x", "1", WHY)), {}, ERROR),
        (waiting(Update("x", "1", NOW + 3 * DAY)), {}, ERROR),  # a clock that was wrong
        (waiting(update(8, severity="critical")), {}, FAIL),
        (waiting(update(6, severity="critical")), {}, PASS),
        (waiting(update(8), installed=packages(openssl="3.0.1")), {}, FAIL),  # known exploited
        (waiting(update(8), installed=packages(openssl="3.0.9")), {}, PASS),
        (patching(pending=WHY), {}, ERROR),
        (patching(labelled=False, sources=()), {}, FAIL),
        (patching(labelled=False), {}, ERROR),  # a security source whose list was never fetched
        (patching(labelled=WHY), {}, ERROR),
        (patching(lists=()), {}, ERROR),
        (patching(pending=(), lists=(PackageList("s", True, NOW - 9 * DAY),)), {}, ERROR),
        (patching(pending=(), lists=(PackageList("s", True, NOW - DAY, NOW - 60),)), {}, ERROR),
        (patching(pending=(), lists=(PackageList("main", False, NOW),)), {}, ERROR),
        (waiting(update(29), lists=FRESH), RHEL, PASS),
        (waiting(update(31), lists=FRESH), RHEL, FAIL),
        (patching(labelled=False, waiting=0, lists=FRESH), RHEL, PASS),  # CentOS
        (patching(labelled=False, waiting=3, lists=FRESH), RHEL, ERROR),
        (patching(), {"family": Unknown("An unknown system")}, ERROR),
    ],
)
def test_security_updates(facts, about, wanted):
    tables = world(exploited=(Exploited("CVE-1", "openssl", "debian 12", "3.0.5"),))
    assert status(updates.security_updates, facts, system(**about), tables) is wanted


def test_the_limits_are_parameters():
    facts = waiting(update(31))
    judged = (updates.security_updates, facts, system(), world())
    assert status(*judged, max_age_days=60) is PASS
    assert status(*judged, max_age_days=30) is FAIL


def test_held_packages_are_named():
    verdict = updates.security_updates(waiting(update(90, held=True)), system(), world())
    assert verdict.evidence["held"] == ["libssl3"]


@pytest.mark.parametrize(
    ("installed", "about", "wanted"),
    [
        (packages(glibc="2.36-9+deb12u3"), {}, PASS),
        (packages(glibc="2.36-9+deb12u2", bash="5"), {}, FAIL),
        (packages(roundcube="1.6.5+dfsg-1+deb12u10"), {}, PASS),
        (packages(bash="5"), {}, ERROR),  # nothing that the table covers
        (packages(glibc="2.36-9+deb12u3"), {"version": "9"}, ERROR),
        (packages(glibc="2.36-9+deb12u3"), {"id": WHY}, ERROR),
        (WHY, {}, ERROR),
    ],
)
def test_exploited(installed, about, wanted):
    assert (
        status(updates.exploited, patching(installed=installed), system(**about), world()) is wanted
    )


def test_rebuilds_of_rhel_are_compared_by_rpm_s_rules():
    rows = (Exploited("CVE-2023-4911", "glibc", "rhel 9", "2.34-60.el9_2.7"),)
    for version, wanted in (("0:2.34-60.el9", FAIL), ("0:2.34-83.el9.7", PASS)):
        facts = patching(installed=packages(glibc=version))
        assert status(updates.exploited, facts, system(**RHEL), world(exploited=rows)) is wanted


def test_an_old_table_passes_nobody_and_still_fails():
    old = world(data=(("exploited", "2026-01-01"),))
    assert status(updates.exploited, patching(), system(), old) is ERROR
    hit = patching(installed=packages(glibc="2.36-9"))
    assert status(updates.exploited, hit, system(), old) is FAIL
    verdict = updates.exploited(patching(), system(), world())
    assert verdict.evidence["covered"] == ["glibc"] and verdict.evidence["not_covered"] == 1


@pytest.mark.parametrize(
    ("lists", "wanted"),
    [
        ((), FAIL),
        (WHY, ERROR),
        ((PackageList("s", True, NOW - 7 * DAY),), PASS),
        ((PackageList("s", True, NOW - 8 * DAY),), FAIL),
        ((PackageList("s", True, NOW - DAY, NOW - 1),), FAIL),  # the archive says: expired
        ((PackageList("s", True, NOW + 9 * DAY),), ERROR),  # from the future
        ((PackageList("s", True, None),), ERROR),
        ((PackageList("s", True, NOW), PackageList("t", True, NOW - 9 * DAY)), FAIL),
        ((PackageList("a", False, NOW - 90 * DAY, refreshed=NOW), *FRESH), PASS),
    ],
)
def test_metadata_fresh(lists, wanted):
    facts = patching(lists=lists, sources=(Source("main", "m", signed=True),))
    assert status(updates.metadata_fresh, facts, system()) is wanted


def test_a_security_source_that_was_never_fetched():
    facts = patching(lists=(PackageList("main", False, NOW),))
    assert status(updates.metadata_fresh, facts, system()) is FAIL


@pytest.mark.parametrize(
    ("about", "esm", "wanted"),
    [
        ({}, False, PASS),  # Debian 12: its free LTS
        ({"version": "11"}, False, FAIL),
        ({"version": "10"}, False, FAIL),  # bought support, which cannot be seen
        ({"version": ""}, False, ERROR),
        ({"version": "99"}, False, ERROR),
        ({"id": "haiku", "version": "1"}, False, ERROR),
        ({"id": "ubuntu", "version": "22.04"}, False, PASS),
        ({"id": "ubuntu", "version": "20.04"}, False, FAIL),
        ({"id": "ubuntu", "version": "20.04"}, True, PASS),
        ({"id": "ubuntu", "version": "20.04"}, WHY, ERROR),
        ({"id": "rocky", "version": "9.4"}, False, PASS),
        ({"id": "centos", "version": "9", "name": "CentOS Stream 9"}, False, PASS),
        ({"id": "centos", "version": "7", "name": "CentOS Linux 7"}, False, FAIL),
    ],
)
def test_os_supported(about, esm, wanted):
    tables = world()
    more = {
        "rocky-linux": (Cycle("9", date(2032, 5, 31)),),
        "centos-stream": (Cycle("9", date(2027, 5, 31)),),
        "centos": (Cycle("7", date(2024, 6, 30)),),
    }
    tables = replace(tables, cycles={**tables.cycles, **more})
    assert status(software.os_supported, patching(esm=esm), system(**about), tables) is wanted


@pytest.mark.parametrize(
    ("programs", "about", "wanted"),
    [
        ((), {}, NONE),
        (WHY, {}, ERROR),
        ((Program("php", "5.6", "php5.6", packaged=True),), {}, PASS),
        ((Program("php", "5.6", "php5.6", packaged=True),), {"version": "11"}, FAIL),
        ((Program("php", "5.6", "/opt/php", packaged=False),), {}, FAIL),
        ((Program("php", "8.4", "/opt/php", packaged=False),), {}, PASS),
        ((Program("php", "9.9", "/opt/php", packaged=False),), {}, ERROR),
        ((Program("php", "", "/opt/php", packaged=False),), {}, ERROR),
        ((Program("haiku", "1", "/opt/haiku"), Program("php", "5.6", "/opt/php")), {}, FAIL),
    ],
)
def test_runtimes(programs, about, wanted):
    assert (
        status(software.runtimes, patching(programs=programs), system(**about), world()) is wanted
    )


def target(*mirrors):
    return Target(Kind.LOGIN, "h", says=Declared(mirrors=mirrors))


@pytest.mark.parametrize(
    ("changes", "mirrors", "wanted"),
    [
        ({"central": ()}, (), FAIL),
        ({"central": ()}, ("deb.debian.org",), PASS),
        ({"central": ()}, ("other.test",), FAIL),
        ({"central": (), "proxies": ("cache.bao.test",)}, ("cache.bao.test",), PASS),
        ({"central": (), "proxies": ("cache.bao.test",)}, (), FAIL),
        ({"central": WHY}, (), ERROR),
        ({"sources": WHY}, ("deb.debian.org",), ERROR),
        ({"central": (), "sources": ()}, ("deb.debian.org",), FAIL),
    ],
)
def test_managed(changes, mirrors, wanted):
    assert status(upkeep.managed, patching(**changes), target(*mirrors)) is wanted


@pytest.mark.parametrize(
    ("jobs", "wanted"),
    [
        ((), FAIL),
        (WHY, ERROR),
        ((Job("a", on=False, lacks=("x",)), Job("b", on=True)), PASS),
        ((Job("a", on=False, lacks=("x",)),), FAIL),
        ((Job("a", on=WHY),), ERROR),
    ],
)
def test_automatic(jobs, wanted):
    assert status(upkeep.automatic, patching(jobs=jobs)) is wanted


@pytest.mark.parametrize(
    ("changes", "about", "wanted"),
    [
        ({}, {}, PASS),
        ({"reboot_asked": True}, {}, FAIL),
        ({"outdated": ("nginx",)}, {}, FAIL),
        ({"kernel": "6.1.0-50-amd64"}, {}, FAIL),
        ({"kernel": "6.1.0-50-amd64"}, {"container": "lxc"}, PASS),
        ({"kernel": ""}, {}, ERROR),
        ({"kernel": ""}, {"container": "lxc"}, PASS),
        ({"outdated": ("nginx",)}, {"container": WHY}, FAIL),
        ({}, {"container": WHY}, ERROR),
        ({"outdated": WHY}, {"container": "lxc"}, ERROR),
        ({"outdated": WHY, "kernel": "6.1.0-50-amd64"}, {}, FAIL),
        ({"reboot_asked": WHY}, {}, ERROR),
    ],
)
def test_reboot(changes, about, wanted):
    assert status(upkeep.reboot, patching(**changes), system(**about)) is wanted


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, PASS),
        ({"sources": ()}, NONE),
        ({"sources": WHY}, ERROR),
        ({"sources": (Source("a", signed=False), Source("b", signed=WHY))}, FAIL),
        ({"sources": (Source("a", signed=True), Source("b", signed=WHY))}, ERROR),
        ({"unsigned_allowed": ("APT::Get::AllowUnauthenticated",)}, FAIL),
        ({"unsigned_allowed": WHY}, ERROR),
    ],
)
def test_repositories(changes, wanted):
    assert status(upkeep.repositories, patching(**changes)) is wanted


def test_facts_survive_being_stored():
    codec = areas.areas()["patching"].codec
    for facts in (patching(), PatchingFacts(), patching(installed=(), pending=())):
        assert codec.validate_json(codec.dump_json(facts)) == facts
