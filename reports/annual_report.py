"""The yearly report on the plan (Plan 131/KH-UBND asks for it before 10 December)."""

from __future__ import annotations

from collections.abc import Iterator

from reports import labels
from reports.annual_facts import AHEAD, SystemYear, Year
from reports.annual_form08 import made
from reports.annual_model import Block, Official, Para, Section, Table, Text, text
from reports.annual_words import Words
from reports.i18n import Translator
from reports.labels import Labels
from reports.programme_card import score
from reports.text import clean, shorten

STATUSES = ("met", "partial", "not_met", "unverified", "not_applicable")
MANY = 200  # rows of a list of faults or days


def report(year: Year, lang: str, mark: str = "") -> Official:
    """The document.  `mark` stands on every page."""
    return _Report(year, Translator(lang)).document(mark)


class _Report:
    def __init__(self, year: Year, t: Translator) -> None:
        self._y, self._t = year, t
        self._words, self._label = Words(t, year), Labels(t)

    def document(self, mark: str) -> Official:
        t, y = self._t, self._y
        subject = t(
            "On information systems at security level {level} of press agencies, year {year}",
            level=y.programme.level, year=str(y.year),
        )  # fmt: skip
        plan = self._words.setting(y.settings.plan, "plan", t("plan that is reported on"))
        bases = ((t("Under") + " ", *plan, ";"),)
        return Official(
            form="",
            letter=self._words.letter(t("REPORT"), subject, bases),
            body=Section(tuple(self._body())),
            annexes=(self._groups(), self._faults(), self._due(), *self._words.contradictions()),
            lang=t.lang,
            made=made(y),
            mark=mark,
        )

    def _body(self) -> Iterator[Block]:
        t, s = self._t, self._y.settings
        yield _heading(f"1. {t('The result')}")
        yield from self._result()
        yield _heading(f"2. {t('Each agency')}")
        yield self._agencies()
        parts = (
            (t("Training and money"), (*s.training, *s.budget), "training, budget",
             t("training and money")),
            (t("Difficulties"), s.difficulties, "difficulties", t("difficulties")),
            (t("Proposals"), s.proposals, "proposals", t("proposals")),
            (t("Plan for the next year"), s.next_year, "next_year", t("plan for the next year")),
        )  # fmt: skip
        for number, (title, lines, key, what) in enumerate(parts, 3):
            yield _heading(f"{number}. {title}")
            yield from (Para(one, "item") for one in self._words.lines(lines, key, what))

    def _result(self) -> Iterator[Block]:
        t, y, of = self._t, self._y, self._y.programme
        yield _para(t("The data are those of {day}. {n} electronic press agencies are counted.",
                      day=y.day, n=of.counted))  # fmt: skip
        target = t.percent(of.target_percent)
        yield _para(
            t("Target: {target} at level {level} by {by}.", target=target, level=of.level, by=of.by)
            if of.by
            else t("Target: {target} at level {level}.", target=target, level=of.level)
        )
        rows = []
        counted = [one for one in y.agencies if one.electronic]
        for name, percent in sorted(of.readings.items()):
            fit = sum(one.readings.get(name, False) for one in counted)
            said = f"{name}. {self._label.reading.get(name, '')}"
            said += f" ({t('the one that counts')})" if name == of.reading else ""
            rows.append((text(said), text(f"{fit}/{of.counted}"), text(t.percent(score(percent)))))
        yield Table((t("Reading"), t("Agencies that comply"), t("Share")), tuple(rows), (6, 2, 2))
        yield _para(f"{labels.coverage(t, y.coverage)}. "
                    + t("A share says nothing without it."))  # fmt: skip
        if not y.runs:
            yield _para(t("No scan has looked at any agency up to this day."))

    def _agencies(self) -> Table:
        t, y = self._t, self._y
        yes = {True: t("yes"), False: t("no")}
        rows = []
        for number, one in enumerate(y.agencies, 1):
            mine = list(y.systems_of(one.id))
            cover = one.coverage
            looked = t.date(one.seen) if one.seen and not one.stale else t("not looked at")
            serious = str(sum(len(s.serious) for s in mine)) if one.seen and not one.stale else "–"
            rows.append(tuple(text(cell) for cell in (
                str(number), clean(one.name), str(len(mine)),
                *(yes[one.readings.get(name, False)] for name in "ABC"),
                t.percent(score(one.score)),
                f"{cover.decided}/{cover.hinted}/{cover.attested}/{cover.unverified}",
                serious, looked,
            )))  # fmt: skip
        head = (
            t("No."), t("Agency"), t("Systems"), "A", "B", "C", t("Requirements met"),
            t("By machine / hinted / attested / unverified"), t("Serious faults"),
            t("Looked at on"),
        )  # fmt: skip
        return Table(
            head, tuple(rows), (1.1, 3.4, 1.2, 1.3, 1.3, 1.3, 1.3, 1.9, 1.2, 2), small=True
        )

    def _groups(self) -> Section:
        t, rows = self._t, []
        for one in self._y.systems:
            for group, counts in self._counts(one).items():
                cells = (
                    f"{clean(one.agency.name)}: {clean(one.system.name)}",
                    group,
                    *map(str, counts),
                )
                rows.append(tuple(text(cell) for cell in cells))
        head = (t("System"), t("Group"), *(self._label.status[code] for code in STATUSES))
        table = Table(head, tuple(rows), (3.4, 3.4, 1, 1, 1, 1.2, 1.2), small=True)
        return Section((table,), text(t("Annex {n}", n="I")), t("Requirements by group"))

    def _counts(self, of: SystemYear) -> dict[str, list[int]]:
        y = self._y
        group = {control.id: control.group for control in y.profile.controls}
        found: dict[str, list[int]] = {}
        for result in of.of.results:
            name = y.profile.groups.get(group.get(result.control, ""), {})
            title = clean(name.get(self._t.lang) or name.get("en") or "–")
            found.setdefault(title, [0] * len(STATUSES))[STATUSES.index(result.status)] += 1
        return found

    def _faults(self) -> Section:
        t = self._t
        rows: list[tuple[Text, ...]] = []
        for one in self._y.systems:
            for fault in one.serious:
                where = " · ".join(filter(None, (clean(fault.asset), clean(fault.endpoint))))
                rows.append((
                    text(f"{clean(one.agency.name)}: {clean(one.system.name)}"),
                    text(clean(t(fault.reason))), text(shorten(where, 120)),
                    text(self._label.severity[fault.severity.value]),
                ))  # fmt: skip
        head = (t("System"), t("Fault"), t("Where"), t("Weight"))
        none = _para(t("No serious fault was seen in what was looked at."))
        blocks: tuple[Block, ...] = (self._table(head, rows, (3, 4, 3, 1.5)),) if rows else (none,)
        return Section(blocks, text(t("Annex {n}", n="II")), t("Serious faults that are open"))

    def _due(self) -> Section:
        t = self._t
        kinds = {
            "scan": t("a new scan"), "attest": t("a new statement"), "waiver": t("a waiver ends"),
            "plan": t("a planned measure"), "dossier": t("the approval of the dossier"),
            "measures": t("the measures of the dossier"),
        }  # fmt: skip
        clause = {control.id: control.clause for control in self._y.profile.controls}
        rows: list[tuple[Text, ...]] = [
            (text(t.date(one.day)), text(f"{one.agency}/{one.system}".rstrip("/")),
             text(kinds[one.kind]), text(clean(clause.get(one.control, "") or one.text)))
            for one in self._y.due
        ]  # fmt: skip
        head = (t("Due by"), t("System"), t("What"), t("Requirement"))
        none = _para(t("Nothing falls due within {n} days.", n=AHEAD))
        blocks: tuple[Block, ...] = (self._table(head, rows, (1.6, 3, 3, 3)),) if rows else (none,)
        return Section(blocks, text(t("Annex {n}", n="III")), t("What falls due"))

    def _table(
        self, head: tuple[str, ...], rows: list[tuple[Text, ...]], widths: tuple[float, ...]
    ) -> Table:
        """Of a long list its first rows, with how many there are besides."""
        shown = rows[:MANY]
        if len(rows) > MANY:
            more = self._t("and {n} more, in the scorecards", n=len(rows) - MANY)
            shown.append((text(""), text(more), *(text("") for _ in head[2:])))
        return Table(head, tuple(shown), widths, small=True)


def _heading(said: str) -> Para:
    return Para(text(said), "heading")


def _para(said: str) -> Para:
    return Para(text(said))
