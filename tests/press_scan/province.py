"""A made-up province of 120 agencies, put into a store: what hosts showed, and what people said.

`Province(seed)` draws everything and remembers it as plain data, so that a test can reckon by
itself what must come out.  What a host shows is told by a few faults, and each of them by itself
settles what the checks of `ports` must say.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import yaml

from facts.udp import UdpFacts
from scanner.inventory import Inventory
from scanner.papers import Answer, Attestation, Waiver
from scanner.store import Store
from tests.factories import GOOD
from tests.factories.ports import port, ports, udp
from tests.press_scan.kept import keep_run

AGENCIES = 120
# 23:30 in UTC is the next day in Vietnam: this is the 10th there
STARTED = datetime(2026, 6, 9, 23, 30, tzinfo=UTC)
SEEN = date(2026, 6, 10)
NEVER = "nobody looked"  # a host that was not visited
FAULTS = {
    "db": port(3306, "mysql"),
    "smb": port(445, "microsoft-ds"),
    "rdp": port(3389, "ms-wbt-server"),
}
CHECKS = ("ports.databases", "ports.file-sharing", "ports.admin", "ports.amplifiers", "ports.drift")
SEVERE = 4  # of these checks all but the last are high or critical

CONTROLS = """
- {id: D-1, decides: [ports.databases], group: net}
- {id: D-2, decides: [ports.file-sharing, ports.admin], group: net}
- {id: D-3, decides: [ports.amplifiers], group: net, every: 6}
- {id: D-4, decides: [ports.drift], group: host}
- {id: D-5, decides: [ports.databases, ports.drift], group: host}
- {id: DA-1, decides: [ports.databases], obligation: suggested_values, group: host}
- {id: DA-2, decides: [ports.amplifiers], hints: [ports.admin], obligation: suggested_values,
   group: host}
- {id: DH-1, decides: [ports.file-sharing], hints: [ports.databases], group: net}
- {id: DH-2, decides: [ports.drift], hints: [ports.amplifiers], group: net}
- {id: H-1, hints: [ports.databases], group: host, every: 12}
- {id: H-2, hints: [ports.admin, ports.amplifiers], group: host, every: 6}
- {id: P-1, group: paper, every: 6}
- {id: P-2, group: paper, every: 12}
- {id: P-3, group: paper}
- {id: P-4, group: paper}
- {id: R-1, runs: decides, every: 6, group: rhythm}
- {id: R-2, runs: decides, every: 12, hints: [ports.admin], group: rhythm}
- {id: R-3, runs: hints, every: 6, group: rhythm}
- {id: OUT-1, group: paper}
- {id: OUT-2, decides: [ports.databases], group: net}
"""
OWN = "- {id: OWN-1, decides: [ports.admin], hints: [ports.file-sharing], group: own}\n"
LEFT_OUT = {"OUT-1": "Không có mạng không dây", "OUT-2": "Cơ sở dữ liệu do trung tâm khác giữ"}
GROUPS = ("net", "host", "paper", "rhythm", "own")


def controls():
    """The tailored profile's controls, as its files have them."""
    return yaml.safe_load(CONTROLS) + yaml.safe_load(OWN)


def profiles(folder: Path) -> Path:
    """A standard, and a province's tailoring of it; the second is returned."""
    head = {"version": "1", "title": {"vi": "Bộ tiêu chí tỉnh", "en": "Province"}}

    def full(control):
        title = {"vi": f"Yêu cầu {control['id']}", "en": control["id"]}
        return {"clause": control["id"], "standard": "TC", "title": title, **control}

    base = {
        "profile": "standard",
        **head,
        "standard": "TC 1:2026",
        "groups": {name: {"vi": name, "en": name} for name in GROUPS[:-1]},
        "params": {"ports.admin": {"restricted": False}},
        "controls": [full(one) for one in yaml.safe_load(CONTROLS)],
    }
    tailored = {
        "profile": "province",
        **head,
        "extends": "standard.yaml",
        "groups": {"own": {"vi": "own", "en": "own"}},
        "params": {"ports.admin": {"restricted": True}},
        "leave_out": LEFT_OUT,
        "controls": [full(one) for one in yaml.safe_load(OWN)],
    }
    for name, data in (("standard", base), ("tailored", tailored)):
        text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder / "tailored.yaml"


