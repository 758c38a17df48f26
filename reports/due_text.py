"""What falls due: for a terminal, and for the mail that cron sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from reports.i18n import Translator
from reports.text import clean, shorten
from scanner.due import Due, Item, Kind
from scanner.profile import Control

FEW = 3  # more statements of one system and day than these are told in one line


def due_list(
    of: Due,
    items: Sequence[Item],
    names: Mapping[str, str],
    controls: Mapping[str, Control],
    until: date,
    t: Translator,
) -> Group:
    """A first line that can be a mail's subject, then each agency's items, soonest first."""
    late = sum(item.day < of.day for item in items)
    subject = t("press-scan: {n} due by {day}, {late} overdue", n=len(items), day=until, late=late)
    lines: list[RenderableType] = [Text(subject, style="bold")]
    by_agency = sorted(items, key=lambda item: (names.get(item.agency, ""), item.agency))
    for agency, its in groupby(by_agency, key=lambda item: item.agency):
        lines += [Text(), Text(clean(names.get(agency, agency)), style="bold")]
        for _, alike in groupby(its, key=_sheet):
            same = list(alike)
            if len(same) > FEW:
                lines += _lines(same[0], of.day, *_many(same, controls, t), t)
            else:
                for item in same:
                    lines += _lines(item, of.day, _what(item, controls, t), _how(item, t), t)
    never = sum(of.never.values())
    if never:
        said = t("Open and without a day: {n} requirements (press-scan status --what-if)", n=never)
        lines += [Text(), Text(said, style="dim")]
    return Group(*lines)


def _sheet(item: Item) -> tuple[object, ...]:
    """What one questionnaire settles: statements on one system that expire on one day."""
    return (item.day, item.system, item.kind) if item.kind is Kind.ATTEST else (id(item),)


def _lines(item: Item, day: date, what: str, how: str, t: Translator) -> list[RenderableType]:
    style = "red" if item.day < day else "default"
    return [
        Padding(Text(f"{t.date(item.day)}  {what}", style=style), (0, 0, 0, 2)),
        Padding(Text(f"→ {how}", style="dim", overflow="fold"), (0, 0, 0, 6)),
    ]


def _many(same: Sequence[Item], controls: Mapping[str, Control], t: Translator) -> tuple[str, str]:
    """Many statements in one line, and the questionnaire that asks for them again."""
    clauses = [controls[one.control].clause for one in same if one.control in controls]
    told = clean(", ".join([*clauses[:FEW], *(["…"] if len(clauses) > FEW else [])]))
    first = same[0]
    what = t("{n} statements count until then: {what}", n=len(same), what=told)
    how = f"press-scan attest sheet --all --system {first.agency}/{first.system} --output …"
    return f"{first.system}: {what}", how


def _what(item: Item, controls: Mapping[str, Control], t: Translator) -> str:
    where = f"{item.system}: " if item.system else ""
    control = controls.get(item.control)
    said = f"{control.clause} ({control.standard}) {control.title[t.lang]}" if control else ""
    requirement = shorten(clean(said or item.control), 120)
    words = {
        Kind.SCAN: t("the last scan serves until then: {what}", what=requirement)
        if item.control
        else t("what the last scan saw counts until then"),
        Kind.ATTEST: t("the statement {id} counts until then: {what}", id=item.paper,
                       what=requirement),
        Kind.WAIVER: t("the waiver {id} counts until then: {what}", id=item.paper,
                       what=requirement),
        Kind.PLAN: t("planned: {plan} ({what})", plan=shorten(clean(item.text), 120),
                     what=requirement),
        Kind.DOSSIER: t("the approval of the level dossier is expected"),
        Kind.MEASURES: t("the dossier's plan is to be carried out"),
    }  # fmt: skip
    return where + words[item.kind]


def _how(item: Item, t: Translator) -> str:
    system = f"{item.agency}/{item.system}"
    whom = t(" ({name})", name=clean(item.by)) if item.by else ""
    words = {
        Kind.SCAN: f"press-scan scan … --agency {item.agency}",
        Kind.ATTEST: f'press-scan attest {item.control} --system {system} --by "…"',
        Kind.WAIVER: f"press-scan waive {item.control} --system {system} …",
        Kind.PLAN: f'press-scan attest {item.control} --system {system} --by "…"',
        Kind.DOSSIER: t("bring the dossier on, and write its state into the inventory"),
        Kind.MEASURES: t("write the plan's state into the inventory"),
    }
    return words[item.kind] + whom
