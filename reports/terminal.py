"""The summary on a terminal: 80 columns, worst first, and what to do next.

Colours only on a terminal; letters without accents where the terminal can't show them.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from typing import TextIO

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reports import labels
from reports.changes import AGENCY, CONTROL, FAULT, Change, changes_for_worse, worse_by_agency
from reports.i18n import Translator
from reports.labels import Labels
from reports.scorecard import scorecard
from reports.screen import WIDTH, as_text, put
from reports.sources import Profile
from reports.text import clean, shorten
from reports.view import AgencyCard, Gap, Mend, Scorecard
from reports.view_system import PaperCount
from scanner.assessment import Assessment
from scanner.database import shown
from scanner.timeline import NO_HISTORY, History

AGENCIES, FAULTS, BLIND = 30, 5, 3  # shown at most
STYLES = {
    "critical": "bold white on red",
    "high": "bold red",
    "medium": "yellow",
    "low": "default",
    "info": "default",
    "compliant": "bold green",
    "not_compliant": "bold red",
    "unproven": "yellow",
}

AT_ONCE = 200  # changes that are laid out together

__all__ = [
    "changes",
    "changes_for_worse",
    "summary",
    "summary_of",
    "summary_text",
    "worse_by_agency",
]


def summary(
    assessment: Assessment,
    profile: Profile,
    t: Translator,
    file: TextIO | None = None,
    db: str = "",
    history: History = NO_HISTORY,
) -> None:
    """Print the summary, to standard output unless told otherwise.

    `db` is where the run is kept, when that is not the usual place: the commands name it.
    """
    summary_of(scorecard(assessment, profile, t.lang, history=history), t, file, db)


def summary_of(card: Scorecard, t: Translator, file: TextIO | None = None, db: str = "") -> None:
    """The same, of a scorecard that is there already."""
    put(_summary(card, t, db), file or sys.stdout)


def changes(worse: Sequence[Change], t: Translator, file: TextIO | None = None) -> None:
    """Print what changed for the worse, one paragraph each; nothing when there is nothing."""
    for first in range(0, len(worse), AT_ONCE):
        some = worse[first : first + AT_ONCE]
        put(Group(*(_change(one, t) for one in some)), file or sys.stdout)


def summary_text(card: Scorecard, width: int = WIDTH) -> str:
    """The summary as plain text."""
    return as_text(_summary(card, Translator(card.lang)), width, colour=False)


def _summary(card: Scorecard, t: Translator, db: str = "") -> Group:
    label, programme = Labels(t), card.programme
    lines: list[RenderableType] = [
        Text(programme.name, style="bold"),
        Text(f"{card.profile} · {card.run.standard}"),
        Text(f"{t('run {id}', id=card.run.id)} · {labels.when(t, card.run)}", style="dim"),
        Text(labels.fingerprints(t, card.fingerprints), style="dim"),
    ]
    if not card.run.complete:
        lines.append(Text(t("This run was stopped before its end."), style="bold yellow"))
    reached = t.percent(programme.percent)
    lines += [
        Text(),
        _agencies(card, t, label),
        Text(),
        Text(f"{labels.share(t, programme)} ({reached}). {labels.standing(t, programme)}."),
        Text(f"{labels.target(t, programme)}."),
        Text(f"{labels.coverage(t, card.coverage)}.", style="dim"),
    ]
    if told := labels.papers(t, sum((one.papers for one in card.agencies), PaperCount())):
        lines.append(Text(f"{told}.", style="dim"))
    lines += [Text(f"{line}.") for line in labels.since(t, card.time)]
    return Group(*lines, *_first(card.mends, t, label), *_blind(card.gaps, t), *_next(card, t, db))


def _agencies(card: Scorecard, t: Translator, label: Labels) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    table.add_column(t("Agency"), overflow="fold", min_width=14)
    table.add_column(t("Conclusion"), max_width=15)
    for name in ("Met", "Not met", "Partly met", "Unverified", "Serious faults"):
        table.add_column(t(name), justify="right", max_width=10 if name == "Unverified" else 7)
    for one in card.agencies[:AGENCIES]:
        table.add_row(*_row(one, t, label))
    if len(card.agencies) > AGENCIES:
        more = len(card.agencies) - AGENCIES
        table.add_row(t.ngettext("and {n} more", "and {n} more", more))
    return table


def _row(one: AgencyCard, t: Translator, label: Labels) -> list[RenderableType]:
    counts = one.counts
    numbers = (counts.not_met, counts.partial, counts.unverified, one.serious)
    return [
        Text(shorten(one.name, 120)),
        Text(label.verdict[one.verdict], style=STYLES[one.verdict]),
        Text(t.percent(one.score)),
        *(Text(str(number)) for number in numbers),
    ]


def _first(mends: Sequence[Mend], t: Translator, label: Labels) -> list[RenderableType]:
    if not mends:
        return [Text(), Text(t("No check found a fault."), style="green")]
    lines: list[RenderableType] = [Text(), Text(t("What to do first"), style="bold")]
    for number, mend in enumerate(mends[:FAULTS], start=1):
        head = Text.assemble(
            f"{number}. ",
            (label.severity[mend.severity], STYLES[mend.severity]),
            (f"  {mend.check.id}", "bold"),
            f"  {shorten(mend.says, 160)}",
        )
        where = shorten(", ".join(mend.agencies), 90)
        at = shorten(mend.seen[0].place, 60)
        more = f" (+{len(mend.seen) - 1})" if len(mend.seen) > 1 else ""
        fix = shorten(mend.check.first_step, 200)
        lines += [head, Padding(Text(f"{where}: {at}{more}", style="dim"), (0, 0, 0, 3))]
        if fix:
            lines.append(Padding(Text(f"→ {fix}"), (0, 0, 0, 3)))
    if len(mends) > FAULTS:
        more = t.ngettext("and {n} more", "and {n} more", len(mends) - FAULTS)
        lines.append(Text(f"   {more}", style="dim"))
    return lines


def _blind(gaps: Sequence[Gap], t: Translator) -> list[RenderableType]:
    if not gaps:
        return []
    lines: list[RenderableType] = [
        Text(),
        Text(t("What could not be assessed"), style="bold yellow"),
    ]
    for gap in gaps[:BLIND]:
        place = shorten(f"{gap.agency_name}: {gap.place}", 110)
        lines.append(Padding(Text(f"? {place}: {shorten(gap.reason, 160)}"), (0, 0, 0, 3)))
    if len(gaps) > BLIND:
        more = t.ngettext("and {n} more", "and {n} more", len(gaps) - BLIND)
        lines.append(Text(f"   {more}", style="dim"))
    return lines


def _next(card: Scorecard, t: Translator, db: str) -> list[RenderableType]:
    commands = [f"press-scan checks explain {card.mends[0].check.id}"] if card.mends else []
    place = f" --db {shlex.quote(clean(shown(db)))}" if db else ""
    run = f"{clean(card.run.id)}{place}"
    commands.append(f"press-scan report {run} --format html --output scorecards")
    return [
        Text(),
        Text(t("What to do next"), style="bold"),
        *(Padding(Text(command, overflow="fold"), (0, 0, 0, 3)) for command in commands),
    ]


def _change(one: Change, t: Translator) -> RenderableType:
    label = Labels(t)
    agency = shorten(clean(one.agency), 90)
    if one.kind == AGENCY:
        said = t("{agency} complies no more", agency=agency)
        return Text(said, style=STYLES["not_compliant"])
    if one.kind == CONTROL:
        was, now = label.status[one.was], label.status[one.now]
        return Text(f"{agency}, {one.system}: {one.what}: {was} → {now}")
    place = shorten(clean(one.place), 110)
    reason = clean(t(one.reason)) + (f": {clean(one.detail)}" if one.detail else "")
    reason = shorten(reason, 240)
    if one.kind == FAULT:
        severity = (label.severity[one.severity], STYLES[one.severity])
        return Text.assemble(severity, f"  {one.what}  {agency}: {place}: {reason}")
    blind = t("could not be assessed")
    return Text.assemble((f"? {blind}", "yellow"), f"  {one.what}  {agency}: {place}: {reason}")
