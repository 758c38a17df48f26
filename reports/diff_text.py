"""A comparison on a terminal: 80 columns, what makes a difference to the verdict first.

Differences with the same causes are shown together; the JSON has each by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from reports import labels
from reports.diff import fingerprints
from reports.diff_findings import text
from reports.diff_model import Cause, Comparison, Difference, Level, Why
from reports.diff_read import Card
from reports.diff_words import became as said_became
from reports.diff_words import blocks as grouped
from reports.diff_words import counts, place_of, said, status, which
from reports.i18n import Translator
from reports.labels import Labels
from reports.screen import WIDTH, as_text, put

BLOCKS, NAMES, CAUSES = 40, 12, 8  # shown at most
STYLES = {Why.UNEXPLAINED: "bold yellow"}


def show(of: Comparison, t: Translator, file: TextIO) -> None:
    """Print it."""
    put(_whole(of, t), file)


def plain_text(of: Comparison, t: Translator, width: int = WIDTH) -> str:
    """The same as plain text."""
    return as_text(_whole(of, t), width, colour=False)


def _whole(of: Comparison, t: Translator) -> Group:
    return Group(*_side("A", of.a, t), *_side("B", of.b, t), Text(), *_conclusion(of, t),
                 *_runs(of, t), *_differences(of, t))  # fmt: skip


def _side(name: str, card: Card, t: Translator) -> Iterator[RenderableType]:
    run = card.run
    place = Labels(t).vantage[run.vantage]
    names = [text(card.label)] if card.label != run.id else []
    head = " · ".join([*names, t("run {id}", id=text(run.id)), t.datetime(run.started)])
    yield Text.assemble((f"{name}  ", "bold"), f"{head} · {place}")
    if not run.complete:
        yield _under(Text(t("This run was stopped before its end."), style="bold yellow"))
    profile = text(f"{run.profile.id} {run.profile.version}")
    day = t("assessed on {day}", day=card.day)
    yield _under(Text(f"{profile} · press-scan {text(run.scanner_version)} · {day}", style="dim"))
    yield _under(Text(labels.fingerprints(t, fingerprints(card)), style="dim"))


def _conclusion(of: Comparison, t: Translator) -> Iterator[RenderableType]:
    if not of.differences and of.prints.all:
        said = t("The same profile, the same facts, the same papers: the same result.")
        yield Text(said, style="bold green")
        return
    if of.same:
        yield Text(t("The same result everywhere."), style="bold green")
        yield Text(which(of, t))
    else:
        yield Text(t("The results differ."), style="bold red")
        yield Text(counts(of, t))
    yield Text(f"{said_became(of.became, t)}.")
    yield from (_under(Text(f"↕ {place_of(one)}")) for one in (of.became.flapping or ())[:NAMES])
    if of.other_facts:
        said = t.ngettext(
            "At {n} place something else was seen, with the same verdict.",
            "At {n} places something else was seen, with the same verdict.",
            of.other_facts,
        )
        yield Text(said, style="dim")


def _runs(of: Comparison, t: Translator) -> Iterator[RenderableType]:
    if of.runs:
        yield Text()
        yield Text(t("How the two differ as a whole"), style="bold")
        yield from (_under(Text(f"- {said(one, t)}")) for one in of.runs)


def _differences(of: Comparison, t: Translator) -> Iterator[RenderableType]:
    label, blocks = Labels(t), grouped(of.differences)
    titles = {
        Level.AGENCY: t("Agencies"),
        Level.SYSTEM: t("Systems"),
        Level.CONTROL: t("Requirements"),
        Level.FINDING: t("What checks said"),
    }
    last: tuple[Level, bool] | None = None
    told: set[Cause] = set()
    for block in blocks[:BLOCKS]:
        first = block[0]
        if last != (first.level, first.same):
            more = f": {t('the same result, but not for the same reason')}" if first.same else ""
            yield Text()
            yield Text(f"{titles[first.level]}{more}", style="bold")
            last = first.level, first.same
        yield from _block(block, t, label, told)
    if len(blocks) > BLOCKS:
        yield Text(t.ngettext("and {n} more", "and {n} more", len(blocks) - BLOCKS), style="dim")


def _block(
    block: Sequence[Difference], t: Translator, label: Labels, told: set[Cause]
) -> Iterator[RenderableType]:
    """One or more differences; a place's facts are told in full once, by `told`."""
    first = block[0]
    where = text("/".join(filter(None, (first.agency, first.system))))
    moved = f"{status(first.a, t, label)} → {status(first.b, t, label)}"
    yield Text.assemble((where, "bold"), f": {moved}")
    names = [text(one.clause or one.id) for one in block if one.id]
    if first.level is Level.FINDING:
        spot = " · ".join(filter(None, (text(first.asset), text(first.endpoint))))
        names = [f"{names[0]} · {spot}"]
    if names:
        shown = ", ".join(names[:NAMES]) + (f" … (+{len(names) - NAMES})" * (len(names) > NAMES))
        yield _under(Text(shown))
    causes = first.causes
    kinds = {one.why for one in causes}
    if len(kinds) > 1:
        yield _under(Text(t("One of these, or several together:"), style="dim"), 2)
    for one in causes[:CAUSES]:
        words = said(one, t, here=first.level is Level.FINDING, again=one in told)
        told.add(one)
        yield _under(Text(f"- {words}", style=STYLES.get(one.why, "")), 2)
    if len(causes) > CAUSES:
        yield _under(Text(t.ngettext("and {n} more", "and {n} more", len(causes) - CAUSES)), 2)


def _under(what: RenderableType, deep: int = 1) -> Padding:
    return Padding(what, (0, 0, 0, 3 * deep))
