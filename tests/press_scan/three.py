"""Three agencies with a web server each: their inventory, their profile, and what people say."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from tests.press_scan import reckon
from tests.press_scan.program import Program

PROFILES = Path(__file__).parents[2] / "profiles"
A_DAY = timedelta(days=1)
SITE = """
server {{
    listen 127.71.9.{number}:8079;
    server_tokens off;
    root {root};
    location / {{ add_header X-Content-Type-Options nosniff; {more} }}
}}
"""
HEADERS = (
    "",
    "add_header Content-Security-Policy \"default-src 'self'\";",
    "add_header X-Frame-Options DENY; add_header Referrer-Policy no-referrer;",
)
LEFT_OUT = {
    "TCVN14423-5.4.2.4-b": "Trang chỉ phục vụ mạng nội bộ",  # a check decides it, and fails
    "TCVN14423-5.1.2.2-b": "Không có bên thứ ba nào",
}
OWN = """
- {id: OWN-1, decides: [web.banner], every: 6}
- {id: OWN-2, decides: [web.frame, web.content-type]}
- {id: OWN-3, hints: [web.csp], every: 6}
- {id: OWN-4, runs: decides, every: 6}
- {id: OWN-5, decides: [web.referrer], obligation: suggested_values, every: 12}
"""
BY = "Trần Thị Lan"


@cache
def controls():
    """The profile's controls, from the data file and from what the province wrote."""
    given = yaml.safe_load((PROFILES / "level3.yaml").read_text("utf-8"))["controls"]
    return [*given, *({"group": "application", **one} for one in yaml.safe_load(OWN))]


def tailored(folder):
    own = [
        {"clause": one["id"], "standard": "QC tỉnh", "group": "application",
         "title": {"vi": "Của tỉnh", "en": "The province's"}, **one}
        for one in yaml.safe_load(OWN)
    ]  # fmt: skip
    data = {
        "profile": "tinh",
        "version": "1",
        "title": {"vi": "Cấp độ 3 của tỉnh", "en": "The province's level 3"},
        "extends": "level3",
        "leave_out": LEFT_OUT,
        "params": {"web.hsts": {"max_age": 63072000}},
        "controls": own,
    }
    path = folder / "tinh.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def inventory(folder):
    def agency(number, dossier):
        address = f"127.71.9.{number}"
        asset = {"id": "web", "address": address, "urls": [f"http://{address}:8079/"],
                 "ports": {"scan": "8079"}}  # fmt: skip
        portal = {"id": "portal", "name": "Cổng", "level": 3, "dossier": dossier, "assets": [asset]}
        return {"id": f"bao-{number}", "name": f"Báo {number}", "electronic": True,
                "systems": [portal]}  # fmt: skip

    data = {
        "programme": {
            "name": "Tỉnh ba cơ quan",
            "target": {"level": 3, "percent": 100, "reading": "B"},
        },
        "authorisation": {
            "document": "Số 1/UQ",
            "valid": {"from": "2000-01-01", "to": "2999-12-31"},
            "networks": ["127.71.9.0/24"],
        },
        "agencies": [
            agency(1, {"state": "approved", "decision": "1/QĐ", "date": "2026-03-01"}),
            agency(2, {"state": "approved", "date": "2026-03-01"}),
            agency(3, {"state": "drafted"}),
        ],
    }
    path = folder / "tinh-ba.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    return path


class Three:
    """The province after its scan: the program, its first scorecard, and what people then said."""

    def __init__(self, folder):
        self.program, self.folder, self.db = Program(folder), folder, folder / "s.db"
        self.profile, self.inventory = tailored(folder), inventory(folder)
        self.statements, self.waivers = {}, {}  # what people said, by agency, system, control
        given = ("--profile", self.profile, "--db", self.db)
        self.scanned = self.program.scan(self.inventory, *given, code=3)
        started = datetime.fromisoformat(self.scanned["run"]["started"])
        self.today = started.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()
        self.systems = {
            (f"bao-{number}", "portal"): {
                "level": 3,
                "verdicts": {"web": self._verdicts(f"bao-{number}")},
                "approved": lambda _day, fine=number == 1: fine,
            }
            for number in (1, 2, 3)
        }

    def _verdicts(self, agency):
        told = {}
        for one in self.scanned["findings"]:
            if one["agency"] == agency:
                told.setdefault(one["check"], set()).add(one["status"])
        return told

    def reckoning(self, day):
        agencies = [agency for agency, _ in self.systems]
        made = reckon.Reckoning(controls(), LEFT_OUT, self.systems,
                                dict.fromkeys(agencies, self.today), day,
                                whole=set(agencies))  # fmt: skip
        made.statements, made.waivers = self.statements, self.waivers
        return made

    def run(self, *args, code=0):
        return self.program.run(*args, "--db", self.db, code=code)

    def said(self, agency, control, answer, until=None, seen=None):
        """Remember a statement, as the program must."""
        of = next(one for one in controls() if one["id"] == control)
        wrong = reckon.faults(of, self.systems[agency, "portal"]["verdicts"])
        mine = self.statements.setdefault((agency, "portal", control), [])
        mine.append({
            "answer": answer, "made": self.today, "number": len(mine), "withdrawn": None,
            "valid_until": until or reckon.months_later(self.today, of.get("every") or 12),
            "seen": wrong if seen is None else seen,
        })  # fmt: skip

    def waived(self, agency, control, begins, ends):
        self.waivers.setdefault((agency, "portal", control), []).append(
            {"valid_from": begins, "valid_until": ends, "withdrawn": None}
        )

    def assessed(self, agency, day):
        """Looked at this year, and every visit brought something."""
        missed = {one["agency"] for one in self.scanned["errors"]}
        return agency not in missed and day.year == self.today.year

    def judged(self, day):
        """(scorecard, summary) on a day."""
        given = ("judge", "latest", "--as-of", day, "--format", "json", "--output")
        text = self.run(*given, self.folder / "out", code=3).stdout
        return json.loads((self.folder / "out" / "scorecard.json").read_text("utf-8")), text

    def status(self, day):
        given = ("status", self.inventory, "--profile", self.profile, "--as-of", day)
        done = self.run(*given, "--format", "json", code=None)
        assert done.returncode in (0, 1, 3)
        return json.loads(done.stdout)


