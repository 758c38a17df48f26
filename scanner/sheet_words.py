"""The words of a questionnaire: its columns, its answers; read back in every language.

Both languages are known when a sheet is read: any case, composed or not, with or without accents,
whatever the spaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from facts.message import N_
from scanner.papers import Answer

VERSION = "press-scan/questionnaire/1"


class Speaker(Protocol):
    """Says English sentences in one language (`reports.i18n.Translator`)."""

    lang: str

    def __call__(self, text: str, /, **values: object) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class Column:
    """One column of the questions."""

    key: str
    heading: str  # an English sentence to translate
    width: float  # characters
    kind: str  # fixed, answer, text, line, day


COLUMNS: tuple[Column, ...] = (
    Column("no", N_("No."), 5, "fixed"),
    Column("subject", N_("Subject"), 14, "fixed"),
    Column("clause", N_("Clause and standard"), 16, "fixed"),
    Column("requirement", N_("Requirement (our words)"), 34, "fixed"),
    Column("saw", N_("What the machine saw"), 20, "fixed"),
    Column("answer", N_("Answer"), 13, "answer"),
    Column("statement", N_("How it is met; or the reason"), 28, "text"),
    Column("document", N_("Document number"), 13, "line"),
    Column("evidence", N_("Evidence files"), 17, "text"),
    Column("by", N_("Answered by"), 13, "line"),
    Column("made", N_("Answered on"), 11.5, "day"),
    Column("valid_until", N_("Valid until"), 11.5, "day"),
    Column("plan", N_("Plan"), 18, "text"),
    Column("plan_by", N_("Planned for"), 11.5, "day"),
    Column("id", N_("Id (leave as it is)"), 24, "fixed"),
    Column("seen", N_("Faults shown (leave as it is)"), 24, "fixed"),
)
NEEDED = (*(one.key for one in COLUMNS if one.kind != "fixed"), "id", "seen")

ANSWERS: Mapping[Answer, str] = {
    Answer.MET: N_("Met"),
    Answer.EQUIVALENT: N_("Equivalent measure"),
    Answer.NOT_APPLICABLE: N_("Not applicable"),
    Answer.PARTIAL: N_("Partly met"),
    Answer.NOT_MET: N_("Not met"),
}

HEAD = (  # of the first page: what the machine reads, in its order
    "sheet", "agency", "system", "profile", "version", "sha256", "run", "created",
)  # fmt: skip
DEFAULTS = ("by", "made")  # for rows that leave them empty


def fold(text: str) -> str:
    """What is compared: no accents, no case, single spaces, no stop at the end."""
    plain = unicodedata.normalize("NFD", text[:200].casefold().replace("đ", "d"))
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[\W_]+", " ", bare).strip()


def answers(speakers: Iterable[Speaker]) -> dict[str, Answer]:
    """Every way to write an answer, folded: its code, and its words in each language."""
    known = {fold(str(answer)): answer for answer in Answer}
    for t in speakers:
        known |= {fold(t(words)): answer for answer, words in ANSWERS.items()}
    return known


def headings(speakers: Sequence[Speaker]) -> dict[str, str]:
    """Every way to write a column's heading, folded, and its key."""
    return {fold(t(one.heading)): one.key for one in COLUMNS for t in speakers}
