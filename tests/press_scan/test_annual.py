"""`annual-report` at the command line, read back by python-docx, pdftotext and LibreOffice."""

from __future__ import annotations

import re
import subprocess
from copy import deepcopy
from datetime import UTC, datetime

import pytest
import yaml
from docx import Document

from facts.udp import UdpFacts
from scanner.inventory import Inventory
from tests.factories import GOOD
from tests.factories.ports import port, ports
from tests.press_scan.kept import keep_run
from tests.press_scan.program import Program
from tests.scanner.inventories import inventory

HOSTS = ("127.0.0.8", "127.0.0.9", "127.0.0.10")
OWN = """
profile: own
version: '1'
title: {vi: Riêng, en: Own}
groups: {g: {vi: Nhóm một, en: Group one}}
controls:
- {id: PORTS, clause: '1', standard: QC, group: g, title: {vi: Cổng đóng, en: Closed ports},
   decides: [ports.databases]}
- {id: PAPER, clause: '2', standard: QC, group: g, title: {vi: Giấy tờ, en: Paper}, every: 6}
"""
APPROVED = {
    "state": "approved", "decision": "15/QĐ-BS", "date": "2026-09-01", "law": "nd331",
    "proposed": "2026-08-20", "appraisal": {"document": "3/TĐ", "date": "2026-08-25"},
    "regulation": {"decision": "9/QĐ-BS", "date": "2026-02-01"},
    "plan": {"state": "partly", "expected": "2027-06-30"},
    "basis": {"kind": "policy", "note": "348/QĐ-TTg"},
}  # fmt: skip
SETTINGS = {
    "governing": "Ủy ban nhân dân tỉnh", "issuing": "Sở <b>Văn hóa</b> & Thể thao",
    "number": "12/BC", "place": "Cà Mau", "date": "2026-02-08", "plan": "Kế hoạch số 131/KH-UBND",
    "to": ["Bộ Công an"], "copies": ["Như trên", "Lưu: VT"],
    "signer": {"capacity": "KT. GIÁM ĐỐC", "title": "Phó Giám đốc", "name": "Nguyễn Văn Bình"},
    "difficulties": ["Thiếu người"], "proposals": ["Thêm người"], "next_year": ["Đào tạo"],
    "training": ["Hai lớp"], "obedience": ["Nghiêm túc"], "national_list": ["Không có"],
    "owner": {"name": "UBND tỉnh", "founding": "1/NQ", "head": "A", "address": "B", "phone": "1",
              "mail": "a@b.vn"},
}  # fmt: skip


def facts(*bad):
    found = {}
    for host in HOSTS:
        opened = [port(443, "http"), *([port(3306, "mysql")] if host in bad else [])]
        found[f"host:{host}", "ports"] = ports(*opened)
        found[f"host:{host}", "udp"] = GOOD[UdpFacts]
    return found


class Place:
    """A store with two runs, an inventory and settings beside it."""

    def __init__(self, folder):
        self.folder, self.program = folder, Program(folder)
        (folder / "own.yaml").write_text(OWN, "utf-8")
        raw = inventory(*HOSTS).model_dump(mode="json", by_alias=True)
        raw["programme"]["target"] |= {"by": "2026-12-31"}
        raw["agencies"][0]["name"] = "Báo <i>Sông</i> & Biển"
        raw["agencies"][2]["electronic"] = False
        states = (
            APPROVED,
            {"state": "drafted", "expected": "2027-03-01", "basis": APPROVED["basis"]},
            {**APPROVED},
        )
        for agency, dossier in zip(raw["agencies"], states, strict=True):
            agency["systems"][0]["dossier"] |= deepcopy(dossier)
        self.raw = raw
        self.write(raw)
        self.settings(SETTINGS)
        inv = Inventory.model_validate(raw)
        for bad, day in ((HOSTS[:1], 20), (HOSTS[:0], 28)):  # mended on 28 November
            keep_run(folder / "s.db", inv, facts(*bad), str(folder / "own.yaml"),
                     path=str(folder / "inventory.yaml"),
                     started=datetime(2026, 11, day, 5, tzinfo=UTC))  # fmt: skip

    def write(self, raw):
        text = yaml.safe_dump(raw, allow_unicode=True)
        (self.folder / "inventory.yaml").write_text(text, "utf-8")

    def settings(self, told):
        text = yaml.safe_dump(told, allow_unicode=True)
        (self.folder / "report.yaml").write_text(text, "utf-8")

    def report(self, name, *args, code=None, lang="vi", year="2026"):
        """Make the reports into a folder of this name; the folder and what was printed."""
        out = self.folder / name
        given = ("annual-report", "--year", year, "--db", self.folder / "s.db", "--output", out)
        done = self.program.run(*given, *args, code=code, PRESS_SCAN_LANG=lang)
        return out, done


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Both documents in both formats, and what the command said."""
    of = Place(tmp_path_factory.mktemp("annual"))
    return (of, *of.report("out", code=3))


def cells(table):
    """A table's texts."""
    return [[cell.text for cell in row.cells] for row in table.rows]


