"""The same facts have the same fingerprint whenever they were seen, and other facts another."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import load
from facts.base import Absent, Undecided, Unknown
from facts.declared import Kind, Target
from facts.http import Answer
from scanner.fingerprint import Prints, lines_of, of_facts, of_findings, of_nothing, of_owner
from tests.factories import GOOD
from tests.scanner.findings import F, P, finding

HOST = Target(Kind.HOST, "www.bao.test", "127.0.0.1", agency="a", system="s", asset="web")
ANSWER = Answer("https://www.bao.test/", 200, (("Server", "nginx"), ("Date", "Mon")), "Tin")
KINDS = sorted(GOOD, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_when_it_was_seen_does_not_matter_and_what_was_seen_does(kind):
    facts = GOOD[kind]
    if hasattr(facts, "observed_at"):
        later = replace(facts, observed_at=facts.observed_at + timedelta(days=20))
        assert of_facts(later) == of_facts(facts)
    changed = 0
    for field in dataclasses.fields(facts):
        if field.name not in {"observed_at", "clock"}:
            other = replace(facts, **{field.name: Unknown("This could not be read", field.name)})
            assert of_facts(other) != of_facts(facts), field.name
            changed += 1
    assert changed


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"headers": (("Server", "nginx"), ("Date", "Tue"))}, True),
        ({"headers": (("date", "Tue"), ("Server", "nginx"), ("Set-Cookie", "a=1"))}, True),
        ({"headers": (("Server", "apache"), ("Date", "Mon"))}, False),
        ({"headers": (("Server", "nginx"), ("X-Frame-Options", "DENY"))}, False),
        ({"status": 403}, False),
        ({"body": "Tin khác"}, False),
        ({"truncated": True}, False),
    ],
)
def test_what_every_answer_brings_anew_is_set_aside(change, same):
    assert (of_facts(replace(ANSWER, **change)) == of_facts(ANSWER)) is same


def test_why_there_are_no_facts_counts():
    said = {
        of_facts(one)
        for one in (
            Undecided("No answer in time", "10 s"),
            Undecided("No answer in time", "20 s"),
            Undecided("The connection was refused", "10 s"),
            Absent("No answer in time", "10 s"),
        )
    }
    assert len(said) == 4


def test_sets_have_no_order():
    code = (
        "from scanner.fingerprint import of_facts; import string;"
        "print(of_facts(frozenset(string.ascii_letters)))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(told) == 1


@pytest.mark.parametrize(
    "change",
    [{"allowed_ports": (80,)}, {"roles": ("web",)}, {"declared": True}, {"scan_ports": "80"}],
)
def test_what_the_owner_says_has_a_fingerprint_of_its_own(change):
    assert of_owner(replace(HOST, **change)) != of_owner(HOST)
    assert of_owner(replace(HOST, roles=("cms", "web"))) == of_owner(
        replace(HOST, roles=("web", "cms"))
    )


def test_a_finding_is_marked_with_the_facts_that_its_check_reads():
    check = load()["tls.cert-expiry"]
    (kind,) = check.reads.values()
    facts, other = GOOD[kind], {type(HOST): HOST}
    later = replace(facts, observed_at=facts.observed_at + timedelta(days=1))
    first, second, third, none = (
        Prints(HOST, known).of(check)
        for known in ({kind: facts}, {kind: later} | other, {kind: Undecided("No answer")}, other)
    )
    assert first.facts == second.facts != third.facts
    assert first.facts != none.facts
    assert (second.observed - first.observed).days == 1
    assert third.observed is None
    accepted = Prints(HOST, {kind: facts}).of(check, before=later)
    assert accepted.facts != first.facts


def test_facts_that_are_missing_for_one_reason_have_a_shorter_way_to_the_same():
    for check in load().values():
        for why in (Undecided("No answer", "tcp/443"), Absent("No such service")):
            missing = dict.fromkeys(check.reads.values(), why)
            assert of_nothing(check, why) == Prints(HOST, missing).of(check).facts


@given(st.lists(st.text(), min_size=6, max_size=6))
def test_a_line_is_json_whatever_its_words_are(words):
    names = ("agency", "system", "asset", "check", "endpoint", "facts")
    found = replace(finding(P), **dict(zip(names, words, strict=True)))
    assert lines_of([found, found]) == [json.dumps(words)]


def test_all_findings_together_have_one():
    one, other = replace(finding(P), facts="1" * 64), replace(finding(P, "tls.b"), facts="2" * 64)
    assert of_findings([one, other]) == of_findings([other, one])
    assert of_findings([one]) == of_findings([replace(one, address="::1")])
    assert of_findings([one]) == of_findings([replace(one, status=F)])
    told = {of_findings(many) for many in ([one], [other], [one, other], [])}
    assert len(told) == 4 and "" in told
