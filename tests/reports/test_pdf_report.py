"""The PDF says what the view says, as real text; and nothing that a stranger said steers it."""

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reports import csv_report
from reports.formats import FORMATS
from reports.pdf_data import document
from reports.pdf_letters import shown
from reports.scorecard import for_agency, scorecard
from scanner.assessment import Permit
from scanner.timeline import NO_HISTORY
from tests.reports import factory, nasty
from tests.reports.pdf_read import squeezed

AGENCY = "bao-bac-lieu"
LANGS = ("vi", "en")


def card(of=factory, lang="vi", agency=AGENCY, history=NO_HISTORY):
    describe = factory.describe(lang)
    whole = scorecard(of.assessment(), factory.profile(), lang, describe=describe, history=history)
    return for_agency(whole, agency) if agency else whole


@pytest.fixture
def pdf(tmp_path):
    """A made PDF's file."""

    def made(*args, **more):
        path = tmp_path / "made.pdf"
        path.write_bytes(FORMATS["pdf"].render(card(*args, **more)))
        return path

    return made


def said(path):
    """All text of it, blanks and hyphenation taken out, so that lines may break anywhere."""
    done = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True)
    return squeezed(done.stdout.decode("utf-8"))


def told(text, whole):
    """Is all of it there?  Word by word, for columns and pages come between lines."""
    return all(squeezed(word) in whole for word in shown(text).split())


def info(path):
    done = subprocess.run(["pdfinfo", str(path)], check=True, capture_output=True, text=True)
    return dict(line.split(":", 1) for line in done.stdout.splitlines() if ":" in line)


@pytest.mark.parametrize("lang", LANGS)
def test_every_requirement_and_every_finding_is_in_the_text(pdf, lang):
    of = card(lang=lang)
    text = said(pdf(lang=lang))
    (agency,) = of.agencies
    for system in agency.systems:
        for row in system.controls:
            assert squeezed(shown(row.clause)) in text
            assert squeezed(shown(row.title)) in text
            for note in row.notes:  # a page may end within it
                assert all(squeezed(word) in text for word in shown(note.text).split())
    for mend in agency.mends:
        for one in (mend.check.id, mend.check.why, mend.check.fix, mend.says):
            assert told(one, text)
        assert all(squeezed(shown(one.place)) in text for one in mend.seen)
    assert all(told(gap.reason, text) for gap in agency.gaps)
    assert squeezed(of.fingerprints[1]) in text


@pytest.mark.parametrize("lang", LANGS)
def test_the_programme_s_pdf_has_every_agency(pdf, lang):
    text = said(pdf(lang=lang, agency=""))
    for agency in card(lang=lang, agency="").agencies:
        assert squeezed(agency.name) in text


def test_it_is_tagged_has_a_title_and_numbers_its_pages(pdf):
    path = pdf()
    told = info(path)
    assert told["Tagged"].strip() == "yes"
    assert "Báo Bạc Liêu" in told["Title"]
    pages = int(told["Pages"])
    text = said(path)
    assert all(f"Trang{number}/{pages}" in text for number in range(1, pages + 1))


def test_every_font_is_inside(pdf):
    done = subprocess.run(["pdffonts", str(pdf())], check=True, capture_output=True, text=True)
    rows = done.stdout.splitlines()[2:]
    assert rows
    for row in rows:
        embedded, subset, unicode = row.split()[-5:-2]
        assert (embedded, subset, unicode) == ("yes", "yes", "yes")


def test_the_findings_are_attached_as_csv(pdf, tmp_path):
    out = tmp_path / "out.csv"
    subprocess.run(["pdfdetach", "-save", "1", "-o", str(out), str(pdf())], check=True,
                   capture_output=True)  # fmt: skip
    assert out.read_bytes() == csv_report.render(card())


@pytest.mark.parametrize("agency", [AGENCY, ""])
def test_the_same_scorecard_gives_the_same_bytes(agency, monkeypatch):
    first = FORMATS["pdf"].render(card(agency=agency))
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert FORMATS["pdf"].render(card(agency=agency)) == first


@pytest.mark.parametrize("agency", [AGENCY, ""])
def test_what_strangers_say_is_text(pdf, agency):
    path = pdf(nasty, agency=agency)
    text = said(path)
    assert squeezed("<script>alert(1)</script>") in text
    assert squeezed("{{ 7 * 7 }}") in text
    assert "\u202e" not in text and "\ufffd" not in text
    raw = path.read_bytes()
    assert b"/JavaScript" not in raw and b"/URI" not in raw and b"/Launch" not in raw


def test_typst_s_own_marks_are_nothing_but_letters(pdf, monkeypatch):
    evil = '#import "x" *bold* _it_ $x^2$ `raw` <label> @ref \\u{41} = a #read("/etc/passwd")'
    data = document(card())
    data["agency"]["conclusion"] = shown(evil)
    monkeypatch.setattr("reports.pdf_report.document", lambda _: data)
    assert squeezed(evil) in said(pdf())


def test_it_names_the_owner_s_paper(pdf):
    of = card()
    permit = Permit("12/GUQ-STTTT", date(2026, 1, 1), date(2026, 12, 31), ("203.0.113.0/24",),
                    ("22:00-05:00",))  # fmt: skip
    path = pdf()
    assert squeezed("lượt quét này không ghi") in said(path)
    path.write_bytes(FORMATS["pdf"].render(replace(of, run=replace(of.run, permit=permit))))
    for one in ("12/GUQ-STTTT", "từ 01/01/2026 đến 31/12/2026", "203.0.113.0/24", "22:00-05:00"):
        assert squeezed(one) in said(path)


def test_it_tells_of_the_run_before_or_that_there_was_none(pdf):
    text = said(pdf(history=factory.history()))
    assert squeezed("So với lượt quét 20261022-0001 (22/10/2026): 30,8% thành") in text
    assert squeezed("Chưa có lượt quét nào trước đó để so sánh") in said(pdf())


def test_memory_does_not_grow_with_each_document():
    """Typst keeps what it has set; without `_forget` each of these would take 30 MB."""
    taken = []
    for number in range(8):
        of = card()
        FORMATS["pdf"].render(replace(of, run=replace(of.run, id=f"run-{number}")))
        taken.append(int(Path("/proc/self/statm").read_text().split()[1]) * 4 // 1024)
    assert taken[-1] - taken[2] < 30
