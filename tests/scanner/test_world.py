"""Loading what everyone knows."""

from __future__ import annotations

import json
import logging
from datetime import date

import pytest

from facts.cms_table import BY_ID
from facts.libraries import LIBRARIES
from facts.products import ALIASES, Product, from_banner, from_ssh
from facts.support import State
from facts.versions import Version
from scanner.world import ENVIRONMENT, SUPPORT, load_world, packaged
from scanner.world import LIBRARIES as RETIRE

DAY = date(2026, 11, 23)
END_OF_LIFE = {
    "_meta": {"commit_date": "2026-12-24T08:52:34+00:00"},
    "products": {
        "nginx": {"releases": [{"releaseCycle": "1.32", "eol": False},
                               {"releaseCycle": "1.30", "eol": "2026-12-01"},
                               {"releaseCycle": "odd", "eol": "soon"}]},
        "debian": {"releases": [{"releaseCycle": "12", "eol": "2026-07-11", "eoes": "2028-06-30"}]},
        "ubuntu": {"releases": [{"releaseCycle": "20.04", "eol": "2025-05-31",
                                 "eoes": "2030-04-01"}]},
        "newsroom": {"releases": [{"releaseCycle": 3, "eol": True, "eoes": False}]},
        "empty": {},
    },
}  # fmt: skip
REPOSITORY = {
    "jQuery": {"vulnerabilities": [
        {"below": "9.9.9", "atOrAbove": "1.0", "severity": "high",
         "identifiers": {"CVE": ["CVE-1"]}},
        {"below": "2.999.999", "severity": "low", "cwe": ["CWE-1104"], "identifiers": {}},
    ]},
    "moment.js": {"vulnerabilities": [{"below": "odd", "severity": "high"}]},
    "chart.js": {},
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / SUPPORT).write_text(json.dumps(END_OF_LIFE))
    (tmp_path / RETIRE).write_text(json.dumps(REPOSITORY))
    return tmp_path


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch, tmp_path):
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "nowhere"))


def test_the_packaged_tables_are_whole():
    world = packaged()
    assert [name for name, _ in world.data] == [
        "support",
        "packages",
        "libraries",
        "exploited",
        "tls",
        "cms",
    ]
    for _, day in world.data:
        date.fromisoformat(day)
    assert set(LIBRARIES) <= set(world.advisories)
    for faults in world.advisories.values():
        for fault in faults:
            assert fault.severity in ("critical", "high", "medium", "low") and fault.ids
            for version in filter(None, (fault.below, fault.at_or_above)):
                Version(version)
    for row in world.exploited:
        assert row.cve.startswith("CVE-") and row.fixed[0].isdigit()
        system, _, release = row.release.partition(" ")
        assert world.support(system, release, date(2020, 1, 1)).cycle == release
    for package in world.packages:
        assert package.distribution in world.cycles
        assert package.product in {*ALIASES.values(), *BY_ID}


@pytest.mark.parametrize(
    ("product", "state"),
    [
        *[(from_banner(banner)[0], State.ENDED) for banner in (
            "Apache/2.2.34", "Apache/2.4.29 (Ubuntu)", "Apache/2.4.6 (CentOS)", "nginx/1.16.1",
            "Microsoft-IIS/8.5", "Microsoft-IIS/7.5", "PHP/5.6.40", "PHP/7.4.3",
            "PHP/7.0.33-0+deb9u12")],
        *[(from_banner(banner)[0], State.SUPPORTED) for banner in (
            "Apache/2.4.57 (Debian)", "Apache/2.4.52 (Ubuntu)", "nginx/1.30.1", "PHP/8.4.2",
            "Microsoft-IIS/10.0", "Apache/2.4.37 (Red Hat Enterprise Linux)")],
        *[(from_banner(banner)[0], State.MAYBE_PACKAGED) for banner in (
            "nginx/1.22.1", "nginx/1.20.1", "PHP/8.1.2", "PHP/7.4.33")],
        (from_banner("nginx/1.18.0 (Ubuntu)")[0], State.UNKNOWN_RELEASE),
        (from_ssh("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3"), State.SUPPORTED),
        (from_ssh("SSH-2.0-OpenSSH_8.9p1 Ubuntu-3ubuntu0.10"), State.SUPPORTED),
        (from_ssh("SSH-2.0-OpenSSH_7.6p1 Ubuntu-4ubuntu0.7"), State.ENDED),
        (from_ssh("SSH-2.0-OpenSSH_7.4"), State.ENDED),  # CentOS 7's
        (from_ssh("SSH-2.0-OpenSSH_8.0"), State.MAYBE_PACKAGED),  # RHEL 8's
        (Product("mariadb", "10.11.6", "debian 12"), State.SUPPORTED),
        (Product("mysql", "5.7.44"), State.ENDED),
        (Product("newsroom", "1"), State.UNKNOWN_PRODUCT),
    ],
)  # fmt: skip
def test_well_known_banners(product, state):
    assert packaged().support_of(product, DAY).state is state