def squeezed(text):
    return re.sub(r"\s+", "", text)


def pdf_text(path):
    run = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True)
    return run.stdout.decode()


def docx_text(path):
    """Everything in reading order, headers left out."""
    book = Document(str(path))
    lines = (node for node in book.element.body.iter() if node.tag.endswith("}p"))
    return "\n".join(
        "".join(node.text or "" for node in line.iter() if node.tag.endswith("}t"))
        for line in lines
    )


def test_form_08_counts_and_lists_what_the_inventory_and_the_store_say(made):
    _, out, _ = made
    head, counts, owner, unit, foot, systems, *_ = map(
        cells, Document(str(out / "form-08-2026.docx")).tables
    )
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in head[0][1]
    assert head[1] == ["Số: 12/BC", "Cà Mau, ngày 08 tháng 02 năm 2026"]
    assert [row[2] for row in counts[1:]] == ["3", "2", "3", "2", "2", "3", "01/03/2027"]
    assert [row[1] for row in owner[1:]] == ["UBND tỉnh", "1/NQ", "A", "B", "1", "a@b.vn"]
    assert {row[1] for row in unit[1:]} == {"………"}
    assert "KT. GIÁM ĐỐC" in foot[0][1] and "Lưu: VT." in foot[0][0]
    assert len(systems) == 4 and len(systems[0]) == 12
    assert systems[1][1:] == [
        "Cổng", "Báo <i>Sông</i> & Biển", "Báo <i>Sông</i> & Biển", "3", "Đã được phê duyệt",
        "15/QĐ-BS, 01/09/2026", "9/QĐ-BS, 01/02/2026", "–", "Đã triển khai một số hạng mục",
        "30/06/2027", "Định kỳ",
    ]  # fmt: skip
    assert systems[2][5:10] == ["Đang dự thảo", "–", "………", "01/03/2027", "………"]


def test_each_requirement_is_told_with_its_plan_or_a_blank(made):
    _, out, _ = made
    tables = [cells(one) for one in Document(str(out / "form-08-2026.docx")).tables]
    rows = [row for table in tables[6:] for row in table[1:]]
    assert [row[:4] for row in rows[:2]] == [
        ["1", "Cổng đóng", "Có", "Máy"], ["2", "Giấy tờ", "Chưa xác minh", "–"],
    ]  # fmt: skip
    assert rows[0][4:] == ["", ""] and rows[1][4:] == ["………", "………"]
    assert len(rows) == 6


def test_every_blank_is_marked_and_listed_with_the_place_that_fills_it(made):
    _, out, done = made
    book = Document(str(out / "form-08-2026.docx"))
    runs = [run for run in book.element.iter() if run.tag.endswith("}r")]
    for run in runs:
        words = "".join(node.text or "" for node in run if node.tag.endswith("}t"))
        marked = any(node.tag.endswith("}highlight") for node in run.iter())
        assert (words == "………") == marked
    assert "report.yaml: security_unit.head" in done.stdout
    assert "danh mục: agency-1/portal: dossier.regulation" in done.stdout
    assert "report.yaml: number" not in done.stdout


def test_the_report_tells_readings_with_their_coverage(made):
    _, out, _ = made
    text = docx_text(out / "annual-report-2026.docx")
    assert "Số liệu chốt ngày 09/12/2026. Số cơ quan báo chí điện tử được tính: 2." in text
    assert "Máy quyết định 3/6 yêu cầu" in text and "3 chưa xác minh" in text
    readings, agencies = map(cells, Document(str(out / "annual-report-2026.docx")).tables[1:3])
    assert [row[1:] for row in readings[1:]] == [["1/2", "50%"], ["0/2", "0%"], ["2/2", "100%"]]
    assert [row[3:7] for row in agencies[1:]] == [
        ["có", "không", "có", "50%"], ["không", "không", "có", "50%"], ["có", "không", "có", "50%"],
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["annual-report-2026", "form-08-2026"])
def test_docx_and_pdf_say_the_same(made, name):
    _, out, _ = made
    told = set(re.findall(r"\w+", docx_text(out / f"{name}.docx")))
    page = squeezed(pdf_text(out / f"{name}.pdf"))
    assert [word for word in sorted(told) if word not in page] == []
    assert "<B>VĂNHÓA</B>" in page


