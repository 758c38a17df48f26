"""`judge`, `report`, `runs` and `baseline`: everything that starts from the store."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from checks import Severity
from press_scan.common import (
    as_of_option,
    data_option,
    db_option,
    format_json,
    mistakes,
    narrowed,
    open_store,
    profile_and_world,
    profile_option,
    stop,
    today,
)
from press_scan.show import exit_code, one_place, show_kept
from press_scan.words import Command, Group, lang_option, option, t
from reports.formats import FORMATS
from scanner.assessment import RunInfo
from scanner.by_agency import judge_and_keep
from scanner.judging import Judgement
from scanner.store import Run, Store

run_argument = click.argument("run")
formats_option = option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(list(FORMATS)),
    help="Format of the scorecard; may be given several times.",
)
output_option = option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder for the scorecards.",
)


@click.command(cls=Command)
@run_argument
@profile_option
@option("--fail-on", type=click.Choice([str(s) for s in Severity]),
        help="Exit with 1 only for findings of this severity or worse.")  # fmt: skip
@as_of_option
@db_option
@data_option
@formats_option
@output_option
@lang_option
def judge(
    run: str, profile: str | None, fail_on: str | None, as_of: date | None, db: str,
    data_dir: Path | None, formats: tuple[str, ...], output: Path | None,
) -> None:  # fmt: skip
    """Judge a run again from what is stored, without the network.

    RUN is an id, or `latest`.  Another profile may be named; the exit codes are those of `scan`.
    """
    one_place(formats, output)
    with mistakes(), open_store(db) as store:
        kept = store.run(run)
        chosen, world = profile_and_world(profile or kept.options.profile, data_dir)
        checks = narrowed(chosen, kept.options.only)
        baseline = store.baseline(kept.inventory_path)
        day = as_of or today(kept.inventory)
        tally = judge_and_keep(Judgement(store, kept, chosen, world, checks, baseline, day))
        show_kept(store, kept.id, chosen, formats, output, db=db)
    raise SystemExit(exit_code(tally, fail_on, kept.options.agencies))


@click.command(cls=Command)
@run_argument
@option("--agency", default="", metavar="ID", help="Only this agency.")
@profile_option
@db_option
@formats_option
@output_option
@lang_option
def report(
    run: str, agency: str, profile: str | None, db: str, formats: tuple[str, ...],
    output: Path | None,
) -> None:  # fmt: skip
    """Show a run's scorecards as they were judged.

    RUN is an id, or `latest`.
    """
    one_place(formats, output)
    with mistakes(), open_store(db) as store:
        kept = store.run(run)
        under = [one.profile for one in store.judged(kept.id)]  # newest first
        judged = profile or next(iter(under), "")
        if judged not in under:
            stop(t("run {run} was not judged; use:  press-scan judge {run}", run=kept.id))
        chosen, _ = profile_and_world(profile or _profile_of(kept, judged), None)
        if agency and agency not in {one.id for one in kept.inventory.agencies}:
            stop(t('no agency has the id "{id}"', id=agency))
        show_kept(store, kept.id, chosen, formats, output, agency, db, judged)


def _profile_of(run: Run, judged: str) -> str:
    """The profile's name or file: a file is asked for again by its path."""
    named = run.options.profile
    return named if Path(named).suffix else judged


@click.group(cls=Group)
def runs() -> None:
    """The runs that are kept."""


@runs.command("list")
@db_option
@format_json
@lang_option
def list_runs(db: str, form: str) -> None:
    """List all runs, newest first."""
    with mistakes(), open_store(db) as store:
        rows = [_row(run) for run in store.runs()]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    states = {
        "running": t("running"),
        "done": t("done"),
        "interrupted": t("interrupted"),
        "deadline": t("cut off"),
    }
    for row in rows:
        click.echo(
            f"{row['id']}  {states[str(row['state'])]:<12} {row['started']}  {row['inventory']}"
        )


@runs.command("show")
@run_argument
@db_option
@format_json
@lang_option
def show_run(run: str, db: str, form: str) -> None:
    """Show a run: what was visited, when, and what came of it."""
    with mistakes(), open_store(db) as store:
        kept = store.run(run)
        visits = [
            {
                "target": seen.target,
                "probe": seen.probe,
                "outcome": str(seen.outcome),
                "reason": t(seen.why),
                "detail": seen.detail,
                "started": seen.started_at.isoformat(),
                "seconds": seen.seconds,
                "contacts": len(seen.contacts),
                "sha256": seen.sha256,
            }
            for seen in store.observations(kept.id)
        ]
        row = {**_row(kept), "observations_sha256": store.digest(kept.id)}
        judged = [_prints(one) for one in store.judged(kept.id)]
    if form == "json":
        whole = {**row, "judgements": judged, "visits": visits}
        click.echo(json.dumps(whole, ensure_ascii=False, indent=2))
        return
    for key, value in row.items():
        click.echo(f"{key}: {value}")
    for one in judged:
        click.echo(t("judged under {profile}", profile=f"{one['profile']} {one['version']}"))
        for key in ("as_of", "profile_sha256", "facts_sha256", "papers_sha256"):
            click.echo(f"    {key}: {one[key]}")
    for visit in visits:
        line = f"{visit['outcome']:<7} {visit['probe']:<8} {visit['target']}"
        click.echo(f"{line}  {visit['seconds']} s  {visit['reason']} {visit['detail']}".rstrip())


def _prints(of: RunInfo) -> dict[str, object]:
    """By what a run was judged: the fingerprints that its reports show in short."""
    return {
        "profile": of.profile,
        "version": of.profile_version,
        "as_of": of.as_of and of.as_of.isoformat(),
        "profile_sha256": of.profile_sha256,
        "facts_sha256": of.facts_sha256,
        "papers_sha256": of.papers_sha256,
    }


def _row(run: Run) -> dict[str, object]:
    return {
        "id": run.id,
        "state": run.state,
        "started": run.started.astimezone().isoformat(timespec="seconds"),
        "finished": run.finished and run.finished.astimezone().isoformat(timespec="seconds"),
        "inventory": run.inventory_path,
        "profile": run.options.profile,
        "vantage": run.options.vantage,
        "scanner_version": run.scanner_version,
    }


@click.group(cls=Group)
def baseline() -> None:
    """The accepted run that drift is measured against."""


@baseline.command("set")
@run_argument
@db_option
@lang_option
def set_baseline(run: str, db: str) -> None:
    """Accept a run as its inventory's baseline."""
    with mistakes(), open_store(db) as store:
        kept = _whole(store, run)
        store.accept_baseline(kept)
    click.echo(t("run {run} is now the baseline of {path}", run=kept.id, path=kept.inventory_path))


def _whole(store: Store, name: str) -> Run:
    kept = store.run(name)
    if kept.state != "done":
        stop(t("run {run} was cut off; only a whole run can be a baseline", run=kept.id))
    return kept
