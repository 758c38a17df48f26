"""The findings and the requirements as JUnit XML, as build servers import it (junit-10.xsd).

One suite of findings and one of requirements for each system.  A fault fails, what nobody could
decide is an error, what does not apply or is not verified is skipped: never passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from xml.sax.saxutils import escape, quoteattr

from reports.i18n import Translator
from reports.identity import systems
from reports.labels import Labels
from reports.text import clean
from reports.view import AgencyCard, Scorecard, Seen
from reports.view_system import ControlRow, SystemCard

OUTCOMES = {
    "fail": "failure", "error": "error", "not_applicable": "skipped", "pass": "",
    "met": "", "partial": "failure", "not_met": "failure", "unverified": "skipped",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One test case."""

    group: str
    name: str
    outcome: str  # failure, error, skipped; "" for what is well
    kind: str = ""
    message: str = ""
    text: str = ""


def render(card: Scorecard) -> bytes:
    """UTF-8; the same for the same scorecard."""
    return "".join(_document(card)).encode("utf-8", "backslashreplace")


def _document(card: Scorecard) -> Iterator[str]:
    t = Translator(card.lang)
    label = Labels(t)
    by_system: dict[tuple[str, str], list[Seen]] = {}
    for one in card.findings:
        by_system.setdefault((one.agency, one.system), []).append(one)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites name={_attr(card.programme.name)}>\n"
    for agency, system in systems(card):
        name = f"{agency.id}.{system.id}"
        seen = by_system.get((agency.id, system.id), ())
        yield from _suite(card, f"{name}.{t('Findings')}", agency, system,
                          [_finding(one, name) for one in seen])  # fmt: skip
        rows = [_control(row, name, label) for row in system.controls]
        yield from _suite(card, f"{name}.{t('Requirements')}", agency, system, rows)
    yield "</testsuites>\n"


def _suite(
    card: Scorecard, name: str, agency: AgencyCard, system: SystemCard, cases: list[Case]
) -> Iterator[str]:
    outcomes = [one.outcome for one in cases]
    run = card.run
    counts = {
        "tests": len(cases), "failures": outcomes.count("failure"),
        "errors": outcomes.count("error"), "skipped": outcomes.count("skipped"),
    }  # fmt: skip
    told = "".join(f' {key}="{value}"' for key, value in counts.items())
    when = run.started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    yield f'<testsuite name={_attr(name)}{told} time="0" timestamp="{when}">\n<properties>\n'
    values = {
        "agency": agency.name, "system": system.name, "run": run.id, "profile": run.profile,
        "profile_sha256": run.profile_sha256, "facts_sha256": run.facts_sha256,
        "papers_sha256": run.papers_sha256, "scanner_version": run.scanner_version,
    }  # fmt: skip
    yield from (f'<property name="{key}" value={_attr(value)}/>\n' for key, value in values.items())
    yield "</properties>\n"
    yield from map(_case, cases)
    yield "</testsuite>\n"


def _finding(of: Seen, system: str) -> Case:
    told = "\n".join(f"{name}: {value}" for name, value in of.labelled)
    why = f"{of.says}\n{told}\n{of.check.why}\n{of.check.fix}"
    place = " · ".join(filter(None, (of.place, of.address)))
    return Case(
        f"{system}.{of.check.id}", f"{of.check.title} [{place}]", OUTCOMES[of.status],
        of.severity, of.says, why if OUTCOMES[of.status] in {"failure", "error"} else "",
    )  # fmt: skip


def _control(of: ControlRow, system: str, label: Labels) -> Case:
    waived = of.decided_by == "waiver"
    outcome = "skipped" if waived else OUTCOMES[of.status]
    said = label.decided_by["waiver"] if waived else label.status[of.status]
    told = "\n".join([*(note.text for note in of.notes), *of.faults])
    name = f"{of.clause} {of.title}".strip()
    return Case(f"{system}.{of.id}", name, outcome, of.status, said, told if outcome else "")


def _case(of: Case) -> str:
    head = f'<testcase classname={_attr(of.group)} name={_attr(of.name)} time="0"'
    if not of.outcome:
        return f"{head}/>\n"
    inner = f"<{of.outcome} type={_attr(of.kind)} message={_attr(of.message)}"
    text = escape("\n".join(map(clean, of.text.split("\n"))))
    return f"{head}>{inner}>{_xml(text)}</{of.outcome}></testcase>\n"


def _attr(text: str) -> str:
    return _xml(quoteattr(clean(text)))


def _xml(text: str) -> str:
    """What XML 1.0 has no letter for (2.2) is written out."""
    return "".join(char if _allowed(ord(char)) else f"\\u{ord(char):04x}" for char in text)


def _allowed(code: int) -> bool:
    return (
        code in (0x9, 0xA, 0xD)
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or code >= 0x10000
    )
