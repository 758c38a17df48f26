"""By what the page can be narrowed: which status, group, asset and severity each row has.  Pure.

A row carries short codes of our own (`g2`, `a7`), never a name that somebody chose.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from reports.html_charts import STATUSES
from reports.view import AgencyCard, Mend, Scorecard, Seen
from reports.view_system import ControlRow, SystemCard

SEVERITIES = ("critical", "high", "medium", "low", "info")
_Key = tuple[str, str, str]  # agency, system, and a control or an asset


@dataclass(frozen=True)
class Choice:
    """One value to choose."""

    code: str
    name: str
    agency: str = ""  # whose, where there are several


@dataclass(frozen=True)
class Marks:
    """What a row is found by: codes with blanks between them."""

    agency: str
    status: str
    group: str
    asset: str
    severity: str


class Filters:
    """The choices that one scorecard offers, and the marks of its rows."""

    def __init__(self, card: Scorecard, agencies: Iterable[AgencyCard]) -> None:
        self._rows: dict[_Key, ControlRow] = {}
        self._groups: dict[str, Choice] = {}
        self._assets: dict[_Key, Choice] = {}
        self._seen: dict[_Key, list[Seen]] = defaultdict(list)
        self.agencies = tuple(
            Choice(f"n{at}", one.name, one.id) for at, one in enumerate(agencies, 1)
        )
        self._agency = {one.agency: one.code for one in self.agencies}
        self._gather(card)
        statuses = {row.status for row in self._rows.values()}
        self.statuses = tuple(one for one in STATUSES if one in statuses)
        severities = {one.severity for one in card.mends}
        self.severities = tuple(one for one in SEVERITIES if one in severities)

    @property
    def groups(self) -> tuple[Choice, ...]:
        """In the profile's order."""
        return tuple(self._groups.values())

    @property
    def assets(self) -> dict[str, list[Choice]]:
        """By the agency's name."""
        found: dict[str, list[Choice]] = defaultdict(list)
        for one in self._assets.values():
            found[one.agency].append(one)
        return found

    def control(self, agency: AgencyCard, system: SystemCard, row: ControlRow) -> Marks:
        """A requirement: every asset that was looked at for it; the severities of what fails."""
        seen = self._seen[agency.id, system.id, row.id]
        return Marks(
            agency=self._agency[agency.id],
            status=row.status,
            group=self._groups[row.group].code,
            asset=_codes(self.asset(one) for one in seen),
            severity=_codes(one.severity for one in seen if one.status == "fail"),
        )

    def fault(self, agency: AgencyCard, mend: Mend) -> Marks:
        """A fault: where it was seen; the requirements that it speaks for."""
        keys = [(one.agency, one.system, name) for one in mend.seen for name in one.controls]
        rows = [self._rows[key] for key in keys if key in self._rows]
        return Marks(
            agency=self._agency[agency.id],
            status=_codes(one.status for one in rows),
            group=_codes(self._groups[one.group].code for one in rows),
            asset=_codes(map(self.asset, mend.seen)),
            severity=mend.severity,
        )

    def asset(self, of: Seen) -> str:
        """The code of where something was seen."""
        return self._assets[of.agency, of.system, of.asset].code

    def _gather(self, card: Scorecard) -> None:
        names: dict[tuple[str, str], str] = {}
        for agency in card.agencies:
            for system in agency.systems:
                names[agency.id, system.id] = system.name if len(agency.systems) > 1 else ""
                for group in system.groups:
                    code = f"g{len(self._groups) + 1}"
                    self._groups.setdefault(group.id, Choice(code, group.title))
                    for row in group.controls:
                        self._rows[agency.id, system.id, row.id] = row
        for key, agency_name in sorted(
            {(one.agency, one.system, one.asset): one.agency_name for one in card.findings}.items()
        ):
            system_name = names.get(key[:2], "")
            name = f"{key[2]} ({system_name})" if system_name else key[2]
            self._assets[key] = Choice(f"a{len(self._assets) + 1}", name, agency_name)
        for one in card.findings:
            for control in one.controls:
                self._seen[one.agency, one.system, control].append(one)


def _codes(of: Iterable[str]) -> str:
    return " ".join(sorted(set(of)))
