"""The questionnaire's pages as people rearrange them: read rightly, or told what is missing."""

from __future__ import annotations

import pytest
from openpyxl import Workbook, load_workbook

from tests.scanner.sheets import (
    COLUMN,
    answered,
    edit,
    export,
    mistakes,
    read,
    standing,
)


@pytest.fixture
def sheet(tmp_path):
    return export(tmp_path / "p.xlsx")


def delete(column):
    return lambda page: page.delete_cols(COLUMN[column])


def test_a_missing_column_is_named(sheet):
    edit(sheet, delete("plan"))
    assert mistakes(sheet) == [
        ("Câu hỏi", 'the column "Plan" is missing: export the questionnaire again')
    ]


def test_columns_in_another_order_with_other_headings(sheet):
    def shuffle(page):
        rows = [[cell.value for cell in row] for row in page.iter_rows()]
        page.delete_rows(1, len(rows))
        for row in rows:
            page.append(row[::-1])
        for cell in page[2]:
            if cell.value not in ("Trả lời", "Kế hoạch"):
                cell.value = "renamed"

    edit(sheet, *answered(3), shuffle)
    assert [one.answer for one in read(sheet).new] == ["met"]


def test_without_the_hidden_keys_the_headings_do(sheet):
    edit(sheet, *answered(3), lambda page: page.delete_rows(1))
    assert len(read(sheet).new) == 1
    english = export(sheet, lang="en")
    edit(english, *answered(3), lambda page: page.delete_rows(1))
    assert len(read(english).new) == 1


def test_another_workbook(tmp_path):
    book = Workbook()
    book.active.append(["Họ tên", "Lương"])
    book.save(tmp_path / "p.xlsx")
    assert mistakes(tmp_path / "p.xlsx") == [
        ("", "no page holds the questions: export the questionnaire again")
    ]


def test_two_pages_of_questions(sheet):
    book = load_workbook(sheet)
    book.copy_worksheet(book.worksheets[1])
    book.save(sheet)
    assert [message for _, message in mistakes(sheet)] == [
        "a second page of questions: take one away"
    ]


def test_a_first_page_that_is_gone(sheet):
    book = load_workbook(sheet)
    book.remove(book.worksheets[0])
    book.save(sheet)
    assert [message[:24] for _, message in mistakes(sheet)] == [
        "this is no questionnaire", "the questionnaire is ano", "the questionnaire is ano",
        "the questionnaire is of ",
    ]  # fmt: skip


def rename(key, value):
    def change(page):
        for row in page.iter_rows():
            if row[0].value == key:
                row[2].value = value

    return change


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("agency", "other", "the questionnaire is another agency's; asked for is agency-0"),
        ("system", "mail", "the questionnaire is another system's; asked for is portal"),
        ("system", "=1+1", "a formula is not taken: write the text itself"),
        ("profile", "level2", ("the questionnaire is of another profile; asked for is level3 (see"
         " --profile)")),
        ("sheet", "press-scan/questionnaire/2", ("this is no questionnaire that this version of"
         " press-scan reads; export it again: press-scan/questionnaire/1")),
    ],
)  # fmt: skip
def test_a_sheet_of_something_else(sheet, key, value, message):
    edit(sheet, *answered(3))
    assert message in [said for _, said in mistakes(edit(sheet, rename(key, value), page=0))]


def test_another_version_of_the_profile_is_taken_where_the_words_are_the_same(sheet):
    edit(sheet, rename("sha256", "0" * 64), page=0)
    edit(sheet, *answered(3), *answered(4))
    taken = read(sheet)
    assert taken.older_profile and len(taken.new) == 2
    edit(sheet, (4, "requirement", None))
    assert [cell for cell, _ in mistakes(sheet)] == ["O4"]


def test_rows_that_were_mixed_up_are_not_believed(sheet):
    ids = [one.id for one in standing().profile.controls]
    edit(sheet, *answered(3, id=ids[1]), *answered(4, id=ids[0]), *answered(5, requirement=None))
    found = mistakes(sheet)
    assert [cell for cell, _ in found] == ["O3", "O4"]
    assert all("other words: the rows were mixed up" in message for _, message in found)
