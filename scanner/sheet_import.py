"""Takes a filled-in questionnaire: everything is checked first, then there are statements.

Nothing is written here: what comes out is what would be written, or `SheetError` with every
mistake in the sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from facts.message import Message
from scanner.attesting import Draft, attestation_of, problems_of
from scanner.evidence_find import Finder, NotFound, fold_name
from scanner.papers import Answer, Attestation, Evidence
from scanner.profile import Control
from scanner.sheet import Standing
from scanner.sheet_form import Cell, Entry, Form, Mistakes, SheetError
from scanner.sheet_values import Unfit, answer_of, day_of, text_of
from scanner.sheet_words import VERSION, Speaker, answers, fold

T = TypeVar("T")
_TOLD = ("statement", "document", "evidence", "plan", "plan_by")  # a row with one wants an answer
_TEXTS = ("statement", "document", "by", "plan")
_DAYS = ("made", "valid_until", "plan_by")


@dataclass
class Taken:
    """What a questionnaire brings."""

    new: list[Attestation] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)  # SHA-256 to the file to copy
    unchanged: int = 0  # said before, in the same words
    skipped: int = 0  # rows without an answer
    older_profile: bool = False  # the sheet was made from another version


@dataclass(frozen=True)
class Desk:
    """What a questionnaire is checked against."""

    standing: Standing
    finder: Finder
    speakers: Sequence[Speaker]
    by: str = ""  # who answers where the sheet doesn't say


def take(form: Form, desk: Desk) -> Taken:
    """The statements that the questionnaire makes.  Raises `SheetError` with every mistake."""
    return _Reader(form, desk).read()


class _Reader:
    """Goes through a form once."""

    def __init__(self, form: Form, desk: Desk) -> None:
        self.form, self.desk, self.standing = form, desk, desk.standing
        self.mistakes, self.taken = Mistakes(), Taken()
        self.controls = {one.id: one for one in self.standing.profile.controls}
        self.words = answers(desk.speakers)
        self.seen: dict[str, Cell] = {}
        self.said: dict[str, list[Attestation]] = {}
        for one in self.standing.papers.attestations:
            if one.key == self.standing.key(one.control):
                self.said.setdefault(one.control, []).append(one)

    def read(self) -> Taken:
        self._head()
        if self.mistakes.found:  # of another system: its rows say nothing here
            raise SheetError(self.mistakes.found)
        for entry in self.form.entries:
            self._entry(entry)
        if self.mistakes.found:
            raise SheetError(sorted(self.mistakes.found, key=lambda one: one.place))
        return self.taken

    def _try(self, read: Callable[[Cell | None], T], cell: Cell | None) -> T | None:
        try:
            return read(cell)
        except Unfit as error:
            self.mistakes.say(cell or Cell(self.form.place), error.message)
            return None

    def _head(self) -> None:
        standing, head = self.standing, self.form.head
        wanted = {
            "sheet": (VERSION, Message("this is no questionnaire that this version of press-scan"
                                       " reads; export it again: {id}", id=VERSION)),
            "agency": (standing.agency.id, Message(
                "the questionnaire is another agency's; asked for is {id}",
                id=standing.agency.id)),
            "system": (standing.system.id, Message(
                "the questionnaire is another system's; asked for is {id}",
                id=standing.system.id)),
            "profile": (standing.profile.id, Message(
                "the questionnaire is of another profile; asked for is {id} (see --profile)",
                id=standing.profile.id)),
        }  # fmt: skip
        for key, (value, message) in wanted.items():
            cell = head.get(key) or Cell(self.form.place)
            if (self._try(text_of, cell) or "").strip() != value:
                self.mistakes.say(cell, message)
        digest = self._try(text_of, head.get("sha256"))
        self.taken.older_profile = digest != standing.profile.digest
        self.by = self._try(text_of, head.get("by")) or self.desk.by
        self.made = self._try(day_of, head.get("made"))
        self.created = self._try(day_of, head.get("created"))

    def _entry(self, entry: Entry) -> None:
        """One row: nothing, a mistake, or a statement."""
        before = len(self.mistakes.found)
        answer = self._try(lambda cell: answer_of(cell, self.words), entry.cells.get("answer"))
        if len(self.mistakes.found) > before:
            return
        if answer is None:
            self._unanswered(entry)
            return
        control = self._control(entry)
        if control is None:
            return
        draft, bad = self._draft(entry, answer, control)
        if not self._said_before(entry, draft, control, bad):
            self._check(entry, draft, control, bad)

    def _unanswered(self, entry: Entry) -> None:
        if any(entry.cells[key].value for key in _TOLD if key in entry.cells):
            message = Message("there is something in this row, but no answer: choose one, or empty"
                              " the row")  # fmt: skip
            self.mistakes.say(entry.cells.get("answer", entry.control), message)
            return
        self.taken.skipped += 1

    def _control(self, entry: Entry) -> Control | None:
        """The requirement that the row answers."""
        name = (self._try(text_of, entry.control) or "").strip()
        problem = self._no_control(entry, name)
        if problem:
            self.mistakes.say(entry.control, problem)
            return None
        self.seen[name] = entry.control
        return self.controls[name]

    def _no_control(self, entry: Entry, name: str) -> Message | None:
        """Why the row answers no requirement."""
        control, left_out = self.controls.get(name), self.standing.profile.left_out
        if not name:
            return Message("the requirement's id is missing: export the questionnaire again")
        if control is None:
            return Message("the profile has no requirement with this id")
        if name in left_out:
            return Message("the profile leaves this requirement out: {why}", why=left_out[name])
        if name in self.seen:
            first = self.seen[name].place
            return Message("this requirement is answered twice; first here: {place}", place=first)
        if not self._same_words(entry, control):
            return Message(
                "the requirement with this id has other words: the rows were mixed up, or the"
                " profile has changed; export the questionnaire again"
            )
        if self._faults(entry)[:1] not in ([], [name]):
            return Message(
                "the faults in the last column are another requirement's: the rows were mixed up;"
                " export the questionnaire again"
            )
        return None

    def _same_words(self, entry: Entry, control: Control) -> bool:
        """Are the words beside the id this requirement's?  In this version they may be gone."""
        told = entry.cells.get("requirement")
        text = fold(told.value) if told and isinstance(told.value, str) else ""
        if not text:
            return not self.taken.older_profile
        return text in {fold(title) for title in control.title.values()}

    def _faults(self, entry: Entry) -> list[str]:
        """What the sheet showed: the requirement's id, and its faults."""
        return (self._try(text_of, entry.cells.get("seen")) or "").split()

    def _draft(self, entry: Entry, answer: Answer, control: Control) -> tuple[Draft, set[str]]:
        """The row's draft, and the fields that could not be read."""
        values: dict[str, Any] = {}
        bad: set[str] = set()
        readers: dict[str, Callable[[Cell | None], object]] = {
            **dict.fromkeys(_TEXTS, text_of),
            **dict.fromkeys(_DAYS, day_of),
            "evidence": lambda cell: self._evidence(cell, control),
        }
        for key, read in readers.items():
            before = len(self.mistakes.found)
            values[key] = self._try(read, entry.cells.get(key))
            if len(self.mistakes.found) > before:
                bad.add(key)
        return Draft(
            answer=answer,
            by=values["by"] or self.by or "",
            made=values["made"] or self.made,
            statement=values["statement"] or "",
            document=values["document"] or "",
            evidence=values["evidence"] or (),
            valid_until=values["valid_until"],
            plan=values["plan"] or "",
            plan_by=values["plan_by"],
        ), bad

    def _evidence(self, cell: Cell | None, control: Control) -> tuple[Evidence, ...]:
        """The files that are named: one a line, or with `;` between."""
        said = self.said.get(control.id, ())
        known = {fold_name(file.name): file for one in said for file in one.evidence}
        found: list[Evidence] = []
        for line in text_of(cell).split("\n"):
            whole = self._file(line, known)
            for name in [line] if isinstance(whole, Evidence) else line.split(";"):
                file = self._file(name, known)
                if isinstance(file, Evidence):
                    found.append(file)
                elif bare(name) and cell is not None:
                    self.mistakes.say(replace(cell, value=bare(name)), file)
        return tuple(found)

    def _file(self, name: str, known: Mapping[str, Evidence]) -> Evidence | Message:
        """A file of the folder; those of an earlier answer need not be there again."""
        try:
            path, evidence = self.desk.finder.find(bare(name))
        except NotFound as error:
            return known.get(fold_name(bare(name)), error.message)
        self.taken.files[evidence.sha256] = path
        return evidence

    def _said_before(self, entry: Entry, draft: Draft, control: Control, bad: set[str]) -> bool:
        """Was this said already?  Then there is nothing to do."""
        if bad or draft.made is None:
            return False
        new = attestation_of(draft, control, **self._whose(), seen=())
        same = [
            one for one in self.said.get(control.id, ())
            if _words(one) == _words(new)
            and (draft.valid_until is None or one.valid_until == draft.valid_until)
        ]  # fmt: skip
        if any(one.withdrawn is None for one in same):
            self.taken.unchanged += 1
        elif same:
            self.mistakes.say(entry.cells.get("made", entry.control), Message(
                "this answer was withdrawn on {day}: look again, and answer with a new date",
                day=same[-1].withdrawn))  # fmt: skip
        return bool(same)

    def _check(self, entry: Entry, draft: Draft, control: Control, bad: set[str]) -> None:
        day = self.standing.day
        before = len(self.mistakes.found)
        either = {"statement": "plan", "document": "evidence"}  # one would do for the other
        bad = bad | {other for name, other in either.items() if name in bad}
        missing = {
            "by": Message("who answers? Write it here, or on the first page for all rows"),
            "made": Message("answered on which day? Write it here, or on the first page for all"),
        }
        for name, message in problems_of(draft, control, day):
            if name not in bad:
                said = message if getattr(draft, name) else missing.get(name, message)
                self.mistakes.say(entry.cells.get(name, entry.control), said)
        last = self.standing.papers.last(self.standing.key(control.id), day)
        if last and draft.made and draft.made < last.made:
            self.mistakes.say(entry.cells.get("made", entry.control), Message(
                "a newer answer, of {day}, is recorded already", day=last.made))  # fmt: skip
        if not bad and len(self.mistakes.found) == before:
            seen = self._seen(entry, draft, control)
            self.taken.new.append(attestation_of(draft, control, **self._whose(), seen=seen))

    def _seen(self, entry: Entry, draft: Draft, control: Control) -> tuple[str, ...]:
        """The faults that the sheet showed, and the machine still shows.

        An answer that is older than the sheet can't speak of them.
        """
        if self.created is None or draft.made is None or draft.made < self.created:
            return ()
        shown = self._faults(entry)
        return tuple(one for one in self.standing.faults(control.id) if one in shown)

    def _whose(self) -> dict[str, str]:
        return {"agency": self.standing.agency.id, "system": self.standing.system.id}


def bare(name: str) -> str:
    """A file's name without the quotes that people put around it."""
    return name.strip().strip("\"'")


def _words(one: Attestation) -> tuple[object, ...]:
    """What a person said."""
    files = frozenset(file.sha256 for file in one.evidence)
    return one.answer, one.statement, one.by, one.made, one.document, one.plan, one.plan_by, files