DOSSIERS = (
    # as written, and from which day to which it counts as approved
    ({"state": "approved", "decision": "1/QĐ", "date": "2025-03-01"}, (date.min, date.max)),
    ({"state": "approved", "decision": "2/QĐ", "date": "2026-09-01"}, (date(2026, 9, 1), date.max)),
    ({"state": "approved", "decision": "", "date": "2025-03-01"}, None),
    ({"state": "approved", "decision": "3/QĐ"}, None),
    ({"state": "approved", "decision": "4/QĐ", "date": "2025-03-01",
      "appraisal": {"date": "2025-04-01"}}, None),
    ({"state": "approved", "decision": "5/QĐ", "date": "2025-03-01",
      "regulation": {"decision": "6/QĐ", "date": "2025-04-01"}}, (date.min, date.max)),
    ({"state": "appraised", "expected": "2026-12-01"}, None),
    ({}, None),
)  # fmt: skip


def verdicts_of(shown):
    """What the checks must say of a host, from what it shows."""
    if shown == NEVER:
        return {check: {"error"} for check in CHECKS}
    swept, asked = "no sweep" not in shown, "no udp" not in shown
    says = {
        "ports.databases": swept and ("db" in shown),
        "ports.file-sharing": swept and asked and ("smb" in shown),
        "ports.admin": swept and asked and ("rdp" in shown),
        "ports.amplifiers": asked and ("ntp" in shown),
    }
    known = {"ports.databases": swept, "ports.amplifiers": asked}
    told = {
        check: {"error" if not known.get(check, swept and asked) else "fail" if bad else "pass"}
        for check, bad in says.items()
    }
    return {**told, "ports.drift": {"not_applicable" if swept else "error"}}


