"""Hand an assessment over: files, one format on standard output, or the summary; exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from checks import Severity, Status
from press_scan.common import stop
from press_scan.words import t, translator
from reports.formats import FORMATS, render, write
from reports.terminal import summary
from scanner.assessment import Assessment
from scanner.judging import incomplete
from scanner.profile import Profile

COMPLIANT, NOT_COMPLIANT, INCOMPLETE, INTERRUPTED = 0, 1, 3, 130


def one_place(formats: Sequence[str], output: Path | None) -> None:
    """Several formats need a folder: said before anything is sent."""
    if len(formats) > 1 and not output:
        stop(t("several formats need --output DIR"))


def show(
    assessment: Assessment,
    profile: Profile,
    formats: Sequence[str],
    output: Path | None,
    agency: str = "",
    digest: str = "",
    db: str = "",
) -> None:
    """Write the formats into `output`; or print the only one; or print the summary.

    `digest` is that of the run's observations; `db` is the store, when it is not the usual one.
    """
    if output:
        for path in write(
            output, assessment, profile, translator(), formats or list(FORMATS), agency, digest
        ):
            click.echo(t("written: {path}", path=path), err=True)
    elif formats:
        data = render(formats[0], assessment, profile, translator(), agency, digest)
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        return
    summary(assessment, profile, translator(), db=db)


def exit_code(assessment: Assessment, fail_on: str | None = None, only: Sequence[str] = ()) -> int:
    """3 when something could not be assessed; else 1 for non-compliance; else 0.

    With `fail_on`, non-compliance is a failing finding of that severity or worse; with `only`, the
    other agencies were not in scope.
    """
    if incomplete(assessment):
        return INCOMPLETE
    if fail_on:
        worst = Severity(fail_on).rank
        failing = (f for f in assessment.findings if f.status is Status.FAIL)
        return NOT_COMPLIANT if any(f.severity.rank <= worst for f in failing) else COMPLIANT
    in_scope = (a for a in assessment.agencies if not only or a.id in only)
    return COMPLIANT if all(a.compliant for a in in_scope) else NOT_COMPLIANT
