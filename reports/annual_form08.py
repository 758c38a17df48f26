"""Form 08 of Decree 331/2026/NĐ-CP: the yearly report to the Ministry, with its annexes.

Part 1 counts systems, part 2 names the owner and its security unit, part 3 is a table of twelve
columns; the annexes hold what Art. 36 asks for besides.  Its exact words were not to be had: the
fields are those that are known of it (docs/annual-report.md).
"""

from __future__ import annotations

from datetime import UTC, datetime, time

from reports.annual_facts import SystemYear, Year
from reports.annual_model import Blank, Block, Official, Para, Section, Table, Text, text
from reports.annual_words import DECREE, Words
from reports.i18n import Translator
from reports.labels import Labels
from reports.text import clean, shorten
from scanner.assessment import ControlResult, ControlStatus
from scanner.report_settings import Body
from scanner.settle import settled

WHOLE = 10  # systems whose every requirement is listed; of more, those that are not fully met
CLASSED = ("proposed", "appraised", "approved")  # the dossier names the level
APPRAISED = ("appraised", "approved")


def form08(year: Year, lang: str, mark: str = "") -> Official:
    """The document.  `mark` stands on every page."""
    return _Form(year, Translator(lang)).document(mark)


def made(year: Year) -> datetime:
    """The moment that the file names as its own: that of its data, not of its printing."""
    return datetime.combine(year.day, time(0), UTC)


