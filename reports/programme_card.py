"""The head of a scorecard: the run, and the programme against its target.  Pure."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

from reports.text import clean
from reports.view import ProgrammeCard
from scanner.assessment import Assessment, ProgrammeAssessment, RunInfo


def score(percent: float) -> float:
    """One decimal, and never rounded up to 100: only what is whole is 100."""
    return 99.9 if 99.9 < percent < 100 else round(percent, 1)


def harmless(run: RunInfo) -> RunInfo:
    """The run, with the texts that somebody else may have written made harmless."""
    return replace(
        run,
        id=clean(run.id),
        scanner_version=clean(run.scanner_version),
        vantage=clean(run.vantage),
        profile=clean(run.profile),
        profile_version=clean(run.profile_version),
        standard=clean(run.standard),
        data=tuple((clean(name), clean(day)) for name, day in run.data),
        permit=replace(run.permit, document=clean(run.permit.document)),
    )


def programme_card(of: ProgrammeAssessment, whole: Assessment) -> ProgrammeCard:
    """How many comply, and how many are missing, on the day of the assessment."""
    return standing_of(of, whole.run.as_of or whole.run.started.astimezone().date())


def standing_of(of: ProgrammeAssessment, day: date) -> ProgrammeCard:
    """How many comply, and how many are missing, on a day."""
    needed = math.ceil(round(of.target_percent * of.counted / 100, 6))
    missing = max(0, needed - of.compliant) if of.counted else 0
    return ProgrammeCard(
        name=clean(of.name),
        level=of.level,
        target=of.target_percent,
        by=of.by,
        reading=of.reading,
        counted=of.counted,
        compliant=of.compliant,
        percent=score(of.percent),
        readings={name: score(percent) for name, percent in sorted(of.readings.items())},
        missing=missing,
        late=bool(missing and of.by and day > of.by),
    )
