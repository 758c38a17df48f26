"""A questionnaire as a YAML file: written with comments, read into a `Form`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from facts.message import N_, Message
from scanner.problems import Problem
from scanner.sheet import Head, Sheet
from scanner.sheet_form import Cell, Entry, Form, Mistakes, Place, SheetError, Wrong
from scanner.sheet_rows import Value, Words, row
from scanner.sheet_words import ANSWERS, COLUMNS, DEFAULTS, HEAD, NEEDED, VERSION
from scanner.xlsx_guard import NoSheet, read
from scanner.yamltree import Document, Row, Table, parse

MOST_BYTES = 4 << 20
MOST_ENTRIES = 3000
ENTRIES = "answers"
_TO_FILL = tuple(column.key for column in COLUMNS if column.kind != "fixed")
_KNOWN = frozenset(column.key for column in COLUMNS)

STEPS = (
    N_("Fill in the answers; leave the ids as they are. What has no answer is left out."),
    N_("answer: {answers}"),
    N_("statement: how it is met, or the reason. document: a document's number. evidence: names of"
       " files in this file's folder, such as [plan.pdf, list.xlsx]."),
    N_("by and made, at the top, count for all that leave them empty. Days: 23/11/2026."),
    N_("valid_until: empty means as long as the requirement allows. plan and plan_by: for what is"
       " partly met or not met."),
)  # fmt: skip


def text(sheet: Sheet, words: Words) -> str:
    """The file's text."""
    return "\n".join([*_top(sheet, words), *_questions(sheet, words), ""])


def _top(sheet: Sheet, words: Words) -> Iterator[str]:
    t = words.t
    yield f"# {t('Questionnaire: {name}', name=_flat(sheet.head.system_name))}"
    yield f"# {_flat(sheet.head.agency_name)}"
    listed = ", ".join(t(one) for one in ANSWERS.values())
    for step in STEPS:
        yield f"# - {t(step, answers=listed) if '{' in step else t(step)}"
    yield ""
    for key, value in _head(sheet.head).items():
        yield f"{key}: {_scalar(value)}"
    yield 'by: ""'
    yield 'made: ""'
    yield ""


def _head(head: Head) -> dict[str, Value]:
    return {
        "sheet": VERSION, "agency": head.agency, "system": head.system, "profile": head.profile,
        "version": head.version, "sha256": head.sha256, "run": head.run, "created": head.created,
    }  # fmt: skip


def _questions(sheet: Sheet, words: Words) -> Iterator[str]:
    yield f"{ENTRIES}:" if sheet.questions else f"{ENTRIES}: []"
    subject: Value = ""
    for number, question in enumerate(sheet.questions, 1):
        values = row(number, question, words)
        if values["subject"] != subject:
            subject = values["subject"]
            yield f"\n# ==== {subject}"
        yield f"\n# {number}. {_flat(values['clause'])}"
        if values["saw"]:
            yield from (f"#    {line}" for line in str(values["saw"]).split("\n"))
        yield f"- id: {_scalar(values['id'])}"
        yield f"  requirement: {_scalar(values['requirement'])}"
        for key in _TO_FILL:
            yield f"  {key}: {_scalar(values.get(key))}".rstrip()
        if values["seen"]:
            yield f"  seen: {_scalar(values['seen'])}"


def _scalar(value: Value) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def _flat(value: Value) -> str:
    return " ".join(str(value).split())


def form(path: Path) -> Form:
    """The filled-in questionnaire.  Raises `SheetError`."""
    file = str(path)
    try:
        raw = read(path)
    except NoSheet as error:
        raise SheetError([Wrong(Place(file), error.message)]) from None
    if len(raw) > MOST_BYTES:
        big = Message("the file is too big: more than {most} MB", most=MOST_BYTES >> 20)
        raise SheetError([Wrong(Place(file), big)])
    document = parse(raw, file)
    if document.problems:
        raise SheetError([_wrong(problem) for problem in document.problems])
    data = document.data
    answers = data.get(ENTRIES) if isinstance(data, Table) else None
    if not isinstance(data, Table) or not isinstance(answers, Row):
        raise SheetError([Wrong(Place(file, row=1, column=1), Message(
            "no questionnaire: there is no list of answers; export it again"))])  # fmt: skip
    head = {key: _cell(data, key, document) for key in (*HEAD, *DEFAULTS) if key in data}
    return Form(Place(file), head, tuple(_entries(answers, document)))


def _entries(answers: Row, document: Document) -> Iterator[Entry]:
    mistakes = Mistakes()
    entries = []
    for at, one in zip(answers.values_at, answers, strict=True):
        place = Place(at.file, row=at.line, column=at.column)
        if not isinstance(one, Table):
            mistakes.say(Cell(place), Message("keys with values are wanted here: id, answer ..."))
            continue
        for key in one.keys() - _KNOWN:
            where = one.keys_at[key]
            unknown = Message("unknown key; there are: {keys}", keys=", ".join(NEEDED))
            mistakes.say(Cell(Place(where.file, row=where.line, column=where.column), key), unknown)
        cells = {key: _cell(one, key, document) for key in (*NEEDED, "requirement") if key in one}
        entries.append(Entry(cells.get("id", Cell(place)), cells))
        if len(entries) > MOST_ENTRIES:
            mistakes.say(Cell(place), Message("more than {most} answers", most=MOST_ENTRIES))
            break
    if mistakes.found:
        raise SheetError(sorted(mistakes.found, key=lambda one: one.place))
    yield from entries


def _cell(table: Table, key: str, document: Document) -> Cell:
    at = table.values_at[key]
    place, value = Place(document.file, row=at.line, column=at.column), table[key]
    listed = isinstance(value, Row) and key in {"evidence", "seen"}
    if listed and all(isinstance(one, str) for one in value):
        return Cell(place, "\n".join(value))
    if isinstance(value, (Row, Table)):
        return Cell(place, _show(value), Message("one value is wanted here"))
    return Cell(place, value)


def _show(value: Any) -> str:
    return "[…]" if isinstance(value, Row) else "{…}"


def _wrong(problem: Problem) -> Wrong:
    place = Place(problem.file, row=problem.line, column=problem.column)
    message = problem.message
    return Wrong(place, message if isinstance(message, Message) else Message.of(message))
