"""A scorecard's JSON, read back to be compared: our own store's, or a file somebody handed over.

Only what a comparison needs is read, strictly; other keys are ignored, so that a newer version's
file can be read too.  A stranger's file costs bounded time and memory: its size and the number of
its values are looked at before it is parsed (RFC 8259, 9, leaves such limits to the reader).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from checks import Status
from facts.message import Message
from reports.changes import WORST
from reports.diff_parts import (
    AgencyPart,
    CardFile,
    ControlPart,
    FindingPart,
    Place,
    RunPart,
    SystemPart,
)
from reports.json_report import SCHEMA
from reports.text import clean, shorten
from scanner.basis import CheckRule, ControlRule
from scanner.papers import Papers

MOST_BYTES = 64 * 1024 * 1024
MOST_VALUES = 4_000_000
BOM = b"\xef\xbb\xbf"
SHOWN = 80  # characters of a value that an error shows


class BadCard(Exception):
    """The file is no scorecard that can be compared; the message says what is wrong, and where."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True)
class Spot:
    """What one check said at one place: of several addresses the worst counts."""

    worst: FindingPart
    facts: frozenset[str]  # the fingerprints of all of them; empty: it was not told
    owner: frozenset[str]

    @property
    def status(self) -> Status:
        """The worst one's."""
        return self.worst.status


@dataclass(frozen=True)
class Card:
    """One side of a comparison."""

    label: str  # the run's id, or the file's name
    run: RunPart
    agencies: Mapping[str, AgencyPart]
    findings: tuple[FindingPart, ...]
    spots: Mapping[Place, Spot]
    papers: Papers
    checks: Mapping[str, CheckRule]
    controls: Mapping[str, ControlRule]

    @property
    def day(self) -> date:
        """The day on which papers and ages count."""
        return self.run.day

    def only(self, agency: str) -> Card:
        """This agency's part; empty when it is not there."""
        kept = {agency: self.agencies[agency]} if agency in self.agencies else {}
        return replace(
            self,
            agencies=kept,
            findings=tuple(one for one in self.findings if one.agency == agency),
            spots={place: spot for place, spot in self.spots.items() if place[0] == agency},
            papers=self.papers.of([agency]),
        )


def read_file(path: Path) -> Card:
    """The scorecard in a file.  Raises `BadCard`, `OSError`."""
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise BadCard(Message("the file is larger than {n} MB", n=MOST_BYTES // 2**20))
    return read(data, path.name)


def read(data: bytes, label: str, most: int = MOST_VALUES) -> Card:
    """The scorecard in this JSON (UTF-8), of at most so many values.  Raises `BadCard`."""
    if sum(data.count(sign) for sign in (b",", b"[", b"{")) > most:
        raise BadCard(Message("it holds more than {n} values", n=most))
    try:
        return _card(CardFile.model_validate_json(data.removeprefix(BOM), strict=True), label)
    except ValidationError as error:
        raise BadCard(_said(error)) from error


def _card(of: CardFile, label: str) -> Card:
    by_place: dict[Place, list[FindingPart]] = defaultdict(list)
    for one in of.findings:
        by_place[one.place].append(one)
    _once(of.agencies)
    for agency in of.agencies:
        _once(agency.systems, f"{agency.id}/")
        for system in agency.systems:
            _once(system.controls, f"{agency.id}/{system.id}/")
    return Card(
        label=label,
        run=of.run,
        agencies={one.id: one for one in of.agencies},
        findings=of.findings,
        spots={place: _spot(many) for place, many in by_place.items()},
        papers=Papers(of.papers.attestations, of.papers.waivers),
        checks={one.id: one for one in of.rules.checks},
        controls={one.id: one for one in of.rules.controls},
    )


def _spot(many: list[FindingPart]) -> Spot:
    return Spot(
        worst=min(many, key=lambda one: (WORST.index(one.status), one.reason, one.detail)),
        facts=frozenset(one.facts for one in many if one.facts),
        owner=frozenset(one.owner for one in many if one.owner),
    )


def _once(parts: Iterable[AgencyPart | SystemPart | ControlPart], above: str = "") -> None:
    """Two of one name would hide one another."""
    seen: set[str] = set()
    for one in parts:
        if one.id in seen:
            raise BadCard(Message('"{id}" stands there twice', id=_short(f"{above}{one.id}")))
        seen.add(one.id)


def _said(error: ValidationError) -> Message:
    """The first thing that is wrong, with its place: `agencies[0].systems[1].level`."""
    errors = error.errors(include_url=False, include_context=True)
    first = next((one for one in errors if one["loc"] == ("schema",)), errors[0])
    kind, place = first["type"], _place(first["loc"])
    if first["loc"] in {("schema",), ()} and kind != "json_invalid":
        return Message("this is no scorecard of press-scan ({schema})", schema=SCHEMA)
    if kind == "json_invalid":
        return Message("this is no JSON: {why}", why=_short(str(first.get("ctx", {}).get("error"))))
    if kind == "missing":
        return Message("{place} is missing", place=place)
    told: dict[str, object] = {"place": place, "got": _short(repr(first["input"]))}
    if kind in {"enum", "literal_error", "string_pattern_mismatch"}:
        context = first.get("ctx", {})
        wanted = str(context.get("expected") or context.get("pattern"))
        return Message("{place} is {got}; expected is {wanted}", wanted=wanted, **told)
    return Message("{place} is {got}, which is not a {kind}", kind=kind.partition("_")[0], **told)


def _place(loc: tuple[int | str, ...]) -> str:
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return _short(text.removeprefix("."))


def _short(text: str) -> str:
    return clean(shorten(text, SHOWN))
