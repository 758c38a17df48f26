"""What the PDF's template shows: the view as plain text and codes, in the reader's language.

The template gets it as JSON, never as markup of its own, so nothing that a server said is read as
anything but text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reports import labels
from reports.i18n import Translator
from reports.labels import Labels
from reports.paper_list import PLAN, paper_list
from reports.pdf_letters import breakable, shown
from reports.text import shorten
from reports.view import AgencyCard, Mend, Scorecard
from reports.view_system import ControlRow, Counts, SystemCard

STATUSES = ("met", "partial", "not_met", "unverified", "not_applicable")
FIRST = 5  # of what to do first


class Data:
    """The document of one scorecard."""

    def __init__(self, card: Scorecard) -> None:
        self._card = card
        self._t = Translator(card.lang)
        self._label = Labels(self._t)

    def document(self) -> dict[str, Any]:
        """Everything, with every text made printable."""
        t, card = self._t, self._card
        title = t("Security scorecard, level {level}", level=card.programme.level)
        whose = card.agencies[0].name if card.only else card.programme.name
        found: dict[str, Any] = _printable({
            "title": title,
            "whose": whose,
            "short": shorten(shown(whose), 60),
            "programme": card.programme.name,
            "run": t("Run {id}: {when}", id=card.run.id, when=labels.when(t, card.run)),
            "prints": labels.fingerprints(t, card.fingerprints),
            "stopped": "" if card.run.complete else self._stopped(),
            "scope": self._scope(),
            "left_out": self._left_out(),
            "key": [[code, self._label.status[code], text] for code, text in self._key()],
            "words": self._words(),
            "credit": card.credit,
            "overview": None if card.only else self._overview(),
            "agencies": [self._agency(one) for one in card.agencies] if card.only else [],
        })  # fmt: skip
        return found

    def _words(self) -> dict[str, str]:
        t = self._t
        return {
            "agencies": t("Agencies"), "agency": t("Agency"), "about": t("About this scorecard"),
            "check": t("Check"), "clause": t("Clause"), "conclusion": t("Conclusion"),
            "evidence": t("Evidence"), "findings": t("Findings"), "first": t("What to do first"),
            "fix": t("How to mend it"), "gaps": t("What could not be assessed"),
            "group": t("Group"), "left_out": t("What this profile leaves out"),
            "how": t("How to read it"), "met": t("Met"), "none": t("No check found a fault."),
            "page": t("Page {page} of {pages}", page="{page}", pages="{pages}"),
            "papers": t("Papers"), "gone": t("Papers that count no longer"),
            "place": t("Where"), "reading": t("Reading"),
            "readings": t("Three readings of the target"), "reason": t("Reason"),
            "requirement": t("Requirement"), "requirements": t("Requirements"),
            "seen": t("What was seen"), "serious": t("Serious faults"), "share": t("Share"),
            "sign": t("Signatures"), "sign_by": t("Assessed by"), "sign_for": t("For the agency"),
            "sign_how": t("(signature, full name)"), "sign_seal": t("(signature, seal)"),
            "soon": t("Falls due soon"), "status": t("Status"), "summary": t("Summary"),
            "system": t("System"), "why": t("Why it matters"), "contents": t("Contents"),
            "place_date": t("…………, day … month … year ……"),
        }  # fmt: skip

    def _stopped(self) -> str:
        t = self._t
        then = t("What it did not reach is not assessed, and is not counted as met.")
        return f"{t('This run was stopped before its end.')} {then}"

    def _key(self) -> Iterable[tuple[str, str]]:
        t = self._t
        yield "met", t("Every check passes, or a person attested it with evidence.")
        yield (
            "partial",
            t("Some hosts pass and some fail, or a machine saw a hint that a person must confirm."),
        )
        yield "not_met", t("A check fails.")
        yield (
            "unverified",
            t(
                "Nobody has decided it yet: no check can, or it could not be looked at, and no"
                " person has attested it. It never counts as met."
            ),
        )
        yield "not_applicable", t("The thing is not there. It is left out of the percentage.")

    def _scope(self) -> list[list[str]]:
        t, run = self._t, self._card.run
        seen = self._label.vantage.get(run.vantage, run.vantage)
        inside = len(self._card.inside)
        if inside:
            seen += "; " + t.ngettext(
                "and inside {n} host, by a log-in that only reads",
                "and inside {n} hosts, by a log-in that only reads",
                inside,
            )
        rows = [
            (t("Run"), run.id),
            (t("Time"), labels.when(t, run)),
            (t("Seen"), seen),
            (t("Profile"), f"{self._card.profile} ({run.profile} {run.profile_version})"),
            (t("Standard"), run.standard),
            (t("Scanner"), f"press-scan {run.scanner_version}"),
            (t("Data"), ", ".join(f"{name} ({day})" for name, day in run.data)),
            (t("Day of the assessment"), t.date(run.as_of) if run.as_of else ""),
            (t("SHA-256 of the profile"), run.profile_sha256),
            (t("SHA-256 of the facts"), run.facts_sha256),
            (t("SHA-256 of the papers"), run.papers_sha256),
            (t("SHA-256 of the observations"), self._card.digest),
        ]
        return [[name, value] for name, value in rows if value]

    def _left_out(self) -> list[list[str]]:
        rows = {
            row.id: row
            for agency in self._card.agencies
            for system in agency.systems
            for row in system.controls
            if row.left_out
        }
        return [[row.clause, row.title, row.left_out] for row in rows.values()]

    def _overview(self) -> dict[str, Any]:
        """The programme: the target, every agency, the readings."""
        t, programme = self._t, self._card.programme
        return {
            "big": f"{programme.compliant}/{programme.counted}",
            "percent": t.percent(programme.percent),
            "share": f"{labels.share(t, programme)}. {labels.standing(t, programme)}.",
            "target": f"{labels.target(t, programme)}.",
            "coverage": f"{labels.coverage(t, self._card.coverage)}.",
            "agencies": [self._row(one) for one in self._card.agencies],
            "readings": [
                [f"{name}. {self._label.reading.get(name, '')}", t.percent(percent)]
                for name, percent in programme.readings.items()
            ],
            "first": [self._first(one) for one in self._card.mends[: 2 * FIRST]],
        }

    def _row(self, of: AgencyCard) -> dict[str, Any]:
        return {
            "name": of.name, "verdict": of.verdict, "says": self._label.verdict[of.verdict],
            "score": self._t.percent(of.score), "counts": _counts(of.counts),
            "unverified": of.counts.unverified, "serious": of.serious,
        }  # fmt: skip

    def _first(self, of: Mend) -> dict[str, str]:
        where = ", ".join(of.agencies) if not self._card.only else of.seen[0].place
        return {
            "severity": of.severity, "label": self._label.severity[of.severity], "says": of.says,
            "where": where, "how": of.check.first_step,
        }  # fmt: skip

    def _agency(self, of: AgencyCard) -> dict[str, Any]:
        t = self._t
        papers = paper_list(self._card, of)
        return {
            "name": of.name,
            "verdict": of.verdict,
            "says": self._label.verdict[of.verdict],
            "conclusion": f"{labels.conclusion(t, of)}.",
            "looked": labels.looked(t, of),
            "coverage": f"{labels.coverage(t, of.coverage)}.",
            "counts": _counts(of.counts),
            "rows": [
                [code, self._label.status[code], getattr(of.counts, code)] for code in STATUSES
            ],
            "readings": [
                [f"{name}. {self._label.reading.get(name, '')}", t("yes") if met else t("no")]
                for name, met in of.readings.items()
            ],
            "first": [self._first(one) for one in of.mends[:FIRST]],
            "systems": [self._system(one) for one in of.systems],
            "mends": [self._mend(one) for one in of.mends],
            "gaps": [[one.place, one.reason] for one in of.gaps],
            "gone": [[one.row.clause, one.row.title, one.note.text] for one in papers.gone],
            "soon": [
                [t.date(one.day), "; ".join(row.clause for row in one.rows), self._by(one.by)]
                for one in papers.soon
            ],
        }

    def _by(self, by: str) -> str:
        return self._t("Planned") if by == PLAN else self._label.decided_by.get(by, by)

    def _system(self, of: SystemCard) -> dict[str, Any]:
        return {
            "name": of.name,
            "dossier": [list(pair) for pair in of.dossier],
            "contradictions": list(of.contradictions),
            "groups": [
                {"title": group.title, "counts": _counts(group.counts),
                 "share": f"{group.counts.met}/{group.counts.applicable}",
                 "rows": [self._control(row) for row in group.controls]}
                for group in of.groups
            ],
        }  # fmt: skip

    def _control(self, of: ControlRow) -> dict[str, Any]:
        notes = [f"{one.text}: {one.more}" if one.more else one.text for one in of.notes]
        return {
            "clause": of.clause, "title": of.title, "status": of.status,
            "says": self._label.status[of.status], "by": self._label.decided_by[of.decided_by],
            "notes": [*of.faults, *notes],
        }  # fmt: skip

    def _mend(self, of: Mend) -> dict[str, Any]:
        return {
            "severity": of.severity, "label": self._label.severity[of.severity], "says": of.says,
            "check": of.check.id, "title": of.check.title, "why": of.check.why,
            "fix": of.check.fix, "controls": ", ".join(of.controls),
            "seen": [
                [one.place, one.says,
                 "; ".join(f"{label}: {value}" for label, value in one.labelled)]
                for one in of.seen
            ],
        }  # fmt: skip


def _counts(of: Counts) -> list[list[Any]]:
    return [[code, getattr(of, code)] for code in STATUSES if getattr(of, code)]


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return breakable(shown(value))
    if isinstance(value, dict):
        return {key: _printable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(one) for one in value]
    return value
