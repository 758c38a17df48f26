"""What the YAML parser complains about, in words that help."""

from __future__ import annotations

from facts.message import Message
from scanner.problems import show

UNCLOSED = "found unexpected end of stream"

_SYNTAX = {
    "mapping values are not allowed in this context": Message(
        'a ":" is out of place; text that has ": " in it must be quoted'
    ),
    "found character that cannot start any token": Message(
        "a tab, %, @ or ` cannot stand here; indent with spaces, and put such text in quotes"
    ),
    "could not find expected ':'": Message(
        'a ":" is missing after the key, or the indentation is off'
    ),
    "did not find expected key": Message("the indentation does not fit the lines above"),
    "did not find expected '-' indicator": Message("the indentation does not fit the lines above"),
    UNCLOSED: Message("a quote is opened here and never closed"),
    "did not find expected ',' or ']'": Message('a "," or the closing "]" is missing'),
    "did not find expected ',' or '}'": Message('a "," or the closing brace is missing'),
    "found unknown escape character": Message(
        'in double quotes "\\" begins an escape: use single quotes for text that has it'
    ),
    "block sequence entries are not allowed in this context": Message('a "-" is out of place'),
    "did not find expected node content": Message("a value is missing, or must be quoted"),
}


def in_our_words(detail: str) -> Message:
    """The parser's `problem` as a message of ours."""
    return _SYNTAX.get(detail, Message("this is not valid YAML: {detail}", detail=show(detail)))
