"""Files that are no questionnaire, or a bomb: refused clearly, in bounded time and memory."""

from __future__ import annotations

import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.sheet_form import SheetError
from scanner.sheet_grid import form
from tests.scanner.sheets import (
    BOTH,
    answered,
    edit,
    export,
    mistakes,
    part,
    read,
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
    assert mistakes(with_part(sheet, TABLE, big_table(4, 16_000)))[0][1].startswith(
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


def test_a_formula_that_all_cells_share_is_not_spelled_out(sheet):
    """One long formula and thousands that refer to it: translating them would take hours."""
    first = f'<c r="T20"><f t="shared" si="0">{"A1+" * 20_000}1</f></c>'
    more = "".join(
        f'<row r="{row}"><c r="T{row}"><f t="shared" si="0"/></c></row>' for row in range(21, 2900)
    )
    data = part(edit(sheet, *answered(3)), TABLE).decode()
    bomb = data.replace("</sheetData>", f'<row r="20">{first}</row>{more}</sheetData>')
    assert len(read(with_part(sheet, TABLE, bomb.encode())).new) == 1


def test_memory_stays_bounded(tmp_path):
    """Each of the heaviest sheets in a process that may not take more than 400 MB."""
    sheets = {
        "rows": big_table(100_000), "cells": big_table(1_000, 45), "wide": big_table(1, 48_000),
        "spaces": b" " * (24 << 20),
    }  # fmt: skip
    for name, data in sheets.items():
        path = with_part(export(tmp_path / f"{name}.xlsx"), TABLE, data)
        code = "import sys; from pathlib import Path; from tests.scanner.sheets import mistakes; "
        code += "print(mistakes(Path(sys.argv[1])))"
        done = subprocess.run(
            [sys.executable, "-c", code, path], cwd=Path(__file__).parents[2],
            capture_output=True, text=True, timeout=300,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (400 << 20, 400 << 20)),
        )  # fmt: skip
        assert done.returncode == 0, f"{name}: {done.stderr}"
        assert done.stdout.startswith("[('', "), name
