"""Two languages: English sentences in the code, Vietnamese in `locale/vi/*.po`.

The convention (tests/reports/test_messages.py holds everybody to it):

    t = Translator(lang)                                lang is "vi" or "en"
    t("Done: {host}", host="www")                       a literal, then values by name
    t.ngettext("{n} host", "{n} hosts", n)              `n` is given to the sentence as {n}
    N_("Later")                                         marks a literal that is translated elsewhere
    Message("no key {key}", key="x")                    facts/message.py: t(message) translates it

The first argument is always a literal (no f-string, no `+`; strings side by side are joined), so
that it can be found: any call of something named `t`, `_t`, `_`, `N_`, `Message`, or `.ngettext`.
In `press_scan/` also `help="..."`, and the docstrings of commands, as `flat` gives them.
Values: a float becomes 33,3 or 33.3, a date 31/12/2026 or 31 Dec 2026, a Message its translation.
Checks' sentences ("The name does not resolve") are in `checks/texts`; `t` finds these too.

The catalogue is plain PO files, one for each large part, read at run time: by the reader below in
5 ms, since importing Babel takes 40.  Babel reads the same files in the tests, and compares.
"""

from __future__ import annotations

import ast
import string
import sys
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from checks.words import words

LANGS = ("vi", "en")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def N_(text: str) -> str:  # noqa: N802  # gettext's name for it
    """Mark a literal for translation, and hand it back as it is."""
    return text


def flat(text: str) -> str:
    """A docstring with one line for each paragraph: what is translated as a command's help."""
    return "\n\n".join(" ".join(part.split()) for part in text.strip().split("\n\n"))


class Translator:
    """Says sentences, numbers and dates in one language.  An unknown sentence stays as it is."""

    def __init__(self, lang: str) -> None:
        self.lang = lang if lang in LANGS else "en"
        self._catalogue = catalogue(self.lang)
        self._format = _Format(self)

    def __call__(self, text: str, /, **values: object) -> str:
        """`text` (a literal or a Message) in this language, with the values filled in."""
        given = {**dict(getattr(text, "args", None) or {}), **values}
        found = self._find(str(getattr(text, "template", text)))
        return self._format.vformat(found, (), given) if given else found

    def ngettext(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """The form that fits the number; Vietnamese has but one."""
        english = singular if n == 1 else plural
        found = self._catalogue.get(singular) or self._catalogue.get(plural) or english
        return self._format.vformat(found, (), {"n": n, **values})

    def number(self, value: float, digits: int = 1) -> str:
        """33,3 or 33.3; a whole number without decimals."""
        text = f"{value:.{digits}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return self._decimal(text)

    def percent(self, value: float) -> str:
        """33,3% or 33.3%.  Never rounded up to 100."""
        return f"{self.number(99.9 if 99.9 < value < 100 else value)}%"

    def date(self, day: date) -> str:
        """31/12/2026, or 31 Dec 2026."""
        if self.lang == "vi":
            return f"{day.day:02}/{day.month:02}/{day.year}"
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"

    def datetime(self, moment: datetime) -> str:
        """Date, hour and minute, in this machine's time zone."""
        here = moment.astimezone()
        return f"{self.date(here)} {here:%H:%M}"

    def duration(self, seconds: float) -> str:
        """`7 phút 12 giây`, `7 min 12 s`."""
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        if hours:
            return self("{hours} h {minutes} min", hours=hours, minutes=minutes)
        if minutes:
            return self("{minutes} min {seconds} s", minutes=minutes, seconds=rest)
        return self("{seconds} s", seconds=rest)

    def value(self, value: object) -> str:
        """A value inside a sentence, as this language writes it."""
        if isinstance(value, bool):
            return self("yes") if value else self("no")
        if isinstance(value, float):
            return self.number(value)
        if isinstance(value, datetime):
            return self.datetime(value)
        if isinstance(value, date):
            return self.date(value)
        # what has a template is a sentence
        return self(value) if hasattr(value, "template") else str(value)  # type: ignore[arg-type]

    def _decimal(self, text: str) -> str:
        return text.replace(".", ",") if self.lang == "vi" else text

    def _find(self, english: str) -> str:
        if not self._catalogue or not english:
            return english
        found = self._catalogue.get(english)
        if found or english in _translated(self.lang):
            return found or english
        return words(self.lang).sentence(english)


class _Format(string.Formatter):
    """`str.format` that writes numbers and dates as the language does."""

    def __init__(self, t: Translator) -> None:
        self._t = t

    def format_field(self, value: Any, format_spec: str) -> str:
        if not format_spec:
            return self._t.value(value)
        text = format(value, format_spec)
        return self._t._decimal(text) if isinstance(value, float) else text


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """English to `lang`: the PO files.  A sentence with a plural is found by either form."""
    if lang == "en":
        return {}
    folder = files(__package__) / "locale" / lang
    texts = (one.read_text("utf-8") for one in folder.iterdir() if one.name.endswith(".po"))
    return {english: said for text in texts for english, said in _entries(text) if english and said}


@cache
def _translated(lang: str) -> frozenset[str]:
    return frozenset(catalogue(lang).values())


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """The (msgid, msgstr) pairs of a PO file; a plural's two forms give two pairs."""
    for block in text.split("\n\n"):
        parts: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            if line.startswith("msg"):
                key, _, line = line.partition(" ")
            if key and line.startswith('"'):
                parts[key] = parts.get(key, "") + ast.literal_eval(line)
        said = parts.get("msgstr", parts.get("msgstr[0]", ""))
        for key in ("msgid", "msgid_plural"):
            if key in parts:
                yield parts[key], said


class _Template(str):
    """A sentence of click's, whose values are translated too: its `file` and `directory`."""

    __slots__ = ("_t",)
    _t: Translator

    def format(self, *args: object, **values: object) -> str:
        known = self._t._catalogue
        return str(self).format(
            *args, **{k: known.get(v, v) if isinstance(v, str) else v for k, v in values.items()}
        )


def install_click(lang: str) -> None:
    """From now on click says its own words (`Usage:`, `Error:`, `No such option`) in `lang`.

    click imports gettext's functions into its modules, which would want compiled catalogues in a
    system folder; here the names in these modules are given ours.  Call it again to change.
    """
    t = Translator(lang)

    def gettext(text: str) -> str:
        said = _Template(t._catalogue.get(text, text))
        said._t = t
        return said

    def ngettext(singular: str, plural: str, n: int) -> str:
        return gettext(singular if n == 1 or singular in t._catalogue else plural)

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "click":
            for ours in (gettext, ngettext):
                alias = "_" if ours is gettext else "ngettext"
                if callable(getattr(module, alias, None)):
                    setattr(module, alias, ours)
