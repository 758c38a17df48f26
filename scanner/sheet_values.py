"""A cell's value as text, as a day, as an answer; or the message why it is none.  Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from facts.message import Message
from scanner.papers import Answer
from scanner.sheet_form import Cell
from scanner.sheet_words import ANSWERS, fold

LONGEST = 32_767  # characters, as Excel has it
_DMY = re.compile(r"([0-9]{1,2})\s*[/.-]\s*([0-9]{1,2})\s*[/.-]\s*([0-9]{4})\Z")
_YMD = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\Z")
_ESCAPED = re.compile(r"_x005F_|_x000D_\n?")  # as Excel writes a _ before an x, and a line's end


class Unfit(Exception):
    """The value is not what is wanted; `message` says what would be right."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def text_of(cell: Cell | None) -> str:
    """Its text; a whole number is text, too.  Raises `Unfit`."""
    value = _value(cell)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        raise Unfit(Message("text is wanted here"))
    if isinstance(value, date):
        raise Unfit(
            Message("the program made a day out of this: write it again with a ' before it")
        )
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() < 64 else hex(value)
    if len(value) > LONGEST:
        raise Unfit(Message("the text is too long: at most {limit} characters", limit=LONGEST))
    return _ESCAPED.sub(lambda match: "_" if "5F" in match.group() else "\n", value)


def day_of(cell: Cell | None) -> date | None:
    """Its day: a real one, or text like 23/11/2026 or 2026-11-23.  Raises `Unfit`."""
    value = _value(cell)
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    text = " ".join(value.split()) if isinstance(value, str) and len(value) < 100 else "?"
    if not text:
        return None
    if match := _DMY.match(text):
        day, month, year = match.groups()
    elif match := _YMD.match(text):
        year, month, day = match.groups()
    else:
        raise Unfit(Message("a day is wanted here, such as 23/11/2026"))
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Unfit(Message("there is no such day; write it day/month/year: 23/11/2026")) from None


def answer_of(cell: Cell | None, known: Mapping[str, Answer]) -> Answer | None:
    """Its answer, in either language; None for an empty cell.  Raises `Unfit`."""
    text = text_of(cell)
    if not text.strip():
        return None
    found = known.get(fold(text))
    if found is None:
        one, two, three, four, five = (Message.of(words) for words in ANSWERS.values())
        raise Unfit(Message(
            "this is no answer; write “{one}”, “{two}”, “{three}”, “{four}” or “{five}”",
            one=one, two=two, three=three, four=four, five=five,
        ))  # fmt: skip
    return found


def _value(cell: Cell | None) -> object:
    if cell is None:
        return None
    if cell.odd:
        raise Unfit(cell.odd)
    return cell.value
