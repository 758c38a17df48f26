"""The scorecard as JSON: schema `press-scan/scorecard/1`, published in docs/scorecard.schema.json.

Texts (reasons, titles) are in the language that `run.lang` names; every other key is neutral.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from reports.text import plain
from reports.view import (
    AgencyCard,
    Failed,
    ProgrammeCard,
    Scorecard,
    Seen,
)
from reports.view_system import ControlRow, SystemCard
from scanner.timeline import Timeline

SCHEMA = "press-scan/scorecard/1"


def render(card: Scorecard) -> bytes:
    """UTF-8, two spaces deep, one newline at the end; the same for the same scorecard."""
    text = json.dumps(document(card), ensure_ascii=False, indent=2, allow_nan=False)
    return f"{text}\n".encode("utf-8", "backslashreplace")  # a lone surrogate is JSON's own escape


def document(card: Scorecard) -> dict[str, Any]:
    """The same, as dicts and lists."""
    return {
        "schema": SCHEMA,
        "run": _run(card),
        "programme": _programme(card.programme, card.time),
        "agencies": [_agency(one) for one in card.agencies],
        "findings": [_finding(one) for one in card.findings],
        "errors": [_error(one) for one in card.failed],
        "papers": _papers(card),
        "rules": plain(card.basis),
        "tailored": [asdict(one) for one in card.tailored],
    }


def _run(card: Scorecard) -> dict[str, Any]:
    run = card.run
    return {
        "id": run.id,
        "started": _moment(run.started),
        "finished": _moment(run.finished) if run.finished else None,
        "complete": run.complete,
        "scanner_version": run.scanner_version,
        "vantage": run.vantage,
        "profile": {
            "id": run.profile,
            "version": run.profile_version,
            "standard": run.standard,
            "sha256": run.profile_sha256,
        },
        "as_of": run.as_of.isoformat() if run.as_of else None,
        "only": list(run.only),
        "facts_sha256": run.facts_sha256,
        "papers_sha256": run.papers_sha256,
        "data": [{"name": name, "date": day} for name, day in run.data],
        "lang": card.lang,
        **({"digest": card.digest} if card.digest else {}),
    }


def _papers(card: Scorecard) -> dict[str, Any]:
    """All of them; `counts` tells those in force on the day of the assessment."""
    held = card.papers.in_force(card.run.as_of or card.run.started.date())
    said, waived = set(held.attestations), set(held.waivers)
    return {
        "attestations": [plain(one) | {"counts": one in said} for one in card.papers.attestations],
        "waivers": [plain(one) | {"counts": one in waived} for one in card.papers.waivers],
    }


def _programme(of: ProgrammeCard, time: Timeline) -> dict[str, Any]:
    return {
        "name": of.name,
        "target": {
            "level": of.level,
            "percent": of.target,
            "by": of.by.isoformat() if of.by else None,
            "reading": of.reading,
        },
        "agencies_counted": of.counted,
        "agencies_compliant": of.compliant,
        "percent": of.percent,
        "readings": dict(of.readings),
        "time": time_of(time),
    }


def time_of(of: Timeline) -> dict[str, Any]:
    """The runs up to this one, oldest first, and what became of the faults since the last."""
    told: dict[str, Any] = plain(of)
    return told


def _agency(of: AgencyCard) -> dict[str, Any]:
    return {
        "id": of.id,
        "name": of.name,
        "electronic": of.electronic,
        "compliant": of.compliant,
        "score": of.score,
        "coverage": asdict(of.coverage),
        "run": of.run,
        "seen": of.seen.isoformat() if of.seen else None,
        "stale": of.stale,
        "time": time_of(of.time),
        "systems": [_system(one) for one in of.systems],
    }


def _system(of: SystemCard) -> dict[str, Any]:
    return {
        "id": of.id,
        "name": of.name,
        "level": of.level,
        "compliant": of.compliant,
        "score": of.score,
        "dossier": {
            "approved": of.dossier_approved,
            "says": dict(of.dossier),
            "contradictions": list(of.contradictions),
        },
        "groups": [
            {"id": group.id, "title": group.title, **asdict(group.counts)} for group in of.groups
        ],
        "controls": [_control(row) for row in of.controls],
    }


def _control(of: ControlRow) -> dict[str, Any]:
    return {
        "id": of.id,
        "clause": of.clause,
        "standard": of.standard,
        "title": of.title,
        "status": of.status,
        "decided_by": of.decided_by,
        "checks": list(of.checks),
        "faults": list(of.faults),
        "contested": list(of.contested),
        "left_out": of.left_out,
        "attestation": of.attestation,
        "waiver": of.waiver,
        "due": of.due.isoformat() if of.due else None,
        "hinted": of.hinted,
        "source": of.source,
        "confidence": of.confidence,
        "every": of.every,
        "suggested": of.advice,
    }


def _finding(of: Seen) -> dict[str, Any]:
    return {
        "check": of.check.id,
        "title": of.check.title,
        "status": of.status,
        "severity": of.severity,
        "agency": of.agency,
        "system": of.system,
        "asset": of.asset,
        "endpoint": of.endpoint,
        "address": of.address,
        "reason": of.reason,
        "detail": of.detail,
        "evidence": dict(of.evidence),
        "controls": list(of.controls),
        "facts": of.facts,
        "owner": of.owner,
        "observed": _moment(of.observed) if of.observed else None,
    }


def _error(of: Failed) -> dict[str, Any]:
    return {
        "agency": of.agency,
        "system": of.system,
        "asset": of.asset,
        "probe": of.probe,
        "endpoint": of.endpoint,
        "reason": of.reason,
        "detail": of.detail,
    }


def _moment(when: datetime) -> str:
    """UTC, to the second: 2026-11-22T15:00:00Z."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
