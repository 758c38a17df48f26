"""Finds the evidence files that a questionnaire names: in one folder, and never outside it."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from facts.message import Message
from scanner.evidence_files import BadEvidence, Folder
from scanner.papers import Evidence

LONGEST_PATH = 400  # characters
MOST_FILES = 2000  # of one import
MOST_ENTRIES = 50_000  # of one folder
MOST_BYTES = 1 << 30  # of all files of one import
_DRIVE = re.compile(r"[A-Za-z]:")


class NotFound(Exception):
    """No such evidence; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass
class Finder:
    """Looks files up by the names that people write: any case, composed or not."""

    folder: Path
    store: Folder
    _found: dict[str, tuple[Path, Evidence] | NotFound] = field(default_factory=dict)
    _names: dict[Path, dict[str, list[str]]] = field(default_factory=dict)
    _bytes: int = 0

    def find(self, name: str) -> tuple[Path, Evidence]:
        """The file and what it is as evidence.  Raises `NotFound`."""
        key = unicodedata.normalize("NFC", name)
        if key not in self._found:
            if len(self._found) >= MOST_FILES or self._bytes > MOST_BYTES:
                raise NotFound(Message("too many evidence files in one questionnaire"))
            try:
                self._found[key] = self._look(key)
            except NotFound as error:
                self._found[key] = error
        found = self._found[key]
        if isinstance(found, NotFound):
            raise found
        return found

    def _look(self, name: str) -> tuple[Path, Evidence]:
        path = self._path(name)
        try:
            evidence = self.store.look(path)
        except BadEvidence as error:
            raise NotFound(error.message) from None
        self._bytes += evidence.size
        return path, evidence

    def _path(self, name: str) -> Path:
        parts = name.replace("\\", "/").split("/")
        absolute = name.startswith(("/", "\\", "~")) or _DRIVE.match(name)
        if (
            not name
            or absolute
            or ".." in parts
            or not name.isprintable()
            or len(name) > LONGEST_PATH
        ):
            raise NotFound(
                Message("a file's name is wanted, without a path: the file lies in {folder}",
                        folder=self.folder.resolve().name)
            )  # fmt: skip
        path = self.folder
        for part in parts:
            path = path / self._name(path, part)
        root = self.folder.resolve()
        try:
            inside = path.resolve(strict=True).is_relative_to(root)
        except (OSError, RuntimeError):  # a ring of links
            inside = False
        if not inside:
            raise NotFound(Message("this leads out of the folder: copy the file into it"))
        return path

    def _name(self, folder: Path, part: str) -> str:
        """The name as the folder has it."""
        if folder not in self._names:
            self._names[folder] = _listed(folder)
        names = self._names[folder].get(fold_name(part), [])
        if part in names:
            return part
        if len(names) == 1:
            return names[0]
        if names:
            raise NotFound(Message("several files are called so; write the name exactly"))
        hint = Message("no such file in {folder}; several names: one a line, or with ; between",
                       folder=self.folder.resolve().name)  # fmt: skip
        raise NotFound(hint)


def _listed(folder: Path) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    try:
        with os.scandir(folder) as entries:
            for count, entry in enumerate(entries):
                if count >= MOST_ENTRIES:
                    break
                names.setdefault(fold_name(entry.name), []).append(entry.name)
    except OSError:
        return {}
    return names


def fold_name(name: str) -> str:
    """A file's name as it is compared."""
    return unicodedata.normalize("NFC", " ".join(name.split()).casefold())
