"""The area's reader as a whole: what real hosts said, whole, damaged, in part."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import checks
from checks import Status
from facts.base import Unknown
from facts.declared import Kind, Look, Target
from facts.host import logging, processes, system
from facts.host.areas import SHARED, areas
from facts.host.asks import Answer, Answers
from facts.world import World
from scanner.judge import judge
from tests.facts.host.recorded import changed, recording

SEEN = datetime(2026, 11, 23, 4, 33, tzinfo=UTC)
TARGET = Target(kind=Kind.LOGIN, name="lab")
CHECKS = [check for check in checks.load().values() if check.id.startswith("logging.")]
RECORDED = {name: recording(f"logging-{name}") for name in ("good", "bad")}


def judged(answers):
    """The area's findings: check id -> status."""
    about = system.read(answers, SEEN)
    facts = logging.read(answers, about)
    codec = areas()["logging"].codec
    assert codec.validate_json(codec.dump_json(facts)) == facts
    known = {logging.LoggingFacts: facts, system.SystemFacts: about}
    return {c.id: judge(c, c.params, TARGET, known, World()).status for c in CHECKS}


def test_a_host_that_records_everything():
    found = judged(RECORDED["good"])
    kernels = {"logging.process", "logging.audit"}  # a container does not see them
    assert {name for name, status in found.items() if status is not Status.PASS} == kernels


def test_a_host_that_does_not():
    found = judged(RECORDED["bad"])
    assert {name for name, status in found.items() if status is Status.PASS} == {"logging.running"}


def test_secrets_and_addresses_stay_out_of_the_facts():
    text = repr(logging.read(RECORDED["good"], system.read(RECORDED["good"], SEEN)))
    assert "COMMAND=" not in text and "Accepted" not in text


def test_every_question_has_its_limits_and_only_reads():
    asks = logging.asks(Look())
    assert len({ask.name for ask in asks}) == len(asks)
    assert all(ask.seconds <= 10 and ask.most <= 4 << 20 for ask in asks)


# A shorter list is the list of a host that has less; that it was cut, the batch itself tells.
LISTS = {"processes.list", "logging.files", "nginx.effective", "nginx.files", "logging.postgres"}
DAMAGED = sorted(set(RECORDED["bad"].given) - {"processes.list"})
DAMAGES = {
    "empty": {"out": ""},
    "cut": {"cut": True},
    "late": {"late": True},
    "another language": {"out": "Zugriff verweigert: Datei oder Verzeichnis nicht gefunden\n" * 3},
    "not UTF-8": {"out": "\ufffd\ufffd\x00\ufffd" * 50},
    "10 MB": {"out": "x y z " * 1_700_000},
    "one line of 1 MB": {"out": "a" * 1_000_000},
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("name", DAMAGED)
def test_no_damage_to_an_answer_makes_a_failure_pass(name, damage):
    before = judged(RECORDED["bad"])
    after = judged(changed(RECORDED["bad"], name, **damage))
    better = {c for c in after if after[c] is Status.PASS and before[c] is not Status.PASS}
    assert not better


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=400), st.integers(0, 3))
def test_garbage_passes_nothing(text, code):
    asks = [ask for module in SHARED for ask in module.ASKS] + list(logging.asks(Look()))
    answers = {ask.name: Answer(code=code, out=text, root=True) for ask in asks}
    assert Status.PASS not in judged(Answers(answers)).values()


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_what_is_cut_short_makes_no_failure_pass(data):
    name = data.draw(st.sampled_from(sorted(set(DAMAGED) - LISTS)))
    answer = RECORDED["bad"].given[name]
    end = data.draw(st.integers(0, len(answer.out)))
    before = judged(RECORDED["bad"])
    after = judged(changed(RECORDED["bad"], name, out=answer.out[:end]))
    better = {c for c in after if after[c] is Status.PASS and before[c] is not Status.PASS}
    assert not better


def test_nothing_answered_passes_nothing():
    assert set(judged(Answers()).values()) == {Status.ERROR}


def test_without_systemd_the_processes_tell_which_logger_runs():
    answers = Answers(
        {
            "system.init": Answer(out="init\n"),
            "processes.list": Answer(out="root 7 syslogd /sbin/syslogd -t\n"),
        }
    )
    facts = logging.read(answers, system.read(answers, SEEN))
    assert facts.loggers["syslogd"] is True and "journald" not in facts.loggers
    assert facts.journal is None
    assert isinstance(processes.read(answers), tuple)
    assert isinstance(facts.newest, Unknown)
