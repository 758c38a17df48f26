"""The questionnaire as YAML: written, filled in by hand, damaged."""

from __future__ import annotations

import pytest
import yaml

from scanner import sheet_yaml
from scanner.evidence_files import Folder
from scanner.evidence_find import Finder
from scanner.sheet import sheet_of
from scanner.sheet_form import SheetError
from scanner.sheet_import import Desk, take
from tests.scanner.sheets import BOTH, PDF, TODAY, spoken, standing

FILLED = """  answer: đạt
  statement: |
    Dòng một
    dòng hai
  document: 12/QĐ
  evidence: [a.pdf]
  by: Lan
  made: 23/11/2026
"""
EMPTY = "  answer:\n  statement:\n  document:\n  evidence:\n  by:\n  made:\n"


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text(sheet_yaml.text(sheet_of(standing()), spoken("vi")), "utf-8")
    (tmp_path / "a.pdf").write_bytes(PDF)
    return path


def fill(path, old=EMPTY, new=FILLED):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


def read(path):
    finder = Finder(path.parent, Folder(path.parent / "evidence"))
    return take(sheet_yaml.form(path), Desk(standing(), finder, BOTH))


def mistakes(path):
    try:
        read(path)
    except SheetError as error:
        return [(one.place.row, one.place.column, str(one.message)) for one in error.wrong]
    return []


def test_any_reader_of_yaml_reads_it(sheet):
    data = yaml.safe_load(sheet.read_text("utf-8"))
    assert data["system"] == "portal" and len(data["answers"]) == 8
    assert data["answers"][0]["id"] == standing().profile.controls[0].id
    assert data["answers"][0]["requirement"] == standing().profile.controls[0].title["vi"]


def test_filled_in_by_hand(sheet):
    (new,) = read(fill(sheet)).new
    assert (new.answer, new.statement, new.document) == ("met", "Dòng một\ndòng hai", "12/QĐ")
    assert [file.name for file in new.evidence] == ["a.pdf"]
    assert new.made == TODAY


def line_of(path, text):
    return next(n for n, line in enumerate(path.read_text("utf-8").split("\n"), 1) if text in line)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("answer: đạt", "answer: yes", "this is no answer"),
        ("answer: đạt", "answer: true", "text is wanted here"),
        ("answer: đạt", "answer: [đạt]", "one value is wanted here"),
        ("12/QĐ", "{a: 1}", "one value is wanted here"),
        ("[a.pdf]", "[b.pdf]", "no such file"),
        ("[a.pdf]", "[[a.pdf]]", "one value is wanted here"),
        ("[a.pdf]", "../a.pdf", "a file's name is wanted"),
        ("made: 23/11/2026", "made: 23.5", "a day is wanted here"),
        ("by: Lan", "by: Lan\n  bye: An", "unknown key"),
        ("by: Lan", "by: Lan\n  by: An", "the key"),
        ("by: Lan", "by: &a Lan", "anchors"),
        ("by: Lan", "by: *a", "aliases"),
        ("by: Lan", "by: !!python/object:os.system Lan", "tags"),
        ("by: Lan", "\tby: Lan", "tab"),
        ("by: Lan", 'by: "\\x1b[31mLan"', "control character"),
    ],
)
def test_each_mistake_by_its_line(sheet, old, new, said):
    fill(fill(sheet), old, new)
    found = mistakes(sheet)
    assert found and said in found[0][2].lower(), found
    assert found[0][0] == line_of(sheet, new.rpartition("\n")[2])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no questionnaire"),
        ("a: 1", "no questionnaire"),
        ("- 1", "no questionnaire"),
        ("answers: x", "no questionnaire"),
        ("answers: [1, 2]", "keys with values"),
        ("answers: []", "no questionnaire that this version"),
        ("a: [", ""),
        ("\x00", "control character"),
        ("[" * 5000, "nested too deeply"),
        ("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\nanswers: []", "anchors"),
    ],
)
def test_what_is_no_questionnaire(tmp_path, text, said):
    path = tmp_path / "p.yaml"
    path.write_text(text, "utf-8")
    found = mistakes(path)
    assert found and said in found[0][2]


def test_what_is_too_big(tmp_path):
    path = tmp_path / "p.yaml"
    path.write_bytes(b"#" * (5 << 20))
    assert "too big" in mistakes(path)[0][2]
    path.write_text("answers:\n" + "- {id: a}\n" * 4000, "utf-8")
    assert "more than 3000 answers" in mistakes(path)[0][2]
    path.write_text("answers:\n" + "- {odd: a}\n" * 2900, "utf-8")
    assert len(mistakes(path)) == 1000


def test_not_utf_8_and_not_there(tmp_path):
    path = tmp_path / "p.yaml"
    assert mistakes(path)[0][2] == "there is no such file"
    path.write_bytes("answers: Đạt".encode("cp1258", "replace") + b"\xff")
    assert "UTF-8" in mistakes(path)[0][2]
