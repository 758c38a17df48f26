"""The failing and undecided findings as SARIF 2.1.0 (OASIS), as code-scanning services import it.

What passed is left out: such services show every result as an alert.  A fault is a result of kind
`fail`, what nobody could decide one of kind `open`.  A fault all of whose requirements are validly
waived is suppressed, with the decision as its justification.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from reports.i18n import Translator
from reports.identity import harmless, identity, path, systems, waivers
from reports.text import shorten
from reports.view import CheckText, Failed, Scorecard, Seen
from scanner.papers import Waiver

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
# By these GitHub sorts: from 9.0 critical, 7.0 high, 4.0 medium.
SCORES = {
    "critical": "9.5",
    "high": "8.0",
    "medium": "5.5",
    "low": "3.0",
    "info": "0.0",
}  # GitHub's bands
TOLD = ("fail", "error")
KINDS = {"fail": "fail", "error": "open"}
TEXT = 1000  # characters of a message


def render(card: Scorecard) -> bytes:
    """UTF-8; the same for the same scorecard."""
    text = json.dumps(document(card), ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n".encode("utf-8", "backslashreplace")


def document(card: Scorecard) -> dict[str, Any]:
    """The same, as dicts and lists."""
    told = [one for one in card.findings if one.status in TOLD]
    rules = {one.check.id: one for one in told}
    at = {name: number for number, name in enumerate(rules)}
    run = card.run
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "press-scan",
                "version": run.scanner_version,
                "language": card.lang,
                "rules": [_rule(one.check, one.severity) for one in rules.values()],
            }},
            "automationDetails": {
                "id": harmless(f"press-scan/{run.profile}/{card.only or 'programme'}/{run.id}"),
                "description": {"text": _words(card.programme.name) or "press-scan"},
            },
            "invocations": [_invocation(card)],
            "language": card.lang,
            "columnKind": "unicodeCodePoints",
            "results": list(_results(card, told, at)),
            "properties": {
                "profile": run.profile, "profileVersion": run.profile_version,
                "vantage": run.vantage, "profileSha256": run.profile_sha256,
                "factsSha256": run.facts_sha256, "papersSha256": run.papers_sha256,
            },
        }],
    }  # fmt: skip


def _rule(of: CheckText, severity: str) -> dict[str, Any]:
    fix = "\n\n".join([of.fix, *(f"{name}:\n\n{_block(text)}" for name, text in of.snippets)])
    return {
        "id": of.id,
        "name": of.id,
        "shortDescription": {"text": _words(of.title) or of.id},
        "fullDescription": {"text": _words(of.why) or of.id},
        "help": {"text": fix or of.id, "markdown": f"{_escaped(of.why)}\n\n{_help(of)}"},
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {
            "security-severity": SCORES[severity], "severity": severity,
            "tags": ["security", of.id.partition(".")[0]],
        },
    }  # fmt: skip


def _help(of: CheckText) -> str:
    parts = [f"**{_escaped(name)}**\n\n{_block(text)}" for name, text in of.snippets]
    return "\n\n".join([_escaped(of.fix), *parts])


def _block(text: str) -> str:
    """An indented block of Markdown: nothing in it can end it."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def _escaped(text: str) -> str:
    """Markdown that shows the text as it is."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>()#+-.!|~&" else char for char in text)


def _results(
    card: Scorecard, told: list[Seen], rules: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    waived = _waived(card)
    times: Counter[str] = Counter()
    for one in told:
        known = identity(one)
        times[known] += 1  # the same place under several addresses
        papers = [waived.get((one.agency, one.system, control)) for control in one.controls]
        yield {
            "ruleId": one.check.id,
            "ruleIndex": rules[one.check.id],
            "kind": KINDS[one.status],
            "level": LEVELS[one.severity] if one.status == "fail" else "none",
            "message": {"text": _says(one)},
            "locations": [_location(one)],
            "partialFingerprints": {
                "pressScan/v1": f"{known}:{times[known]}",
                "primaryLocationLineHash": f"{known[:16]}:{times[known]}",
            },
            **(_suppressed(papers) if one.status == "fail" else {}),
            "properties": {
                "severity": one.severity, "agency": one.agency, "system": one.system,
                "asset": one.asset, "endpoint": shorten(one.endpoint),
                "address": shorten(one.address),
                "controls": list(one.controls),
                "evidence": dict(one.labelled),
                **({"observed": _moment(one.observed)} if one.observed else {}),
            },
        }  # fmt: skip


def _says(of: Seen) -> str:
    """Braces and brackets mean something in a SARIF message (3.11.5); `{0}` is written `{{0}}`."""
    text = f"{of.place}: {of.says}" if of.place else of.says
    text = shorten(text, TEXT).replace("{", "{{").replace("}", "}}")
    return "".join(f"\\{char}" if char in "[]\\" else char for char in text)


def _words(text: str) -> str:
    return shorten(text, TEXT).replace("{", "{{").replace("}", "}}")


def _location(of: Seen) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": path(of)},
            "region": {"startLine": 1},
        },
        "logicalLocations": [{
            "name": shorten(of.endpoint or of.asset),
            "fullyQualifiedName": "/".join((of.agency, of.system, shorten(of.place))),
            "kind": "resource",
        }],
    }  # fmt: skip


def _suppressed(papers: list[Waiver | None]) -> dict[str, Any]:
    """Only a fault that keeps no requirement open is suppressed."""
    held = [one for one in papers if one is not None]
    if not held or len(held) < len(papers):
        return {}
    return {"suppressions": [
        {"kind": "external", "status": "accepted",
         "justification": shorten(f"{one.id}: {one.reason} ({one.decision})", TEXT)}
        for one in dict.fromkeys(held)
    ]}  # fmt: skip


def _waived(card: Scorecard) -> Mapping[tuple[str, str, str], Waiver]:
    known = waivers(card)
    return {
        (agency.id, system.id, row.id): known[agency.id, row.waiver]
        for agency, system in systems(card)
        for row in system.controls
        if row.decided_by == "waiver" and (agency.id, row.waiver) in known
    }


def _invocation(card: Scorecard) -> dict[str, Any]:
    run, t = card.run, Translator(card.lang)
    stopped = [] if run.complete else [
        {"level": "error", "message": {"text": t("This run was stopped before its end.")}}
    ]  # fmt: skip
    return {
        "executionSuccessful": run.complete,
        "startTimeUtc": _moment(run.started),
        **({"endTimeUtc": _moment(run.finished)} if run.finished else {}),
        "toolExecutionNotifications": stopped + [_notice(one) for one in card.failed],
    }


def _notice(of: Failed) -> dict[str, Any]:
    place = "/".join((of.agency, of.system, of.asset, of.endpoint))
    said = f"{place}: {of.probe}: {of.reason}" + (f": {of.detail}" if of.detail else "")
    return {"level": "error", "message": {"text": _words(said)}}


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
