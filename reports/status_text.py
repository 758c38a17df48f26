"""The programme against its target, on a terminal of 80 columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reports import labels
from reports.i18n import Translator
from reports.labels import Labels
from reports.programme_card import score, standing_of
from reports.text import clean, shorten
from scanner.assessment import Coverage
from scanner.dossier import Contradiction
from scanner.rollup import Moved, RollUp, Standing

LISTED = 5  # of what moved, and of what contradicts itself, for one agency
STYLES = {True: "bold green", False: "bold red"}


def status(rolled: RollUp, t: Translator, contradictions: Sequence[Contradiction] = ()) -> Group:
    """The whole status, ready to be printed."""
    card, day = standing_of(rolled.programme, rolled.day), rolled.day
    coverage = sum((one.agency.coverage for one in rolled.standings), Coverage())
    return Group(
        Text(card.name, style="bold"),
        Text(t("as of {day}", day=day), style="dim"),
        Text(),
        Text(f"{labels.target(t, card)}. {labels.standing(t, card)}.",
             style=STYLES[card.reached]),
        Text(),
        _readings(rolled, t),
        Text(),
        _agencies(rolled, t),
        Text(f"{labels.coverage(t, coverage)}.", style="dim"),
        *_not_counted(rolled, t),
        *_changed(rolled, t),
        *_contradictions(contradictions, rolled, t),
    )  # fmt: skip


def _readings(rolled: RollUp, t: Translator) -> Table:
    label, programme = Labels(t), rolled.programme
    table = _table(t("Reading"), t("Agencies"), t("Share"), t("Counts"))
    for name in "ABC":
        reached = sum(one.reaches(name) for one in rolled.standings if one.counted)
        counts = t("yes") if name == programme.reading else ""
        share = t.percent(score(programme.readings[name]))
        table.add_row(
            f"{name}  {label.reading[name]}", f"{reached}/{programme.counted}", share, counts
        )
    return table


def _agencies(rolled: RollUp, t: Translator) -> Table:
    reading = rolled.programme.reading
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    table.add_column(t("Agency"), overflow="fold", min_width=16)
    table.add_column(t("Conclusion"), max_width=14)
    for name in (t("Score"), t("Open"), t("Trend")):
        table.add_column(name, justify="right")
    table.add_column(t("Last looked at"), no_wrap=True)
    for one in rolled.standings:
        if one.counted:
            table.add_row(*_row(one, reading, t))
    return table


def _row(one: Standing, reading: str, t: Translator) -> list[RenderableType]:
    reached = one.reaches(reading)
    said = t("COMPLIANT") if reached else t("NOT COMPLIANT")
    return [
        Text(shorten(clean(one.agency.name), 60)),
        Text(said, style=STYLES[reached]),
        Text(t.percent(score(one.agency.score))),
        Text(str(len(one.open))),
        Text(trend(one, t)),
        Text(looked(one, t)),
    ]


def trend(one: Standing, t: Translator) -> str:
    """The way since the run before: `↑ 12,5`; "" without an earlier run."""
    if not one.trend:
        return ""
    way = round(one.agency.score - one.trend[-1].score, 1)
    if not way:
        return "="
    return f"{'↑' if way > 0 else '↓'} {t.number(abs(way))}"


def looked(one: Standing, t: Translator) -> str:
    """When the agency was last looked at."""
    seen: date | None = one.agency.seen
    if seen is None:
        return t("never")
    return t("{day}, too old", day=seen) if one.agency.stale else t.date(seen)


def _not_counted(rolled: RollUp, t: Translator) -> list[RenderableType]:
    gone = [clean(one.agency.name) for one in rolled.standings if not one.counted]
    if not gone:
        return []
    said = t("Not counted, since they are no electronic press: {names}", names=", ".join(gone))
    return [Text(), Text(shorten(said, 2000))]


def _changed(rolled: RollUp, t: Translator) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for one in rolled.standings:
        if not one.moved:
            continue
        way = Counter(moved.worse for moved in one.moved)
        head = t("{agency}: {worse} worse, {better} better", agency=clean(one.agency.name),
                 worse=way[True], better=way[False])  # fmt: skip
        lines += [Text(head), *(_moved(moved, t) for moved in one.moved[:LISTED])]
        if len(one.moved) > LISTED:
            lines.append(_indented(t("and {n} more", n=len(one.moved) - LISTED)))
    title = Text(t("What changed since the run before"), style="bold")
    return [Text(), title, *lines] if lines else []


def _moved(of: Moved, t: Translator) -> RenderableType:
    label = Labels(t)
    was, now = label.status[of.was], label.status[of.now]
    return _indented(f"{'↓' if of.worse else '↑'} {of.system}  {of.control}: {was} → {now}")


def _contradictions(
    found: Sequence[Contradiction], rolled: RollUp, t: Translator
) -> list[RenderableType]:
    if not found:
        return []
    names: Mapping[str, str] = {one.agency.id: one.agency.name for one in rolled.standings}
    lines: list[RenderableType] = [
        Text(),
        Text(t("What contradicts itself in the dossiers"), style="bold yellow"),
    ]
    for one in found:
        place = f"{clean(names.get(one.agency, one.agency))}, {one.system}"
        lines.append(_indented(f"! {place}: {t(one.message)}"))
    return lines


def _indented(text: str) -> RenderableType:
    return Padding(Text(shorten(text, 400), overflow="fold"), (0, 0, 0, 3))


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    for number, name in enumerate(columns):
        table.add_column(name, justify="right" if number in {1, 2} else "left", overflow="fold")
    return table
