"""What is said beside a requirement: statements, waivers, what is left out, when it is due.  Pure.

Each note is a sentence in the reader's language, made harmless; a long statement stands apart, so
that a page can fold it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from reports.i18n import Translator
from reports.labels import Labels
from reports.text import clean, shorten
from reports.view_system import Note, PaperCount
from scanner.assessment import ControlResult, ControlStatus, DecidedBy
from scanner.papers import Answer, Attestation, Evidence, Key, Papers, Waiver

DIGITS = 12  # of a SHA-256 that are shown
FAULTS = 8  # that stand against one statement; the JSON has all
LINE = 160  # characters of a name, a number
LONG = 4000  # of a statement: as long as one may be


@dataclass(frozen=True)
class Notes:
    """Says them, for one day and in one language."""

    papers: Papers
    day: date
    t: Translator

    @cached_property
    def _label(self) -> Labels:
        return Labels(self.t)

    def of(self, agency: str, system: str, result: ControlResult) -> tuple[Note, ...]:
        """The notes of one control of one system."""
        key = (agency, system, result.control)
        said, waived = self.papers.last(key, self.day), self.papers.last_waiver(key, self.day)
        return tuple(self._notes(result, said, waived, self._ahead.get(key, ())))

    @cached_property
    def _ahead(self) -> Mapping[Key, Sequence[Waiver]]:
        """Waivers that have not begun: they count for nothing yet, but a reader must see them."""
        found: dict[Key, list[Waiver]] = defaultdict(list)
        for one in self.papers.waivers:
            if one.valid_from > self.day and not (one.withdrawn and one.withdrawn <= self.day):
                found[one.key].append(one)
        return found

    def _notes(
        self,
        result: ControlResult,
        said: Attestation | None,
        waived: Waiver | None,
        ahead: Sequence[Waiver],
    ) -> Iterator[Note]:
        t = self.t
        if result.left_out:
            yield Note("left_out", t("Left out: {reason}", reason=_line(result.left_out)))
        if said:
            yield self.attestation(said)
        if result.contested:
            more = len(result.contested) - FAULTS
            faults = ", ".join(map(_line, result.contested[:FAULTS]))
            faults += f", … (+{more})" if more > 0 else ""
            text = t("Attested, but the machine has seen since: {faults}", faults=faults)
            yield Note("contested", text)
        if waived and (waived.holds(self.day) or result.status is not ControlStatus.MET):
            yield self.waiver(waived)
        for later in ahead:
            yield self.waiver(later)
        last = {paper.valid_until for paper in (said, waived) if paper}
        by_people = result.decided_by in {DecidedBy.ATTESTATION, DecidedBy.WAIVER}
        if result.due and by_people and result.due not in last:  # the rhythm asks for it sooner
            yield Note("due", t("due again by {day}", day=result.due))

    def attestation(self, of: Attestation) -> Note:
        """Who said what, when, until when, with which proof."""
        t, held = self.t, of.holds(self.day)
        parts = [
            t("{answer}: {name}, {day} ({id})", answer=self._label.answer[of.answer],
              name=_line(of.by), day=of.made, id=of.id),
            self._until(of, of.made),
            t("document {number}", number=_line(of.document)) if of.document else "",
            self._files(of.evidence),
        ]  # fmt: skip
        worse = of.answer in {Answer.PARTIAL, Answer.NOT_MET}
        if worse and of.plan:
            by = t(", by {day}", day=of.plan_by) if of.plan_by else ""
            parts.append(t("plan: {plan}", plan=shorten(clean(of.plan))) + by)
        text, more = "; ".join(filter(None, parts)), shorten(clean(of.statement), LONG)
        return Note("attestation", text, more, held, of.plan_by if worse else None)

    def waiver(self, of: Waiver) -> Note:
        """Which deviation was accepted, by which decision, by whom, until when."""
        t = self.t
        text = t(
            "Waived ({id}) by decision {decision}; requested by {asks}, approved by {accepts}",
            id=of.id, decision=_line(of.decision), asks=_line(of.requested_by),
            accepts=_line(of.approved_by),
        )  # fmt: skip
        held = of.holds(self.day)
        return Note(
            "waiver",
            f"{text}; {self._until(of, of.valid_from)}",
            shorten(clean(of.reason), LONG),
            held,
        )

    def _until(self, of: Attestation | Waiver, begins: date) -> str:
        t = self.t
        if of.withdrawn and of.withdrawn <= self.day:
            return t("withdrawn on {day}: counts for nothing", day=of.withdrawn)
        if begins > self.day:
            return t("begins on {day}: does not count yet", day=begins)
        if of.valid_until < self.day:
            return t("expired on {day}: counts for nothing", day=of.valid_until)
        return t("counts until {day}", day=of.valid_until)

    def _files(self, evidence: tuple[Evidence, ...]) -> str:
        if not evidence:
            return ""
        names = (f"{_line(one.name)} (SHA-256 {one.sha256[:DIGITS]}…)" for one in evidence)
        return self.t("evidence: {files}", files=", ".join(names))


def counted(papers: Papers, day: date) -> PaperCount:
    """How many papers count on a day, and how many have expired and were not replaced."""
    held = papers.in_force(day)
    last = (papers.last(key, day) for key in {one.key for one in papers.attestations})
    gone = sum(1 for one in last if one and not one.holds(day))
    ended = {one.key for one in papers.waivers if one.valid_until < day and not one.withdrawn}
    gone += len(ended - {one.key for one in held.waivers})
    ends = [one.valid_until for one in held.attestations]
    ends += [one.valid_until for one in held.waivers]
    return PaperCount(len(held.attestations), len(held.waivers), gone, min(ends, default=None))


def _line(text: str) -> str:
    return shorten(clean(text), LINE)
