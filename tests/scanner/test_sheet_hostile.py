"""Sheets that are broken, tricked or enormous: read rightly, or refused clearly; never believed."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from datetime import datetime, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from scanner.sheet_form import SheetError
from scanner.sheet_grid import form
from tests.scanner.sheets import (
    BOTH,
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
NO_EXCEL = "this is no Excel file (.xlsx), or it is damaged: save it again as .xlsx"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.fixture
def sheet(tmp_path):
    return export(tmp_path / "p.xlsx")


def raw(path, data):
    path.write_bytes(data)
    return path


def test_nothing_wrong_with_the_sheet_that_the_others_damage(sheet):
    assert mistakes(edit(sheet, *answered(3))) == []


# -- no Excel file


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", NO_EXCEL),
        (b"not a zip", NO_EXCEL),
        (b"PK\x03\x04 and then nothing", NO_EXCEL),
        (OLE, "this is an old Excel file (.xls): save it as .xlsx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), ("the file is encrypted: save it without a"
         " password")),
    ],
)  # fmt: skip
def test_what_is_no_excel_file(tmp_path, data, message):
    assert mistakes(raw(tmp_path / "p.xlsx", data)) == [("", message)]


def test_what_is_no_file(tmp_path):
    assert mistakes(tmp_path / "none.xlsx") == [("", "there is no such file")]
    assert mistakes(tmp_path)[0][1] == "this is a folder, and a file is wanted"
    big = raw(tmp_path / "big.xlsx", b"PK\x03\x04" + bytes(21 << 20))
    assert mistakes(big) == [("", "the file is too big: more than 20 MB")]


def test_a_pipe_under_the_sheets_name_does_not_hang(tmp_path):
    import os

    os.mkfifo(tmp_path / "p.xlsx")
    assert mistakes(tmp_path / "p.xlsx") == [("", "this is no file")]


def test_a_zip_of_something_else(tmp_path, sheet):
    with zipfile.ZipFile(tmp_path / "z.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "no Excel file" in mistakes(tmp_path / "z.xlsx")[0][1]
    word = with_part(sheet, "xl/workbook.xml", None)
    assert "no Excel file" in mistakes(word)[0][1]


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.99])
def test_a_file_that_was_cut_off(sheet, cut):
    data = sheet.read_bytes()
    assert mistakes(raw(sheet, data[: int(len(data) * cut)])) == [("", NO_EXCEL)]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=4))
def test_a_file_with_flipped_bytes_is_refused_or_read(tmp_path, flips):
    path = export(tmp_path / "p.xlsx")
    content = bytearray(path.read_bytes())
    for where, bits in flips:
        content[int(where * (len(content) - 1))] ^= bits
    path.write_bytes(bytes(content))
    try:
        assert form(path, BOTH).entries
    except SheetError as error:
        assert error.wrong


# -- the archive


def test_macros_are_refused_under_any_name(sheet):
    for name in ("xl/vbaProject.bin", "xl/VBAPROJECT.BIN", "other/vbaProjectSignature.bin"):
        refused = mistakes(with_part(export(sheet), name, b"x"))
        assert refused == [("", "the file holds macros: save it as .xlsx, without them")]


def test_a_zip_bomb_is_not_unpacked(sheet):
    spaces = b" " * (40 << 20)
    assert len(with_part(sheet, TABLE, spaces).read_bytes()) < 100_000
    assert mistakes(sheet) == [("", "the file unpacks to 40 MB, which no questionnaire does")]


def test_a_bomb_among_the_pictures_is_not_unpacked_either(sheet):
    edit(sheet, *answered(3))
    with_part(sheet, "xl/media/image1.png", bytes(200 << 20))
    assert len(read(sheet).new) == 1


def test_an_archive_that_lies_about_its_sizes(sheet):
    with_part(sheet, TABLE, b" " * (30 << 20))
    content = sheet.read_bytes()
    sheet.write_bytes(
        content.replace((30 << 20).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    )
    assert mistakes(sheet) == [("", NO_EXCEL)]


def test_many_parts_and_twins(sheet, tmp_path):
    with zipfile.ZipFile(sheet, "a") as archive:
        for n in range(600):
            archive.writestr(f"xl/media/{n}", b"")
    assert mistakes(sheet) == [("", "the file is made of too many parts")]
    export(sheet)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(sheet, "a") as archive:
        archive.writestr(TABLE, part(sheet, TABLE))
    assert mistakes(sheet) == [("", "the file is made of too many parts")]


BOMB = b"""<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;">]>"""
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("head", [BOMB, OUTSIDE])
@pytest.mark.parametrize("name", [TABLE, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_xml_bombs_and_entities_from_outside(sheet, head, name):
    body = part(sheet, name).partition(b"?>")[2] or part(sheet, name)
    refused = mistakes(with_part(sheet, name, head + body))
    assert refused == [("", "the file declares XML entities, which no spreadsheet program writes")]


def test_a_bomb_in_another_encoding(sheet):
    body = part(sheet, TABLE).decode()
    told = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE w [<!ENTITY a "b">]>' + body
    assert "entities" in mistakes(with_part(sheet, TABLE, told.encode("utf-16")))[0][1]


@pytest.mark.parametrize("name", [TABLE, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_broken_xml(sheet, name):
    whole = part(sheet, name)
    for data in (b"", b"<", whole[: len(whole) // 2], b"<a/>", whole.replace(b"<", b"<<", 9)):
        refused = mistakes(with_part(export(sheet), name, data))
        assert len(refused) == 1 and refused[0][0] == ""


def big_table(rows, columns=1):
    cells = "".join("<c t='inlineStr'><is><t>x</t></is></c>" for _ in range(columns))
    ns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    start = f"<worksheet xmlns='{ns}'><sheetData>"
    return f"{start}{f'<row>{cells}</row>' * rows}</sheetData></worksheet>".encode()


def test_a_hundred_thousand_rows(sheet):
    too_long = "a page has more than 3000 rows: take away what is below the questions"
    assert mistakes(with_part(sheet, TABLE, big_table(100_000))) == [("", too_long)]


def test_sixteen_thousand_columns(sheet):
    assert mistakes(with_part(sheet, TABLE, big_table(20, 16_000)))[0][1].startswith(
        "the file has too many cells"
    )
    wide = with_part(export(sheet), TABLE, big_table(1, 16_000))
    assert mistakes(wide)[0][1].startswith("no page holds the questions")


def test_a_bomb_of_shared_strings(sheet):
    """Few cells, and countless strings beside them, as Excel keeps them."""
    head = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    many = f"{head}{'<si><t>x</t></si>' * 500_000}</sst>".encode()
    with_part(sheet, "xl/sharedStrings.xml", many)
    assert mistakes(sheet) == [("", "the file has too many cells: export the questionnaire again")]


def test_one_huge_text_in_many_cells(sheet):
    edit(sheet, *answered(3, document="HERE"))
    data = part(sheet, TABLE).decode()
    huge = data.replace("HERE", "Q" * 2_000_000)
    assert huge != data
    ((cell, message),) = mistakes(with_part(sheet, TABLE, huge.encode()))
    assert (cell, message) == ("H3", "the text is too long: at most 32767 characters")


def test_a_row_far_below_is_only_a_format_unless_it_holds_something(sheet):
    data = part(edit(sheet, *answered(3)), TABLE)
    end = b"</sheetData>"
    empty = data.replace(end, b'<row r="1048576" ht="12.8"/>' + end)
    assert len(read(with_part(sheet, TABLE, empty)).new) == 1
    cell = b'<row r="1048576"><c r="F1048576" t="inlineStr"><is><t>Met</t></is></c></row>'
    below = with_part(sheet, TABLE, data.replace(end, cell + end))
    assert "more than 3000 rows" in mistakes(below)[0][1]


def test_rows_out_of_order_are_not_lost_in_silence(sheet):
    data = part(edit(sheet, *answered(3)), TABLE)
    swapped = data.replace(b'<row r="4"', b'<row r="1"')
    assert swapped != data
    assert mistakes(with_part(sheet, TABLE, swapped)) == [("", NO_EXCEL)]


def test_memory_stays_bounded(tmp_path):
    """Each of the heaviest sheets in a process that may not take more than 600 MB."""
    sheets = {
        "rows": big_table(100_000), "cells": big_table(2_900, 44), "text": big_table(1, 390_000),
        "spaces": b" " * (24 << 20),
    }  # fmt: skip
    for name, data in sheets.items():
        path = with_part(export(tmp_path / f"{name}.xlsx"), TABLE, data)
        code = "import sys; from pathlib import Path; from tests.scanner.sheets import mistakes; "
        code += "print(mistakes(Path(sys.argv[1])))"
        done = subprocess.run(
            [sys.executable, "-c", code, path], cwd=Path(__file__).parents[2],
            capture_output=True, text=True, timeout=300,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (600 << 20, 600 << 20)),
        )  # fmt: skip
        assert done.returncode == 0, f"{name}: {done.stderr}"
        assert done.stdout.startswith("[('', "), name


# -- the table


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
    edit(sheet, (4, "requirement", "Something else"))
    ((cell, message),) = mistakes(sheet)
    assert cell == "O4" and "other words" in message


# -- cells


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
