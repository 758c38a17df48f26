"""The programme on a day, from the store: what `status`, `due` and `annual-report` show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import click

from checks import load as load_checks
from press_scan.common import profile_and_world, stop, today
from press_scan.words import t
from scanner.assess import Look
from scanner.assessment import Assessment
from scanner.inventory import Inventory
from scanner.inventory_file import load as load_inventory
from scanner.judging import Judgement, probes_for
from scanner.problems import FileError
from scanner.profile import Profile
from scanner.profile import load as load_profile
from scanner.rollup import RollUp, Source, roll_up
from scanner.store import Run, Store


@dataclass(frozen=True)
class Rolled:
    """The programme on a day, and what it was rolled up from."""

    rolled: RollUp
    inventory: Inventory
    profile: Profile
    judge: Callable[[Run, str], Look]  # a run and an agency's id -> what it saw


def rolled_up(
    store: Store, file: Path | None, profile: str | None, as_of: date | None, data: Path | None,
    *, with_papers: bool = True, slim: bool = True,
) -> Rolled:  # fmt: skip
    """The programme on a day, today unless it is named; `file` is the inventory's.

    `slim` leaves out the results that nobody must see to again.
    """
    inventory, path = _inventory(store, file)
    named = profile or _usual(store.runs(path))
    chosen, world = profile_and_world(named, data)

    @cache
    def head(run: str) -> Assessment | None:
        return store.judgement_head(run, chosen.id)

    def judge(run: Run, agency: str) -> Look:
        kept = head(run.id)
        if kept and kept.run.profile_sha256 == chosen.digest:
            part = store.part(run.id, chosen.id, agency, kept)
            if part:
                return Look(part.run, part.findings, part.failures)
        baseline = store.baseline(run.inventory_path)
        judgement = Judgement(store, run, chosen, world, chosen.checks(), baseline)
        return judgement.look(agency)

    day = as_of or today(inventory)
    wanted = probes_for(chosen.checks())

    def whole(run: Run) -> bool:
        return run.options.profile == named or wanted <= _visited(run.options.profile)

    source = Source(store, inventory, path, chosen, judge, whole)
    rolled = roll_up(source, day, with_papers=with_papers, slim=slim)
    return Rolled(rolled, inventory, chosen, judge)


def _usual(runs: Sequence[Run]) -> str:
    """The newest run's profile, but not one that visits less than another of these runs did."""
    named = list(dict.fromkeys(run.options.profile for run in runs))
    widest = (one for one in named if not any(_visited(one) < _visited(other) for other in named))
    return next(widest, "level3")


@cache
def _visited(profile: str) -> frozenset[str]:
    """What a run under this profile visits; nothing when its file is gone."""
    try:
        return probes_for(load_profile(profile, load_checks()).checks())
    except FileError:
        return frozenset()


def _inventory(store: Store, file: Path | None) -> tuple[Inventory, str]:
    """The inventory and its path.

    Without a name it is that of the newest run, read anew where it still lies and is right.
    """
    if file:
        loaded = load_inventory(file)
        return loaded.inventory, str(loaded.path)
    runs = store.runs()
    if not runs:
        stop(t("the store holds no run yet; name the inventory:  press-scan status INVENTORY"))
    path = runs[0].inventory_path
    try:
        return load_inventory(Path(path)).inventory, path
    except (FileError, OSError):
        said = t("{path} can't be read; the inventory is that of run {run}", path=path,
                 run=runs[0].id)  # fmt: skip
        click.echo(said, err=True)
        return runs[0].inventory, path
