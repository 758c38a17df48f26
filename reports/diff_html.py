"""A comparison as one HTML file that asks for nothing else, like the scorecard's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from reports import labels
from reports.diff import fingerprints
from reports.diff_findings import text
from reports.diff_model import Comparison, Difference, Level
from reports.diff_read import Card
from reports.diff_words import became, blocks, counts, place_of, said, status, which
from reports.i18n import Translator
from reports.labels import Labels

MOST = 500  # blocks, and places of one kind, that are shown; the JSON has all


@dataclass(frozen=True)
class Row:
    """Differences that have the same causes."""

    level: Level
    where: str
    was: str
    now: str
    names: tuple[str, ...]
    causes: tuple[str, ...]
    several: bool  # kinds of causes, of which nobody can tell which did it
    same: bool  # the same result, for another reason


def render(of: Comparison, lang: str) -> bytes:
    """The page, UTF-8."""
    t = Translator(lang)
    label = Labels(t)
    found = blocks(of.differences)
    page = _environment().get_template("diff.html.j2").render(
        t=t,
        of=of,
        sides=[_side(name, card, t, label) for name, card in (("A", of.a), ("B", of.b))],
        conclusion=_conclusion(of, t),
        faults=became(of.became, t),
        kinds=_kinds(of, t),
        runs=[said(one, t) for one in of.runs],
        rows=[_row(block, t, label) for block in found[:MOST]],
        more=max(0, len(found) - MOST),
        most=MOST,
        place=place_of,
        titles={
            Level.AGENCY: t("Agencies"), Level.SYSTEM: t("Systems"),
            Level.CONTROL: t("Requirements"), Level.FINDING: t("What checks said"),
        },
    )  # fmt: skip
    return page.encode("utf-8", "replace")


def _side(name: str, card: Card, t: Translator, label: Labels) -> dict[str, str]:
    run = card.run
    return {
        "name": name,
        "label": text(card.label),
        "run": t("run {id}", id=text(run.id)),
        "when": t.datetime(run.started),
        "vantage": label.vantage[run.vantage],
        "profile": text(f"{run.profile.id} {run.profile.version}"),
        "day": t("assessed on {day}", day=card.day),
        "prints": labels.fingerprints(t, fingerprints(card)),
        "stopped": "" if run.complete else t("This run was stopped before its end."),
    }


def _conclusion(of: Comparison, t: Translator) -> tuple[str, str]:
    """In one sentence, and what there is to say of it."""
    if not of.differences and of.prints.all:
        return t("The same profile, the same facts, the same papers: the same result."), ""
    if of.same:
        return t("The same result everywhere."), which(of, t)
    return t("The results differ."), counts(of, t)


def _kinds(of: Comparison, t: Translator) -> list[tuple[str, str, list[str]]]:
    """(code, name, places) of what became of the faults."""
    one = of.became
    told = (
        ("new", t("New faults"), one.new),
        ("mended", t("Mended"), one.mended),
        ("unseen", t("Could not be seen again"), one.unseen),
        ("flapping", t("Come and go"), one.flapping or ()),
        ("same", t("Unchanged"), one.same),
    )
    return [(code, name, [place_of(p) for p in places]) for code, name, places in told]


def _row(block: list[Difference], t: Translator, label: Labels) -> Row:
    first = block[0]
    names = tuple(text(one.clause or one.id) for one in block if one.id)
    if first.level is Level.FINDING:
        names = (" · ".join(filter(None, (*names[:1], text(first.asset), text(first.endpoint)))),)
    here = first.level is Level.FINDING
    return Row(
        level=first.level,
        where=text("/".join(filter(None, (first.agency, first.system)))),
        was=status(first.a, t, label),
        now=status(first.b, t, label),
        names=names,
        causes=tuple(dict.fromkeys(said(one, t, here=here) for one in first.causes)),
        several=len({one.why for one in first.causes}) > 1,
        same=first.same,
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
