"""`attest` and `waive` as a person uses them, on a kept run whose database port is open."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from facts.udp import UdpFacts
from tests.factories import GOOD
from tests.factories.ports import port, ports
from tests.press_scan.kept import keep_run
from tests.scanner.inventories import inventory

HOST = "127.0.0.8"
HINTED = "TCVN14423-5.12.2.2-a-07"  # ports.databases hints at it
DECIDED = "OWN-1"  # ports.databases decides it
OWN = """
profile: own
version: '1'
title: {vi: Riêng, en: Own}
extends: level3
controls:
- id: OWN-1
  clause: '1'
  standard: QC-01
  group: network
  title: {vi: Cổng cơ sở dữ liệu đóng, en: Database ports are closed}
  decides: [ports.databases]
"""
PAPERS = "5.1.2.1 a)"
FAULT = "ports.databases@web"
PDF = b"%PDF-1.7\n"


def facts(*opened):
    swept = ports(port(443, "http"), *opened)
    return {(f"host:{HOST}", "ports"): swept, (f"host:{HOST}", "udp"): GOOD[UdpFacts]}


@pytest.fixture
def db(tmp_path):
    file, own = tmp_path / "s.db", tmp_path / "own.yaml"
    own.write_text(OWN, "utf-8")
    keep_run(file, inventory(HOST), facts(port(3306, "mysql")), str(own))
    return file


@pytest.fixture
def attest(program, db):
    def run(control, *args, code=0, **more):
        given = ("--system", "portal", "--by", "Trần Thị Lan", "--db", db)
        return program.run("attest", control, *given, *args, code=code, **more)

    return run


def controls(program, db, *args, code=None):
    done = program.run("judge", "latest", "--db", db, "--format", "json", *args, code=code)
    system = json.loads(done.stdout)["agencies"][0]["systems"][0]
    return {one["id"]: one for one in system["controls"]}


def state(found, control):
    return found[control]["status"], found[control]["decided_by"]


def test_a_paper_with_a_file(program, db, attest, tmp_path):
    file = tmp_path / "quy trình.pdf"
    file.write_bytes(PDF)
    done = attest(PAPERS, "--file", file, "--statement", "Đủ bốn bước")
    assert "A-0001: agency-0/portal, TCVN14423-5.1.2.1-a: recorded" in done.stdout
    assert state(controls(program, db), "TCVN14423-5.1.2.1-a") == ("met", "attestation")
    (kept,) = json.loads(program.run("attestations", "list", "--db", db, "--format", "json").stdout)
    assert kept["counts"] and kept["answer"] == "met" and kept["by"] == "Trần Thị Lan"
    (evidence,) = kept["evidence"]
    place = tmp_path / "evidence" / evidence["sha256"][:2] / f"{evidence['sha256']}.pdf"
    assert place.read_bytes() == PDF
    assert "1 evidence files, 0 not" in program.run("attestations", "check", "--db", db).stdout
    place.chmod(0o600)
    place.write_bytes(b"other")
    done = program.run("attestations", "check", "--db", db, code=1)
    assert "A-0001" in done.stdout and "changed" in done.stdout


def test_a_person_confirms_a_hint_until_the_machine_sees_more(program, db, attest):
    assert state(controls(program, db), HINTED) == ("partial", "none")
    done = attest(HINTED, "--document", "1/BC")
    assert f"it answers what the machine showed: {FAULT}" in done.stdout
    assert state(controls(program, db), HINTED) == ("met", "attestation")
    keep_run(db, inventory(HOST), facts())  # mended
    assert state(controls(program, db), HINTED) == ("met", "attestation")
    attest(HINTED, "--document", "2/BC")  # nothing to answer this time
    keep_run(db, inventory(HOST), facts(port(5432, "postgresql")))
    assert state(controls(program, db), HINTED) == ("partial", "none")


def test_a_plain_word_does_not_overrule_a_check_and_an_equivalent_measure_does(program, db, attest):
    assert state(controls(program, db), DECIDED) == ("not_met", "checks")
    done = attest(DECIDED, "--document", "1/BC")
    assert "attest an equivalent measure" in done.stderr
    assert state(controls(program, db), DECIDED) == ("not_met", "checks")
    same = "Cổng này chỉ mở trong mạng riêng ảo"
    attest(DECIDED, "--answer", "equivalent", "--document", "2/BC", "--statement", same)
    assert state(controls(program, db), DECIDED) == ("met", "attestation")


def test_it_counts_for_whole_days_and_expires(program, db, attest):
    today = date.today()
    first, last = today - timedelta(days=3), today + timedelta(days=4)
    attest(PAPERS, "--document", "1/BC", "--on", first, "--until", f"{last:%d/%m/%Y}")
    counting = {
        day: state(controls(program, db, "--as-of", day), "TCVN14423-5.1.2.1-a")
        for day in (first - timedelta(days=1), first, last, last + timedelta(days=1))
    }
    nothing, met = ("unverified", "none"), ("met", "attestation")
    assert list(counting.values()) == [nothing, met, met, nothing]
    later = last + timedelta(days=1)
    listed = program.run("attestations", "list", "--db", db, "--as-of", later)
    assert listed.stdout == ""
    listed = program.run("attestations", "list", "--all", "--db", db, "--as-of", later)
    assert "A-0001" in listed.stdout and "counts for nothing" in listed.stdout


def test_a_mistake_is_withdrawn_and_stays_written(program, db, attest):
    attest(PAPERS, "--document", "1/BC")
    program.run("attestations", "withdraw", "A-0001", "--why", "nhầm", "--db", db)
    assert state(controls(program, db), "TCVN14423-5.1.2.1-a") == ("unverified", "none")
    assert "A-0001" in program.run("attestations", "list", "--all", "--db", db).stdout
    for number in ("A-0001", "A-9", "W-0001", "\x1b[2J"):
        given = ("attestations", "withdraw", number, "--why", "x", "--db", db)
        done = program.run(*given, code=2)
        assert "\x1b" not in done.stderr


def test_a_waiver(program, db):
    until = date.today() + timedelta(days=30)
    given = ("waive", DECIDED, "--system", "agency-0/portal", "--db", db, "--reason",
             "Chờ kinh phí mua thiết bị", "--decision", "7/QĐ", "--requested-by", "Trần Thị Lan",
             "--until", until)  # fmt: skip
    refused = program.run(*given, "--approved-by", "  trần thị  LAN", code=2)
    assert "--approved-by: nobody accepts their own request" in refused.stderr
    done = program.run(*given, "--approved-by", "Lê Văn Minh")
    assert "W-0001" in done.stdout
    assert state(controls(program, db), DECIDED) == ("not_met", "waiver")
    later = until + timedelta(days=1)
    assert state(controls(program, db, "--as-of", later), DECIDED) == ("not_met", "checks")
    assert "7/QĐ" in program.run("waivers", "list", "--db", db).stdout
    program.run("waivers", "withdraw", "W-0001", "--why", "xong", "--db", db)
    assert state(controls(program, db), DECIDED) == ("not_met", "checks")


@pytest.mark.parametrize(
    ("control", "args", "said"),
    [
        (PAPERS, (), "--file: a proof is missing"),
        (PAPERS, ("--answer", "not_applicable"), "--statement: say in a sentence"),
        (PAPERS, ("--document", "1", "--on", "2999-01-01"), "--on: the day of the answer is still"),
        (PAPERS, ("--document", "1", "--until", "2999-01-01"), "--until: this requirement wants"),
        (PAPERS, ("--file", "/dev/zero"), "/dev/zero: this is no file"),
        (PAPERS, ("--file", "/etc/passwd-none"), "cannot be read"),
        (PAPERS, ("--on", "30/02/2026"), "write a day like"),
        ("TCVN14423-5.1.2.1-aa", (), 'did you mean "TCVN14423-5.1.2.1-a"?'),
        ("nonsense", (), 'the profile own has no requirement "nonsense"'),
        (PAPERS, ("--profile", "level9"), "no profile is named so"),
        (PAPERS, ("--system", "portall"), "no system has the id"),
        (PAPERS, ("--agency", "other"), "no system has the id"),
    ],
)
def test_mistakes_end_with_code_2_and_write_nothing(program, db, attest, control, args, said):
    assert said in attest(control, *args, code=2).stderr
    assert program.run("attestations", "list", "--db", db).stdout == ""


def test_which_of_two_systems(program, tmp_path):
    file = tmp_path / "two.db"
    keep_run(file, inventory(HOST, "127.0.0.9"), {})
    given = ("attest", PAPERS, "--by", "Lan", "--document", "1", "--db", file)
    done = program.run(*given, "--system", "portal", code=2)
    assert "agency-0/portal, agency-1/portal" in done.stderr
    program.run(*given, "--system", "agency-1/portal")
    program.run(*given, "--system", "portal", "--agency", "agency-0")


def test_before_the_first_run_the_inventory_is_named(program, tmp_path):
    given = ("attest", PAPERS, "--system", "portal", "--by", "Lan", "--document", "1", "--db",
             tmp_path / "new.db")  # fmt: skip
    assert "--inventory FILE" in program.run(*given, code=2).stderr


def test_in_vietnamese(program, db, attest):
    assert "đã ghi, có giá trị đến" in attest(PAPERS, "--document", "1", "--lang", "vi").stdout
    done = attest(PAPERS, "--lang", "vi", code=2)
    assert "chưa có bằng chứng" in done.stderr


def test_another_agencys_faults_are_not_answered(program, tmp_path):
    """Two agencies, whose systems have one id: only the first one's database is open."""
    file = tmp_path / "two.db"
    keep_run(file, inventory(HOST, "127.0.0.9"), facts(port(3306, "mysql")))
    given = ("attest", HINTED, "--by", "Lan", "--document", "1", "--db", file, "--system")
    assert FAULT not in program.run(*given, "agency-1/portal").stdout
    assert FAULT in program.run(*given, "agency-0/portal").stdout
    assert FAULT in program.run(*given, "agency-0/portal").stdout  # said again: the same faults
