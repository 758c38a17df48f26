"""What is asked of a host, and what it answered.  Pure: the log-in probe does the asking.

Everything that may ever run on a customer's host is an `Ask` of an area, so it can be read in one
place (`press-scan doctor --sudoers`) before it is allowed.  An ask only reads.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast

from facts.base import Unknown

S = TypeVar("S")  # what is known of the system
R = TypeVar("R")  # what a reader brings

SECONDS = 10.0  # time limit of one ask, where it names none
MOST = 256 << 10  # bytes of one answer, where it names no limit

NOT_FOUND = 127  # the exit code of a shell for a program that is not there


@dataclass(frozen=True)
class Ask:
    """One read-only question.

    `run` is a POSIX shell snippet, run as the log-in; or a tuple: one exact command, run as root.
    A root's command is what a line in sudoers allows, so it holds no value of the host's.
    """

    name: str  # "patching.pending": the area, and what is asked
    run: str | tuple[str, ...]
    seconds: float = SECONDS
    most: int = MOST  # bytes of its output that are kept; more is "cut"
    plain: bool = False  # a root's command that is worth trying without root, too
    keep: bool = True  # whether its raw answer may be stored; False where a secret may be in it

    @property
    def root(self) -> bool:
        """Does it need root?"""
        return not isinstance(self.run, str)

    @property
    def command(self) -> str:
        """A root's command as it is written in a shell."""
        return self.run if isinstance(self.run, str) else shlex.join(self.run)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    code: int = 0  # the exit code; 127: no such program
    out: str = ""  # undecodable bytes are U+FFFD
    err: str = ""
    cut: bool = False  # it said more than it may
    late: bool = False  # it was stopped after its time
    root: bool = False  # it ran as root


@dataclass(frozen=True)
class Answers:
    """All answers of one host, by the name of the ask; or why there is none."""

    given: Mapping[str, Answer | Unknown] = field(default_factory=dict)
    _known: dict[object, tuple[object, object]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def once(self, reader: Callable[[Answers, S], R], about: S) -> R:
        """`reader(self, about)`, worked out once however many areas want it."""
        known = self._known.get(reader)
        if known is None or known[0] != about:
            known = self._known[reader] = (about, reader(self, about))
        return cast("R", known[1])

    def get(self, name: str) -> Answer | Unknown:
        """The answer, whatever its exit code; `Unknown` when refused, late, cut or not asked."""
        answer = self.given.get(name, Unknown("This was not asked of the host", name))
        if isinstance(answer, Unknown):
            return answer
        if answer.late:
            return Unknown("The command took too long on the host", name)
        if answer.cut:
            return Unknown("The command said too much on the host", name)
        return answer

    def text(self, name: str, codes: Sequence[int] = (0,)) -> str | Unknown:
        """Its standard output, when it ended with one of these exit codes."""
        answer = self.get(name)
        if isinstance(answer, Unknown):
            return answer
        if answer.code == NOT_FOUND and NOT_FOUND not in codes:
            return Unknown("The host has no such program", name)
        if answer.code not in codes:
            said = answer.err.strip().splitlines()
            return Unknown("The command failed on the host", _told(name, answer.code, said))
        return answer.out

    def lines(self, name: str, codes: Sequence[int] = (0,)) -> tuple[str, ...] | Unknown:
        """Its non-empty lines, without white space at their ends."""
        text = self.text(name, codes)
        return text if isinstance(text, Unknown) else tuple(filled(text))

    def missing(self, name: str) -> bool:
        """Did the host say that it has no such program?  False when that is not known, too."""
        answer = self.get(name)
        return isinstance(answer, Answer) and answer.code == NOT_FOUND


def filled(text: str) -> Iterator[str]:
    """The non-empty lines of a text, without white space at their ends."""
    return (line.strip() for line in text.split("\n") if line.strip())


def sections(text: str, mark: str = "==> ") -> dict[str, str]:
    """A text in parts, each below its line `==> NAME <==` (as `head -v` writes), by name.

    A snippet writes such lines itself, so that one ask can read many files.
    """
    parts: dict[str, list[str]] = {}
    part: list[str] = []
    for line in text.split("\n"):
        if line.startswith(mark) and line.endswith(" <=="):
            part = parts.setdefault(line[len(mark) : -len(" <==")], [])
        else:
            part.append(line)
    return {name: "\n".join(lines) for name, lines in parts.items()}


def _told(name: str, code: int, said: Sequence[str]) -> str:
    """Which command, how it ended, and the last thing that it complained of."""
    return f"{name}: {code}" + (f" ({said[-1][:160]})" if said else "")
