"""CSV and XLSX say what the view says, and nothing in them runs."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, time
from functools import cache

import openpyxl
import pytest

from reports.csv_report import cell
from reports.formats import FORMATS
from reports.scorecard import for_agency, scorecard
from reports.tables import Tables
from tests.reports import factory, nasty

LANGS = ("vi", "en")


@cache
def card(of=factory, lang="vi"):
    return scorecard(of.assessment(), factory.profile(), lang, describe=factory.describe(lang))


@cache
def rendered(name, of, lang):
    return FORMATS[name].render(card(of, lang))


def read(raw):
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def sheet(of=factory, lang="vi"):
    return read(rendered("csv", of, lang))


@cache
def book(of=factory, lang="vi"):
    return openpyxl.load_workbook(io.BytesIO(rendered("xlsx", of, lang)))


def shown(value):
    """As openpyxl reads a cell back."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime.combine(value, time.min)
    return None if value == "" else value


@pytest.mark.parametrize("lang", LANGS)
def test_csv_has_every_finding_in_the_views_order(lang):
    whole = card(lang=lang)
    heading, *rows = sheet(lang=lang)
    assert len(set(heading)) == len(heading)
    assert [(row[0], row[5], row[9]) for row in rows] == [
        (cell(one.agency_name), one.check.id, cell(one.says)) for one in whole.findings
    ]


def test_csv_begins_with_a_mark_that_excel_knows_and_has_no_mixed_line_ends():
    raw = rendered("csv", factory, "vi")
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\n") == raw.count(b"\r\n") == len(card().findings) + 1


@pytest.mark.parametrize("lang", LANGS)
def test_a_workbook_says_what_the_view_says(lang):
    whole = card(lang=lang)
    tables = Tables(whole)
    made = book(lang=lang)
    for page, table in zip(
        made.worksheets[1:], (tables.controls, tables.findings, tables.actions), strict=True
    ):
        said = [list(row) for row in page.iter_rows(values_only=True)]
        assert said[0] == [tables.t(one.heading) for one in table.columns]
        assert said[1:] == [[shown(value) for value in row] for row in table.rows]
        assert (page.freeze_panes, page.auto_filter.ref) == ("A2", page.dimensions)
    first = [row[0] for row in made.worksheets[0].iter_rows(values_only=True)]
    assert first[0] == whole.programme.name
    assert [one.name for one in whole.agencies] == first[-len(whole.agencies) :]


def test_the_plan_leaves_room_for_who_and_when():
    plan = book().worksheets[3]
    by_when = [cell.column_letter for cell in plan[1] if cell.value == "Hạn hoàn thành"]
    checked = [str(rule.sqref) for rule in plan.data_validations.dataValidation]
    assert any(one.startswith(by_when[0]) for one in checked)
    assert plan.cell(2, 9).value is None
    assert plan.cell(2, 9).number_format == "dd/mm/yyyy"


def test_days_are_days():
    page = book().worksheets[1]
    at = next(cell.column for cell in page[1] if cell.value == "Có giá trị đến")
    days = [row[at - 1] for row in page.iter_rows(min_row=2)]
    assert any(one.is_date for one in days)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_what_strangers_say_stays_text(name, lang):
    if name == "csv":
        cells = [one for row in sheet(nasty, lang) for one in row]
        assert not [one for one in cells if one.startswith(("=", "+", "-", "@", "\t", "\r"))]
    else:
        made = book(nasty, lang)
        cells = [c for page in made for row in page.iter_rows() for c in row]
        assert not [one for one in cells if one.data_type == "f" or one.hyperlink]
        cells = [str(one.value) for one in cells if one.value is not None]
    assert not [one for one in cells if any(c in one for c in "\x1b\u202e\x00\x07\u2028")]
    assert any("<script>" in one for one in cells)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1"])
def test_no_cell_of_csv_is_a_formula(text):
    assert cell(text) == f"'{text}"


def test_values_of_csv():
    moment = datetime(2026, 11, 23, 3, tzinfo=UTC)
    assert [cell(one) for one in (None, 7, 7.5, moment, moment.date())] == [
        "", "7", "7.5", "2026-11-23T03:00:00Z", "2026-11-23"
    ]  # fmt: skip
    assert len(cell("x" * 40_000)) == 32_000


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_the_same_scorecard_gives_the_same_bytes(name, monkeypatch):
    first = rendered(name, factory, "vi")
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert FORMATS[name].render(card()) == first


def test_no_part_of_a_workbook_is_active():
    raw = rendered("xlsx", nasty, "vi")
    names = zipfile.ZipFile(io.BytesIO(raw)).namelist()
    assert not [one for one in names if "vba" in one or "external" in one or "connections" in one]


def test_an_agency_s_sheet_tells_of_it_alone():
    one = for_agency(card(), "bao-bac-lieu")
    assert {row[0] for row in read(FORMATS["csv"].render(one))[1:]} == {"Báo Bạc Liêu"}
