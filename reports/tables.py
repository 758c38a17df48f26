"""A scorecard as tables: findings, requirements, and what to do.  For spreadsheets and CSV.

The values are text, numbers and dates; what a cell may not be read as is each format's affair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from reports.i18n import N_, Translator
from reports.labels import Labels
from reports.text import clean
from reports.view import AgencyCard, Mend, Scorecard, Seen
from reports.view_system import ControlRow, SystemCard

Value = str | int | float | date | datetime | None
PLACES = 10  # places of one fault that its row names


@dataclass(frozen=True)
class Column:
    """A heading, in English, and how wide it is in characters."""

    heading: str
    width: float
    to_fill_in: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under headings."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[tuple[Value, ...]]


AGENCIES = (
    Column(N_("Agency"), 34), Column(N_("Verdict"), 18), Column(N_("Score (%)"), 10),
    Column(N_("Requirements"), 10), Column(N_("Met"), 9), Column(N_("Partly met"), 9),
    Column(N_("Not met"), 9), Column(N_("Unverified"), 9), Column(N_("Not applicable"), 9),
    Column(N_("Serious faults"), 9), Column(N_("Reading A"), 9), Column(N_("Reading B"), 9),
    Column(N_("Reading C"), 9), Column(N_("Looked at"), 12), Column(N_("Run"), 20),
)  # fmt: skip
CONTROLS = (
    Column(N_("Agency"), 26), Column(N_("System"), 22), Column(N_("Clause"), 12),
    Column(N_("Requirement"), 60), Column(N_("Group"), 24), Column(N_("Status"), 14),
    Column(N_("Decided by"), 12), Column(N_("What fails"), 40), Column(N_("Statement"), 10),
    Column(N_("Waiver"), 10), Column(N_("Holds until"), 12), Column(N_("Remarks"), 50),
    Column(N_("Standard"), 22), Column(N_("Id"), 26),
)  # fmt: skip
FINDINGS = (
    Column(N_("Agency"), 26), Column(N_("System"), 20), Column(N_("Asset"), 16),
    Column(N_("Place"), 30), Column(N_("Address"), 18), Column(N_("Check"), 24),
    Column(N_("What it asks for"), 44), Column(N_("Result"), 14), Column(N_("Severity"), 14),
    Column(N_("What was seen"), 50), Column(N_("Evidence"), 50), Column(N_("Why it matters"), 50),
    Column(N_("How to mend it"), 50), Column(N_("Requirements"), 30), Column(N_("Seen at"), 17),
)  # fmt: skip
ACTIONS = (
    Column(N_("No."), 6), Column(N_("Agency"), 22), Column(N_("Severity"), 13),
    Column(N_("What is wrong"), 34), Column(N_("Where"), 28), Column(N_("How to mend it"), 46),
    Column(N_("Requirements"), 24), Column(N_("Owner"), 18, True), Column(N_("By when"), 12, True),
    Column(N_("Done on"), 12, True), Column(N_("Remarks"), 22, True), Column(N_("Check"), 20),
)  # fmt: skip


class Tables:
    """The tables of one scorecard, in its language; no text of a stranger's steers anything."""

    def __init__(self, card: Scorecard) -> None:
        self._card = card
        self.t = Translator(card.lang)
        self._label = Labels(self.t)
        self._result = {
            "pass": self.t("pass"),
            "fail": self.t("fail"),
            "error": self.t("not decided"),
            "not_applicable": self.t("not applicable"),
        }

    @property
    def agencies(self) -> Table:
        """One row an agency."""
        return self._table(N_("Agencies"), AGENCIES, map(self._agency, self._card.agencies))

    @property
    def controls(self) -> Table:
        """One row a requirement of a system."""
        rows = (
            self._control(agency, system, row)
            for agency in self._card.agencies
            for system in agency.systems
            for row in system.controls
        )
        return self._table(N_("Requirements"), CONTROLS, rows)

    @property
    def findings(self) -> Table:
        """One row a finding, the worst first."""
        return self._table(N_("Findings"), FINDINGS, map(self._finding, self._card.findings))

    @property
    def actions(self) -> Table:
        """One row for each thing that an agency has to mend, with room for who and when."""
        return self._table(N_("Action plan"), ACTIONS, self._actions())

    def _table(
        self, title: str, columns: tuple[Column, ...], rows: Iterable[tuple[Value, ...]]
    ) -> Table:
        shown = (tuple(clean(v) if isinstance(v, str) else v for v in row) for row in rows)
        return Table(self.t(title), columns, shown)

    def _agency(self, of: AgencyCard) -> tuple[Value, ...]:
        counts = of.counts
        return (
            of.name, self._label.verdict[of.verdict], of.score, counts.total, counts.met,
            counts.partial, counts.not_met, counts.unverified, counts.not_applicable, of.serious,
            *(self._yes(of.readings.get(reading)) for reading in "ABC"), of.seen, of.run,
        )  # fmt: skip

    def _yes(self, fact: bool | None) -> str:
        return "–" if fact is None else self.t("yes") if fact else self.t("no")

    def _control(self, agency: AgencyCard, system: SystemCard, of: ControlRow) -> tuple[Value, ...]:
        group = next((one.title for one in system.groups if one.id == of.group), of.group)
        said = "; ".join(f"{one.text}: {one.more}" if one.more else one.text for one in of.notes)
        return (
            agency.name, system.name, of.clause, of.title, group, self._label.status[of.status],
            self._label.decided_by[of.decided_by], "; ".join(of.faults), of.attestation,
            of.waiver, of.due, said, of.standard, of.id,
        )  # fmt: skip

    def _finding(self, of: Seen) -> tuple[Value, ...]:
        evidence = "; ".join(f"{label}: {value}" for label, value in of.labelled)
        return (
            of.agency_name, of.system, of.asset, of.endpoint, of.address, of.check.id,
            of.check.title, self._result[of.status], self._label.severity[of.severity], of.says,
            evidence, of.check.why, of.check.fix, ", ".join(of.controls), of.observed,
        )  # fmt: skip

    def _actions(self) -> Iterator[tuple[Value, ...]]:
        number = 0
        for agency in self._card.agencies:
            for mend in agency.mends:
                number += 1
                yield (
                    number, agency.name, self._label.severity[mend.severity], mend.says,
                    self._places(mend), mend.check.fix, ", ".join(mend.controls),
                    None, None, None, None, mend.check.id,
                )  # fmt: skip

    def _places(self, of: Mend) -> str:
        places = list(dict.fromkeys(one.place for one in of.seen))
        more = len(places) - PLACES
        if more > 0:
            places = [*places[:PLACES], self.t("and {n} more", n=more)]
        return "; ".join(places)