@pytest.mark.parametrize("name", ["annual-report-2026", "form-08-2026"])
def test_libreoffice_opens_it_and_its_pages_are_as_the_decree_says(made, name, tmp_path):
    _, out, _ = made
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", tmp_path]
    subprocess.run([*command, out / f"{name}.docx"], check=True, capture_output=True, timeout=240)
    pages = pdf_text(tmp_path / f"{name}.pdf").split("\f")[:-1]
    ours = squeezed("".join(pages))
    assert [
        w for w in set(docx_text(out / f"{name}.docx").split()) if squeezed(w) not in ours
    ] == []
    assert "CỘNG HÒA XÃ HỘI" in pages[0] and pages[0].split()[0] != "1"
    annex = next(at for at, page in enumerate(pages) if "Phụ lục I" in page)
    if annex > 1:  # numbers begin on the second page
        assert pages[1].split()[0] == "2"
    sizes = subprocess.run(["pdfinfo", "-l", "99", tmp_path / f"{name}.pdf"], check=True,
                           capture_output=True, text=True).stdout  # fmt: skip
    wide = [line for line in sizes.splitlines() if "size:" in line and " 841" in line.split("x")[0]]
    assert len(wide) == (1 if name.startswith("form") else 0)


def test_the_same_twice(made):
    of, out, _ = made
    again, _ = of.report("again")
    for file in sorted(out.iterdir()):
        assert file.read_bytes() == (again / file.name).read_bytes(), file.name


def test_what_was_seen_after_the_cut_does_not_count(place):
    out, _ = place.report("early", "--as-of", "2026-11-25", "--form", "report", "--format", "docx")
    assert [file.name for file in out.iterdir()] == ["annual-report-2026.docx"]
    agencies = cells(Document(str(out / "annual-report-2026.docx")).tables[2])
    assert agencies[1][6] == "0%" and agencies[1][8] == "1"
    place.settings({**SETTINGS, "cuts": {"province": "2026-11-25"}})
    again, _ = place.report("set", "--form", "report", "--format", "docx")
    assert docx_text(again / "annual-report-2026.docx") == docx_text(
        out / "annual-report-2026.docx"
    )
    none, _ = place.report("none", "--form", "08", "--format", "docx", "--draft", year="2025")
    counts = cells(Document(str(none / "form-08-2025.docx")).tables[1])
    assert counts[6][2] == "0"


def test_contradictions_stop_it_unless_it_is_a_draft(place):
    raw = deepcopy(place.raw)
    raw["agencies"][0]["systems"][0]["dossier"]["decision"] = ""
    place.write(raw)
    out, done = place.report("stopped", code=2)
    assert not out.exists() and "agency-0/portal" in done.stderr and "--draft" in done.stderr
    out, _ = place.report("draft", "--draft", "--form", "08")
    headers = [s.first_page_header.paragraphs[0].text
               for s in Document(str(out / "form-08-2026.docx")).sections]  # fmt: skip
    assert set(headers) == {"BẢN NHÁP"}
    assert pdf_text(out / "form-08-2026.pdf").count("BẢN NHÁP") >= len(headers)
    assert "quyết định không có số" in docx_text(out / "form-08-2026.docx")


def test_in_english_it_is_a_reading_copy(place):
    out, _ = place.report("en", "--form", "08", "--format", "docx", lang="en")
    book = Document(str(out / "form-08-2026.docx"))
    assert "UNOFFICIAL TRANSLATION" in book.sections[0].first_page_header.paragraphs[0].text
    assert "Form No. 08" in docx_text(out / "form-08-2026.docx")
    assert "Phụ lục" not in docx_text(out / "form-08-2026.docx")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"signr": {}}, "signr"),
        ({"date": "8/2/2026"}, "2026-02-08"),
        ({"to": "một nơi"}, "to"),
        ({"number": "a\nb"}, "number"),
    ],
)
def test_wrong_settings_are_told_with_their_place(place, told, said):
    place.settings(told)
    out, done = place.report("wrong", code=2, lang="en")
    assert "report.yaml:1:" in done.stderr and said in done.stderr and not out.exists()
