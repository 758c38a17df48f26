"""What makes a waiver valid: a deviation that somebody else than who asks accepts.  Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from facts.message import Message
from scanner.attesting import LONGEST_LINE, LONGEST_TEXT, SHORTEST_REASON, forbidden, line, prose
from scanner.papers import Waiver, add_months
from scanner.profile_file import Control

MOST_MONTHS = 24  # a deviation that lasts longer wants a new decision


@dataclass(frozen=True)
class Draft:
    """A waiver as a person wrote it."""

    reason: str
    decision: str  # number of the decision that accepts the deviation
    requested_by: str
    approved_by: str
    valid_from: date
    valid_until: date


def tidy(draft: Draft) -> Draft:
    """Composed letters and plain spaces."""
    return replace(
        draft,
        reason=prose(draft.reason),
        decision=line(draft.decision),
        requested_by=line(draft.requested_by),
        approved_by=line(draft.approved_by),
    )


def problems_of(draft: Draft, day: date) -> list[tuple[str, Message]]:
    """Everything that is wrong, each with the field; `day` is today in the programme's zone."""
    draft = tidy(draft)
    return [*_texts(draft), *_people(draft), *_days(draft, day)]


def waiver_of(draft: Draft, control: Control, *, agency: str, system: str) -> Waiver:
    """The waiver; the store gives it its number.  The draft must be without problems."""
    draft = tidy(draft)
    return Waiver(
        id="",
        agency=agency,
        system=system,
        control=control.id,
        recorded=datetime.combine(draft.valid_from, time(), UTC),
        **vars(draft),
    )


def _texts(draft: Draft) -> Iterator[tuple[str, Message]]:
    if len(draft.reason) < SHORTEST_REASON:
        yield "reason", Message("say in a sentence why the deviation is accepted")
    if not draft.decision:
        yield "decision", Message("the number of the decision is missing")
    for name in ("reason", "decision", "requested_by", "approved_by"):
        text = getattr(draft, name)
        most = LONGEST_TEXT if name == "reason" else LONGEST_LINE
        if len(text) > most:
            yield name, Message("{n} characters are too many: at most {most}", n=len(text),
                                most=most)  # fmt: skip
        hidden = next(filter(forbidden, text), "")
        if hidden:
            yield name, Message("the control character {code} is not allowed",
                                code=f"U+{ord(hidden):04X}")  # fmt: skip


def _people(draft: Draft) -> Iterator[tuple[str, Message]]:
    if not draft.requested_by:
        yield "requested_by", Message("who asks for it? Write the name of a person")
    if not draft.approved_by:
        yield "approved_by", Message("who accepts it? Write the name of a person")
    elif _same(draft.requested_by, draft.approved_by):
        yield "approved_by", Message("nobody accepts their own request: name somebody else")


def _same(one: str, other: str) -> bool:
    """Is it the same name, whatever its capitals, spaces and points?"""
    return _bare(one) == _bare(other)


def _bare(name: str) -> str:
    composed = unicodedata.normalize("NFC", name).casefold()
    return "".join(char for char in composed if char.isalnum())


def _days(draft: Draft, day: date) -> Iterator[tuple[str, Message]]:
    if draft.valid_until < draft.valid_from:
        yield "valid_until", Message("this is before its first day, {day}", day=draft.valid_from)
        return
    most = add_months(draft.valid_from, MOST_MONTHS)
    if draft.valid_until > most:
        yield "valid_until", Message("a waiver lasts {n} months at most: until {day}",
                                     n=MOST_MONTHS, day=most)  # fmt: skip
    if draft.valid_until < day:
        yield "valid_until", Message("this day has passed: today is {day}", day=day)
