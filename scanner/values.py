"""The words that an inventory is written in: each is checked, and brought to one form.

A validator takes what a person wrote (or what was checked before) and returns the one form, or
raises `ValueError` with a `Message`.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from facts.message import Message
from scanner.problems import show

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_OTHER_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})\Z")
_HOURS = re.compile(r"\s*([0-9]{1,2}):([0-9]{2})\s*[-–]\s*([0-9]{1,2}):([0-9]{2})\s*\Z")
_RANGE = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?\Z")


def line(text: str) -> str:
    """Text on one line, that a terminal may show."""
    text = unicodedata.normalize("NFC", text.strip())
    if not text:
        raise ValueError(Message("this must not be empty"))
    if not all(char.isprintable() for char in text):
        raise ValueError(Message("this must be one line, without control characters"))
    return text


def or_nothing(check: Callable[[str], str]) -> Callable[[str], str]:
    """The same check, for a text that may be empty."""
    return lambda text: check(text) if text else text


def identifier(text: str) -> str:
    """An id: a-z, 0-9, `.`, `_`, `-`; it becomes a file's name."""
    if _ID.match(text):
        return text
    near = _slug(text)
    raise ValueError(
        Message("an id is made of a-z, 0-9 and -, such as {near}", near=show(near))
        if near
        else Message("an id is made of a-z, 0-9 and -")
    )


def day(value: object) -> dt.date:
    """A day, written 2026-12-31."""
    if type(value) is dt.date:
        return value
    if isinstance(value, str) and _DAY.match(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise ValueError(Message("there is no such day: {value}", value=value)) from None
    if isinstance(value, str) and (other := _OTHER_DAY.match(value)):
        date, month, year = (int(part) for part in other.groups())
        raise ValueError(
            Message("write the date as {near}", near=f"{year:04}-{month:02}-{date:02}")
        )
    raise ValueError(
        Message("a date such as 2026-12-31 is wanted here, not {value}", value=show(value))
    )


def hours(value: object) -> tuple[dt.time, dt.time]:
    """Hours of a day, written 22:00-05:00; they may go over midnight."""
    if isinstance(value, (list, tuple)) and len(value) == 2:  # as our own JSON has it
        start, end = (dt.time.fromisoformat(str(part)) for part in value)
        return start, end
    match = _HOURS.match(value) if isinstance(value, str) else None
    if not match:
        raise ValueError(Message('write hours like "22:00-05:00", not {value}', value=show(value)))
    first, second, third, fourth = (int(part) for part in match.groups())
    if (third, fourth) == (24, 0):
        third = 0
    if max(first, third) > 23 or max(second, fourth) > 59:
        raise ValueError(Message("there is no such hour: {value}", value=show(value)))
    if (first, second) == (third, fourth):
        raise ValueError(
            Message("these hours begin where they end; for the whole day, leave them out")
        )
    return dt.time(first, second), dt.time(third, fourth)


def ports(value: object) -> str:
    """Ports and ranges: 22,80,8000-8100."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        wrong = Message('write ports like "22,80,8000-8100", not {value}', value=show(value))
        raise ValueError(wrong)  # noqa: TRY004  # pydantic wants it so
    parts = [part.strip() for part in value.split(",")] if value.strip() else []
    for part in parts:
        match = _RANGE.match(part)
        if not match:
            raise ValueError(
                Message('write ports like "22,80,8000-8100", not {value}', value=show(part))
            )
        low, high = int(match[1]), int(match[2] or match[1])
        if not 1 <= low <= 65535 or not 1 <= high <= 65535:
            raise ValueError(Message("ports go from 1 to 65535; {value} is none", value=show(part)))
        if high < low:
            near = show(f"{high}-{low}")
            raise ValueError(Message("the range {value} runs backwards: write {near}",
                                     value=show(part), near=near))  # fmt: skip
    return ",".join(parts)


def contact(text: str) -> str:
    """Whom to call.  It goes into the header of every request, so it is plain ASCII."""
    text = text.strip()
    if not (text.isascii() and text.isprintable()):
        raise ValueError(
            Message("each scanned site is told this contact: write an e-mail address or a URL")
        )
    return text


def account(text: str) -> str:
    """A user's name on a host; never something that a program takes for an option."""
    if not re.match(r"[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,63}\$?\Z", text):
        raise ValueError(Message("{value} is no account name", value=show(text)))
    return text


def local_file(text: str) -> str:
    """A file's path; the text of a key is none."""
    if "-----BEGIN" in text or not text.strip() or not text.isprintable():
        raise ValueError(Message("the path of a file is wanted here"))
    return text.strip()


def _slug(text: str) -> str:
    flat = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    ascii_only = "".join(char for char in flat if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9._]+", "-", ascii_only).strip("-._")[:64]


Line = Annotated[str, Field(max_length=300), AfterValidator(line)]  # not empty
Id = Annotated[
    str, AfterValidator(identifier), Field(json_schema_extra={"pattern": _ID.pattern[:-2] + "$"})
]
Day = Annotated[dt.date, BeforeValidator(day)]
Hours = Annotated[
    tuple[dt.time, dt.time],
    BeforeValidator(hours),
    WithJsonSchema({"type": "string", "examples": ["22:00-05:00"]}),
]
PortList = Annotated[str, BeforeValidator(ports)]
Contact = Annotated[str, Field(max_length=200), AfterValidator(contact)]
Account = Annotated[str, AfterValidator(account)]
LocalFile = Annotated[str, Field(max_length=1000), AfterValidator(local_file)]
Port = Annotated[int, Field(ge=1, le=65535)]
