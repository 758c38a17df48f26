"""A questionnaire: what is open for one system, as an inspector asks for it.  Pure.

`scanner/sheet_xlsx.py` and `scanner/sheet_yaml.py` write it, `scanner/sheet_read.py` reads it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scanner.assessment import ControlResult, ControlStatus, DecidedBy
from scanner.inventory import Agency, System
from scanner.papers import Attestation, Papers
from scanner.profile import Control, Profile
from scanner.settle import settled
from scanner.subjects import Subject, in_order, subject_of


@dataclass(frozen=True)
class Head:
    """Whose questionnaire it is, and what it was made from."""

    agency: str
    agency_name: str
    system: str
    system_name: str
    profile: str
    profile_title: Mapping[str, str]
    version: str
    sha256: str  # of the profile
    run: str  # what the machine saw comes from it; "" when none looked
    created: date


@dataclass(frozen=True)
class Question:
    """One requirement that is asked for."""

    control: Control
    subject: Subject
    faults: tuple[str, ...]  # what the machine saw: check@asset
    hinted: bool  # it saw something, but a person must say
    open: bool  # nothing settles it
    present: Attestation | None  # the answer in force
    waived: bool


@dataclass(frozen=True)
class Sheet:
    """The whole questionnaire, in the order of the questions."""

    head: Head
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Standing:
    """How one system stands on one day."""

    agency: Agency
    system: System
    profile: Profile
    results: Mapping[str, ControlResult]  # by control: settled with the papers of that day
    papers: Papers
    day: date
    run: str = ""

    def key(self, control: str) -> tuple[str, str, str]:
        """As papers are found by."""
        return self.agency.id, self.system.id, control

    def faults(self, control: str) -> tuple[str, ...]:
        """What the machine shows of a control."""
        result = self.results.get(control)
        return result.faults if result else ()


def sheet_of(standing: Standing, *, whole: bool = False) -> Sheet:
    """What is open for the system; with `whole`, every requirement that the profile counts."""
    profile = standing.profile
    asked = [one for one in profile.controls if one.id not in profile.left_out]
    every = (_question(control, standing) for control in in_order(asked))
    questions = tuple(one for one in every if whole or one.open)
    head = Head(
        agency=standing.agency.id,
        agency_name=standing.agency.name,
        system=standing.system.id,
        system_name=standing.system.name,
        profile=profile.id,
        profile_title=profile.title,
        version=profile.version,
        sha256=profile.digest,
        run=standing.run,
        created=standing.day,
    )
    return Sheet(head, questions)


def _question(control: Control, standing: Standing) -> Question:
    result = standing.results.get(control.id)
    result = result or ControlResult(control.id, ControlStatus.UNVERIFIED)
    return Question(
        control=control,
        subject=subject_of(control),
        faults=result.faults,
        hinted=result.hinted,
        open=not settled(result),
        present=standing.papers.attestation(standing.key(control.id), standing.day),
        waived=result.decided_by is DecidedBy.WAIVER,
    )


def counts(questions: Sequence[Question]) -> list[tuple[Subject, int]]:
    """How many questions each subject has, in order."""
    found: dict[str, tuple[Subject, int]] = {}
    for one in questions:
        subject, n = found.get(one.subject.id, (one.subject, 0))
        found[subject.id] = (subject, n + 1)
    return list(found.values())
