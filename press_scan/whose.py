"""Whose control a paper speaks of, and what the machine showed of it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import click

from checks import load as load_checks
from press_scan.common import profile_and_world, stop, today
from press_scan.words import option, t
from scanner.assess import Look, Rules, agency_assessment
from scanner.assessment import ControlResult
from scanner.inventory import Agency, Inventory, System
from scanner.inventory_file import load as load_inventory
from scanner.judging import Judgement
from scanner.papers import Papers
from scanner.profile import Control, Profile
from scanner.profile import load as load_profile
from scanner.store import Run, Store

agency_option = option("--agency", default="", metavar="ID", help="The agency of the system.")
system_option = option(
    "--system", required=True, metavar="ID", help="The system: its id, or AGENCY/SYSTEM."
)
inventory_option = option(
    "--inventory",
    type=click.Path(exists=True, path_type=Path),
    help="The inventory; none: that of the newest run.",
)


@dataclass(frozen=True)
class Whose:
    """One system of one agency, and the newest whole run that looked at it."""

    inventory: Inventory
    agency: Agency
    system: System
    run: Run | None

    @property
    def name(self) -> str:
        """`agency/system`."""
        return f"{self.agency.id}/{self.system.id}"


def whose(store: Store, system: str, agency: str, file: Path | None) -> Whose:
    """The system that is meant.  Ends with code 2 when there is none, or more than one."""
    inventory = _inventory(store, file)
    owner, _, name = system.rpartition("/")
    owner = owner or agency
    found = [
        (one, its)
        for one in inventory.agencies
        for its in one.systems
        if its.id == name and owner in ("", one.id)
    ]
    every = [f"{one.id}/{its.id}" for one in inventory.agencies for its in one.systems]
    if not found:
        near = get_close_matches(f"{owner}/{name}", every, n=1) or every[:5]
        stop(t('no system has the id "{id}"; there are: {ids}', id=system, ids=", ".join(near)))
    if len(found) > 1:
        names = ", ".join(f"{one.id}/{its.id}" for one, its in found)
        stop(t('several systems have the id "{id}"; say which: {ids}', id=system, ids=names))
    ((of, its),) = found
    return Whose(inventory, of, its, _newest(store, of, its))


def _inventory(store: Store, file: Path | None) -> Inventory:
    if file:
        return load_inventory(file).inventory
    newest = store.runs()
    if not newest:
        stop(t("the store holds no run yet; name the inventory:  --inventory FILE"))
    return newest[0].inventory


def _newest(store: Store, agency: Agency, system: System) -> Run | None:
    """The newest whole run that looked at all of this system."""
    for run in store.runs(state="done"):
        options = run.options
        asked = not options.only and (not options.agencies or agency.id in options.agencies)
        same = (
            its == system for one in run.inventory.agencies if one.id == agency.id
            for its in one.systems
        )  # fmt: skip
        if asked and any(same):
            return run
    return None


def profile_of(name: str | None, run: Run | None) -> Profile:
    """The profile named; else that of the run; else level 3."""
    return load_profile(name or (run.options.profile if run else "level3"), load_checks())


def control_of(profile: Profile, name: str) -> Control:
    """A control by its id, or by its clause when only one has it.  Ends with code 2 otherwise."""
    bare = name.replace(" ", "")
    by_id = [one for one in profile.controls if one.id == name]
    found = by_id or [one for one in profile.controls if one.clause.replace(" ", "") == bare]
    if len(found) > 1:
        ids = ", ".join(one.id for one in found)
        stop(t('several requirements have the clause "{id}"; say which: {ids}', id=name, ids=ids))
    if not found:
        near = get_close_matches(name, {one.id for one in profile.controls}, n=1)
        hint = t('; did you mean "{near}"?', near=near[0]) if near else ""
        said = t('the profile {profile} has no requirement "{id}"', profile=profile.id, id=name)
        stop(said + hint)
    return found[0]


def look_of(store: Store, of: Whose, profile: Profile) -> Look | None:
    """What the newest whole run saw of the agency, as it was judged or is judged now."""
    if of.run is None:
        return None
    kept = store.judgement(of.run.id, profile.id, of.agency.id)
    if kept and kept.run.profile_sha256 == profile.digest:
        return Look(kept.run, kept.findings, kept.failures)
    _, world = profile_and_world(of.run.options.profile, None)
    baseline = store.baseline(of.run.inventory_path)
    judgement = Judgement(store, of.run, profile, world, profile.checks(), baseline)
    return judgement.look(of.agency.id)


def results_of(
    store: Store, of: Whose, profile: Profile, papers: Papers | None = None
) -> dict[str, ControlResult]:
    """How each control of the system stands today with these papers; without: what machines say."""
    rules = Rules.of(profile, of.inventory, papers or Papers(), today(of.inventory))
    assessed = agency_assessment(of.agency, look_of(store, of, profile), rules)
    return {
        result.control: result
        for system in assessed.systems
        if system.id == of.system.id
        for result in system.results
    }
