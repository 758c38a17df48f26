"""The programme's PDF: the target, the readings, every agency by rank, the trend, what to mend."""

from __future__ import annotations

from typing import Any

from reports import labels
from reports.i18n import Translator
from reports.labels import Labels
from reports.pdf_parts import FIRST, counts, timeline
from reports.ranking import ranked
from reports.text import shorten
from reports.view import AgencyCard, Mend, Scorecard

NAMED = 4  # agencies that a fault hits, of those named


def overview(card: Scorecard) -> dict[str, Any]:
    """The data of the programme's pages."""
    t, programme = Translator(card.lang), card.programme
    label = Labels(t)
    return {
        "verdict": "compliant" if programme.counted and programme.reached else "not_compliant",
        "big": f"{programme.compliant}/{programme.counted}",
        "percent": t.percent(programme.percent),
        "reached": programme.percent,
        "goal": programme.target,
        "share": f"{labels.share(t, programme)}. {labels.standing(t, programme)}.",
        "target": f"{labels.target(t, programme)}.",
        "coverage": f"{labels.coverage(t, card.coverage)}.",
        "time": timeline(t, card.time),
        "first": [_first(t, label, one) for one in card.mends[: 2 * FIRST]],
        "readings": [
            [f"{name}. {label.reading.get(name, '')}",
             t("the one that counts") if name == programme.reading else "",
             t.percent(percent), percent]
            for name, percent in programme.readings.items()
        ],
        "legend": [[code, label.status[code]] for code, _ in counts(card.agencies[0].counts)]
        if card.agencies else [],
        "agencies": [_ranked(t, label, number, one) for number, one in enumerate(ranked(card), 1)],
    }  # fmt: skip


def _ranked(t: Translator, label: Labels, number: int, of: AgencyCard) -> dict[str, Any]:
    told = [] if of.electronic else [t("not counted in the target")]
    told += [labels.looked(t, of)] if of.stale or not of.seen else []
    return {
        "rank": str(number), "name": of.name, "told": told, "verdict": of.verdict,
        "says": label.verdict[of.verdict], "score": t.percent(of.score),
        "before": t.percent(of.time.since.percent) if of.time.since else "–",
        "counts": counts(of.counts), "machine": f"{of.coverage.decided}/{of.counts.total}",
        "unverified": str(of.counts.unverified), "serious": str(of.serious),
    }  # fmt: skip


def _first(t: Translator, label: Labels, of: Mend) -> dict[str, Any]:
    more = len(of.agencies) - NAMED
    named = ", ".join(shorten(one, 40) for one in of.agencies[:NAMED])
    where = f"{named}, … (+{more})" if more > 0 else named
    hit = t.ngettext("{n} agency", "{n} agencies", len(of.agencies))
    return {
        "severity": of.severity, "label": label.severity[of.severity], "says": of.says,
        "where": f"{hit}: {where}", "how": shorten(of.check.first_step.replace("`", ""), 220),
    }  # fmt: skip
