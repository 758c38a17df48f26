"""YAML text to data that knows where it stands.

Strict: the core schema of YAML 1.2 (no `yes`, no base 60, no dates), UTF-8, one document, no
aliases, no tags, no key twice, no control characters; depth, size and nodes are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

import yaml

from facts.message import Message
from scanner.problems import Problem, show
from scanner.yamlwords import UNCLOSED, in_our_words

MOST_BYTES = 32 << 20
MOST_NODES = 2_000_000
MOST_DEPTH = 32
MOST_PROBLEMS = 1000
MOST_DIGITS = 40

Step = str | int
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# What a terminal obeys, or what turns the direction of writing around: never in a file of ours.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")

_INT = re.compile(r"[-+]?[0-9]+\Z")
_RADIX = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{
        sign + inf: float(sign + "inf")
        for sign in ("", "+", "-")
        for inf in (".inf", ".Inf", ".INF")
    },
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


class Place(NamedTuple):
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int


class Table(dict[str, Any]):
    """A mapping that knows where it begins, and where each of its keys and values stands."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.keys_at: dict[str, Place] = {}
        self.values_at: dict[str, Place] = {}


class Row(list[Any]):
    """A sequence that knows where it begins, and where each of its entries stands."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.values_at: list[Place] = []


@dataclass
class Document:
    """What was read: data (`Table`, `Row`, scalars), and every problem so far.

    `data` is only to be trusted when `whole`.
    """

    data: Any = None
    whole: bool = True
    problems: list[Problem] = field(default_factory=list)
    lines: dict[str, Sequence[str]] = field(default_factory=dict)
    file: str = ""
    sha256: str = ""  # of the bytes that were read

    def place(self, path: Sequence[Step], *, key: bool = False) -> Place:
        """Where the value (or its key) at this path stands, or the nearest thing around it."""
        at = getattr(self.data, "place", Place(self.file, 1, 1))
        value = self.data
        for step in path:
            if isinstance(value, Table) and step in value.values_at:
                name = str(step)
                at = value.keys_at[name] if key and step is path[-1] else value.values_at[name]
            elif isinstance(value, Row) and isinstance(step, int) and step < len(value):
                at = value.values_at[step]
            else:
                break
            value = value[step]
        return at

    def problem(self, path: Sequence[Step], message: Message, *, key: bool = False) -> Problem:
        """The problem with the value (or its key) at this path."""
        return self.problem_at(self.place(path, key=key), message)

    def problem_at(self, at: Place, message: Message) -> Problem:
        """The problem at a place, with its source line."""
        lines = self.lines.get(at.file, ())
        source = lines[at.line - 1] if at.line <= len(lines) else ""
        return Problem(at.file, at.line, at.column, message, source)


class _Fatal(Exception):
    """There is no use in reading on."""


def parse(raw: bytes, file: str) -> Document:
    """Read one file's bytes.  Never raises: what is wrong is in `problems`."""
    document = Document(file=file, sha256=sha256(raw).hexdigest())
    try:
        source = _decode(raw, document)
        document.lines[file] = source.splitlines()
        _Builder(document).build(yaml.parse(source, Loader=Loader))
    except _Fatal:
        document.whole = False
    except yaml.YAMLError as error:
        document.whole = False
        document.problems.append(_syntax(error, document))
    return document


def _decode(raw: bytes, document: Document) -> str:
    start = Place(document.file, 1, 1)
    if len(raw) > MOST_BYTES:
        message = Message("the file is too big: more than {most} MB", most=MOST_BYTES >> 20)
        document.problems.append(document.problem_at(start, message))
        raise _Fatal
    try:
        source = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig", "replace")
        document.lines[document.file] = raw.decode("utf-8-sig", "replace").splitlines()
        message = Message("the file is not UTF-8 text: save it as UTF-8")
        document.problems.append(document.problem_at(_after(before, document.file), message))
        raise _Fatal from None
    document.lines[document.file] = source.splitlines()
    for match in list(_FORBIDDEN.finditer(source.replace("\r\n", " \n")))[:20]:
        at = _after(source[: match.start()], document.file)
        document.problems.append(document.problem_at(at, _control(match.group())))
    if document.problems:
        raise _Fatal
    return source


def _after(before: str, file: str) -> Place:
    head, _, line = before.rpartition("\n")
    return Place(file, head.count("\n") + 1 + ("\n" in before), len(line) + 1)


