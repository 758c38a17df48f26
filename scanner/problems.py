"""What is wrong in a file that a person wrote, and where, told so that it can be mended."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

WIDTH = 100  # characters shown of a source line
SHOWN = 60  # characters shown of a value

# A line is shown up to where a secret may begin: nobody wants it in a log.
_SECRET = re.compile(
    r"""(?ix) (?: pass | pwd | secret | token ) [\w-]* ["']? \s* [:=] \s*
            (?! \s* (?: env | file | keyring | vault ) : ) (?= \S )
        | :// [^\s/@:]* : (?= \S* @ )"""
)

Translate = Callable[[str], str]


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: where it is (line and column count from 1) and what it is.

    `message` is a `facts.message.Message`; `source` is the line that it is on.
    """

    file: str
    line: int
    column: int
    message: str
    source: str = ""

    @property
    def place(self) -> str:
        """`inventory.yaml:12:5`."""
        return f"{printable(self.file)}:{self.line}:{self.column}"

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class FileError(Exception):
    """The file cannot be used.  `problems` has every mistake in it, not the first alone."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def text(self, translate: Translate = str) -> str:
        """As `text`."""
        return text(self.problems, translate)


def text(problems: Iterable[Problem], translate: Translate = str) -> str:
    """The problems, each with its place, its source line and a caret under the place."""
    return "\n".join(
        "\n".join([f"{problem.place}: {translate(problem.message)}", *excerpt(problem)])
        for problem in problems
    )


def excerpt(problem: Problem) -> list[str]:
    """The source line and the line with the caret, indented; empty when there is none to show."""
    source = problem.source.rstrip()
    if not source.strip():
        return []
    place = min(problem.column - 1, len(source))
    secret = _SECRET.search(source)
    if secret:
        source = source[: secret.end()] + "***"
    start = max(0, place - WIDTH // 2)
    line = printable(source[start : start + WIDTH].replace("\t", " "))
    if place > len(source):
        return [f"    {line}"]
    return [f"    {line}", f"    {' ' * _columns(source[start:place])}^"]


def show(value: object) -> str:
    """A value as a message may quote it: short, on one line, nothing that a terminal obeys."""
    quoted = f'"{value}"' if isinstance(value, str) else str(value)
    if isinstance(value, dict):
        quoted = "{…}"
    elif isinstance(value, (list, tuple)):
        quoted = "[…]"
    elif value is None:
        quoted = "null"
    elif isinstance(value, bool):
        quoted = str(value).lower()
    return printable(quoted if len(quoted) <= SHOWN else f"{quoted[:SHOWN]}…")


def printable(text: str) -> str:
    """The text with what a terminal might obey replaced."""
    return "".join(
        char if char.isprintable() or unicodedata.combining(char) else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )


def _columns(text: str) -> int:
    """How many columns a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )
