"""An agency's own run and an auditor's of the same real site: equal, and then for each cause."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from facts.udp import UdpFacts
from tests.factories import GOOD
from tests.factories.ports import port, ports
from tests.lab.nginx import nginx
from tests.press_scan.kept import keep_run
from tests.press_scan.program import Program, inventory
from tests.scanner.inventories import inventory as in_memory

ADDRESS = "127.71.9.1"
SITE = """
server {{
    listen {address}:8071;
    server_tokens off;
    root {root};
    location / {{ add_header X-Content-Type-Options nosniff; }}
}}
"""
HINT = "TCVN14423-5.12.2.2-a-07"  # ports.databases hints at it
PAPERS = "TCVN14423-5.1.2.1-a"
OWN = """
profile: own
version: '1'
title: {vi: Riêng, en: Own}
extends: level3
leave_out: {TCVN14423-5.1.2.1-a: Không dùng}
"""


@dataclass
class Pair:
    """The agency's store and the auditor's, each with a run of the same site."""

    program: Program
    folder: Path
    inventory: Path
    site: Path

    def scan(self, store, *args):
        """Scan into a store; the scorecard's file."""
        card = self.program.scan(
            self.inventory, "--only", "web", "--db", self.folder / f"{store}.db", *args
        )
        return self.keep(store, card)

    def judge(self, store, *args):
        """Judge a store's newest run again; the scorecard's file."""
        db = self.folder / f"{store}.db"
        done = self.program.run("judge", "latest", "--db", db, "--format", "json", *args, code=None)
        return self.keep(store, json.loads(done.stdout))

    def keep(self, store, card):
        path = self.folder / f"{store}.json"
        path.write_text(json.dumps(card), "utf-8")
        return path

    def diff(self, one, other, *args, code):
        done = self.program.run("diff", one, other, "--format", "json", *args, code=code)
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pair")
    root = folder / "www"
    root.mkdir()
    (root / "index.html").write_text("<!doctype html><title>Tin</title><h1>Tin</h1>")
    config = SITE.format(address=ADDRESS, root=root)
    with nginx(folder, config, address=ADDRESS, port=8071):
        asset = {"address": ADDRESS, "urls": [f"http://{ADDRESS}:8071/"],
                 "ports": {"scan": "8071"}}  # fmt: skip
        made = Pair(Program(folder), folder, inventory(folder, asset), root)
        made.scan("agency")
        made.scan("auditor")
        yield made


def whys(document):
    return {cause["why"] for one in document["differences"] for cause in one["causes"]}


def test_the_same_site_seen_twice_is_the_same(pair):
    agency, auditor = (pair.folder / f"{name}.json" for name in ("agency", "auditor"))
    found = pair.diff(agency, "latest", "--db", pair.folder / "auditor.db", code=0)
    assert found["differences"] == found["runs"] == [] and found["other_facts"] == 0
    assert found["same_fingerprints"] == {"profile": True, "facts": True, "papers": True}
    published = json.loads(agency.read_text("utf-8"))["run"]
    assert found["a"]["facts_sha256"] == published["facts_sha256"] != ""
    assert found["a"]["profile_sha256"] == published["profile"]["sha256"] != ""
    done = pair.program.run("diff", agency, auditor)
    said = "The same profile, the same facts, the same papers: the same result."
    assert said in done.stdout and published["facts_sha256"][:12] in done.stdout


