"""A comparison as JSON: schema `press-scan/diff/1`, published in docs/diff.schema.json."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from reports.diff import fingerprints
from reports.diff_became import Became
from reports.diff_findings import text
from reports.diff_model import Cause, Comparison, Difference, Side
from reports.diff_parts import Place
from reports.diff_read import Card
from reports.i18n import Translator
from reports.text import plain

SCHEMA = "press-scan/diff/1"


def document(of: Comparison, t: Translator) -> dict[str, Any]:
    """As dicts and lists; sentences in the language of `t`, every text harmless."""
    return {
        "schema": SCHEMA,
        "lang": t.lang,
        "same": of.same,
        "agency": text(of.agency),
        "a": _side(of.a),
        "b": _side(of.b),
        "same_fingerprints": {
            "profile": of.prints.profile,
            "facts": of.prints.facts,
            "papers": of.prints.papers,
        },
        "runs": [_cause(one, t) for one in of.runs],
        "differences": [_difference(one, t) for one in of.differences],
        "other_facts": of.other_facts,
        "faults": _became(of.became),
        "by_cause": {kind.value: count for kind, count in of.by_cause.items()},
    }


def _side(card: Card) -> dict[str, Any]:
    profile, facts, papers = fingerprints(card)
    run = card.run
    return {
        "name": text(card.label),
        "run": text(run.id),
        "started": run.started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "as_of": card.day.isoformat(),
        "vantage": run.vantage,
        "scanner_version": text(run.scanner_version),
        "profile": {"id": text(run.profile.id), "version": text(run.profile.version)},
        "profile_sha256": text(profile),
        "facts_sha256": facts,
        "papers_sha256": papers,
    }


def _became(of: Became) -> dict[str, Any]:
    def told(places: tuple[Place, ...]) -> list[dict[str, str]]:
        names = ("agency", "system", "asset", "check", "endpoint")
        return [dict(zip(names, map(text, place), strict=True)) for place in places]

    return {
        "new": told(of.new),
        "mended": told(of.mended),
        "unchanged": told(of.same),
        "not_seen_again": told(of.unseen),
        "flapping": None if of.flapping is None else told(of.flapping),
    }


def _difference(one: Difference, t: Translator) -> dict[str, Any]:
    return {
        "level": one.level.value,
        "weight": one.weight.name.lower(),
        "agency": text(one.agency),
        "system": text(one.system),
        "id": text(one.id),
        "clause": text(one.clause),
        "asset": text(one.asset),
        "endpoint": text(one.endpoint),
        "a": _status(one.a),
        "b": _status(one.b),
        "sure": one.sure,
        "causes": [_cause(cause, t) for cause in one.causes],
    }


def _status(side: Side) -> dict[str, Any] | None:
    return {"status": side.status, "decided_by": side.by} if side.status else None


def _cause(one: Cause, t: Translator) -> dict[str, Any]:
    return {
        "why": one.why.value,
        "says": t(one.says),
        "check": one.check,
        "asset": one.asset,
        "endpoint": one.endpoint,
        "values": plain({name: _value(value, t) for name, value in one.says.args.items()}),
    }


def _value(value: object, t: Translator) -> object:
    """A sentence inside a sentence is told as one."""
    # what has a template is a sentence
    return t(value) if hasattr(value, "template") else value  # type: ignore[arg-type]
