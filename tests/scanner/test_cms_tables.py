"""The tables of known faults of content management systems."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.cms_table import BY_ID
from facts.versions import Version
from scanner.cms_tables import EXPLOITED_FILE, FILE, read_advisories, read_exploited
from scanner.world import load_world, packaged

ROWS = [
    ["drupal/core", "CVE-2018-7600", "x", [[">=7.0", "<7.58"], [">=8.0", "<8.3.9"]], "l"],
    ["drupal/drupal", "CVE-2018-7600", "x", [[">=7.0", "<7.58"], [">=8.0", "<8.3.9"]], "l"],
    ["typo3/cms-core", "CVE-2019-1", "x", [[">=9", "<9.5.12"]], "l"],
    ["symfony/http-kernel", "CVE-2020-1", "x", [[">=4", "<4.4.13"]], "l"],
    ["drupal/core", "CVE-2019-2", "x", [[">=8", "<=8.5"], ["==1"], [">2"]], "l"],
]
DATA = {"_meta": {"commit_date": "2026-08-06T12:49:11+01:00"}, "rows": ROWS}


def test_our_table_is_of_systems_that_we_know_and_ranges_that_are_some():
    table = packaged().cms
    assert set(table.core) | set(table.extensions) <= set(BY_ID)
    faults = [fault for all_of in table.core.values() for fault in all_of]
    faults += [f for of in table.extensions.values() for one in of.values() for f in one.faults]
    assert len(faults) > 20
    for fault in faults:
        assert fault.id.startswith("CVE-") and fault.ranges
        assert all(Version(since) < Version(fixed) for since, fixed in fault.ranges)


@pytest.mark.parametrize(
    ("product", "version", "number", "hit"),
    [
        ("wordpress", "6.9.4", "CVE-2026-63030", True),
        ("wordpress", "6.9.5", "CVE-2026-63030", False),
        ("wordpress", "7.0.1", "CVE-2026-60137", True),
        ("wordpress", "7.1", "CVE-2026-60137", False),
        ("drupal", "7.57", "CVE-2018-7600", True),
        ("drupal", "10.4.9", "CVE-2026-9082", True),
        ("drupal", "11.3.10", "CVE-2026-9082", False),
        ("joomla", "4.2.7", "CVE-2023-23752", True),
        ("joomla", "4.2.8", "CVE-2023-23752", False),
        ("joomla", "3.10.12", "CVE-2023-23752", False),
    ],
)
def test_known_faults(product, version, number, hit):
    hits = {fault.id for fault in packaged().cms.core[product] if fault.hits(version)}
    assert (number in hits) is hit


def test_advisories_of_a_data_folder_come_after_ours(tmp_path):
    (tmp_path / FILE).write_text(json.dumps(DATA), "utf-8")
    world = load_world(tmp_path)
    assert ("php-advisories", "2026-08-06") in world.data
    assert world.cms.core["typo3"][0].id == "CVE-2019-1"
    theirs = [f for f in world.cms.core["drupal"] if f.table == "php-advisories"]
    assert [f.id for f in theirs] == ["CVE-2018-7600"]  # once, and none without ranges
    assert world.cms.core["wordpress"] == packaged().cms.core["wordpress"]


LISTED = [
    ["CVE-2019-1", "TYPO3", "TYPO3 CMS"], ["CVE-2099-1", "WordPress", "Core"],
    ["CVE-2099-2", "WordPress", "File Manager Plugin"], ["CVE-2099-3", "Microsoft", "Windows"],
    ["CVE-2015-9357", "Automattic", "Akismet"], ["CVE-2018-7600", "Drupal", "Drupal Core"],
    ["CVE-2099-4", "Microsoft", "SharePoint Server"],
]  # fmt: skip
KEV = {"_meta": {"dateReleased": "2026-08-07T16:45:47.0648Z"}, "rows": LISTED}


def test_what_cisa_lists_is_exploited(tmp_path):
    (tmp_path / FILE).write_text(json.dumps(DATA), "utf-8")
    (tmp_path / EXPLOITED_FILE).write_text(json.dumps(KEV), "utf-8")
    world = load_world(tmp_path)
    assert ("kev", "2026-08-07") in world.data
    assert [fault.exploited for fault in world.cms.core["typo3"]] == [True]
    assert world.cms.extensions["wordpress"]["akismet"].faults[0].exploited
    drupal = [(f.table, f.exploited) for f in world.cms.core["drupal"] if f.id == "CVE-2018-7600"]
    assert drupal == [("cms", True), ("php-advisories", False)]  # ours knows the versions better
    assert world.cms.untold["wordpress"] == ("CVE-2099-1",)
    assert world.cms.untold["sharepoint"][0] == "CVE-2099-4"
    assert set(world.cms.untold) == {"wordpress", "sharepoint"}


@pytest.mark.parametrize("data", [[], {}, {**KEV, "rows": []}, {**KEV, "rows": [["a"]]}, DATA])
def test_a_catalogue_that_is_not_understood_is_passed_over(tmp_path, data):
    (tmp_path / EXPLOITED_FILE).write_text(json.dumps(data), "utf-8")
    assert load_world(tmp_path).cms == packaged().cms


NO_VERSION = ["drupal/core", "x", "x", [[">=x", "<y"]], ""]
BAD = [None, [], {}, {"rows": []}, {**DATA, "rows": [["a"]]}, {**DATA, "rows": [NO_VERSION]},
       {**DATA, "_meta": {"commit_date": "gestern"}}]  # fmt: skip


@pytest.mark.parametrize("data", BAD)
def test_a_file_that_is_not_understood_is_passed_over(tmp_path, data):
    (tmp_path / FILE).write_text(json.dumps(data), "utf-8")
    assert load_world(tmp_path).cms == packaged().cms


LEAVES = st.none() | st.text() | st.integers()
JSON = st.recursive(LEAVES, lambda x: st.lists(x) | st.dictionaries(st.text(), x))


@given(JSON)
def test_any_json(data):
    try:
        read_exploited(data)
        read_advisories(data)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return
    raise AssertionError("nothing in it is an advisory")
