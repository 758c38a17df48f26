"""Knowing and not knowing: a fact is a value, or it is `Unknown` and says why.

    Absent       the thing is not there: nothing listens, no such file
    Undecided    it should have been decidable, and was not

Both become a finding's status in the judge; neither is a bug.  A reason is a literal English
sentence (translated when it is shown) and a detail that needs no translation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn, TypeVar

T = TypeVar("T")


class _Reason(Exception):
    """Carries a literal sentence and a language-neutral detail."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else why)
        self.why = why
        self.detail = detail


class Absent(_Reason):
    """The thing is not there.  Judged `not_applicable`, or `error` where it was declared."""


class Undecided(_Reason):
    """It should have been decidable, and was not.  Judged `error`, never `pass`."""


@dataclass(frozen=True)
class Unknown:
    """A fact that could not be learnt.  Asking whether it is true is refused."""

    unknown: str
    detail: str = ""

    def __bool__(self) -> NoReturn:
        raise Undecided(self.unknown, self.detail)


NOT_GATHERED = Unknown("Not gathered by the version that made this visit")


def need(fact: T | Unknown) -> T:
    """Return the fact, or stop the check as undecided.

    Raises `Undecided` when the fact is `Unknown`.
    """
    if isinstance(fact, Unknown):
        raise Undecided(fact.unknown, fact.detail)
    return fact


def found(trials: Mapping[str, bool | Unknown], names: Iterable[str]) -> list[str]:
    """Which of these trials came true.  One that did decides; with none, all must be known.

    Raises `Undecided` when none is true and one was not tried or is not known.
    """
    tried = {name: trials.get(name, Unknown("This was not tried", name)) for name in names}
    true = [name for name, fact in tried.items() if fact is True]
    if not true:
        for fact in tried.values():
            need(fact)
    return true
