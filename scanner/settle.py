"""A control's status from what machines saw and what people say of it.  Pure.

A statement answers the faults that the machine showed when it was made, and no other: a fault that
came later stands against it.  A plain "met" confirms a hint or fills a gap; only an equivalent
measure answers a deciding check that fails.  A waiver changes no status: it settles the control.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from scanner.assessment import ControlResult, ControlStatus, DecidedBy
from scanner.papers import Answer, Attestation, Papers, Waiver, add_months
from scanner.profile_file import Control

YEARLY = 12  # months that a statement holds when the requirement has no rhythm of its own
_WORSE = (ControlStatus.NOT_APPLICABLE, ControlStatus.MET, ControlStatus.UNVERIFIED,
          ControlStatus.PARTIAL, ControlStatus.NOT_MET)  # fmt: skip
_SAYS = {
    Answer.MET: ControlStatus.MET,
    Answer.EQUIVALENT: ControlStatus.MET,
    Answer.NOT_APPLICABLE: ControlStatus.NOT_APPLICABLE,
    Answer.PARTIAL: ControlStatus.PARTIAL,
    Answer.NOT_MET: ControlStatus.NOT_MET,
}


@dataclass(frozen=True)
class Said:
    """What people say of one control on one day: the newest papers, valid or not."""

    day: date
    attestation: Attestation | None = None
    waiver: Waiver | None = None

    @classmethod
    def of(cls, papers: Papers, key: tuple[str, str, str], day: date) -> Said:
        """Of this agency, system and control."""
        return cls(day, papers.last(key, day), papers.last_waiver(key, day))


def rhythm(control: Control) -> int:
    """Months after which a requirement must be seen to again."""
    return control.every or YEARLY


def settle(
    control: Control, machine: ControlResult, said: Said, looked: date | None
) -> ControlResult:
    """The control's result.

    `machine` is what the checks (or the tool's own runs) say; `looked` is the last day on which
    what they saw still counts, None when they saw nothing.
    """
    paper = said.attestation
    due = looked if machine.decided_by in {DecidedBy.CHECKS, DecidedBy.RUNS} else None
    result = machine
    if paper or said.waiver or due:
        number, other = paper.id if paper else "", said.waiver.id if said.waiver else ""
        result = replace(machine, attestation=number, waiver=other, due=due)
    if paper and paper.holds(said.day):
        result = _attested(control, result, paper)
    if said.waiver and said.waiver.holds(said.day) and not settled(result):
        result = replace(result, decided_by=DecidedBy.WAIVER, due=said.waiver.valid_until)
    return result if settled(result) or not result.due else replace(result, due=None)


def settled(result: ControlResult) -> bool:
    """Is this control out of the way: met, validly waived, or not applicable?"""
    by_waiver = result.decided_by is DecidedBy.WAIVER
    return by_waiver or result.status in {ControlStatus.MET, ControlStatus.NOT_APPLICABLE}


def _attested(control: Control, result: ControlResult, paper: Attestation) -> ControlResult:
    says = _SAYS[paper.answer]
    contested = tuple(fault for fault in result.faults if fault not in paper.seen)
    if paper.answer in {Answer.PARTIAL, Answer.NOT_MET}:
        # whoever answers for the system says it is worse than the machine could see
        lower = _WORSE.index(says) > _WORSE.index(result.status)
        return _by(result, says, None) if lower else result
    if result.status in {ControlStatus.MET, ControlStatus.NOT_APPLICABLE}:
        return result
    seen = result.decided_by in {DecidedBy.CHECKS, DecidedBy.RUNS}
    if seen and paper.answer is not Answer.EQUIVALENT:
        return replace(result, contested=result.faults)
    if contested and not control.advice:
        return replace(result, contested=contested)
    again = add_months(paper.made, rhythm(control))
    return _by(result, says, min(paper.valid_until, again))


def _by(result: ControlResult, status: ControlStatus, due: date | None) -> ControlResult:
    by = DecidedBy.ATTESTATION
    return replace(result, status=status, decided_by=by, hinted=False, due=due)