def answers(three, agency, choose):
    """A questionnaire goes out and comes back; `choose(control, machine's result)` answers."""
    sheet = three.folder / f"{agency}.yaml"
    three.run("attest", "sheet", "--system", f"{agency}/portal", "--output", sheet)
    data = yaml.safe_load(sheet.read_text("utf-8"))
    data["by"], data["made"] = BY, three.today.isoformat()
    data["created"] = str(data["created"])
    results = three.reckoning(three.today).results(agency, "portal")
    wanted = [c for c, one in results.items() if one[0] not in reckon.SETTLED]
    assert [row["id"] for row in data["answers"]] and {r["id"] for r in data["answers"]} == set(
        wanted
    )
    labels = {"met": "Met", "equivalent": "Equivalent measure", "not_applicable": "Not applicable",
              "partial": "Partly met", "not_met": "Not met"}  # fmt: skip
    for row in data["answers"]:
        answer = choose(row["id"], results[row["id"]])
        if not answer:
            continue
        row |= {"answer": labels[answer], "document": "1/BC"}
        row |= {"statement": "Biện pháp ghi trong hồ sơ, đủ các bước"}
        if answer in ("partial", "not_met"):
            row |= {"plan": "Sẽ làm", "plan_by": str(three.today + 60 * A_DAY)}
        three.said(agency, row["id"], answer)
    sheet.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    told = three.run("attest", "import", sheet, "--system", f"{agency}/portal", "--format", "json")
    return json.loads(told.stdout)


def answer_everything(three):
    """What a check decides and fails has an equivalent measure; the rest is met."""
    told = answers(
        three, "bao-1", lambda _, one: "equivalent" if one[1] == "checks" else "met"
    )  # fmt: skip
    assert told["open"] == [] and told["recorded"] > 190


def answer_half(three):
    kinds = ["met", "", "not_applicable", "partial", "not_met", "met", ""]
    asked = {}
    told = answers(three, "bao-2", lambda control, _: asked.setdefault(
        control, kinds[len(asked) % len(kinds)]))  # fmt: skip
    assert told["recorded"] == sum(answer != "" for answer in asked.values())


def at_the_command_line(three):
    """Agency 3: a statement for some days, one that is taken back; waivers now and later."""
    where = ("--system", "bao-3/portal")
    until = three.today + 10 * A_DAY
    for control, more, last in (
        ("OWN-3", (), None),
        ("TCVN14423-5.1.2.1-a", ("--until", until), until),
        ("TCVN14423-5.1.2.1-b", (), None),
        ("OWN-1", ("--answer", "not_met", "--statement", "Chưa", "--plan", "Sẽ làm", "--plan-by",
                   three.today + 30 * A_DAY), None),
    ):  # fmt: skip
        three.run("attest", control, *where, "--by", BY, "--document", "2/BC", *more)
        three.said("bao-3", control, "not_met" if control == "OWN-1" else "met", last)
    gone = json.loads(three.run("attestations", "list", "--agency", "bao-3", "--format",
                                "json").stdout)  # fmt: skip
    number = next(one["id"] for one in gone if one["control"] == "TCVN14423-5.1.2.1-b")
    three.run("attestations", "withdraw", number, "--why", "nhầm")
    three.statements["bao-3", "portal", "TCVN14423-5.1.2.1-b"][0]["withdrawn"] = three.today
    (monthly,) = (one["id"] for one in controls() if one.get("every") == 1)
    for agency, control, begins, ends in (
        ("bao-3", "OWN-2", three.today, three.today + 40 * A_DAY),
        ("bao-3", "TCVN14423-5.17.2.2-a", three.today + 5 * A_DAY, three.today + 11 * A_DAY),
        # nobody will attest it again every month
        ("bao-1", monthly, three.today, reckon.months_later(three.today, 18)),
    ):
        three.run("waive", control, "--system", f"{agency}/portal", "--reason", "Chờ kinh phí",
                  "--decision", "7/QĐ", "--requested-by", BY, "--approved-by", "Lê Văn Minh",
                  "--from", begins, "--until", ends)  # fmt: skip
        three.waived(agency, control, begins, ends)
