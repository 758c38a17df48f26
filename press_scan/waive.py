"""`waive`: accept a deviation from one requirement, for a time."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from press_scan.attest import stop_at
from press_scan.common import day, db_option, mistakes, open_store, profile_option, today
from press_scan.whose import (
    agency_option,
    control_of,
    inventory_option,
    profile_of,
    system_option,
    whose,
)
from press_scan.words import Command, lang_option, option, t
from scanner.waiving import Draft, problems_of, waiver_of


@click.command(cls=Command)
@click.argument("control")
@system_option
@agency_option
@option("--reason", required=True, metavar="TEXT", help="Why the deviation is accepted.")
@option("--decision", required=True, metavar="NUMBER", help="Number of the decision.")
@option("--requested-by", required=True, metavar="NAME", help="Who asked for it.")
@option("--approved-by", required=True, metavar="NAME", help="Who accepted it: somebody else.")
@option("--from", "valid_from", callback=day, metavar="DAY", help="Its first day; none: today.")
@option("--until", "valid_until", callback=day, required=True, metavar="DAY", help="Its last day.")
@profile_option
@inventory_option
@db_option
@lang_option
def waive(
    control: str, system: str, agency: str, profile: str | None, inventory: Path | None, db: str,
    valid_from: date | None, **said: Any,
) -> None:  # fmt: skip
    """Accept that one requirement is not met by one system, for a time.

    CONTROL is a requirement's id or clause. The requirement stays as it is, and no longer keeps
    the system from complying; every report shows the waiver beside it.
    """
    with mistakes(), open_store(db) as store:
        of = whose(store, system, agency, inventory)
        one = control_of(profile_of(profile, of.run), control)
        now = today(of.inventory)
        draft = Draft(valid_from=valid_from or now, **said)
        stop_at(problems_of(draft, now))
        (kept,) = store.add_papers(
            [waiver_of(draft, one, agency=of.agency.id, system=of.system.id)]
        )
    click.echo(t("{id}: {system}, {control}: waived until {day}",
                 id=kept.id, system=of.name, control=one.id, day=kept.valid_until))  # fmt: skip


__all__ = ["waive"]
