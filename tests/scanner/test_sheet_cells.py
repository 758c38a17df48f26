"""What people and programs put into the cells: taken rightly, or refused by cell."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from datetime import datetime, time

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment

from scanner.sheet_form import SheetError
from tests.scanner.sheets import (
    COLUMN,
    TODAY,
    answered,
    edit,
    export,
    mistakes,
    part,
    read,
    standing,
    with_part,
)

TABLE = "xl/worksheets/sheet2.xml"


@pytest.fixture
def sheet(tmp_path):
    return export(tmp_path / "p.xlsx")


@pytest.mark.parametrize("key", ["answer", "statement", "document", "evidence", "by", "made",
                                 "valid_until", "plan", "plan_by", "id"])  # fmt: skip
@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://x","Met")', "=cmd|' /C calc'!A0"])
def test_formulas_are_refused_by_cell_and_never_computed(sheet, key, formula):
    edit(sheet, *answered(3), (3, key, formula))
    cell = f"{chr(64 + COLUMN[key])}3"
    assert (cell, "a formula is not taken: write the text itself") in mistakes(sheet)


def test_shared_and_array_formulas_too(sheet):
    from openpyxl.worksheet.formula import ArrayFormula

    edit(sheet, *answered(3), (3, "document", ArrayFormula("H3", "=SUM(A1:A3)")))
    assert [cell for cell, _ in mistakes(sheet)] == ["H3"]
    data = part(edit(export(sheet), *answered(3, document="HERE")), TABLE).decode()
    shared = as_cell(data, "H3", '<c r="H3" t="str"><f t="shared" si="0"/><v>12</v></c>')
    assert [cell for cell, _ in mistakes(with_part(sheet, TABLE, shared))] == ["H3"]


@pytest.mark.parametrize("name", ["F99", "$F$3", "f3", "F3"])
def test_a_formula_does_not_hide_behind_another_cells_name(sheet, name):
    """What it was once computed to is never taken for an answer."""
    data = part(edit(sheet, *answered(3)), TABLE).decode()
    made = as_cell(data, "F3", f'<c r="{name}" t="str"><f>"M"&amp;"et"</f><v>Met</v></c>')
    assert mistakes(with_part(sheet, TABLE, made)) in (
        [("F3", "a formula is not taken: write the text itself")],
        [("", "this is no Excel file (.xlsx), or it is damaged: save it again as .xlsx")],
    )


def test_a_formula_without_a_cells_name(sheet):
    data = part(edit(sheet, *answered(3)), TABLE).decode()
    made = as_cell(data, "F3", '<c t="str"><f>"Met"</f><v>Met</v></c>')
    assert "damaged" in mistakes(with_part(sheet, TABLE, made))[0][1]


def as_cell(data, name, cell):
    """The table's XML with one cell replaced."""
    start = data.index(f'<c r="{name}"')
    return (data[:start] + cell + data[data.index("</c>", start) + 4 :]).encode()


DANGEROUS = ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "#REF!", "_x0041_", "a_x000D_"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_goes_out_as_text_and_comes_back_the_same(sheet, text):
    from dataclasses import replace

    from scanner.papers import Papers

    path = edit(sheet, *answered(3, statement="x" * 12))
    (new,) = read(path).new
    of = standing(Papers((replace(new, statement=text, document=text, by=text),)))
    book = load_workbook(export(sheet, of, whole=True))
    for key in ("statement", "document", "by"):
        cell = book.worksheets[1].cell(3, COLUMN[key])
        assert cell.data_type == "s"
        assert cell.quotePrefix == (text[0] in "=+-@")
    again = read(sheet, of)
    assert (again.new, again.unchanged) == ([], 1)


@pytest.mark.parametrize("code", ["#REF!", "#N/A", "#VALUE!"])
def test_error_cells(sheet, code):
    data = part(edit(sheet, *answered(3)), TABLE).decode()
    bad = as_cell(data, "H3", f'<c r="H3" t="e"><v>{code}</v></c>')
    assert mistakes(with_part(sheet, TABLE, bad)) == [
        ("H3", "the cell shows an error: write the text itself")
    ]


