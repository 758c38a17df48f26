"""The evidence folder: what people hand in as proof, copied, under its SHA-256.

Only kinds that a person can open and that nothing runs; what a file is, its content says, not its
name.  A file of the same content is kept once.
"""

from __future__ import annotations

import os
import stat
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from facts.message import Message
from scanner.evidence import clean
from scanner.papers import Evidence

MOST = 20 << 20  # bytes of one file
CHUNK = 1 << 20
LONGEST_NAME = 120  # characters
KINDS = "pdf, png, jpg, docx, xlsx, pptx, odt, ods, txt, csv, json, yaml, eml"
_MAGIC = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
_OFFICE = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_OPEN = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_TEXTS = {
    "txt": "txt", "md": "txt", "log": "txt", "conf": "txt", "csv": "csv", "json": "json",
    "yaml": "yaml", "yml": "yaml", "eml": "eml",
}  # fmt: skip
_MEMBERS = 5000  # of an office file's archive


class BadEvidence(Exception):
    """A file that is not taken as evidence; `message` says why."""

    def __init__(self, path: Path, message: Message) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


@dataclass(frozen=True)
class Folder:
    """Where the evidence lies."""

    path: Path

    def look(self, file: Path) -> Evidence:
        """What the file would be as evidence; nothing is copied.  Raises `BadEvidence`."""
        return _evidence(file, _read(file))

    def add(self, file: Path) -> Evidence:
        """Copy a file in.  Raises `BadEvidence`, `OSError`."""
        content = _read(file)
        evidence = _evidence(file, content)
        place = self.place(evidence)
        if not self.holds(evidence):
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside = place.with_name(f".{place.name}.{os.getpid()}")
            try:
                with os.fdopen(os.open(beside, os.O_CREAT | os.O_WRONLY, 0o400), "wb") as out:
                    out.write(content)
                    out.flush()
                    os.fsync(out.fileno())
                beside.replace(place)
            finally:
                beside.unlink(missing_ok=True)
        return evidence

    def place(self, evidence: Evidence) -> Path:
        """Where its content lies."""
        return self.path / evidence.sha256[:2] / f"{evidence.sha256}.{evidence.kind}"

    def holds(self, evidence: Evidence) -> bool:
        """Is its content there, and still the same?"""
        try:
            content = self.place(evidence).read_bytes()
        except OSError:
            return False
        return sha256(content).hexdigest() == evidence.sha256


def _read(path: Path) -> bytes:
    try:
        # O_NONBLOCK: a pipe under a file's name must not hang
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise BadEvidence(path, Message("this is no file"))
            content = file.read(MOST + 1)
    except OSError as error:
        raise BadEvidence(path, Message("cannot be read: {why}", why=str(error.strerror))) from None
    if len(content) > MOST:
        limit = Message("the file is larger than {n} MB", n=MOST >> 20)
        raise BadEvidence(path, limit)
    if not content:
        raise BadEvidence(path, Message("the file is empty"))
    return content


def _evidence(path: Path, content: bytes) -> Evidence:
    kind = _kind(path.suffix.lower().removeprefix("."), content)
    if not kind:
        message = Message("not a kind of file that is taken as evidence; taken are: {kinds}",
                          kinds=KINDS)  # fmt: skip
        raise BadEvidence(path, message)
    name = str(clean(path.name))
    short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    return Evidence(short, sha256(content).hexdigest(), len(content), kind)


def _kind(suffix: str, content: bytes) -> str:
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _archive(content)
    if suffix not in _TEXTS or b"\x00" in content:
        return ""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return _TEXTS[suffix]


def _archive(content: bytes) -> str:
    """An office file without macros, or "": its table of contents is read, nothing unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            if len(names) > _MEMBERS or any("vbaproject" in name.lower() for name in names):
                return ""
            if "mimetype" in names and archive.getinfo("mimetype").file_size < LONGEST_NAME:
                return _OPEN.get(archive.read("mimetype").decode("ascii", "replace").strip(), "")
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError):
        return ""
    if "[Content_Types].xml" not in names:
        return ""
    return next((kind for part, kind in _OFFICE.items() if any(n.startswith(part) for n in names)),
                "")  # fmt: skip
