"""Every requirement is asked for under a subject, in the order of its clauses."""

from __future__ import annotations

from collections import Counter

import pytest

import checks
from scanner import profile
from scanner.subjects import SUBJECTS, in_order, subject_of
from tests.scanner.findings import control
from tests.scanner.sheets import level3


def test_level_3_by_subject_counted_by_hand():
    """The 195 of the standard by its 18 groups, and the 16 of the decree."""
    found = Counter(subject_of(one).id for one in level3().controls)
    assert found == {
        "papers": 18, "people": 9, "assets": 22, "accounts": 20, "operations": 16, "network": 42,
        "servers": 26, "applications": 14, "data": 18, "backups": 8, "incidents": 12,
        "suppliers": 6,
    }  # fmt: skip
    assert sum(found.values()) == 211


def test_the_older_standard_has_its_subjects_too():
    old = profile.load("level3-2017", checks.load())
    assert {subject_of(one).id for one in old.controls} >= {"network", "servers", "data", "backups"}


@pytest.mark.parametrize(
    ("standard", "clause", "group", "subject"),
    [
        ("TCVN 14423:2026", "5.1.2.1 a)", "management", "papers"),
        ("TCVN 14423:2026", "5.10.1 b)", "server", "servers"),
        ("TCVN 14423:2026", "5.99", "network", "network"),
        ("TCVN 11930:2017", "7.2.4.3 a)", "data", "backups"),
        ("TCVN 11930:2017", "7.2.4.1 a)", "data", "data"),
        ("NĐ 331/2026/NĐ-CP", "Điều 31.2.d", "management", "incidents"),
        ("NĐ 331/2026/NĐ-CP", "Điều 20 đến 24", "network", "papers"),
        ("QC-01", "4", "server", "servers"),
        ("QC-01", "–", "anything", "papers"),
    ],
)
def test_a_requirement_finds_its_subject(standard, clause, group, subject):
    assert subject_of(control(standard=standard, clause=clause, group=group)).id == subject


def test_clauses_go_by_number_within_their_subject():
    ordered = in_order(level3().controls)
    assert {one.id for one in ordered} == {one.id for one in level3().controls}
    ranks = [[one.id for one in SUBJECTS].index(subject_of(one).id) for one in ordered]
    assert ranks == sorted(ranks)
    network = [one.clause for one in ordered if subject_of(one).id == "network"]
    assert network[0].startswith("5.12.2.1 a)")
    assert network.index("5.12.2.2 a)") < network.index("5.13.2.1 a)")
    ten = [control(id=str(n), clause=c) for n, c in enumerate(("5.10.1", "5.2.1 b)", "5.2.1 a)"))]
    assert [one.clause for one in in_order(ten)] == ["5.2.1 a)", "5.2.1 b)", "5.10.1"]
