"""Whatever goes wrong is an error; nothing passes by accident."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import checks
from checks import Check, Severity, Status, Verdict, failed, load, passed
from facts.base import Absent, Undecided, Unknown, need
from facts.declared import Kind, Target
from facts.world import World
from scanner.evidence import DEEPEST, LONGEST, MOST, clean
from scanner.judge import BROKE, DECLARED, checks_for, judge, without

TARGET = Target(Kind.TLS, "www.bao.test", "127.0.0.1", 443, agency="a", system="s", asset="w")


@dataclass(frozen=True)
class Facts:
    value: int | Unknown


def made(function, **more):
    return Check("tls.x", Severity.HIGH, function, {"facts": Facts}, {}, "t", "w", "f", **more)


def result(function, known, target=TARGET, params=None, **more):
    return judge(made(function, **more), params or {}, target, known, World(), "old")


def good(facts, *, limit=3):
    if need(facts.value) > limit:
        return failed("Too much", seen=facts.value)
    return passed("Little enough", seen=facts.value)


def test_it_says_where_what_and_why():
    found = result(good, {Facts: Facts(5)})
    assert (found.status, found.reason, found.evidence) == (Status.FAIL, "Too much", {"seen": 5})
    assert (found.agency, found.asset, found.endpoint) == ("a", "w", "tcp/443")
    assert result(good, {Facts: Facts(5)}, params={"limit": 9}).status is Status.PASS


@pytest.mark.parametrize(
    ("known", "why", "detail"),
    [
        ({}, "The facts that this check needs were not gathered", "Facts"),
        ({Facts: Undecided("No answer in time", "8 s")}, "No answer in time", "8 s"),
        ({Facts: Facts(Unknown("It was cut off", "at 3"))}, "It was cut off", "at 3"),
    ],
)
def test_what_is_not_known_is_an_error_with_its_reason(known, why, detail):
    found = result(good, known)
    assert (found.status, found.reason, found.detail) == (Status.ERROR, why, detail)


def test_what_is_not_there_does_not_apply_unless_it_was_declared():
    known = {Facts: Absent("Nothing listens")}
    found = result(good, known)
    assert (found.status, found.reason) == (Status.NOT_APPLICABLE, "Nothing listens")
    found = result(good, known, replace(TARGET, declared=True))
    assert (found.status, found.reason, found.detail) == (Status.ERROR, DECLARED, "Nothing listens")


@pytest.mark.parametrize("evidence", [None, ["x"], 7, "seen"])
def test_a_verdict_whose_evidence_is_none_is_an_error_and_no_pass(evidence):
    found = result(lambda facts: Verdict(Status.PASS, "Fine", evidence), {Facts: Facts(1)})
    assert (found.status, found.reason, found.evidence) == (Status.ERROR, BROKE, {})


@pytest.mark.parametrize("declared", [False, True])
@pytest.mark.parametrize("why", [Absent("Nothing listens", "8 s"), Undecided("No answer", "8 s")])
def test_without_facts_a_check_comes_to_what_it_says_of_their_absence(why, declared):
    target = replace(TARGET, declared=declared)
    for check in load().values():
        if not {*check.reads.values()} <= {Target, World}:
            known = dict.fromkeys(check.reads.values(), why)
            assert without(check, target, why) == judge(check, {}, target, known, World())


def test_a_check_that_breaks_is_an_error_with_its_trace_in_the_log(caplog):
    def bad(facts):
        return facts.value["x"]

    found = result(bad, {Facts: Facts(1)})
    assert (found.status, found.reason, found.detail) == (Status.ERROR, BROKE, "TypeError")
    assert "tls.x" in caplog.text


def test_a_check_that_returns_nothing_is_an_error(caplog):
    assert result(lambda facts: None, {Facts: Facts(1)}).status is Status.ERROR


def test_evidence_that_cannot_be_shown_is_an_error_too(caplog):
    class Sly:
        def __str__(self):
            raise RuntimeError

    found = result(lambda facts: passed("fine", seen=Sly()), {Facts: Facts(1)})
    assert (found.status, found.reason, found.detail) == (Status.ERROR, BROKE, "RuntimeError")


def test_the_same_facts_give_the_same_finding():
    known = {Facts: Facts(5)}
    assert result(good, known) == result(good, known)


def test_asking_an_unknown_whether_it_is_true_is_an_error():
    def careless(facts):
        return passed("fine") if facts.value else failed("not")

    assert result(careless, {Facts: Facts(Unknown("who knows"))}).status is Status.ERROR


def test_only_a_check_that_asks_gets_the_baseline():
    def drifting(facts, *, baseline=None):
        return passed("said", before=baseline)

    assert result(drifting, {Facts: Facts(1)}, drifts=True).evidence == {"before": "old"}


def test_checks_are_chosen_by_what_their_probes_visit():
    ids = frozenset(["web.csp", "web.listing", "ports.allowed", "ssh-service.algorithms"])
    assert [c.id for c in checks_for(Kind.SITE, ids)] == ["web.csp", "web.listing"]
    assert [c.id for c in checks_for(Kind.HOST, ids)] == ["ports.allowed"]
    assert [c.id for c in checks_for(Kind.SSH, ids)] == ["ssh-service.algorithms"]


def test_evidence_is_cut_and_cleaned():
    assert clean("a\x1b[31mb\u202ec\nd") == "ab c d"
    assert clean("\x1b]0;title\x07a\x1b]8;;http://x\x1b\\b\x9b1Ac\x1bcd\x1b[") == "abcd"
    assert clean("before\x1b]not closed") == "beforenot closed"  # nothing is hidden by it
    assert len(clean("x" * 5000)) == LONGEST
    many = clean(list(range(100)))
    assert len(many) == MOST + 1 and many[-1] == f"+{100 - MOST}"
    assert clean({"k\x00": {1, 2}}) == {"k ": [1, 2]}
    assert clean([float("nan"), float("-inf"), 1.5, 7, True]) == ["nan", "-inf", 1.5, 7, True]
    assert clean(b"caf\xc3\xa9\xff") == "café\ufffd"
    assert len(clean(10**9999)) == LONGEST


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    max_leaves=30,
)


def depth(value):
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


@given(values)
def test_evidence_of_any_shape_is_bounded_json(value):
    import json

    cleaned = clean(value)
    text = json.dumps(cleaned, ensure_ascii=False, allow_nan=False)
    text.encode("utf-8")
    assert depth(cleaned) <= DEEPEST + 1
    assert not any(ord(char) < 32 for char in text)


def test_a_verdict_holds_what_was_seen():
    assert passed("x", a=1) == Verdict(Status.PASS, "x", {"a": 1})


@dataclass(frozen=True)
class Inside:
    value: int


def seen_from_two_sides(facts, inside):
    if not isinstance(inside, Unknown):
        return passed("Seen from inside", value=inside.value)
    raise Undecided(inside.unknown, inside.detail)


@pytest.mark.parametrize(
    ("known", "status", "why"),
    [
        ({Inside: Inside(1)}, Status.PASS, "Seen from inside"),
        ({Inside: Undecided("No log-in")}, Status.ERROR, "No log-in"),
        ({Inside: Absent("No such area")}, Status.ERROR, "No such area"),
        ({}, Status.ERROR, "The facts that this check needs were not gathered"),
    ],
)
def test_facts_from_elsewhere_on_the_asset_may_be_unknown(known, status, why):
    elsewhere = {"inside": Inside}
    found = result(seen_from_two_sides, {Facts: Facts(1), **known}, elsewhere=elsewhere)
    assert (found.status, found.reason) == (status, why)


def test_facts_from_elsewhere_are_told_by_their_type():
    def nowhere(facts: Facts, inside: Inside | Unknown) -> Verdict:
        """It is well.

        Why: so.
        Fix: thus.
        """
        return passed("x")

    nowhere.__module__ = "checks.nowhere"
    nowhere.__annotations__ = {"facts": Facts, "inside": Inside | Unknown, "return": Verdict}
    described = checks._describe(nowhere, Severity.LOW)
    assert (described.reads, described.elsewhere) == ({"facts": Facts}, {"inside": Inside})
