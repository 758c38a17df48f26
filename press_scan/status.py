"""`status` and `due`: the programme on a day."""

from __future__ import annotations

import json
import re
import sys
from datetime import date, timedelta
from pathlib import Path

import click

from press_scan.common import (
    as_of_option,
    data_option,
    db_option,
    format_json,
    mistakes,
    open_store,
    profile_option,
    stop,
)
from press_scan.rolled import Rolled, rolled_up
from press_scan.show import COMPLIANT, INCOMPLETE, NOT_COMPLIANT
from press_scan.words import Command, lang_option, option, t, translator
from reports.due_text import due_list
from reports.plan_text import plans
from reports.screen import put
from reports.status_json import due_json, status_json
from reports.status_text import status as status_text
from scanner.dossier import all_contradictions
from scanner.due import due as find_due
from scanner.whatif import needed, what_if

inventory_argument = click.argument(
    "inventory", required=False, type=click.Path(exists=True, path_type=Path)
)


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
        got = rolled_up(store, inventory, profile, as_of, data_dir, with_papers=False)
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
        got = rolled_up(store, inventory, profile, as_of, data_dir)
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
