"""The CMS probe on Debian's WordPress: as installed, well kept, neglected, not yet installed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from pydantic import TypeAdapter

from checks import Status
from checks.cms import outside, versions
from facts.base import Undecided, Unknown
from facts.cms import CmsFacts
from facts.declared import Vantage
from facts.support import Cycle
from scanner.probes import cms
from scanner.world import packaged
from tests.lab.places import open_folder
from tests.lab.wordpress import ADDRESS, EDITOR, OLD, PLUGIN, wordpress
from tests.probes.reaches import reach
from tests.probes.sites import target

NET = "127.38.0.0/16"
ALL = (outside.installer, outside.admin_exposed, outside.debug, outside.user_listing,
       outside.legacy_api, outside.registration, outside.version_hidden)  # fmt: skip
NAMES = ("installer", "admin_exposed", "debug", "user_listing", "legacy_api", "registration",
         "version_hidden")  # fmt: skip


@pytest.fixture(scope="module")
def press():
    with open_folder() as folder, wordpress(folder) as sites:
        yield sites


POLITE = cms.BETWEEN


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(cms, "BETWEEN", 0.0)


def visit(port, address=ADDRESS, **more):
    site = replace(target(f"http://{address}:{port}/", address, port), **more)
    facts = cms.gather(site, reach(NET))
    codec = TypeAdapter(CmsFacts)
    assert codec.validate_json(codec.dump_json(facts)) == facts
    return facts, site


def failing(facts, site):
    """The names of the checks that fail; all others must pass."""
    said = {}
    for name, check in zip(NAMES, ALL, strict=True):
        given = [site] if "target" in check.__annotations__ else []
        said[name] = check(facts, *given).status
    assert set(said.values()) <= {Status.PASS, Status.FAIL}
    return [name for name, status in said.items() if status is Status.FAIL]


def test_wordpress_as_it_is_installed_shows_what_it_shows(press):
    facts, site = visit(press.default)
    assert (facts.product, facts.version, facts.exact) == ("wordpress", press.version, True)
    assert failing(facts, site) == ["admin_exposed", "user_listing", "legacy_api", "version_hidden"]
    theme = {one.name: one.version for one in facts.components if one.kind == "theme"}
    assert theme["twentytwentythree"]
    assert EDITOR not in str(facts)  # who was listed is nobody's business


def test_a_well_kept_wordpress_fails_nothing(press):
    facts, site = visit(press.kept)
    assert facts.product == "wordpress"
    assert failing(facts, site) == []


def test_a_neglected_wordpress_fails_nearly_everything(press):
    visit(press.neglected)  # its pages write the log
    facts, site = visit(press.neglected)
    assert failing(facts, site) == [name for name in NAMES if name != "installer"]


def test_what_a_neglected_wordpress_is_made_of_fails_too(press):
    facts, site = visit(press.neglected)
    assert (facts.version, facts.exact) == (OLD, True)
    assert {f"{one.name} {one.version}" for one in facts.components} > {" ".join(PLUGIN)}
    world, nobody = packaged(), Unknown("nobody looked inside")
    assert versions.supported(facts, site, world, nobody).status is Status.FAIL
    seen = versions.exploited(facts, site, world, nobody, nobody)
    assert seen.status is Status.FAIL
    assert {"CVE-2026-63030", "CVE-2020-25213"} <= set(seen.evidence["ids"])
    assert versions.extensions(facts, site, world, nobody).status is Status.FAIL


def test_what_debian_s_wordpress_is_made_of_passes_where_its_line_is_supported(press):
    facts, site = visit(press.default)
    tables, nobody = packaged(), Unknown("nobody looked inside")
    world = replace(tables, packages=(), cycles={**tables.cycles, "wordpress": (Cycle("6.1"),)})
    assert versions.supported(facts, site, world, nobody).status is Status.PASS
    assert versions.exploited(facts, site, world, nobody, nobody).status is Status.PASS
    assert versions.extensions(facts, site, world, nobody).status is Status.PASS
    with pytest.raises(Undecided):  # it may be Debian's package, which is kept
        versions.supported(facts, site, tables, nobody)


def test_an_installer_that_waits_is_found(press):
    facts, site = visit(press.fresh)
    assert outside.installer(facts, site).status is Status.FAIL


def test_from_inside_the_log_in_may_be_reached(press):
    facts, site = visit(press.default)
    inside = replace(site, vantage=Vantage.INTERNAL)
    assert outside.admin_exposed(facts, inside).status is Status.NOT_APPLICABLE


def test_the_server_s_own_log_proves_the_bounds(press, monkeypatch):
    assert POLITE == 0.5  # two a second
    monkeypatch.setattr(cms, "BETWEEN", 0.1)
    before = len(press.log("default"))
    facts, _ = visit(press.default)
    lines = [line.split(" ", 4) for line in press.log("default")[before:]]
    assert len(lines) == facts.requests <= 40
    assert {method for _, _, method, *_ in lines} == {"GET"}
    assert all(rest.startswith('"press-scan/') for *_, rest in lines)
    begun = sorted(float(end) - float(took) for end, took, *_ in lines)
    assert all(after - early > 0.08 for early, after in pairwise(begun))