def test_merged_cells_are_refused_where_they_matter(sheet):
    edit(sheet, *answered(3), lambda page: page.merge_cells("F3:F5"))
    assert mistakes(sheet) == [
        ("F3", "merged cells are not taken: take them apart, one answer a row")
    ]
    edit(export(sheet), *answered(3), lambda page: page.merge_cells("B3:B5"))
    assert len(read(sheet).new) == 1
    lots = [lambda page, n=n: page.merge_cells(f"T{2 * n}:U{2 * n}") for n in range(1, 200)]
    assert "merged" in mistakes(edit(export(sheet), *lots))[0][1]


def test_hidden_rows_comments_and_sorting_change_nothing(sheet):
    def hide(page):
        page.row_dimensions[4].hidden = True
        page["F3"].comment = Comment("see me", "An")
        page.auto_filter.add_filter_column(5, ["Đạt"])

    edit(sheet, *answered(3), *answered(4), hide)
    assert len(read(sheet).new) == 2

    def backwards(page):
        rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=3)]
        for at, row in enumerate(reversed(rows), 3):
            for column, value in enumerate(row, 1):
                page.cell(at, column).value = value

    before = [(one.control, one.document) for one in read(sheet).new]
    edit(sheet, backwards)
    assert sorted((one.control, one.document) for one in read(sheet).new) == before


def test_ids_that_are_twice_unknown_or_gone(sheet):
    ids = [one.id for one in standing().profile.controls]
    edit(sheet, *answered(3), *answered(4, id=ids[0]), *answered(5, id="OWN-9"),
         *answered(6, id=None), *answered(7, id=7))  # fmt: skip
    assert mistakes(sheet) == [
        ("O4", f"this requirement is answered twice; first here: {sheet}: Câu hỏi!O3"),
        ("O5", "the profile has no requirement with this id"),
        ("O6", "the requirement's id is missing: export the questionnaire again"),
        ("O7", "the profile has no requirement with this id"),
    ]


def test_a_row_with_more_than_an_answer_missing_is_not_dropped(sheet):
    edit(sheet, (3, "document", "12/QĐ"), (4, "by", "Lan"), (5, "answer", "  "))
    ((cell, message),) = mistakes(sheet)
    assert cell == "F3" and "no answer" in message


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("document", 15, None),
        ("document", 15.5, None),
        ("document", True, "text is wanted here"),
        ("document", datetime(2026, 11, 12), ("the program made a day out of this: write it again"
         " with a ' before it")),
        ("by", time(9, 0), "text is wanted here"),
        ("made", "23/11/2026", None),
        ("made", " 23 / 11 / 2026 ", None),
        ("made", "23-11-2026", None),
        ("made", "2026-11-23", None),
        ("made", datetime(2026, 11, 23, 9), None),
        ("made", "11/23/2026", "there is no such day; write it day/month/year: 23/11/2026"),
        ("made", "23/11/26", "a day is wanted here, such as 23/11/2026"),
        ("made", "hôm nay", "a day is wanted here, such as 23/11/2026"),
        ("made", 46349, None),  # a day's number in a cell that shows days
        ("made", True, "a day is wanted here, such as 23/11/2026"),
        ("made", time(9, 0), "a day is wanted here, such as 23/11/2026"),
        ("made", "٢٣/11/2026", "a day is wanted here, such as 23/11/2026"),
        ("made", datetime(1900, 1, 1), ("this answer counted until 1901-01-01 only: look again, and"
         " answer with a new date")),
        ("made", datetime(2026, 11, 24), ("the day of the answer is still to come: today is"
         " 2026-11-23")),
        ("valid_until", datetime(2036, 1, 1), ("this requirement wants a new look every 12 months:"
         " at the latest 2027-11-23")),
    ],
)  # fmt: skip
def test_values_of_another_type(sheet, key, value, message):
    edit(sheet, *answered(3, **{key: value}))
    assert [said for _, said in mistakes(sheet)] == ([message] if message else [])


