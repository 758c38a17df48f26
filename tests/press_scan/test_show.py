"""The exit codes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks import Severity, Status
from press_scan.show import exit_code
from scanner.assessment import Failure
from scanner.by_agency import Tally
from tests.scanner.findings import finding


def made(agencies, findings=(), failures=(), complete=True):
    """An assessment, as far as its exit code goes."""
    from tests.reports.factory import assessment

    whole = assessment()
    one = whole.agencies[0]
    rows = tuple(replace(one, id=name, compliant=good) for name, good in agencies.items())
    run = replace(whole.run, complete=complete)
    return replace(
        whole, run=run, agencies=rows, findings=tuple(findings), failures=tuple(failures)
    )


LOW = replace(finding(Status.FAIL), severity=Severity.LOW)
GAP = Failure("a", "s", "w", "tls", "tcp/443", "No answer in time")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (made({"a": True, "b": True}), 0),
        (made({"a": True, "b": False}), 1),
        (made({"a": True}, findings=[finding(Status.ERROR)]), 3),
        (made({"a": False}, findings=[finding(Status.FAIL), finding(Status.ERROR)]), 3),
        (made({"a": True}, failures=[GAP]), 3),
        (made({"a": True}, complete=False), 3),
    ],
)
def test_exit_codes(given, code):
    assert exit_code(Tally.of(given)) == code


def test_fail_on_counts_findings_of_that_severity_or_worse():
    given = Tally.of(made({"a": False}, findings=[LOW]))
    assert [exit_code(given, s) for s in ("info", "low", "medium", "critical")] == [1, 1, 0, 0]


def test_agencies_that_were_not_asked_for_are_not_in_scope():
    given = made({"a": True, "b": False})
    assert exit_code(Tally.of(given), None, ["a"]) == 0
    assert exit_code(Tally.of(given), None, ["b"]) == 1