def _control(char: str) -> Message:
    return Message("the control character {code} is not allowed", code=f"U+{ord(char):04X}")


@dataclass
class _Frame:
    """A container that is being filled; `key` is the one that waits for its value."""

    holder: Table | Row
    key: str | None = None
    waits: bool = False


class _Builder:
    """Builds the tree from the parser's events, without recursion."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.stack: list[_Frame] = []
        self.nodes = 0
        self.documents = 0

    def build(self, events: Iterator[Any]) -> None:
        for event in events:
            mark = event.start_mark
            at = Place(self.document.file, mark.line + 1, mark.column + 1)
            if isinstance(event, yaml.DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    self._fatal(at, Message("one document a file: take the second --- away"))
            elif isinstance(event, yaml.NodeEvent):
                self._node(event, at)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.stack.pop()

    def _node(self, event: Any, at: Place) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self._fatal(
                at, Message("the file is too big: more than {most} values", most=MOST_NODES)
            )
        if isinstance(event, yaml.AliasEvent):
            self._say(at, Message("aliases (*name) are not allowed: write the value out"))
            self._put(None, at)
            return
        if event.anchor:
            self._say(at, Message("anchors (&name) are not allowed: write the value out"))
        if event.tag:
            self._say(at, Message("tags (!name) are not allowed"))
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, at)
            return
        if len(self.stack) >= MOST_DEPTH:
            self._fatal(at, Message("nested too deeply: more than {most} levels", most=MOST_DEPTH))
        holder = Table(at) if isinstance(event, yaml.MappingStartEvent) else Row(at)
        self._put(holder, at)
        self.stack.append(_Frame(holder))

    def _scalar(self, event: Any, at: Place) -> None:
        text: str = event.value
        if hidden := _FORBIDDEN.search(text):
            self._say(at, _control(hidden.group()))
        plain = event.style is None or event.style == ""
        top = self.stack[-1] if self.stack else None
        if top and isinstance(top.holder, Table) and not top.waits:
            self._key(top, text, at)
        else:
            self._put(self._value(text, at) if plain else text, at)

    def _value(self, text: str, at: Place) -> Any:
        if text in _WORDS:
            return _WORDS[text]
        if _INT.match(text) or _RADIX.match(text):
            if len(text) > MOST_DIGITS:
                self._say(at, Message("the number is too long: {value}", value=show(text)))
                return None
            return int(text, 0) if _RADIX.match(text) else int(text)
        return float(text) if _FLOAT.match(text) else text

    def _key(self, frame: _Frame, key: str, at: Place) -> None:
        assert isinstance(frame.holder, Table)
        first = frame.holder.keys_at.get(key)
        frame.waits, frame.key = True, key if first is None else None
        if first:
            twice = Message(
                "the key {key} is here twice; the first is on line {line}",
                key=show(key),
                line=first.line,
            )
            self._say(at, twice)
        else:
            frame.holder.keys_at[key] = at

    def _put(self, value: Any, at: Place) -> None:
        if not self.stack:
            self.document.data = value
            return
        frame = self.stack[-1]
        if isinstance(frame.holder, Row):
            frame.holder.append(value)
            frame.holder.values_at.append(at)
        elif not frame.waits:
            self._say(at, Message("a key must be a plain word"))
            frame.waits, frame.key = True, None
        else:
            if frame.key is not None:
                frame.holder[frame.key] = value
                frame.holder.values_at[frame.key] = at
            frame.waits, frame.key = False, None

    def _say(self, at: Place, message: Message) -> None:
        self.document.problems.append(self.document.problem_at(at, message))
        if len(self.document.problems) > MOST_PROBLEMS:
            raise _Fatal

    def _fatal(self, at: Place, message: Message) -> None:
        self._say(at, message)
        raise _Fatal


def _syntax(error: yaml.YAMLError, document: Document) -> Problem:
    mark = getattr(error, "problem_mark", None)
    detail = getattr(error, "problem", None) or getattr(error, "reason", None) or "?"
    if detail == UNCLOSED:  # show the quote, and not the end of the file
        mark = getattr(error, "context_mark", None) or mark
    at = (
        Place(document.file, mark.line + 1, mark.column + 1) if mark else Place(document.file, 1, 1)
    )
    return document.problem_at(at, in_our_words(detail))
