"""From a system's assessment to its rows: every requirement with what settled it, and the dossier.

Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from reports.labels import Labels
from reports.notes import Notes
from reports.programme_card import score
from reports.sources import Control, Profile
from reports.text import clean, readable, shorten
from reports.view import PLACE, Tailored
from reports.view_system import ControlRow, Counts, Group, SystemCard
from scanner.assessment import ControlResult, SystemAssessment
from scanner.dossier import of_system
from scanner.dossier_file import Dossier


def said(text: Mapping[str, str], lang: str) -> str:
    """A text that a profile gives in both languages."""
    return clean(text.get(lang) or text.get("vi") or "")


def tailored(profile: Profile) -> tuple[Tailored, ...]:
    """What a profile of one's own changed."""
    return tuple(
        Tailored(clean(one.check), clean(one.param), clean(readable(one.was, "✓", "✗")),
                 clean(readable(one.now, "✓", "✗")), one.firm)
        for one in profile.changed
    )  # fmt: skip


@dataclass
class Rows:
    """Makes the systems' cards of one assessment."""

    profile: Profile
    notes: Notes
    thin: bool = False  # of the requirements only those that the profile leaves out
    _controls: dict[str, Control] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._controls = {control.id: control for control in self.profile.controls}

    @property
    def _lang(self) -> str:
        return self.notes.t.lang

    def system(self, agency: str, of: SystemAssessment) -> SystemCard:
        """One system."""
        groups = (self._counted(agency, of),) if self.thin else tuple(self._groups(agency, of))
        found = of_system(of.dossier, of.level, self.notes.day)
        return SystemCard(
            id=of.id,
            name=clean(of.name),
            level=of.level,
            compliant=of.compliant,
            score=score(of.score),
            coverage=of.coverage,
            dossier_approved=of.dossier_approved,
            groups=groups,
            counts=sum((group.counts for group in groups), Counts()),
            dossier=tuple(self._dossier(of.dossier)),
            contradictions=tuple(clean(self.notes.t(one.message)) for one in found),
        )

    def _counted(self, agency: str, of: SystemAssessment) -> Group:
        """The requirements that are left out, and how many there are of each status in all."""
        rows = (self._row(agency, of.id, one) for one in of.results if one.left_out)
        return Group("", "", _count(of.results), tuple(rows))

    def _groups(self, agency: str, of: SystemAssessment) -> Iterator[Group]:
        rows: dict[str, list[ControlRow]] = {one.group: [] for one in self._controls.values()}
        for result in of.results:
            row = self._row(agency, of.id, result)
            rows.setdefault(row.group, []).append(row)
        titles, other = self.profile.groups, self.notes.t("Other")
        for name, members in rows.items():
            if members:
                title = said(titles.get(name, {}), self._lang) or name or other
                yield Group(name, title, _count(members), tuple(members))

    def _row(self, agency: str, system: str, of: ControlResult) -> ControlRow:
        control = self._controls.get(of.control)
        row = ControlRow(
            id=of.control,
            clause="",
            standard="",
            group="",
            title=of.control,
            status=of.status.value,
            decided_by=of.decided_by.value,
            hinted=of.hinted,
            checks=of.checks,
            faults=of.faults,
            contested=of.contested,
            left_out=clean(of.left_out),
            attestation=of.attestation,
            waiver=of.waiver,
            due=of.due,
            notes=self.notes.of(agency, system, of),
        )
        return self._titled(row, control) if control else row  # its profile has changed since

    def _titled(self, row: ControlRow, control: Control) -> ControlRow:
        """With what the profile says of it."""
        source = self.profile.sources.get(control.source)
        return replace(
            row,
            clause=control.clause,
            standard=control.standard,
            group=control.group,
            title=said(control.title, self._lang) or row.id,
            source=said(source.title, self._lang) if source else "",
            confidence=control.confidence or "",
            every=control.every,
            advice=control.advice,
        )

    def _dossier(self, of: Dossier) -> Iterator[tuple[str, str]]:
        """What the dossier says, for a person; blanks are left out."""
        t = self.notes.t
        label = Labels(t)
        basis, plan = of.basis, of.plan
        yield t("State"), label.dossier[of.state]
        for what, number, day in (
            (t("Approval"), of.decision, of.date),
            (t("Security regulation"), of.regulation.decision, of.regulation.date),
            (t("Appraisal"), of.appraisal.document, of.appraisal.date),
        ):
            told = ", ".join(
                filter(None, [shorten(clean(number), PLACE), t.date(day) if day else ""])
            )
            if told:
                yield what, told
        if basis:
            yield t("Basis of the level"), "; ".join(filter(None, [
                label.basis[basis.kind],
                t("{n} people", n=basis.people) if basis.people else "",
                t("{n} people (sensitive data)", n=basis.sensitive_people)
                if basis.sensitive_people else "",
                shorten(clean(basis.note)),
            ]))  # fmt: skip
        if of.expected and of.state != "approved":
            yield t("Approval expected by"), t.date(of.expected)
        if plan:
            by = f", {t('by')} {t.date(plan.expected)}" if plan.expected else ""
            yield t("Plan carried out"), label.plan[plan.state] + by


def _count(rows: Iterable[ControlRow | ControlResult]) -> Counts:
    return Counts(**Counter(str(row.status) for row in rows))
