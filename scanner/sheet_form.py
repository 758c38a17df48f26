"""A filled-in questionnaire as it was read, before anything in it is believed.  Pure.

Every value knows where it stands, so that a mistake can be told by its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from facts.message import Message
from scanner.problems import printable, show

MOST_PROBLEMS = 1000


@dataclass(frozen=True, order=True)
class Place:
    """Where a value stands: `sheet` and a cell such as F12; or a line and column of a text file."""

    file: str
    sheet: str = ""  # "" in a text file
    row: int = 0  # counts from 1
    column: int = 0
    cell: str = ""  # F12

    def __str__(self) -> str:
        file = printable(self.file)
        if self.cell:
            return f"{file}: {printable(self.sheet)}!{self.cell}"
        if self.sheet:
            return f"{file}: {printable(self.sheet)}"
        return f"{file}:{self.row}:{self.column}" if self.row else file


@dataclass(frozen=True)
class Cell:
    """One value, as the file has it: text, number, day, truth, or nothing."""

    place: Place
    value: object = None
    odd: Message | None = None  # why it can't be taken, whatever it holds: a formula, an error


@dataclass(frozen=True)
class Entry:
    """One requirement's row."""

    control: Cell
    cells: Mapping[str, Cell]  # by the column's key


@dataclass(frozen=True)
class Form:
    """A whole questionnaire."""

    place: Place
    head: Mapping[str, Cell]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Wrong:
    """One mistake: where, what stands there, and what would be right."""

    place: Place
    message: Message
    value: str = ""  # harmless and short; "" when nothing stands there

    def text(self, say: object = str) -> str:
        """For a person: `form.xlsx: Questions!F12: "Yes": write one of ...`."""
        assert callable(say)
        told = f"{self.value}: " if self.value else ""
        return f"{self.place}: {told}{say(self.message)}"


class SheetError(Exception):
    """The questionnaire is not taken; `wrong` has every mistake in it."""

    def __init__(self, wrong: Iterable[Wrong]) -> None:
        self.wrong = tuple(wrong)
        super().__init__("\n".join(one.text() for one in self.wrong))


@dataclass
class Mistakes:
    """Collects mistakes, up to a limit."""

    found: list[Wrong] = field(default_factory=list)

    def say(self, cell: Cell, message: Message) -> None:
        """Something is wrong with this cell."""
        self.found.append(Wrong(cell.place, message, quoted(cell.value)))
        if len(self.found) >= MOST_PROBLEMS:
            raise SheetError(self.found)


def quoted(value: object) -> str:
    """As a message may show it; "" for nothing."""
    if value is None or value == "":
        return ""
    return show(value if isinstance(value, str) else str(value))
