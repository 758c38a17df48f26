"""Looks an Excel file over before any library opens it: what it is, and how large it unpacks.

Only the parts that hold cells are unpacked; pictures, comments and links never are.  Everything
is bounded: bytes of the file, bytes of its parts, elements, rows.  No part may declare a document
type, so no entity is ever expanded (defusedxml).
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesNSImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from facts.message import Message
from scanner.yamlfile import unreadable

MOST_BYTES = 20 << 20  # of the file
MOST_PARTS = 500
MOST_XML = 24 << 20  # bytes of all XML parts, unpacked
MOST_ELEMENTS = 200_000  # and attributes, of all XML parts
MOST_ROWS = 3000  # of one page
MOST_MERGED = 100  # ranges of one page
CHUNK = 1 << 16
_NEEDED = {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"}
_LEFT_OUT = tuple(
    f"xl/{part}"
    for part in ("theme", "drawing", "chart", "comment", "threaded", "externalLink", "media",
                 "table", "pivot", "printer", "activeX", "ctrlProps", "worksheets/_rels")
)  # fmt: skip
_LETTERS = re.compile(r"[^A-Za-z]")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError,
           OSError, KeyError, OverflowError, MemoryError)  # fmt: skip


class NoSheet(Exception):
    """The file is no Excel file that is taken; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def read(path: Path) -> bytes:
    """The file's bytes.  Raises `NoSheet`."""
    try:
        # O_NONBLOCK: a pipe under a file's name must not hang
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise NoSheet(Message("this is no file"))
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise NoSheet(unreadable(error)) from None
    if len(raw) > MOST_BYTES:
        raise NoSheet(Message("the file is too big: more than {most} MB", most=MOST_BYTES >> 20))
    return raw


@dataclass(frozen=True)
class Marks:
    """What is odd about one page's cells."""

    merged: tuple[str, ...] = ()  # ranges, such as F5:F9
    formulas: frozenset[str] = frozenset()  # cells, such as F5


@dataclass(frozen=True)
class Looked:
    """A file that may be opened."""

    content: BytesIO  # an archive of the parts that hold cells, and no others
    marks: Mapping[str, Marks]  # by part


def guard(raw: bytes) -> Looked:
    """Look the file over.  Raises `NoSheet`."""
    if raw.startswith(_OLE):
        raise NoSheet(_old(raw))
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            return _look(archive)
    except DefusedXmlException:
        raise NoSheet(
            Message("the file declares XML entities, which no spreadsheet program writes")
        ) from None
    except (*_BROKEN, SAXException):
        raise NoSheet(
            Message("this is no Excel file (.xlsx), or it is damaged: save it again as .xlsx")
        ) from None


def _old(raw: bytes) -> Message:
    if _ENCRYPTED in raw:
        return Message("the file is encrypted: save it without a password")
    return Message("this is an old Excel file (.xls): save it as .xlsx")


def _look(archive: zipfile.ZipFile) -> Looked:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if any("vbaproject" in name.lower() for name in names):
        raise NoSheet(Message("the file holds macros: save it as .xlsx, without them"))
    if len(parts) > MOST_PARTS or len(set(names)) != len(names):
        raise NoSheet(Message("the file is made of too many parts"))
    kept = [part for part in parts if _holds_cells(part.filename)]
    unpacked = sum(part.file_size for part in kept)
    if unpacked > MOST_XML:
        raise NoSheet(
            Message("the file unpacks to {n} MB, which no questionnaire does", n=unpacked >> 20)
        )
    if not _NEEDED.issubset(names):
        raise NoSheet(Message("this is no Excel file (.xlsx): export the questionnaire again"))
    content, marks, budget = BytesIO(), {}, _Budget()
    with zipfile.ZipFile(content, "w") as clean:
        for part in kept:
            data = archive.read(part)
            marks[part.filename] = _scan(data, budget)
            clean.writestr(part.filename, data)
    return Looked(content, marks)


def _holds_cells(name: str) -> bool:
    ours = name.startswith("xl/") and name.endswith((".xml", ".rels"))
    return name in _NEEDED or (ours and not name.startswith(_LEFT_OUT))


class _Budget:
    """How many elements may still come, over all parts."""

    def __init__(self) -> None:
        self.left = MOST_ELEMENTS


class _Look(ContentHandler):
    """Counts; keeps merged ranges."""

    def __init__(self, budget: _Budget) -> None:
        super().__init__()
        self.budget, self.rows, self.row = budget, 0, 0
        self.merged: list[str] = []
        self.formulas: set[str] = set()
        self.column = ""

    def startElementNS(  # noqa: N802  # SAX's name
        self, name: tuple[str | None, str], _: str | None, attrs: AttributesNSImpl
    ) -> None:
        self.budget.left -= 1 + len(attrs)
        if self.budget.left < 0:
            raise NoSheet(Message("the file has too many cells: export the questionnaire again"))
        if name[1] == "row":
            self._next_row(attrs)
        elif name[1] == "c":
            self.column = _LETTERS.sub("", attrs.get((None, "r"), "")).upper()
        elif name[1] in {"v", "is", "f"} and self.row > MOST_ROWS:
            self._too_low()
        elif name[1] == "f":
            self._formula()
        elif name[1] == "mergeCell":
            self.merged.append(str(attrs.get((None, "ref"), "")))
            if len(self.merged) > MOST_MERGED:
                raise NoSheet(Message("too many merged cells: take them apart"))

    def _formula(self) -> None:
        if not self.column:
            raise ValueError("a formula nowhere")
        self.formulas.add(f"{self.column}{self.row}")

    def _next_row(self, attrs: AttributesNSImpl) -> None:
        """Rows come in order; far below, an empty one is only a format."""
        self.rows += 1
        number = int(attrs.get((None, "r"), str(self.row + 1)))
        if number <= self.row:
            raise ValueError("rows out of order")
        self.row = number
        if self.rows > MOST_ROWS:
            self._too_low()

    def _too_low(self) -> None:
        raise NoSheet(Message("a page has more than {most} rows: take away what is below the"
                              " questions", most=MOST_ROWS))  # fmt: skip


def _scan(data: bytes, budget: _Budget) -> Marks:
    look = _Look(budget)
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setFeature("http://xml.org/sax/features/namespaces", True)
    parser.setContentHandler(look)
    for start in range(0, len(data), CHUNK):
        parser.feed(data[start : start + CHUNK])
    parser.close()
    return Marks(tuple(look.merged), frozenset(look.formulas))
