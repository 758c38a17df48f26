"""`attest`: a person's statement on one requirement, with evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from press_scan.common import (
    day,
    db_option,
    evidence_folder,
    evidence_option,
    mistakes,
    open_store,
    profile_option,
    stop,
    today,
)
from press_scan.questionnaire import import_sheet, sheet
from press_scan.whose import (
    agency_option,
    control_of,
    inventory_option,
    profile_of,
    results_of,
    system_option,
    whose,
)
from press_scan.words import Command, Group, lang_option, option, t
from scanner.assessment import ControlStatus, DecidedBy
from scanner.attesting import Draft, attestation_of, problems_of
from scanner.evidence_files import Folder
from scanner.papers import Answer, Attestation
from scanner.settle import Said, settle, settled

RECORD = "record"


class Attest(Group):
    """`attest CONTROL` records a statement; `attest sheet` and `attest import` are commands."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """What is no command is a requirement."""
        if args and args[0] not in self.commands:
            args = [RECORD, *args]
        return super().resolve_command(ctx, args)


@click.group(cls=Attest)
def attest() -> None:
    """Say that a requirement is met, and prove it: `attest CONTROL --system ID ...`.

    CONTROL is a requirement's id or clause: `press-scan profile show level3` lists them, and
    `press-scan attest CONTROL --help` says what to give.
    """


@attest.command(RECORD, cls=Command, hidden=True)
@click.argument("control")
@system_option
@agency_option
@option("--answer", type=click.Choice([str(one) for one in Answer]), default="met",
        show_default=True, help="What is said of it.")  # fmt: skip
@option("--statement", default="", metavar="TEXT",
        help="How it is met; which measure does the same; why it does not apply.")  # fmt: skip
@option("--file", "files", multiple=True, type=click.Path(path_type=Path),
        help="Evidence; may be given several times.")  # fmt: skip
@option("--document", default="", metavar="NUMBER", help="Number of a paper that proves it.")
@option("--by", required=True, metavar="NAME", help="Who says so.")
@option("--on", "made", callback=day, metavar="DAY", help="The day of the statement; none: today.")
@option("--until", callback=day, metavar="DAY",
        help="The last day on which it counts; none: as long as the rhythm allows.")  # fmt: skip
@option("--plan", default="", metavar="TEXT", help="What will be done, when it is not met.")
@option("--plan-by", callback=day, metavar="DAY", help="By when.")
@profile_option
@inventory_option
@db_option
@evidence_option
@lang_option
def record(
    control: str, system: str, agency: str, profile: str | None, inventory: Path | None, db: str,
    evidence_dir: Path | None, files: tuple[Path, ...], made: date | None, until: date | None,
    **said: Any,
) -> None:  # fmt: skip
    """Record a person's statement on one requirement of one system.

    It counts until its last day, or until a newer one takes its place. It answers the faults that
    the newest scan showed, and no later ones. Only `--answer equivalent` answers a fault of a check
    that decides the requirement by itself.
    """
    with mistakes(), open_store(db) as store:
        of = whose(store, system, agency, inventory)
        chosen = profile_of(profile, of.run)
        one = control_of(chosen, control)
        machine = results_of(store, of, chosen).get(one.id)
        now, folder = today(of.inventory), evidence_folder(store, evidence_dir)
        draft = Draft(
            Answer(said["answer"]), said["by"], made or now, said["statement"], said["document"],
            tuple(folder.look(file) for file in files), until, said["plan"], said["plan_by"],
        )  # fmt: skip
        stop_at(problems_of(draft, one, now))
        seen = machine.faults if machine else ()
        paper = attestation_of(draft, one, agency=of.agency.id, system=of.system.id, seen=seen)
        _copy(folder, files)
        (kept,) = store.add_papers([paper])
    click.echo(t("{id}: {system}, {control}: recorded, counts until {day}",
                 id=kept.id, system=of.name, control=one.id, day=kept.valid_until))  # fmt: skip
    if seen:
        click.echo(t("it answers what the machine showed: {faults}", faults=", ".join(seen)))
    if machine and isinstance(kept, Attestation):
        alone = settle(one, machine, Said(now), None)
        after = settle(one, machine, Said(now, kept), None)
        if not settled(after) and paper.answer in {Answer.MET, Answer.NOT_APPLICABLE}:
            _powerless(alone.status, alone.decided_by)


def _powerless(status: ControlStatus, by: DecidedBy) -> None:
    """A statement that changes nothing is no mistake, but its author should know."""
    if by is DecidedBy.CHECKS and status in {ControlStatus.NOT_MET, ControlStatus.PARTIAL}:
        click.echo(
            t("a check decides this requirement and fails: mend it, or attest an equivalent"
              " measure (--answer equivalent)"), err=True,
        )  # fmt: skip


def stop_at(problems: Sequence[tuple[str, str]]) -> None:
    """End with code 2, every problem beside its option."""
    options = {"valid_until": "until", "made": "on", "evidence": "file", "valid_from": "from"}
    if problems:
        lines = [
            f"--{options.get(field, field).replace('_', '-')}: {t(message)}"
            for field, message in problems
        ]
        stop("\n            ".join(lines))


def _copy(folder: Folder, files: Sequence[Path]) -> None:
    for file in files:
        folder.add(file)


attest.add_command(sheet)
attest.add_command(import_sheet)

__all__ = ["attest"]
