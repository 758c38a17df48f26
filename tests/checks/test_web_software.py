"""Verdicts on the software that a site shows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checks import Status
from checks.web import software
from facts.base import Undecided, Unknown
from facts.libraries import Library
from facts.products import Product
from facts.world import World
from tests.factories.exposure import AT, scripts
from tests.factories.world import world

LATE = Unknown("No answer in time")


def lib(name, version):
    return Library(name, version, "https://www.example.vn/a.js")


@pytest.mark.parametrize(
    ("products", "status"),
    [
        ([Product("nginx", "1.30.1")], Status.PASS),
        ([Product("nginx", "1.30.1"), Product("newsroom")], Status.PASS),
        ([Product("apache-http-server", "2.4.57", "debian")], Status.PASS),
        ([Product("nginx", "1.14.2")], Status.FAIL),
        ([Product("nginx", "1.30.1"), Product("php", "5.6.40")], Status.FAIL),
        ([Product("newsroom", "1"), Product("php", "5.6.40")], Status.FAIL),
        ([Product("nginx")], Status.NOT_APPLICABLE),
        ([], Status.NOT_APPLICABLE),
    ],
)
def test_server_supported(products, status):
    verdict = software.server_supported(scripts(software=tuple(products)), world())
    assert verdict.status is status


@pytest.mark.parametrize(
    "products",
    [
        [Product("nginx", "1.22.1")],  # perhaps Debian 12's own package
        [Product("apache-http-server", "2.4.62", "debian")],
        [Product("nginx", "1.18.0", "ubuntu")],
        [Product("nginx", "1.99.0")],
        [Product("newsroom", "1"), Product("nginx", "1.30.1")],
    ],
)
def test_what_the_banner_cannot_tell_is_undecided(products):
    with pytest.raises(Undecided):
        software.server_supported(scripts(software=tuple(products)), world())


def test_an_unread_banner_and_an_old_table():
    with pytest.raises(Undecided):
        software.server_supported(scripts(software=LATE), world())
    with pytest.raises(Undecided):
        software.server_supported(scripts(), World())
    later = scripts(observed_at=AT + timedelta(days=250))
    assert "old_table" in software.server_supported(later, world()).evidence["products"][0]
    with pytest.raises(Undecided, match="too old"):
        software.server_supported(scripts(observed_at=AT + timedelta(days=500)), world())


@pytest.mark.parametrize(
    ("libraries", "severity", "status"),
    [
        ([lib("jquery", "3.7.1")], "medium", Status.PASS),
        ([lib("jquery", "3.4.1")], "medium", Status.FAIL),
        ([lib("jquery", "3.4.1")], "high", Status.PASS),
        ([lib("moment", "2.29.1")], "high", Status.FAIL),
        ([lib("bootstrap", "3.3.7")], "medium", Status.PASS),
        ([lib("bootstrap", "3.3.7")], "low", Status.FAIL),
        ([lib("jquery", ""), lib("jquery", "3.4.1")], "medium", Status.FAIL),
        ([lib("what", "1.0"), lib("jquery", "3.4.1")], "medium", Status.FAIL),
        ([], "medium", Status.PASS),
    ],
)
def test_libraries(libraries, severity, status):
    facts = scripts(libraries=tuple(libraries))
    assert software.libraries(facts, world(), severity=severity).status is status


def test_a_known_fault_fails_though_a_script_could_not_be_read():
    facts = scripts(
        libraries=(lib("jquery", "3.4.1"),), scripts={"https://www.example.vn/b.js": LATE}
    )
    verdict = software.libraries(facts, world())
    assert verdict.status is Status.FAIL
    assert verdict.evidence["libraries"][0]["fixed_in"] == "3.5.0"


@pytest.mark.parametrize(
    "changes",
    [
        {"libraries": (lib("jquery", ""),)},
        {"libraries": (lib("what", "1.0"),)},
        {"libraries": LATE, "scripts": LATE},
        {"scripts": {"https://www.example.vn/b.js": LATE}},
        {"observed_at": AT + timedelta(days=500)},
    ],
)
def test_what_is_not_known_stops_the_pass(changes):
    with pytest.raises(Undecided):
        software.libraries(scripts(**changes), world())


def test_a_page_without_scripts_and_an_old_table():
    bare = scripts(scripts={}, foreign=(), libraries=())
    assert software.libraries(bare, world()).status is Status.NOT_APPLICABLE
    later = scripts(observed_at=AT + timedelta(days=250))
    assert software.libraries(later, world()).evidence["old_table"] == "libraries 2026-11-01"