def test_a_day_beyond_the_calendar(sheet):
    edit(sheet, *answered(3))
    data = part(sheet, TABLE)
    import re

    bad = re.sub(rb'(<c r="K3"[^>]*)t="[nd]"([^>]*>)<v>[^<]*</v>', rb"\1\2<v>99999999</v>", data)
    assert bad != data
    assert mistakes(with_part(sheet, TABLE, bad)) == [
        ("K3", "the cell shows an error: write the text itself")
    ]


def test_letters_in_two_parts_and_spaces_that_do_not_break(sheet):
    nfd = unicodedata.normalize("NFD", "Trần\u00a0Thị  Lan")
    edit(sheet, *answered(3, answer=unicodedata.normalize("NFD", " đạt\u00a0"), by=nfd))
    (new,) = read(sheet).new
    assert (new.answer, new.by) == ("met", "Trần Thị Lan")


def test_nothing_in_a_message_steers_the_terminal(sheet):
    data = part(edit(sheet, *answered(3, answer="HERE")), TABLE)
    evil = "\u202e\u009b31m" + "x" * 9000
    with_part(sheet, TABLE, data.replace(b"HERE", evil.encode()))
    with pytest.raises(SheetError) as caught:
        read(sheet)
    (wrong,) = caught.value.wrong
    assert wrong.text().isprintable() and len(wrong.text()) < 500


def test_every_bad_cell_is_told_in_one_go_in_their_order(sheet):
    edit(sheet, *answered(3, made="x"), *answered(4, answer="x"), *answered(5, document=None),
         (6, "plan", "x"), *answered(7, evidence="none.pdf"))  # fmt: skip
    assert [cell for cell, _ in mistakes(sheet)] == ["K3", "F4", "I5", "F6", "I7"]


def test_strings_kept_apart_as_excel_keeps_them(sheet):
    """Excel and LibreOffice write each text once, beside the tables."""
    edit(sheet, *answered(3, by="HERE"))
    data, main = part(sheet, TABLE).decode(), "http://schemas.openxmlformats.org/"
    with_part(sheet, TABLE, as_cell(data, "J3", '<c r="J3" t="s"><v>0</v></c>'))
    name, kind = "xl/sharedStrings.xml", "officedocument.spreadsheetml.sharedStrings+xml"
    with_part(sheet, name, f'<sst xmlns="{main}spreadsheetml/2006/main"><si><r><t>Trần </t></r>'
              "<r><t>Lan_x000D_</t></r></si></sst>".encode())  # fmt: skip
    kinds = part(sheet, "[Content_Types].xml").decode().replace(
        "</Types>", f'<Override PartName="/{name}" ContentType="application/vnd.openxmlformats-'
        f'{kind}"/></Types>')  # fmt: skip
    with_part(sheet, "[Content_Types].xml", kinds.encode())
    assert [one.by for one in read(sheet).new] == ["Trần Lan"]


def test_a_page_of_ones_own_does_no_harm(sheet):
    book = load_workbook(edit(sheet, *answered(3)))
    book.create_sheet("Ghi chú", 0)["A1"] = "của tôi"
    book.save(sheet)
    assert [one.made for one in read(sheet).new] == [TODAY]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_as_libreoffice_saves_it(sheet, tmp_path):
    edit(sheet, *answered(3, statement="Đã làm\nxong cả"), *answered(5, answer="Không áp dụng",
         statement="Không có mạng không dây"))  # fmt: skip
    before = read(sheet).new
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    out = tmp_path / "out"
    command = ["soffice", home, "--headless", "--convert-to", "xlsx", "--outdir", out, sheet]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    after = read(out / sheet.name)
    assert (after.new, after.skipped) == (before, 6)
