"""Evidence files are found by the names that people write, and never outside the folder."""

from __future__ import annotations

import unicodedata

import pytest

from scanner.evidence_files import Folder
from scanner.evidence_find import Finder
from tests.scanner.sheets import (
    PDF,
    answered,
    edit,
    export,
    mistakes,
    read,
)

NAMES = ["quy-chế.pdf", "Kế hoạch 2026.pdf", "a;b.pdf", "c.pdf"]


def test_evidence_by_the_names_that_people_write(tmp_path):
    (tmp_path / "con").mkdir()
    for name in [*NAMES, "con/d.pdf"]:
        (tmp_path / name).write_bytes(PDF + name.encode())
    written = unicodedata.normalize("NFD", "QUY-CHẾ.pdf") + ' ; "Kế hoạch 2026.pdf"\ncon\\d.pdf'
    path = edit(export(tmp_path / "p.xlsx"), *answered(3, document=None, evidence=written))
    taken = read(path)
    assert [one.name for one in taken.new[0].evidence] == [NAMES[0], NAMES[1], "d.pdf"]
    assert sorted(p.name for p in taken.files.values()) == sorted([NAMES[0], NAMES[1], "d.pdf"])
    other = tmp_path / "elsewhere"
    other.mkdir()
    assert [cell for cell, _ in mistakes(path, folder=other)] == ["I3"] * 3


@pytest.mark.parametrize(
    "name",
    ["../s.pdf", "/etc/passwd", "C:\\s.pdf", "\\\\host\\s.pdf", "~/s.pdf", "a/../../s.pdf",
     "out.pdf", "out/s.pdf", "ring.pdf", "none.pdf", "a\x07.pdf", "x" * 500, "con", "bad.pdf"],
)  # fmt: skip
def test_no_file_outside_the_folder_is_evidence(tmp_path, name):
    (tmp_path / "s.pdf").write_bytes(PDF)
    folder = tmp_path / "in"
    (folder / "con").mkdir(parents=True)
    (folder / "out.pdf").symlink_to(tmp_path / "s.pdf")
    (folder / "out").symlink_to(tmp_path)
    (folder / "ring.pdf").symlink_to("ring.pdf")
    (folder / "bad.pdf").write_bytes(b"MZ")
    finder = Finder(folder, Folder(tmp_path / "evidence"))
    with pytest.raises(Exception, match=r"\w") as caught:
        finder.find(name)
    assert type(caught.value).__name__ == "NotFound"


def test_a_link_inside_the_folder_is_fine(tmp_path):
    (tmp_path / "a.pdf").write_bytes(PDF)
    (tmp_path / "b.pdf").symlink_to("a.pdf")
    assert Finder(tmp_path, Folder(tmp_path / "e")).find("B.pdf")[1].size == len(PDF)


def test_names_that_differ_in_case_alone_must_be_exact(tmp_path):
    for name in ("A.pdf", "a.pdf"):
        (tmp_path / name).write_bytes(PDF)
    finder = Finder(tmp_path, Folder(tmp_path / "e"))
    assert finder.find("a.pdf")[0].name == "a.pdf"
    with pytest.raises(Exception, match="exactly"):
        finder.find("a.PDF")
