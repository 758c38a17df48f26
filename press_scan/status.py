"""`status` and `due`: the programme on a day."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import click

from checks import load as load_checks
from press_scan.common import (
    as_of_option,
    data_option,
    db_option,
    format_json,
    mistakes,
    open_store,
    profile_and_world,
    profile_option,
    stop,
    today,
)
from press_scan.show import COMPLIANT, INCOMPLETE, NOT_COMPLIANT
from press_scan.words import Command, lang_option, option, t, translator
from reports.due_text import due_list
from reports.plan_text import plans
from reports.screen import put
from reports.status_json import due_json, status_json
from reports.status_text import status as status_text
from scanner.assess import Look
from scanner.dossier import all_contradictions
from scanner.due import due as find_due
from scanner.inventory import Inventory
from scanner.inventory_file import load as load_inventory
from scanner.judging import Judgement, probes_for
from scanner.problems import FileError
from scanner.profile import Profile
from scanner.profile import load as load_profile
from scanner.rollup import RollUp, Source, roll_up
from scanner.store import Run, Store
from scanner.whatif import needed, what_if

inventory_argument = click.argument(
    "inventory", required=False, type=click.Path(exists=True, path_type=Path)
)


@dataclass(frozen=True)
class Rolled:
    """The programme on a day, and what it was rolled up from."""

    rolled: RollUp
    inventory: Inventory
    profile: Profile


@click.command(cls=Command)
@inventory_argument
@option("--what-if", "wanted", is_flag=True,
        help="What to mend, and in which order most agencies comply soonest.")  # fmt: skip
@profile_option
@as_of_option
@db_option
@data_option
@format_json
@lang_option
def status(
    inventory: Path | None, wanted: bool, profile: str | None, as_of: date | None, db: str,
    data_dir: Path | None, form: str,
) -> None:  # fmt: skip
    """Show the programme against its target: every agency, three readings, what changed.

    Each agency counts by the newest whole scan of it. An agency that was never scanned, or too
    long ago, does not comply. INVENTORY is that of the newest scan unless it is named.

    Exit code: 0 the target is reached; 1 it is not; 3 an agency could not be assessed.
    """
    with mistakes(), open_store(db) as store:
        got = _rolled(store, inventory, profile, as_of, data_dir, with_papers=False)
    found = all_contradictions(got.inventory, got.rolled.day)
    order = what_if(got.rolled, got.inventory, got.profile) if wanted else None
    if form == "json":
        told = status_json(got.rolled, got.profile.id, found, order)
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif order:
        put(plans(order, got.profile, translator()), sys.stdout)
    else:
        put(status_text(got.rolled, translator(), found), sys.stdout)
    raise SystemExit(_code(got))


def _code(got: Rolled) -> int:
    counted = [one for one in got.rolled.standings if one.counted]
    if any(one.agency.seen is None or one.agency.stale for one in counted):
        return INCOMPLETE
    target = got.inventory.programme.target
    complying = sum(one.reaches(target.reading) for one in counted)
    reached = counted and complying >= needed(target, len(counted))
    return COMPLIANT if reached else NOT_COMPLIANT


def span(_ctx: click.Context, _param: click.Parameter, text: str) -> timedelta:
    """`60d`, `8w`, `2m` (of 30 days) or a bare number of days."""
    match = re.fullmatch(r"(\d{1,4})([dwm]?)", text)
    if not match:
        raise click.BadParameter(t('write a span like "60d" or "8w"'))
    return timedelta(days=int(match[1]) * {"": 1, "d": 1, "w": 7, "m": 30}[match[2]])


@click.command(cls=Command)
@inventory_argument
@option("--within", callback=span, default="30d", show_default=True, metavar="TIME",
        help="How far ahead (60d, 8w).")  # fmt: skip
@option("--agency", default="", metavar="ID", help="Only this agency.")
@option("-q", "--quiet", is_flag=True, help="Print nothing when nothing falls due.")
@profile_option
@as_of_option
@db_option
@data_option
@format_json
@lang_option
def due(
    inventory: Path | None, within: timedelta, agency: str, quiet: bool, profile: str | None,
    as_of: date | None, db: str, data_dir: Path | None, form: str,
) -> None:  # fmt: skip
    """List what falls due: statements, waivers and scans that expire, plans, expected days.

    Made for cron, which mails what is printed: the first line can be the subject.
    """
    with mistakes(), open_store(db) as store:
        got = _rolled(store, inventory, profile, as_of, data_dir)
    names = {one.id: one.name for one in got.inventory.agencies}
    if agency and agency not in names:
        stop(t('no agency has the id "{id}"', id=agency))
    found = find_due(got.rolled, got.inventory, got.profile.controls)
    until = got.rolled.day + within
    items = [one for one in found.within(until) if agency in ("", one.agency)]
    if form == "json":
        click.echo(json.dumps(due_json(found, items), ensure_ascii=False, indent=2))
    elif items:
        controls = {control.id: control for control in got.profile.controls}
        put(due_list(found, items, names, controls, until, translator()), sys.stdout)
    elif not quiet:
        click.echo(t("nothing falls due by {day}", day=until))


def _rolled(
    store: Store, file: Path | None, profile: str | None, as_of: date | None, data: Path | None,
    *, with_papers: bool = True,
) -> Rolled:  # fmt: skip
    inventory, path = _inventory(store, file)
    named = profile or _usual(store.runs(path))
    chosen, world = profile_and_world(named, data)

    def judge(run: Run, agency: str) -> Look:
        kept = store.judgement(run.id, chosen.id, agency)
        if kept and kept.run.profile_sha256 == chosen.digest:
            return Look(kept.run, kept.findings, kept.failures)
        baseline = store.baseline(run.inventory_path)
        judgement = Judgement(store, run, chosen, world, chosen.checks(), baseline)
        return judgement.look(agency)

    day = as_of or today(inventory)
    wanted = probes_for(chosen.checks())

    def whole(run: Run) -> bool:
        return run.options.profile == named or wanted <= _visited(run.options.profile)

    source = Source(store, inventory, path, chosen, judge, whole)
    return Rolled(roll_up(source, day, with_papers=with_papers), inventory, chosen)


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