def test_well_known_libraries():
    world = packaged()
    assert not world.faults("jquery", "3.7.1")
    assert {"CVE-2020-11023"} <= {i for f in world.faults("jquery", "3.4.1") for i in f.ids}
    assert world.faults("angularjs", "1.8.3")  # has faults that nobody will mend


def test_a_data_folder_goes_first_and_ours_fills_the_gaps(folder):
    world = load_world(folder)
    assert ("endoflife.date", "2026-12-24") in world.data
    assert world.support("nginx", "1.32.1", DAY).state is State.SUPPORTED
    assert world.support("nginx", "1.30.1", date(2026, 12, 2)).state is State.ENDED
    assert world.support("nginx", "1.30.1", DAY).source == "endoflife.date"
    assert world.support("debian", "12", date(2027, 1, 1)).state is State.SUPPORTED
    assert world.support("ubuntu", "20.04", DAY).paid == date(2030, 4, 1)
    assert world.support("newsroom", "3", DAY).state is State.ENDED
    assert world.support("php", "5.6.40", DAY).state is State.ENDED  # ours
    assert world.support("nginx", "1.26.1", DAY).state is State.ENDED  # ours too
    assert [f.ids for f in world.faults("jquery", "3.7.1")] == [("CVE-1",)]
    assert world.faults("chart", "2.9.3")  # either's faults count
    assert world.faults("moment", "2.29.1")  # theirs was not understood, ours stands
    assert world.support("php", "5.6.40", DAY).table == world.named("support")
    assert world.support("nginx", "1.30.1", DAY).table == "endoflife.date 2026-12-24"
    assert world.tables_of("jquery") == ("retire.js", "libraries")
    assert world.tables_of("moment") == ("libraries",)


def test_a_set_without_a_date_is_as_old_as_its_newest_fault_s_year(tmp_path):
    (tmp_path / RETIRE).write_text(json.dumps(REPOSITORY))
    assert dict(load_world(tmp_path).data)["retire.js"] == "2000-01-01"
    (tmp_path / RETIRE).write_text(json.dumps(REPOSITORY).replace("CVE-1", "CVE-2025-1"))
    assert dict(load_world(tmp_path).data)["retire.js"] == "2025-01-01"


def test_no_word_on_an_end_is_no_open_end(tmp_path):
    lines = [{"releaseCycle": "9.1", "eol": None}, {"releaseCycle": "9.2", "eol": 3},
             {"releaseCycle": "9.3", "eol": False}]  # fmt: skip
    data = {**END_OF_LIFE, "products": {"newsroom": {"releases": lines}}}
    (tmp_path / SUPPORT).write_text(json.dumps(data))
    assert [cycle.name for cycle in load_world(tmp_path).cycles["newsroom"]] == ["9.3"]


def test_the_environment_names_a_folder(folder, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT, str(folder))
    assert load_world().support_table == "endoflife.date"
    assert load_world(folder / "nowhere").support_table == "support"


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{}", '{"_meta": 3}', '{"a": []}', '{"a": {"vulnerabilities": 3}}',
             "[" * 100_000, '{"_meta": {"commit_date": "2026-01-01"}, "products": {"nginx": 1}}']
)  # fmt: skip
def test_a_broken_file_is_passed_over(tmp_path, text, caplog):
    (tmp_path / SUPPORT).write_text(text)
    (tmp_path / RETIRE).write_text(text)
    with caplog.at_level(logging.WARNING):
        world = load_world(tmp_path)
    assert world.support_table == "support"
    assert world.faults("jquery", "3.4.1")
    assert caplog.records