def test_a_fault_planted_on_the_server_is_the_cause_and_nothing_else(pair):
    (pair.site / ".git").mkdir()
    (pair.site / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (pair.site / ".git" / "config").write_text("[core]\n\tbare = false\n")
    try:
        later = pair.scan("later")
    finally:
        for name in ("HEAD", "config"):
            (pair.site / ".git" / name).unlink()
        (pair.site / ".git").rmdir()
    found = pair.diff(pair.folder / "agency.json", later, code=1)
    assert whys(found) == {"fact"} and found["runs"] == []
    assert all(one["sure"] for one in found["differences"])
    (finding,) = (one for one in found["differences"] if one["level"] == "finding")
    assert (finding["a"]["status"], finding["b"]["status"]) == ("pass", "fail")
    assert ".git" in json.dumps(finding["causes"])
    (control, *_) = found["differences"]
    assert control["level"] == "control", "what moves a requirement comes first"
    shown = pair.program.run("diff", pair.folder / "agency.json", later, "--lang", "vi", code=1)
    assert "Kết quả khác nhau." in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80


def test_another_vantage_is_told_though_nothing_follows_from_it(pair):
    inside = pair.scan("inside", "--vantage", "internal")
    found = pair.diff(pair.folder / "agency.json", inside, code=0)
    assert [one["why"] for one in found["runs"]] == ["vantage"]
    assert found["differences"] == [] and found["same_fingerprints"]["facts"]


def test_another_profile_is_the_cause_and_nothing_else(pair):
    own = pair.folder / "own.yaml"
    own.write_text(OWN, "utf-8")
    pair.judge("auditor", "--profile", own)
    db = ("--db", pair.folder / "auditor.db")
    found = pair.diff(pair.folder / "agency.json", "latest@own", *db, code=1)
    assert whys(found) == {"left_out"}
    assert [one["why"] for one in found["runs"]] == ["profile"]
    assert not found["same_fingerprints"]["profile"] and found["same_fingerprints"]["facts"]
    assert {one["id"] for one in found["differences"]} == {PAPERS}
    assert found == pair.diff(
        pair.folder / "agency.json", "latest", "--profile", own, *db, code=1
    ) | {"b": found["b"]}
    own.unlink()
    assert pair.diff("latest@level3", "latest@own", *db, code=1)["differences"]


def test_a_statement_on_one_side_and_an_expired_one(pair):
    today = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()  # the programme's
    until = today + timedelta(days=30)
    given = ("--system", "portal", "--by", "Trần Thị Lan", "--document", "1/BC")
    for store in ("agency", "auditor"):
        db = ("--db", pair.folder / f"{store}.db")
        if store == "agency":
            pair.program.run("attest", PAPERS, *given, "--until", until, *db)
        pair.judge(store, "--profile", "level3", "--as-of", today)
    agency, auditor = (pair.folder / f"{name}.json" for name in ("agency", "auditor"))
    found = pair.diff(agency, auditor, code=1)
    assert whys(found) == {"attestation"}
    assert found["differences"][0]["id"] == PAPERS and not found["same_fingerprints"]["papers"]
    pair.program.run("attest", PAPERS, *given, "--until", until, "--db",
                     pair.folder / "auditor.db")  # fmt: skip
    pair.judge("auditor", "--profile", "level3", "--as-of", today)
    assert pair.diff(agency, auditor, code=0)["same_fingerprints"]["papers"]
    pair.judge("auditor", "--profile", "level3", "--as-of", until + timedelta(days=1))
    found = pair.diff(agency, auditor, code=1)
    assert whys(found) == {"expired"}
    pair.program.run("attestations", "withdraw", "A-0001", "--why", "nhầm", "--db",
                     pair.folder / "auditor.db")  # fmt: skip
    pair.judge("auditor", "--profile", "level3", "--as-of", today)
    assert whys(pair.diff(agency, auditor, code=1)) == {"withdrawn"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A store with two judged runs of two agencies: a database port opened between them."""
    folder = tmp_path_factory.mktemp("kept")
    program, db, hosts = Program(folder), folder / "s.db", ("127.0.0.8", "127.0.0.9")
    for opened in ((), (port(3306, "mysql"),)):
        seen = {}
        for host in hosts:
            more = opened if host == hosts[0] else ()
            seen[f"host:{host}", "ports"] = ports(port(443, "http"), *more)
            seen[f"host:{host}", "udp"] = GOOD[UdpFacts]
        run = keep_run(db, in_memory(*hosts), seen)
        program.run("judge", run, "--db", db, code=None)
    return db


def test_two_runs_of_one_store(program, kept):
    today = f"{datetime.now(UTC):%Y%m%d}"
    args = (f"{today}-0001", f"{today}-0002", "--db", kept)
    done = program.run("diff", *args, code=1)
    assert "ports.databases" in done.stdout and "mysql" in done.stdout
    assert "agency-1" not in done.stdout
    assert program.run("diff", *args, "--agency", "agency-0", code=1).stdout
    alone = json.loads(
        program.run("diff", *args, "--agency", "agency-1", "--format", "json").stdout
    )
    assert alone["same"] and alone["agency"] == "agency-1" and alone["same_fingerprints"]["facts"]
    assert not done.stderr


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("latest",), "Missing argument"),
        (("latest", "20010101-0001"), "no run 20010101-0001"),
        (("latest", "latest@other"), "was not judged"),
        (("latest", "latest", "--profile", "other"), "was not judged"),
        (("latest", "latest", "--agency", "nobody"), 'no agency has the id "nobody"'),
        (("latest", "nowhere.json"), "nowhere.json: there is no such file"),
        (("latest", "a/b"), "a/b: there is no such file"),
        (("latest", "setup.cfg"), "setup.cfg: this is no JSON"),
        (("latest", "docs/diff.schema.json"), "diff.schema.json: this is no scorecard"),
        (("latest", "\x1b[31m/x"), "\\x1b[31m/x: there is no such file"),
        (("latest", "latest", "--format", "docx"), "docx"),
    ],
)
def test_wrong_usage_is_said(program, kept, args, says):
    done = program.run("diff", *args, "--db", kept, code=2)
    assert says in done.stderr and not done.stdout and "Traceback" not in done.stderr


def test_two_files_need_no_store(program, kept, tmp_path):
    card = tmp_path / "a.json"
    done = program.run("report", "latest", "--db", kept, "--format", "json")
    card.write_text(done.stdout, "utf-8")
    db = tmp_path / "none" / "s.db"
    program.run("diff", card, card, "--db", db)
    assert not db.exists()


def test_a_run_tells_its_fingerprints(program, kept):
    shown = program.run("runs", "show", "latest", "--db", kept).stdout
    told = json.loads(
        program.run("runs", "show", "latest", "--db", kept, "--format", "json").stdout
    )
    (judged,) = told["judgements"]
    assert judged["profile"] == "level3" and len(judged["profile_sha256"]) == 64
    assert judged["facts_sha256"] in shown and judged["profile_sha256"] in shown
    assert len(told["observations_sha256"]) == 64 and told["observations_sha256"] in shown


def test_what_became_of_the_faults(program, kept):
    today = f"{datetime.now(UTC):%Y%m%d}"
    args = (f"{today}-0001", f"{today}-0002", "--db", kept)
    told = json.loads(program.run("diff", *args, "--format", "json", code=1).stdout)
    (new,) = told["faults"]["new"]
    assert (new["check"], new["asset"], new["endpoint"]) == ("ports.databases", "web", "127.0.0.8")
    assert told["faults"]["mended"] == [] == told["faults"]["flapping"]
    assert told["by_cause"]["fact"] >= 1 and set(told["by_cause"]) == {"fact"}
    back = json.loads(program.run("diff", args[1], args[0], *args[2:], "--format", "json",
                                  code=1).stdout)  # fmt: skip
    assert back["faults"]["mended"] == told["faults"]["new"] and back["faults"]["new"] == []
    assert "1 new faults, 0 mended" in program.run("diff", *args, code=1).stdout


def test_a_fault_that_comes_and_goes(program, tmp_path):
    db, host, runs = tmp_path / "s.db", "127.0.0.8", []
    for opened in ((), (port(3306, "mysql"),), (), (port(3306, "mysql"),)):
        seen = {("host:" + host, "ports"): ports(port(443, "http"), *opened),
                ("host:" + host, "udp"): GOOD[UdpFacts]}  # fmt: skip
        runs.append(keep_run(db, in_memory(host), seen))
        program.run("judge", runs[-1], "--db", db, code=None)
    done = program.run("diff", runs[2], runs[3], "--format", "json", "--db", db, code=1)
    told = json.loads(done.stdout)["faults"]
    assert told["flapping"] == told["new"] and len(told["new"]) == 1
    page = tmp_path / "diff.html"
    program.run("diff", runs[2], runs[3], "--format", "html", "--output", page, "--db", db, code=1)
    text = page.read_text("utf-8")
    assert "ports.databases" in text and "Come and go (1)" in text and "<script" not in text


def test_two_files_cannot_tell_what_comes_and_goes(program, kept, tmp_path):
    files = []
    for number in (1, 2):
        run = f"{datetime.now(UTC):%Y%m%d}-000{number}"
        done = program.run("report", run, "--format", "json", "--db", kept)
        files.append(tmp_path / f"{number}.json")
        files[-1].write_text(done.stdout, "utf-8")
    told = json.loads(program.run("diff", *files, "--format", "json", code=1).stdout)
    assert told["faults"]["flapping"] is None and len(told["faults"]["new"]) == 1
    assert "not known from these two" in program.run("diff", *files, code=1).stdout
