"""What makes a statement on a control valid: for `attest` and for the questionnaire.  Pure.

`problems_of` tells everything that is wrong with a draft, `attestation_of` makes the statement.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from facts.message import Message
from scanner.papers import Answer, Attestation, Evidence, add_months
from scanner.profile_file import Control
from scanner.settle import rhythm

LONGEST_TEXT = 4000  # characters of a statement or plan
LONGEST_LINE = 200  # characters of a name or a document's number
SHORTEST_REASON = 10  # characters of a reason
MOST_FILES = 20  # of one statement
FURTHEST_PLAN = 10 * 12  # months ahead; what lies beyond is a typing error

FIELDS = (
    "answer", "statement", "document", "evidence", "by", "made", "valid_until", "plan", "plan_by",
)  # fmt: skip
_OPEN = (Answer.PARTIAL, Answer.NOT_MET)
_SPACES = re.compile(r"[^\S\n]+")
# pasted along from a web page, and from a word processor's bullet list
_PASTED = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff")) | dict.fromkeys(
    range(0xF000, 0xF100), "•"
)
# what a terminal obeys, what can't be seen, what turns the direction of writing round
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@dataclass(frozen=True)
class Draft:
    """A statement as a person wrote it; only answers and days are read already."""

    answer: Answer
    by: str = ""  # who says so
    made: date | None = None  # the day of the answer
    statement: str = ""
    document: str = ""  # number of a paper that proves it
    evidence: tuple[Evidence, ...] = ()
    valid_until: date | None = None  # None: as long as the control's rhythm allows
    plan: str = ""
    plan_by: date | None = None


def longest(made: date, control: Control) -> date:
    """The last day on which a statement of this day can count."""
    return add_months(made, rhythm(control))


def tidy(draft: Draft) -> Draft:
    """Composed letters, plain spaces, none at the ends: what is kept, whoever typed it."""
    return replace(
        draft,
        by=line(draft.by),
        document=line(draft.document),
        statement=prose(draft.statement),
        plan=prose(draft.plan),
    )


def problems_of(draft: Draft, control: Control, day: date) -> list[tuple[str, Message]]:
    """Everything that is wrong, each with the field of `Draft`; none: the statement is valid.

    `day` is today in the programme's time zone.
    """
    draft = tidy(draft)
    return [*_texts(draft), *_days(draft, control, day), *_proof(draft), *_plan(draft)]


def attestation_of(
    draft: Draft, control: Control, *, agency: str, system: str, seen: Sequence[str]
) -> Attestation:
    """The statement; the store gives it its number and the time of writing down.

    The draft must be without problems.  `seen` are the faults that the machine showed to who
    made the statement: it answers these and no others.
    """
    draft = tidy(draft)
    assert draft.made is not None, "a draft without problems has a day"
    return Attestation(
        id="",
        agency=agency,
        system=system,
        control=control.id,
        answer=draft.answer,
        statement=draft.statement,
        by=draft.by,
        made=draft.made,
        valid_until=draft.valid_until or longest(draft.made, control),
        recorded=datetime.combine(draft.made, time(), UTC),
        evidence=_once(draft.evidence),
        document=draft.document,
        seen=tuple(sorted(set(seen))),
        plan=draft.plan,
        plan_by=draft.plan_by,
    )


def _once(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    return tuple({one.sha256: one for one in evidence}.values())


def _texts(draft: Draft) -> Iterator[tuple[str, Message]]:
    if not draft.by:
        yield "by", Message("who answers? Write the name of a person")
    lengths = {"by": LONGEST_LINE, "document": LONGEST_LINE}
    for name in ("by", "document", "statement", "plan"):
        text, most = getattr(draft, name), lengths.get(name, LONGEST_TEXT)
        if len(text) > most:
            yield name, Message("{n} characters are too many: at most {most}", n=len(text),
                                most=most)  # fmt: skip
        hidden = next((char for char in text if forbidden(char)), "")
        if hidden:
            yield name, Message("the control character {code} is not allowed",
                                code=f"U+{ord(hidden):04X}")  # fmt: skip


def forbidden(char: str) -> bool:
    """Has this character no place in what a person writes?"""
    return char not in "\n" and unicodedata.category(char) in _HIDDEN


def _days(draft: Draft, control: Control, day: date) -> Iterator[tuple[str, Message]]:
    made, until = draft.made, draft.valid_until
    if made is None:
        yield "made", Message("on which day was this answered?")
        return
    if made > day:
        yield "made", Message("the day of the answer is still to come: today is {day}", day=day)
        return
    most = longest(made, control)
    if until and until < made:
        yield "valid_until", Message("this is before the day of the answer, {day}", day=made)
    elif until and until > most:
        yield "valid_until", Message(
            "this requirement wants a new look every {n} months: at the latest {day}",
            n=rhythm(control), day=most,
        )  # fmt: skip
    elif (until or most) < day:
        yield (
            "valid_until" if until else "made",
            Message(
                "this answer counted until {day} only: look again, and answer with a new date",
                day=until or most,
            ),
        )


def _proof(draft: Draft) -> Iterator[tuple[str, Message]]:
    """What each answer must bring along."""
    answer, reason = draft.answer, len(draft.statement)
    if answer in (Answer.MET, Answer.EQUIVALENT) and not (draft.evidence or draft.document):
        yield "evidence", Message("a proof is missing: name a file, or a document's number")
    if len(draft.evidence) > MOST_FILES:
        yield "evidence", Message("at most {most} files for one answer", most=MOST_FILES)
    if answer is Answer.NOT_APPLICABLE and reason < SHORTEST_REASON:
        yield "statement", Message("say in a sentence why it does not apply")
    if answer is Answer.EQUIVALENT and reason < SHORTEST_REASON:
        yield "statement", Message("say in a sentence which measure does the same")
    planned = draft.plan and draft.plan_by
    if answer in _OPEN and reason < SHORTEST_REASON and not planned:
        yield "plan", Message("what will be done, and by when? Or say in the statement why not")


def _plan(draft: Draft) -> Iterator[tuple[str, Message]]:
    if draft.answer in (Answer.MET, Answer.NOT_APPLICABLE) and (draft.plan or draft.plan_by):
        yield (
            "plan" if draft.plan else "plan_by",
            Message("a plan does not go with this answer: is it only partly met?"),
        )
        return
    if draft.plan_by and not draft.plan:
        yield "plan", Message("there is a day, but no plan")
    if draft.made is None or draft.plan_by is None:
        return
    if draft.plan_by < draft.made:
        yield "plan_by", Message("this is before the day of the answer, {day}", day=draft.made)
    elif draft.plan_by > add_months(draft.made, FURTHEST_PLAN):
        yield "plan_by", Message("this is more than {n} years ahead", n=FURTHEST_PLAN // 12)


def line(text: str) -> str:
    """One line: composed letters, plain spaces."""
    return " ".join(unicodedata.normalize("NFC", text.translate(_PASTED)).split())


def prose(text: str) -> str:
    """Several lines: spaces put together, line ends as `\\n`."""
    composed = unicodedata.normalize("NFC", text.translate(_PASTED))
    composed = composed.replace("\r\n", "\n").replace("\r", "\n")
    lines = [_SPACES.sub(" ", line).strip() for line in composed.split("\n")]
    return "\n".join(lines).strip()
