"""Files that people write: YAML, strict, fitted into a model; every mistake told at once.

profile, problems = read(path, Profile)
if problems:
    raise FileError(problems)
"""

from __future__ import annotations

from pathlib import Path

from facts.message import Message
from scanner.fit import Model, fit
from scanner.problems import FileError, Problem, excerpt, text
from scanner.yamltree import MOST_BYTES, Document, parse


def read(path: Path, model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """The file as `model`, or None and every problem in it, sorted by place."""
    return fit(load(path), model)


def load(path: Path) -> Document:
    """The file's data with places.  Never raises: a file that can't be read is a problem too."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        message = unreadable(error)
        problem = Problem(str(path), 1, 1, message)
        return Document(whole=False, problems=[problem], file=str(path))
    return parse(raw, str(path))


def unreadable(error: OSError) -> Message:
    """Why a file can't be read, in our words."""
    if isinstance(error, FileNotFoundError):
        return Message("there is no such file")
    if isinstance(error, PermissionError):
        return Message("the file cannot be read: permission denied")
    if isinstance(error, IsADirectoryError):
        return Message("this is a folder, and a file is wanted")
    return Message("the file cannot be read: {why}", why=error.strerror or str(error))


__all__ = [
    "Document",
    "FileError",
    "Problem",
    "excerpt",
    "load",
    "parse",
    "read",
    "text",
    "unreadable",
]
