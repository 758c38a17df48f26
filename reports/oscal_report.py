"""The scorecard as OSCAL assessment results 1.1.3 (NIST), in JSON.

One result for each system: what was observed (a check's verdict by TEST, a person's statement by
EXAMINE), the risks that failing checks mean, and a finding for each requirement that applies.  Only
`met` is satisfied; unverified is not.  The same scorecard gives the same UUIDs and bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reports.i18n import Translator
from reports.identity import systems, uuid
from reports.labels import Labels
from reports.oscal_seen import Seens
from reports.oscal_words import line, moment, prop, token
from reports.text import shorten
from reports.view import AgencyCard, Scorecard
from reports.view_system import ControlRow, SystemCard
from scanner.papers import Attestation, Waiver

VERSION = "1.1.3"
REASONS = {"met": "pass", "not_met": "fail", "partial": "other", "unverified": "other"}


def render(card: Scorecard) -> bytes:
    """UTF-8; the same for the same scorecard."""
    text = json.dumps(document(card), ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n".encode("utf-8", "backslashreplace")


def document(card: Scorecard) -> dict[str, Any]:
    """The same, as dicts and lists."""
    run, t = card.run, Translator(card.lang)
    key = (
        run.id, run.profile, run.profile_sha256, run.facts_sha256, run.papers_sha256,
        card.only, card.lang,
    )  # fmt: skip
    plan = uuid("plan", *key)
    return {"assessment-results": {
        "uuid": uuid("results", *key),
        "metadata": {
            "title": line(t("Security scorecard, level {level}", level=card.programme.level)),
            "last-modified": moment(run.finished or run.started),
            "version": line(run.id),
            "oscal-version": VERSION,
            "props": [
                prop("scanner-version", run.scanner_version), prop("vantage", run.vantage),
                prop("profile", run.profile), prop("profile-version", run.profile_version),
                prop("profile-sha256", run.profile_sha256), prop("facts-sha256", run.facts_sha256),
                prop("papers-sha256", run.papers_sha256),
                prop("complete", str(run.complete).lower()),
            ],
            "remarks": line(f"{card.programme.name}. {card.profile}. {run.standard}"),
        },
        "import-ap": {"href": f"#{plan}"},
        "results": [
            _Result(card, agency, system, key).document() for agency, system in systems(card)
        ] or [_nothing(card, key)],
        "back-matter": {"resources": [{
            "uuid": plan,
            "title": line(f"{card.profile} {run.profile_version}"),
            "description": line(run.standard),
        }]},
    }}  # fmt: skip


def _nothing(card: Scorecard, key: Iterable[str]) -> dict[str, Any]:
    """A programme without a system: OSCAL wants at least one result."""
    return {
        "uuid": uuid("result", *key),
        "title": line(card.programme.name),
        "description": line(card.programme.name),
        "start": moment(card.run.started),
        "reviewed-controls": {"control-selections": [{"include-all": {}}]},
    }


class _Result:
    """One system's."""

    def __init__(
        self, card: Scorecard, agency: AgencyCard, system: SystemCard, key: Iterable[str]
    ) -> None:
        self._card, self._agency, self._system = card, agency, system
        self._key = (*key, agency.id, system.id)
        self._label = Labels(Translator(card.lang))
        mine = [s for s in card.findings if (s.agency, s.system) == (agency.id, system.id)]
        self._seen = Seens(mine, self._key, card.run.started)
        self._papers = _papers(card, agency.id, system.id)

    def document(self) -> dict[str, Any]:
        """The result."""
        run, system = self._card.run, self._system
        rows = [row for row in system.controls if row.status != "not_applicable"]
        away = [row for row in system.controls if row.status == "not_applicable"]
        observations = [*self._seen.observations(), *self._said(rows)]
        risks = list(self._seen.risks())
        components = list(self._seen.components())
        return {
            "uuid": uuid("result", *self._key),
            "title": line(f"{self._agency.name}: {system.name}"),
            "description": line(f"{self._agency.name}: {system.name}"),
            "start": moment(run.started),
            **({"end": moment(run.finished)} if run.finished else {}),
            "props": [prop("agency", self._agency.id), prop("system", system.id),
                      prop("level", str(system.level)),
                      prop("compliant", str(system.compliant).lower())],
            **({"local-definitions": {"components": components}} if components else {}),
            "reviewed-controls": {"control-selections": [_selection(rows, away)]},
            **({"observations": observations} if observations else {}),
            **({"risks": risks} if risks else {}),
            **({"findings": [self._finding(row) for row in rows]} if rows else {}),
        }  # fmt: skip

    def _finding(self, of: ControlRow) -> dict[str, Any]:
        notes = "\n".join(note.text for note in of.notes)
        related = [*self._seen.of(of.id), *self._said_uuid(of)]
        risks = self._seen.risks_of(of.id) if of.status != "met" else []
        return {
            "uuid": uuid("finding", *self._key, of.id),
            "title": line(f"{of.clause} {shorten(of.title)}"),
            "description": line(f"{of.title}: {self._label.status[of.status]}"),
            "props": [prop("status", of.status), prop("decided-by", of.decided_by),
                      *([prop("waiver", of.waiver)] if of.decided_by == "waiver" else [])],
            "target": {
                "type": "objective-id",
                "target-id": token(of.id),
                "status": {
                    "state": "satisfied" if of.status == "met" else "not-satisfied",
                    "reason": REASONS[of.status],
                },
            },
            **({"related-observations": [{"observation-uuid": one} for one in related]}
               if related else {}),
            **({"related-risks": [{"risk-uuid": one} for one in risks]} if risks else {}),
            **({"remarks": line(notes)} if notes else {}),
        }  # fmt: skip

    def _said(self, rows: Iterable[ControlRow]) -> Iterator[dict[str, Any]]:
        """What people said: statements and waivers that settle a requirement."""
        for row in rows:
            for paper in self._settling(row):
                yield self._statement(row, paper)

    def _settling(self, of: ControlRow) -> list[Attestation | Waiver]:
        number = {"attestation": of.attestation, "waiver": of.waiver}.get(of.decided_by, "")
        found = self._papers.get(number)
        return [found] if found else []

    def _said_uuid(self, of: ControlRow) -> list[str]:
        return [uuid("said", *self._key, of.id, paper.id) for paper in self._settling(of)]

    def _statement(self, of: ControlRow, paper: Attestation | Waiver) -> dict[str, Any]:
        said = paper.statement if isinstance(paper, Attestation) else paper.reason
        number = paper.document if isinstance(paper, Attestation) else paper.decision
        files = paper.evidence if isinstance(paper, Attestation) else ()
        evidence = [
            {"description": line(f"{one.name} (SHA-256 {one.sha256})")} for one in files
        ] + ([{"description": line(number)}] if number else [])
        return {
            "uuid": uuid("said", *self._key, of.id, paper.id),
            "title": line(paper.id),
            "description": line(said) if said else line(paper.id),
            "methods": ["EXAMINE"],
            "types": ["finding"],
            **({"relevant-evidence": evidence} if evidence else {}),
            "collected": moment(paper.recorded),
            "expires": f"{paper.valid_until.isoformat()}T23:59:59Z",
        }


def _selection(rows: list[ControlRow], away: list[ControlRow]) -> dict[str, Any]:
    wanted = [{"control-id": token(row.id)} for row in rows]
    return {
        **({"include-controls": wanted} if wanted else {"include-all": {}}),
        **({"exclude-controls": [{"control-id": token(row.id)} for row in away]} if away else {}),
    }


def _papers(card: Scorecard, agency: str, system: str) -> Mapping[str, Attestation | Waiver]:
    every: tuple[Attestation | Waiver, ...] = (*card.papers.attestations, *card.papers.waivers)
    mine = [one for one in every if (one.agency, one.system) == (agency, system)]
    return {one.id: one for one in mine}
