"""What a scorecard must say, reckoned a second time: from verdicts and papers, by plain arithmetic.

It shares no code with `scanner`: it was written from the rules in the guides (docs/papers.md,
docs/profile-level3.md) and works on dicts and strings.  Verdicts: {asset: {check: {statuses}}}, one
status for each of the asset's targets that the check looked at.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from datetime import date
from fractions import Fraction
from math import floor

PARTS = ("met", "partial", "not_met", "not_applicable", "unverified")
COVERAGE = ("decided", "hinted", "attested", "unverified", "not_applicable")
SETTLED = ("met", "not_applicable")
BADNESS = ("not_applicable", "met", "unverified", "partial", "not_met")


def months_later(day, months):
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def share(part, whole):
    """Percent with one decimal, cut off and not rounded; nothing of nothing is 0."""
    return floor(Fraction(1000 * part, whole)) / 10 if whole else 0.0


# -- one control


def by_machine(control, verdicts):
    """(status, decided by, hinted) of one control, from the verdicts on each asset."""
    decides, hints = control.get("decides", []), control.get("hints", [])
    worst = [
        _worst(set().union(*(seen.get(check, {"error"}) for check in decides)))
        for seen in verdicts.values()
    ]
    status = "unverified"
    if decides and "fail" in worst:
        status = "partial" if "pass" in worst else "not_met"
    elif decides and "error" not in worst:
        status = "met" if "pass" in worst else "not_applicable"
    by = "none" if status == "unverified" else "checks"
    alarm = any("fail" in seen.get(check, ()) for seen in verdicts.values() for check in hints)
    fails = status in ("partial", "not_met")
    if control.get("obligation") == "suggested_values" and (alarm or fails):
        status, by = "unverified", "none"
    elif alarm and status != "not_met":
        by = "checks" if fails else "none"
        status = "partial"
    looked = any(
        {"pass", "fail"} & set(seen.get(check, ()))
        for seen in verdicts.values()
        for check in [*decides, *hints]
    )
    return status, by, by == "none" and looked


def _worst(statuses):
    return next((one for one in ("fail", "error", "pass") if one in statuses), "not_applicable")


def faults(control, verdicts):
    bound = [*control.get("decides", []), *control.get("hints", [])]
    return {
        f"{check}@{asset}"
        for asset, seen in verdicts.items()
        for check in bound
        if "fail" in seen.get(check, ())
    }


def counting(papers, day, first, last):
    """Those that are not withdrawn and whose days (by these keys) take `day` in."""
    return [
        one
        for one in papers
        if one[first] <= day <= one[last] and not (one["withdrawn"] and one["withdrawn"] <= day)
    ]


def newest(papers, day):
    """The newest statement made by this day, if it is still valid then."""
    made = [
        one
        for one in papers
        if one["made"] <= day and not (one["withdrawn"] and one["withdrawn"] <= day)
    ]
    last = max(made, key=lambda one: (one["made"], one["number"]), default=None)
    return last if last and day <= last["valid_until"] else None


def settled(control, machine, wrong, said, waived):
    """(status, decided by, hinted) after people have spoken."""
    status, by, hinted = machine
    if said:
        status, by, hinted = _after(control, machine, wrong, said)
    if waived and status not in SETTLED:
        by = "waiver"
    return status, by, hinted


def _after(control, machine, wrong, said):
    status, by, _ = machine
    says = {"equivalent": "met"}.get(said["answer"], said["answer"])
    told = says, "attestation", False
    if says in ("partial", "not_met"):
        return told if BADNESS.index(says) > BADNESS.index(status) else machine
    if status in SETTLED:
        return machine
    if by == "checks" and said["answer"] != "equivalent":
        return machine
    unanswered = wrong - set(said["seen"])
    if unanswered and control.get("obligation") != "suggested_values":
        return machine
    return told


# -- a system, an agency, a programme


class Reckoning:
    """A province on one day.

    `controls`: as the profile's file has them; `left_out`: {control: reason}; `systems`:
    {(agency, system): {"level", "verdicts", "approved"}}; `seen`: {agency: day of the run that
    looked, or None}; `whole`: those whose look was of a whole run; `statements`, `waivers`: dicts.
    """

    def __init__(self, controls, left_out, systems, seen, day, *, level=3, rescan=6,
                 whole=frozenset()):  # fmt: skip
        self.controls, self.left_out, self.systems = controls, left_out, systems
        self.seen, self.day, self.level, self.rescan = seen, day, level, rescan
        self.whole = whole
        self.statements, self.waivers, self._known = {}, {}, {}

    def results(self, agency, system):
        """{control: (status, decided by, hinted)}."""
        return {control["id"]: self._result(control, agency, system) for control in self.controls}

    def fresh(self, agency):
        """Did a run see something of each system that counts, and not too long ago?"""
        saw = all(
            any(told(seen) for seen in self.systems[agency, one]["verdicts"].values())
            for one in self.counted_systems(agency)
        )
        return self.seen[agency] is not None and not self.stale(agency) and saw

    def stale(self, agency):
        seen = self.seen[agency]
        return seen is not None and self.day > months_later(seen, self.rescan)

    def _result(self, control, agency, system):
        if control["id"] in self.left_out:
            return "not_applicable", "profile", False
        verdicts = self.systems[agency, system]["verdicts"]
        verdicts = {asset: {} for asset in verdicts} if self.stale(agency) else verdicts
        machine = by_machine(control, verdicts)
        wrong = faults(control, verdicts)
        if control.get("runs") and self._scanned(control, agency, verdicts) and not wrong:
            status, by, _ = machine
            decides = control["runs"] == "decides"
            machine = ("met", "runs", False) if decides else (status, by, by == "none")
        key = (agency, system, control["id"])
        said = newest(self.statements.get(key, []), self.day)
        waived = counting(self.waivers.get(key, []), self.day, "valid_from", "valid_until")
        return settled(control, machine, wrong, said, waived)

    def _scanned(self, control, agency, verdicts):
        """A whole run, in the rhythm, that saw something on every asset?"""
        saw = all(map(told, verdicts.values()))
        seen = self.seen[agency]
        in_time = seen is not None and self.day <= months_later(seen, control.get("every") or 12)
        return agency in self.whole and saw and in_time

    def compliant(self, agency, system):
        results = self.results(agency, system).values()
        some = any(status != "not_applicable" for status, _, _ in results)
        return some and all(s in SETTLED or by == "waiver" for s, by, _ in results)

    def counted_systems(self, agency):
        return [
            system
            for (of, system), its in self.systems.items()
            if of == agency and its["level"] >= self.level
        ]

    def agency(self, agency):
        """What its part of the scorecard must say."""
        counted = self.counted_systems(agency)
        results = [r for system in counted for r in self.results(agency, system).values()]
        return {
            "compliant": self.fresh(agency)
            and bool(counted)
            and all(self.compliant(agency, one) for one in counted),
            "approved": bool(counted)
            and all(self.systems[agency, one]["approved"](self.day) for one in counted),
            "score": score(results),
            "coverage": coverage(results),
        }


def told(asset):
    """Did a check pass or fail on the asset?"""
    return {"pass", "fail"} & set().union(*asset.values())


def counts(results):
    found = Counter(status for status, _, _ in results)
    return {part: found[part] for part in PARTS}


def score(results):
    found = counts(results)
    return share(found["met"], sum(found.values()) - found["not_applicable"])


def coverage(results):
    found = Counter(_settled_how(*one) for one in results)
    return {part: found[part] for part in COVERAGE}


def _settled_how(status, by, hinted):
    if status == "not_applicable":
        return "not_applicable"
    if by in ("attestation", "waiver"):
        return "attested"
    if by in ("checks", "runs"):
        return "decided"
    return "hinted" if hinted else "unverified"