@dataclass(eq=False)
class Province:
    """What was drawn, as plain data, and the store that holds it."""

    seed: int
    agencies: list[dict] = field(default_factory=list)  # as the inventory has them
    shown: dict[str, object] = field(default_factory=dict)  # by address
    systems: dict = field(default_factory=dict)  # for reckon.Reckoning
    electronic: dict[str, bool] = field(default_factory=dict)
    unseen: set[str] = field(default_factory=set)  # agencies that the run left out
    statements: dict = field(default_factory=dict)
    waivers: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        for number in range(AGENCIES):
            self._agency(number)

    def _agency(self, number: int) -> None:
        draw, name = self._random, f"bao-{number:03}"
        kind = draw.choices(("good", "mixed", "blind"), (4, 5, 2))[0]
        levels = draw.choice(([3], [3], [3], [3, 3], [3, 4], [3, 2], [2]))
        systems = []
        for index, level in enumerate(levels):
            assets = [
                {"id": f"may-{n}", "address": f"127.{80 + index}.{number}.{n + 1}"}
                for n in range(draw.choice((1, 1, 2, 3)))
            ]
            dossier, days = draw.choice(DOSSIERS)
            systems.append({"id": f"ht-{index}", "name": f"Hệ thống {index}", "level": level,
                            "dossier": dossier, "assets": assets})  # fmt: skip
            for asset in assets:
                self.shown[asset["address"]] = self._host(kind)
            self.systems[name, f"ht-{index}"] = {
                "level": level,
                "verdicts": {one["id"]: verdicts_of(self.shown[one["address"]]) for one in assets},
                "approved": lambda day, days=days: bool(days and days[0] <= day <= days[1]),
            }
        self.electronic[name] = draw.random() < 0.8
        if draw.random() < 0.05:
            self.unseen.add(name)
            for index in range(len(levels)):
                its = self.systems[name, f"ht-{index}"]
                its["verdicts"] = {asset: {} for asset in its["verdicts"]}
        self.agencies.append({"id": name, "name": f"Báo {number:03}", "systems": systems,
                              "electronic": self.electronic[name]})  # fmt: skip
        for index in range(len(levels)):
            self._papers(name, f"ht-{index}", kind)

    def _host(self, kind: str) -> object:
        if kind == "good":
            return frozenset()
        few = 0.35 if kind == "mixed" else 0.15
        shown = {name for name in (*FAULTS, "ntp") if self._random.random() < few}
        if kind == "blind":
            if self._random.random() < 0.3:
                return NEVER
            shown |= {what for what in ("no sweep", "no udp") if self._random.random() < 0.4}
        return frozenset(shown)

    def _papers(self, agency: str, system: str, kind: str) -> None:
        draw = self._random
        for control in controls():
            key = (agency, system, control["id"])
            if kind == "good" or draw.random() < 0.5:
                sure = kind == "good" or draw.random() < 0.4
                self._statement(key, control, "met" if sure else self._answer(), kind)
                if draw.random() < (0.005 if kind == "good" else 0.1):
                    self._statement(key, control, self._answer(), kind)
            if draw.random() < (0.02 if kind == "good" else 0.1):
                begins = SEEN + timedelta(days=draw.randint(-200, 200))
                ends = begins + timedelta(days=draw.randint(1, 300))
                self._put(self.waivers, key, {"valid_from": begins, "valid_until": ends})

    def _answer(self) -> str:
        return self._random.choice(list(Answer)).value

    def _statement(self, key: tuple, control: dict, answer: str, kind: str) -> None:
        draw = self._random
        good = kind == "good"
        made = SEEN + timedelta(days=-draw.randint(0, 100) if good else draw.randint(-340, 40))
        until = made + timedelta(days=360 if good else draw.choice((90, 180, 360)))
        if good and draw.random() < 0.02:
            until = SEEN + timedelta(days=draw.randint(0, 120))
        wrong = sorted(
            f"{check}@{asset}"
            for asset, seen in self.systems[key[0], key[1]]["verdicts"].items()
            for check in (*control.get("decides", []), *control.get("hints", []))
            if "fail" in seen.get(check, ())
        )
        seen = wrong if draw.random() < 0.6 else wrong[: draw.randint(0, len(wrong))]
        self._put(self.statements, key, {"answer": answer, "made": made, "valid_until": until,
                                         "seen": seen})  # fmt: skip

    def _put(self, papers: dict, key: tuple, paper: dict) -> None:
        mine = papers.setdefault(key, [])
        paper["number"] = len(mine)
        gone = self._random.random() < (0.005 if len(mine) % 2 == 0 else 0.2)
        paper["withdrawn"] = SEEN + timedelta(days=self._random.randint(0, 150)) if gone else None
        mine.append(paper)

    # -- into the store

    def inventory(self, **goal: object) -> Inventory:
        """As a file would have it."""
        target = {"level": 3, "percent": 80, "by": "2026-10-31", "reading": "B", **goal}
        return Inventory.model_validate({
            "programme": {"name": "Tỉnh có 120 cơ quan", "target": target},
            "authorisation": {
                "document": "Số 1",
                "valid": {"from": "2000-01-01", "to": "2999-12-31"},
                "networks": ["127.0.0.0/8"],
            },
            "agencies": self.agencies,
        })  # fmt: skip

    def facts(self) -> dict:
        """What each host showed, as the probes would have brought it."""
        found = {}
        for address, shown in self.shown.items():
            if shown == NEVER or self._owner(address) in self.unseen:
                continue
            opened = [FAULTS[name] for name in sorted(shown & set(FAULTS))]
            swept = ports(port(443, "http"), *opened)
            asked = udp(abused="ntp") if "ntp" in shown else GOOD[UdpFacts]
            trouble = OSError("It did not answer in time")
            found[f"host:{address}", "ports"] = trouble if "no sweep" in shown else swept
            found[f"host:{address}", "udp"] = trouble if "no udp" in shown else asked
        return found

    def _owner(self, address: str) -> str:
        return f"bao-{int(address.split('.')[2]):03}"

    def keep(self, db: Path, profile: Path, **goal: object) -> str:
        """Write it all into a store; returns the run's id."""
        asked = tuple(one["id"] for one in self.agencies if one["id"] not in self.unseen)
        run = keep_run(db, self.inventory(**goal), self.facts(), str(profile), started=STARTED,
                       agencies=asked)  # fmt: skip
        store = Store(str(db))
        self._keep_papers(store)
        store.close()
        return run

    def _keep_papers(self, store: Store) -> None:
        now = datetime.now(UTC)
        drawn = [(key, one) for key, many in self.statements.items() for one in many]
        said = [
            Attestation("", *key, Answer(one["answer"]), "Đã làm", "Trần Thị Lan", one["made"],
                        one["valid_until"], now, document="1/BC", seen=tuple(one["seen"]))
            for key, one in drawn
        ]  # fmt: skip
        waived = [(key, one) for key, many in self.waivers.items() for one in many]
        said += [
            Waiver("", *key, "Chờ kinh phí", "7/QĐ", "Trần Thị Lan", "Lê Văn Minh",
                   one["valid_from"], one["valid_until"], now)
            for key, one in waived
        ]  # fmt: skip
        for (_, one), kept in zip((*drawn, *waived), store.add_papers(said), strict=True):
            if one["withdrawn"]:
                store.withdraw(kept.id, one["withdrawn"], "nhầm")
