"""`attest sheet` and `attest import` as an agency uses them, on a kept run."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from facts.udp import UdpFacts
from scanner.store import Store
from tests.factories import GOOD
from tests.factories.ports import port, ports
from tests.press_scan.kept import keep_run
from tests.scanner.inventories import inventory
from tests.scanner.sheets import COLUMN, PDF, edit

HOST = "127.0.0.8"
HINTED = "TCVN14423-5.12.2.2-a-07"  # ports.databases hints at it
PAPERS = ("TCVN14423-5.1.2.1-a", "TCVN14423-5.1.2.1-b", "TCVN14423-5.1.2.2-a")
TODAY = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()
DAY = f"{TODAY.day:02}/{TODAY.month:02}/{TODAY.year}"


def facts(*opened):
    swept = ports(port(443, "http"), *opened)
    return {(f"host:{HOST}", "ports"): swept, (f"host:{HOST}", "udp"): GOOD[UdpFacts]}


@pytest.fixture
def db(tmp_path):
    keep_run(tmp_path / "s.db", inventory(HOST), facts(port(3306, "mysql")))
    return tmp_path / "s.db"


@pytest.fixture
def attest(program, db):
    def run(what, *args, code=0, **more):
        given = ("--system", "portal", "--db", db)
        return program.run("attest", what, *args, *given, code=code, **more)

    return run


@pytest.fixture
def sheet(attest, tmp_path):
    attest("sheet", "--output", tmp_path / "p.xlsx", PRESS_SCAN_LANG="vi")
    return tmp_path / "p.xlsx"


def rows(path):
    """Where each requirement stands."""
    table = load_workbook(path).worksheets[1]
    return {table.cell(row, COLUMN["id"]).value: row for row in range(3, table.max_row + 1)}


def fill(path, control, **values):
    row = rows(path)[control]
    given = {"answer": "Đạt", "document": "12/QĐ", "by": "Trần Thị Lan", "made": DAY, **values}
    return edit(path, *((row, key, value) for key, value in given.items()))


def kept(db):
    store = Store(str(db))
    found = store.papers()
    store.close()
    return found.attestations


def test_an_afternoon(attest, program, sheet, db, tmp_path):
    assert len(rows(sheet)) > 190
    (tmp_path / "Quy chế.pdf").write_bytes(PDF)
    fill(sheet, PAPERS[0], evidence="quy chế.PDF", statement="Đã ban hành")
    fill(sheet, PAPERS[1], answer="Chưa đạt", document=None, plan="Sẽ rà soát",
         plan_by=TODAY + timedelta(90))  # fmt: skip
    fill(sheet, HINTED, answer="Không áp dụng", statement="Cổng này chỉ mở trong mạng nội bộ")

    dry = attest("import", sheet, "--dry-run")
    assert "answers that would be recorded: 3" in dry.stdout
    assert kept(db) == ()

    done = attest("import", sheet)
    assert "answers recorded: 3" in done.stdout
    assert [line.strip() for line in done.stdout.splitlines() if ": 1" in line] == [
        "Met: 1", "Not applicable: 1", "Not met: 1",
    ]  # fmt: skip
    papers = {one.control: one for one in kept(db)}
    assert papers[PAPERS[0]].statement == "Đã ban hành"
    assert [file.name for file in papers[PAPERS[0]].evidence] == ["Quy chế.pdf"]
    assert papers[PAPERS[1]].plan_by == TODAY + timedelta(90)
    assert papers[HINTED].seen == ("ports.databases@web",)
    folder = next(path for path in tmp_path.rglob("*.pdf") if len(path.stem) == 64)
    assert folder.read_bytes() == PDF

    again = attest("import", sheet)
    assert "nothing new: nothing was recorded" in again.stdout
    assert "said before: 3" in again.stdout
    assert len(kept(db)) == 3

    attest("sheet", "--output", tmp_path / "next.xlsx")
    left = rows(tmp_path / "next.xlsx")
    assert set(rows(sheet)) - set(left) == {PAPERS[0], HINTED}
    assert PAPERS[1] in left  # it has a plan, and is open
    attest("sheet", "--all", "--output", tmp_path / "all.xlsx")
    assert len(rows(tmp_path / "all.xlsx")) == 211
    assert "said before: 3" in attest("import", tmp_path / "all.xlsx").stdout


def test_everything_wrong_is_told_and_nothing_is_kept(attest, sheet, db):
    fill(sheet, PAPERS[0])
    fill(sheet, PAPERS[1], answer="yes", made="31/02/2026", document="=1+1")
    fill(sheet, PAPERS[2], evidence="../s.db", by=None)
    said = attest("import", sheet, code=2)
    told = said.stderr.splitlines()
    assert [line.rpartition("!")[2].split(":")[0] for line in told[:-1]] == ["F4", "I5", "J5"]
    assert told[-1] == "problems: 3; nothing was recorded"
    assert said.stdout == "" and kept(db) == ()
    done = attest("import", sheet, "--format", "json", code=2)
    problems = json.loads(done.stdout)["problems"]
    assert [(one["cell"], one["value"]) for one in problems] == [
        ("F4", '"yes"'), ("I5", '"../s.db"'), ("J5", ""),
    ]  # fmt: skip
    assert problems[0]["sheet"] == "Câu hỏi" and problems[0]["message"]


def test_in_vietnamese_too(attest, sheet):
    fill(sheet, PAPERS[0], answer="tốt")
    said = attest("import", sheet, code=2, PRESS_SCAN_LANG="vi").stderr
    assert '!F3: "tốt": không phải câu trả lời; hãy ghi “Đạt”' in said
    assert "số lỗi: 1; chưa ghi nhận gì" in said


def test_what_the_machine_still_shows_is_said(attest, program, sheet, db):
    fill(sheet, HINTED, answer="Đạt")
    keep_run(db, inventory(HOST), facts(port(3306, "mysql")))
    edit(sheet, (rows(sheet)[HINTED], "seen", ""))  # as if the sheet had not shown it
    said = attest("import", sheet).stdout
    assert "answered, but open, for the machine shows a fault: 5.12.2.2 a)" in said
    assert "ports.databases@web" in said
    told = json.loads(attest("import", sheet, "--format", "json").stdout)
    assert (told["recorded"], told["unchanged"], told["problems"]) == (0, 1, [])
    assert HINTED in told["open"]


def test_yaml_goes_the_same_way(attest, db, tmp_path):
    path = tmp_path / "p.yaml"
    attest("sheet", "--output", path)
    text = path.read_text("utf-8")
    for key, value in (("answer", "Met"), ("document", 1), ("made", DAY)):
        text = text.replace(f"  {key}:\n", f"  {key}: {value}\n", 1)
    path.write_text(text, "utf-8")
    assert "who answers?" in attest("import", path, code=2).stderr
    assert "answers recorded: 1" in attest("import", path, "--by", "Lan").stdout
    assert [one.by for one in kept(db)] == ["Lan"]


def test_a_filled_in_sheet_is_never_written_over(attest, sheet):
    before = sheet.read_bytes()
    assert "is there already" in attest("sheet", "--output", sheet, code=2).stderr
    assert sheet.read_bytes() == before


def test_evidence_from_another_folder(attest, sheet, tmp_path, db):
    folder = tmp_path / "proofs"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(PDF)
    fill(sheet, PAPERS[0], document=None, evidence="a.pdf")
    assert "no such file" in attest("import", sheet, code=2).stderr
    attest("import", sheet, "--evidence", folder)
    assert len(kept(db)) == 1


def test_a_sheet_of_another_profile_or_system(program, sheet, db, tmp_path):
    other = inventory("127.0.0.8", "127.0.0.9")
    keep_run(db, other, facts())
    told = ("--db", db, "--system")
    done = program.run("attest", "import", sheet, *told, "agency-1/portal", code=2)
    assert "another agency's; asked for is agency-1" in done.stderr
    done = program.run("attest", "import", sheet, *told, "agency-0/portal",
                       "--profile", "level3-2017", code=2)  # fmt: skip
    assert "of another profile; asked for is level3-2017" in done.stderr
    done = program.run("attest", "import", sheet, *told, "mail", code=2)
    assert "mail" in done.stderr


def test_what_is_no_sheet(attest, tmp_path):
    (tmp_path / "x.xlsx").write_text("hello")
    assert "this is no Excel file" in attest("import", tmp_path / "x.xlsx", code=2).stderr
    assert "there is no such file" in attest("import", tmp_path / "none.xlsx", code=2).stderr


def test_the_older_standard_has_a_sheet_of_its_own(attest, tmp_path):
    attest("sheet", "--profile", "level3-2017", "--output", tmp_path / "old.xlsx")
    assert len(rows(tmp_path / "old.xlsx")) > 100
