"""A question as a row of a questionnaire, in words: what every format writes into its cells."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from scanner.papers import Attestation
from scanner.sheet import Question
from scanner.sheet_words import ANSWERS, Speaker

SHOWN = 4  # faults told in words
LONGEST = 110  # characters of each
_ENDS = re.compile(r"; |\. ")  # the first sentence says enough

Value = str | date | int | None
Describe = Callable[[str], str]  # a check's id to its title


@dataclass(frozen=True)
class Words:
    """The language that a sheet is written in."""

    t: Speaker
    describe: Describe


def row(number: int, question: Question, words: Words) -> dict[str, Value]:
    """The values of one row, by the column's key."""
    control, t = question.control, words.t
    return {
        "no": number,
        "subject": t(question.subject.title),
        "clause": f"{control.clause}\n{control.standard}",
        "requirement": control.title[t.lang],
        "saw": saw(question, words),
        "id": control.id,
        "seen": " ".join([control.id, *question.faults]) if question.faults else "",
        **_present(question.present, t),
    }


def saw(question: Question, words: Words) -> str:
    """What the machine saw, short: the faults, one a line; empty when it has nothing to t."""
    told = [_fault(one, words) for one in question.faults[:SHOWN]]
    if len(question.faults) > SHOWN:
        told.append(words.t("… and {n} more", n=len(question.faults) - SHOWN))
    if question.waived:
        told.append(words.t("Waived: no answer is needed."))
    if not told and question.hinted:
        told.append(words.t("No fault was seen; a person must confirm."))
    return "\n".join(told)


def _fault(fault: str, words: Words) -> str:
    check, _, asset = fault.partition("@")
    title = _ENDS.split(words.describe(check), maxsplit=1)[0].rstrip(".")
    title = title if len(title) <= LONGEST else f"{title[: LONGEST - 1].rstrip()}…"
    return words.t("{asset} does not pass: {check}", asset=asset, check=title)


def _present(answer: Attestation | None, t: Speaker) -> dict[str, Value]:
    if answer is None:
        return {}
    return {
        "answer": t(ANSWERS[answer.answer]),
        "statement": answer.statement,
        "document": answer.document,
        "evidence": "\n".join(file.name for file in answer.evidence),
        "by": answer.by,
        "made": answer.made,
        "valid_until": answer.valid_until,
        "plan": answer.plan,
        "plan_by": answer.plan_by,
    }
