"""What `press-scan init` writes: a commented inventory with blanks to fill in."""

from __future__ import annotations

import errno
import os
from importlib.resources import files
from pathlib import Path

from facts.message import Message
from scanner.problems import FileError, Problem
from scanner.yamlfile import unreadable

NAME = "inventory.yaml"
LANGS = ("vi", "en")


def template(lang: str) -> str:
    """The inventory to start from, with comments in this language."""
    chosen = lang if lang in LANGS else "en"
    return (files(__package__) / "templates" / f"inventory.{chosen}.yaml").read_text("utf-8")


def write(folder: Path, lang: str = "vi") -> Path:
    """Write `inventory.yaml` into the folder, which is made where it is missing.

    Every `<...>` in it must be filled in: until then `inventory lint` names each, and `scan` ends
    before anything is sent.  Raises `FileExistsError` when the file is there, and `FileError` when
    it cannot be written.
    """
    path = folder / NAME
    if path.exists() or path.is_symlink():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(template(lang))
    except FileExistsError as there:
        if there.filename == str(path):
            raise
        said = Message("this is a file, and a folder is wanted")
        raise FileError([Problem(str(folder), 1, 1, said)]) from there
    except OSError as error:
        raise FileError([Problem(str(path), 1, 1, unreadable(error))]) from error
    return path
