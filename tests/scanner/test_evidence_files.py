"""Evidence is taken by what it holds, kept under its digest, and never changed."""

from __future__ import annotations

import io
import os
import zipfile

import pytest

from scanner.evidence_files import LONGEST_NAME, MOST, BadEvidence, Folder

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


def office(*names, mimetype=b""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


DOCX = office("[Content_Types].xml", "word/document.xml")


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "evidence")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", PDF, "pdf"),
        ("misnamed.txt", PDF, "pdf"),
        ("a.png", b"\x89PNG\r\n\x1a\n....", "png"),
        ("a.jpeg", b"\xff\xd8\xff\xe0....", "jpg"),
        ("a.docx", DOCX, "docx"),
        ("a.xlsx", office("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        ("a.odt", office(mimetype=b"application/vnd.oasis.opendocument.text"), "odt"),
        ("biên bản.txt", "Đã họp".encode(), "txt"),
        ("a.log", b"ok", "txt"),
        ("a.yml", b"a: 1", "yaml"),
        ("a.csv", b"a,b", "csv"),
    ],
)
def test_what_is_taken(folder, tmp_path, name, content, kind):
    file = tmp_path / name
    file.write_bytes(content)
    evidence = folder.add(file)
    assert (evidence.name, evidence.kind, evidence.size) == (name, kind, len(content))
    place = folder.place(evidence)
    assert place.read_bytes() == content and place.stat().st_mode & 0o777 == 0o400
    assert folder.holds(evidence) and folder.add(file) == evidence == folder.look(file)
    assert [one.name for one in place.parent.iterdir()] == [place.name]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ\x90"),
        ("a.sh", b"#!/bin/sh"),
        ("a.html", b"<script>"),
        ("a.svg", b"<svg/>"),
        ("a.pdf", b"no pdf"),
        ("a.txt", b"\x00\x01"),
        ("a.txt", b"\xff\xfe\xfa"),
        ("a.txt", b""),
        ("a.zip", office("a.txt")),
        ("a.docx", b"PK\x03\x04 not a zip"),
        ("a.docx", DOCX[:40]),
        ("a.docm", office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("a.odt", office(mimetype=b"application/java-archive")),
        ("no suffix", b"text"),
    ],
)
def test_what_is_not_taken(folder, tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(BadEvidence):
        folder.add(file)
    assert not folder.path.exists()


def test_what_is_no_file_or_too_large(folder, tmp_path):
    os.mkfifo(tmp_path / "pipe.pdf")
    with (tmp_path / "big.pdf").open("wb") as big:
        big.write(PDF)
        big.truncate(MOST + 1)
    for name in ("none.pdf", ".", "pipe.pdf", "big.pdf"):
        with pytest.raises(BadEvidence):
            folder.add(tmp_path / name)


def test_a_name_is_made_harmless_and_short(folder, tmp_path):
    file = tmp_path / ("\x1b[31mđỏ" + "x" * 200 + ".txt")
    file.write_text("x")
    name = folder.add(file).name
    assert "\x1b" not in name and len(name) <= LONGEST_NAME


def test_changed_or_lost_evidence_is_noticed_and_mended_by_handing_it_in_again(folder, tmp_path):
    file = tmp_path / "a.pdf"
    file.write_bytes(PDF)
    evidence = folder.add(file)
    place = folder.place(evidence)
    place.chmod(0o600)
    place.write_bytes(PDF + b"tampered")
    assert not folder.holds(evidence)
    folder.add(file)
    assert folder.holds(evidence)
    place.unlink()
    assert not folder.holds(evidence)
