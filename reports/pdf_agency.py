"""An agency's PDF: one page of summary, every requirement, finding, gap and paper."""

from __future__ import annotations

from typing import Any

from reports import labels
from reports.i18n import Translator
from reports.labels import Labels
from reports.paper_list import PLAN, DueRow, PaperRow, paper_list
from reports.pdf_parts import FIRST, code_marks, counts, row, timeline
from reports.text import shorten
from reports.view import AgencyCard, Gap, Mend, Scorecard, Seen
from reports.view_system import ControlRow, Group, Note, SystemCard

SUMMED = 2  # systems whose groups fit on the summary's page; with more, a bar for each system
DUES, CLAUSES = 5, 6  # next days on the summary's page; requirements of one day that are named
NAMED, FAULTS = 3, 8  # checks and faults of one requirement that are named
PASTE = 14  # lines of a snippet that is printed
SHORT = 150  # characters of a line in the summary
_PAPERS = ("attestation", "waiver")


class AgencyData:
    """The data of its pages."""

    def __init__(self, card: Scorecard, of: AgencyCard) -> None:
        self._card, self._of = card, of
        self._t = Translator(card.lang)
        self._label = Labels(self._t)
        self._papers = paper_list(card, of)

    def data(self) -> dict[str, Any]:
        """All of it."""
        t, of = self._t, self._of
        return {
            "verdict": of.verdict,
            "says": self._label.verdict[of.verdict],
            "conclusion": f"{labels.conclusion(t, of)}.",
            "coverage": f"{labels.coverage(t, of.coverage)}.",
            "looked": labels.looked(t, of),
            "tiles": self._tiles(),
            "legend": [[code, self._label.status[code], str(n)] for code, n in counts(of.counts)],
            "counts": counts(of.counts),
            "bars": self._bars(),
            "time": timeline(t, of.time),
            "first": [self._first(one) for one in of.mends[:FIRST]],
            "soon": [self._due(one) for one in self._papers.soon[:DUES]],
            "readings": [
                [f"{name}. {self._label.reading.get(name, '')}", t("yes") if met else t("no")]
                for name, met in of.readings.items()
            ],
            "systems": [self._system(one) for one in of.systems],
            "mends": [self._mend(one) for one in of.mends],
            "gaps": [self._gap(one) for one in of.gaps],
            "held": [self._paper(one) for one in self._papers.held],
            "gone": [self._paper(one) for one in self._papers.gone],
        }

    def _tiles(self) -> list[tuple[str, str]]:
        t, of = self._t, self._of
        return [
            (t.percent(of.score), t("requirements met")),
            (f"{of.coverage.decided}/{of.counts.total}", t("decided by machines")),
            (str(of.coverage.attested), t("attested by people")),
            (str(of.coverage.unverified), t("not verified yet")),
            (str(of.serious), t("serious faults (critical or high)")),
        ]

    def _bars(self) -> list[dict[str, Any]]:
        systems = self._of.systems
        if len(systems) > SUMMED:
            return [
                {"title": shorten(one.name, 60), "counts": counts(one.counts)} for one in systems
            ]
        many = len(systems) > 1
        return [
            {"title": f"{shorten(one.name, 30)}: {group.title}" if many else group.title,
             "counts": counts(group.counts)}
            for one in systems for group in one.groups
        ]  # fmt: skip

    def _first(self, of: Mend) -> dict[str, Any]:
        places = list(dict.fromkeys(one.place for one in of.seen))
        more = f" (+{len(places) - 1})" if len(places) > 1 else ""
        return {
            "severity": of.severity, "label": self._label.severity[of.severity],
            "says": shorten(of.says, SHORT), "where": shorten(places[0], 60) + more,
            "how": shorten(of.check.first_step.replace("`", ""), SHORT),
        }  # fmt: skip

    def _due(self, of: DueRow) -> list[str]:
        t, more = self._t, len(of.rows) - CLAUSES
        clauses = "; ".join(one.clause or one.id for one in of.rows[:CLAUSES])
        by = t("Planned") if of.by == PLAN else self._label.decided_by.get(of.by, of.by)
        where = f" – {shorten(of.system, 40)}" if len(self._of.systems) > 1 else ""
        return [t.date(of.day), clauses + (f"; … (+{more})" if more > 0 else "") + where, by]

    def _system(self, of: SystemCard) -> dict[str, Any]:
        return {
            "name": shorten(of.name, SHORT),
            "level": self._t("level {level}", level=of.level),
            "dossier": of.dossier,
            "contradictions": of.contradictions,
            "groups": [self._group(one) for one in of.groups],
        }

    def _group(self, of: Group) -> dict[str, Any]:
        share = self._t("{met} of {all} are met", met=of.counts.met, all=of.counts.applicable)
        return {
            "title": of.title, "share": share, "counts": counts(of.counts),
            "rows": [self._control(one) for one in of.controls],
        }  # fmt: skip

    def _control(self, of: ControlRow) -> dict[str, Any]:
        notes = [shorten(one, SHORT) for one in of.faults[:FAULTS]]
        notes += [f"… (+{len(of.faults) - FAULTS})"] if of.faults[FAULTS:] else []
        notes += [_told(one) for one in of.notes if one.kind not in _PAPERS]
        long = len(of.title) + sum(map(len, notes))
        status = [of.status, self._label.status[of.status]]
        cells = [of.clause or of.id, of.title, notes, status, self._settled(of)]
        return row(*cells, long=long)

    def _settled(self, of: ControlRow) -> list[str]:
        """What decided it: the paper's number or its checks, and until when it holds."""
        t = self._t
        by = self._label.decided_by[of.decided_by]
        if of.hinted and of.decided_by == "none":
            by = t("Hint, to be confirmed")
        number = {"attestation": of.attestation, "waiver": of.waiver}.get(of.decided_by, "")
        told = [] if number else list(of.checks[:NAMED])
        told += [f"… (+{len(of.checks) - NAMED})"] if not number and of.checks[NAMED:] else []
        told += [t("until {day}", day=of.due)] if of.due else []
        return [f"{by} {number}".rstrip(), *told]

    def _mend(self, of: Mend) -> dict[str, Any]:
        pastes = [list(one) for one in of.check.snippets if one[1].count("\n") < PASTE]
        return {
            "severity": of.severity, "label": self._label.severity[of.severity], "says": of.says,
            "check": of.check.id, "title": code_marks(of.check.title),
            "why": code_marks(of.check.why), "fix": code_marks(of.check.fix),
            "pastes": [[server, text.rstrip("\n").split("\n")] for server, text in pastes],
            "controls": ", ".join(of.controls),
            "seen": [self._seen(one, of.says) for one in of.seen],
        }  # fmt: skip

    def _seen(self, of: Seen, known: str) -> dict[str, Any]:
        evidence = "; ".join(f"{label}: {value}" for label, value in of.labelled)
        says = shorten(of.detail) if of.reason == known else of.says
        says = says if says or evidence else of.says
        return row(of.place, says, evidence, long=len(of.place) + len(says) + len(evidence))

    def _gap(self, of: Gap) -> dict[str, Any]:
        undecided = ", ".join(of.checks or of.probes)
        return row(of.place, of.reason, undecided, long=len(of.reason) + len(undecided))

    def _paper(self, of: PaperRow) -> dict[str, Any]:
        said, system = _told(of.note), of.system if len(self._of.systems) > 1 else ""
        return row(of.row.clause or of.row.id, system, said, long=len(said))


def _told(of: Note) -> str:
    return f"{of.text}: {of.more}" if of.more else of.text