class _Form:
    def __init__(self, year: Year, t: Translator) -> None:
        self._y, self._t = year, t
        self._words, self._label = Words(t, year), Labels(t)

    def document(self, mark: str) -> Official:
        t, y = self._t, self._y
        subject = t(
            "On protecting information systems by security level, year {year}", year=str(y.year)
        )
        bases = (
            text(t("Under the Law on Cyber Security No. 116/2025/QH15;")),
            text(t("Under Decree No. {decree} of the Government;", decree=DECREE)),
        )
        body = Section((
            _heading(t("Part 1. Information systems")), self._counts(),
            _heading(t("Part 2. Owner and unit in charge of cyber security")), *self._bodies(),
            _heading(t("Part 3. List of information systems (in the annex of this form)")),
            Para(text(t("Data year: from {opens} to {day}.", opens=y.opens, day=y.day))),
        ))  # fmt: skip
        return Official(
            form=t("Form No. 08 (Decree {decree})", decree=DECREE),
            letter=self._words.letter(t("REPORT"), subject, bases),
            body=body,
            annexes=(
                self._list(),
                self._duties(),
                self._requirements(),
                *self._words.contradictions(),
            ),
            lang=t.lang,
            made=made(y),
            mark=mark,
        )

    def _counts(self) -> Table:
        t, y = self._t, self._y
        states = [one.system.dossier.state for one in y.systems]
        expected = [
            one.system.dossier.expected
            for one in y.systems
            if one.system.dossier.state != "approved"
        ]
        days = [day for day in expected if day]
        all_by: Text
        if not expected:
            all_by = text(t("all are approved"))
        elif len(days) < len(expected):
            all_by = text(
                Blank(t("when the last level will be approved"), t("inventory: dossier.expected"))
            )
        else:
            all_by = text(t.date(max(days)))
        rows = [
            (t("Systems managed"), str(len(states))),
            (t("Systems whose level is proposed"), str(sum(s in CLASSED for s in states))),
            (t("Systems with a dossier"), str(sum(s != "none" for s in states))),
            (t("Systems whose dossier was appraised"), str(sum(s in APPRAISED for s in states))),
            (t("Systems whose level is approved"), str(states.count("approved"))),
            (t("Systems assessed in the data year"), str(sum(one.looked for one in y.systems))),
        ]
        cells: list[tuple[Text, ...]] = [
            (text(str(number)), text(what), text(count))
            for number, (what, count) in enumerate(rows, 1)
        ]
        cells.append((text(str(len(rows) + 1)), text(t("All levels approved by")), all_by))
        return Table((t("No."), t("What"), t("Number")), tuple(cells), (0.8, 7, 2.4))

    def _bodies(self) -> list[Block]:
        t, s = self._t, self._y.settings
        return [
            self._body(t("Owner of the systems"), s.owner, "owner"),
            self._body(t("Unit in charge of cyber security"), s.security_unit, "security_unit"),
        ]

    def _body(self, title: str, of: Body, key: str) -> Table:
        t = self._t
        names = {
            "name": t("Name"), "founding": t("Founding decision"), "head": t("Head"),
            "address": t("Address"), "phone": t("Telephone"), "mail": t("E-mail"),
        }  # fmt: skip
        rows = tuple(
            (
                text(name),
                self._words.setting(getattr(of, field), f"{key}.{field}", f"{title}: {name}"),
            )
            for field, name in names.items()
        )
        return Table((title, ""), rows, (3, 7))

    def _list(self) -> Section:
        t = self._t
        head = (
            t("No."), t("Information system"), t("Owner of the systems"), t("Operator"),
            t("Proposed level"),
            t("State of the dossier"), t("Decision of approval"),
            t("Decision on the security regulation"), t("Approval expected"),
            t("State of the plan"), t("All measures expected"), t("Assessed"),
        )  # fmt: skip
        rows = tuple(self._row(number, one) for number, one in enumerate(self._y.systems, 1))
        widths = (0.8, 2.5, 2, 2, 0.9, 1.6, 1.8, 1.8, 1.5, 1.8, 1.5, 1.4)
        title = text(t("Annex {n}", n="I"))
        table = Table(head, rows, widths, small=True)
        return Section((table,), title, t("List of information systems"), landscape=True)

    def _row(self, number: int, of: SystemYear) -> tuple[Text, ...]:
        t, w, d = self._t, self._words, of.system.dossier
        place = (of.agency.id, of.system.id)
        approved = d.state == "approved"
        decision = ", ".join(filter(None, (clean(d.decision), w.day(d.date))))
        regulation = ", ".join(
            filter(None, (clean(d.regulation.decision), w.day(d.regulation.date)))
        )
        done = d.plan is not None and d.plan.state == "complete"
        state, expected = (w.plan[d.plan.state], w.day(d.plan.expected)) if d.plan else ("", "")
        none = text("–")
        return (
            text(str(number)), text(clean(of.system.name)),
            text(clean(d.owner or of.agency.name)), text(clean(d.operator or of.agency.name)),
            text(str(of.system.level)), text(w.state[d.state]),
            w.dossier(decision, *place, "decision", t("decision of approval"))
            if approved else none,
            w.dossier(regulation, *place, "regulation", t("decision on the security regulation")),
            none if approved
            else w.dossier(w.day(d.expected), *place, "expected", t("day of the approval")),
            w.dossier(state, *place, "plan.state", t("state of the plan")),
            none if done
            else w.dossier(expected, *place, "plan.expected", t("day of all measures")),
            text(t("Periodic")) if of.looked else none,
        )  # fmt: skip

    def _duties(self) -> Section:
        t, s = self._t, self._y.settings
        parts = (
            (t("Systems proposed for the list of those important to national security"),
             s.national_list, "national_list"),
            (t("How the security regulation is obeyed"), s.obedience, "obedience"),
        )  # fmt: skip
        blocks: list[Block] = []
        for number, (title, lines, key) in enumerate(parts, 1):
            blocks.append(_heading(f"{number}. {title}"))
            blocks += [Para(one, "item") for one in self._words.lines(lines, key, title)]
        return Section(
            tuple(blocks), text(t("Annex {n}", n="II")), t("Other contents of the report")
        )

    def _requirements(self) -> Section:
        t, y = self._t, self._y
        whole = len(y.systems) <= WHOLE
        said = (
            t("Every requirement of each system: fully met or not, with plan and day.")
            if whole
            else t(
                "Requirements that are not fully met, with plan and day. The others are fully met,"
                " do not apply, or are waived."
            )
        )
        controls = {one.id: one for one in y.profile.controls}
        blocks: list[Block] = [Para(text(said))]
        head = (t("Clause"), t("Requirement"), t("Fully met"), t("By"), t("Plan"), t("Day"))
        for one in y.systems:
            rows = []
            for result in one.of.results:
                if result.control in controls and (whole or not settled(result)):
                    control = controls[result.control]
                    title = control.title.get(t.lang) or control.title.get("en") or ""
                    rows.append((
                        text(clean(control.clause)), text(shorten(clean(title), 300)),
                        text(self._fully(result)), text(self._by(result)),
                        *self._plan(one, result),
                    ))  # fmt: skip
            name = f"{clean(one.agency.name)}: {clean(one.system.name)}"
            blocks.append(Para(text(name), "heading"))
            if rows:
                blocks.append(Table(head, tuple(rows), (1.7, 4.4, 1.4, 1.3, 2.5, 1.7), small=True))
            else:
                blocks.append(Para(text(t("Every requirement is settled."))))
        subtitle = t("Requirements, one by one")
        return Section(tuple(blocks), text(t("Annex {n}", n="III")), subtitle)

    def _fully(self, of: ControlResult) -> str:
        if of.status is ControlStatus.NOT_APPLICABLE:
            return self._label.status["not_applicable"]
        if of.status is ControlStatus.MET:
            return self._t("Yes")
        return self._label.status[of.status.value]

    def _by(self, of: ControlResult) -> str:
        return self._label.decided_by.get(of.decided_by.value, "–")

    def _plan(self, one: SystemYear, of: ControlResult) -> tuple[Text, Text]:
        if settled(of):
            return text(""), text("")
        t, paper = self._t, one.plan_of(of, self._y)
        if paper and paper.plan:
            by = self._words.day(paper.plan_by) or "–"
            return text(shorten(clean(paper.plan), 300)), text(by)
        where = t("press-scan attest --answer not_met --plan --plan-by, or the questionnaire")
        plan = Blank(t("plan for what is not met"), where)
        return text(plan), text(Blank(t("day of the plan"), where))


def _heading(said: str) -> Para:
    return Para(text(said), "heading")
