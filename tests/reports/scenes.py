"""Made-up assessments to be compared: small, whole, and judged by rules that are written out here.

What a check says follows from the facts, its parameter, the table, the vantage and the day alone,
as in life; so whatever differs between two of them has a cause, and the tests know which.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import checks
from checks import CHECKS, Severity, Status
from reports import json_report
from reports.diff_read import Card, read
from reports.scorecard import scorecard
from scanner import fingerprint
from scanner.assess import assess
from scanner.assessment import Finding, RunInfo
from scanner.inventory import Inventory
from scanner.judging import NOT_VISITED
from scanner.papers import Papers
from scanner.profile import Profile
from scanner.profile_file import Control
from tests.scanner.inventories import inventory

AGENCY, SYSTEM = "agency-0", "portal"
EXPIRY, OPEN, SUPPORT = "tls.cert-expiry", "ports.databases", "ports.supported"
ENDPOINTS = {EXPIRY: "tcp/443", OPEN: "127.0.0.1", SUPPORT: "127.0.0.1"}
ASSETS = ("web", "db")
DAY = date(2026, 11, 23)
GOOD = {EXPIRY: 40, OPEN: False, SUPPORT: 5}  # days left on DAY; a port; a version
LEFT = 14


def control(name: str, **changes: object) -> Control:
    """A requirement; by default only people speak for it."""
    titles = {"vi": f"Yêu cầu {name}", "en": f"Requirement {name}"}
    base = {"id": name, "clause": name, "standard": "S", "group": "data", "title": titles}
    return Control.model_validate({**base, **changes})


CONTROLS = (
    control("C-DECIDED", decides=[EXPIRY]),
    control("C-HINTED", hints=[OPEN]),
    control("C-PAPER"),
    control("C-SCAN", runs="decides", every=6),
    control("C-TABLE", decides=[SUPPORT]),
)


@dataclass(frozen=True)
class Scene:
    """Everything that a result follows from."""

    facts: Mapping[tuple[str, str], object] = field(default_factory=dict)  # (asset, check)
    controls: tuple[Control, ...] = CONTROLS
    left_out: Mapping[str, str] = field(default_factory=dict)
    days_left: int = LEFT
    assets: tuple[str, ...] = ASSETS
    started: date = DAY
    day: date = DAY
    complete: bool = True
    only: tuple[str, ...] = ()
    vantage: str = "external"
    version: str = "1.0"
    table: int = 3
    owner: str = "a"
    papers: Papers = field(default_factory=Papers)

    def card(self, label: str = "a.json") -> Card:
        """As it is published, and read back."""
        return read(self.json(), label)

    def json(self, lang: str = "en") -> bytes:
        """The scorecard's JSON."""
        return json_report.render(scorecard(self.assessment(), self.profile(), lang))

    def assessment(self):
        """By the product's own rules."""
        started = datetime(self.started.year, self.started.month, self.started.day, 3, tzinfo=UTC)
        run = RunInfo(
            id="20261123-0001", started=started, finished=started, scanner_version=self.version,
            vantage=self.vantage, profile="p", profile_version="1", standard="S",
            data=(("support", f"2026-01-{self.table:02}"),), complete=self.complete,
            only=self.only,
        )  # fmt: skip
        raw = inventory("127.0.0.1").model_dump(by_alias=True, mode="json")
        raw["agencies"][0]["systems"][0]["assets"] = [
            {"id": name, "address": "127.0.0.1"} for name in self.assets
        ]
        asked = [check for check in GOOD if self._asked(check)]
        findings = [self._finding(a, check, started) for a in self.assets for check in asked]
        return assess(run, self.profile(), Inventory.model_validate(raw), findings, (),
                      self.papers, self.day)  # fmt: skip

    def profile(self) -> Profile:
        """The profile; its fingerprint is over what it says."""
        checks.load()
        told = f"{self.controls}{self.left_out}{self.days_left}"
        return Profile(
            id="p", version="1", title={"vi": "p", "en": "p"}, standard="S", level=3, credit={},
            groups={}, params={EXPIRY: {"days_left": self.days_left}}, controls=self.controls,
            watched=frozenset(GOOD), installed=frozenset(CHECKS),
            digest=fingerprint.together([told]), left_out=self.left_out,
        )  # fmt: skip

    def _asked(self, check: str) -> bool:
        return not self.only or bool({check, check.partition(".")[0]} & set(self.only))

    def _finding(self, asset: str, check: str, when: datetime) -> Finding:
        fact = self.facts.get((asset, check), GOOD[check])
        status, reason = self._verdict(check, fact)
        print_of = fingerprint.of_facts(fact)
        if not self.complete and asset == "db":
            status, reason = Status.ERROR, NOT_VISITED
            print_of = fingerprint.of_facts(NOT_VISITED)
        return Finding(
            check, Severity.HIGH, status, AGENCY, SYSTEM, asset, f"host:{asset}", ENDPOINTS[check],
            "127.0.0.1", reason, evidence={"seen": fact}, facts=print_of,
            owner=fingerprint.together([self.owner]), observed=when,
        )  # fmt: skip

    def _verdict(self, check: str, fact: object) -> tuple[Status, str]:
        if fact is None:
            return Status.ERROR, "No answer in time"
        if check == EXPIRY:
            left = fact - (self.started - DAY).days
            return (Status.PASS, "Long enough") if left >= self.days_left else (
                Status.FAIL, "Too short")  # fmt: skip
        if check == OPEN:
            shut = not fact or self.vantage == "internal" or self.owner == "b"
            return (Status.PASS, "Closed") if shut else (Status.FAIL, "Open")
        return (Status.PASS, "Supported") if fact >= self.table else (Status.FAIL, "Ended")


def later(days: int) -> date:
    """So many days after DAY."""
    return DAY + timedelta(days=days)
