"""`scan`: from an inventory to a scorecard."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import click

from checks import Severity
from press_scan.common import (
    data_option,
    db_option,
    mistakes,
    narrowed,
    open_store,
    profile_and_world,
    profile_option,
    stop,
    today,
)
from press_scan.crew import broker_option, key_option, must_be_served, office, results_option
from press_scan.locks import alone, only_one
from press_scan.progress import Meter
from press_scan.show import INCOMPLETE, INTERRUPTED, exit_code, one_place, show_kept
from press_scan.words import Command, lang_option, option, t, translator
from reports.formats import FORMATS, USUAL, write
from reports.terminal import changes, worse_by_agency
from scanner.assessment import Assessment
from scanner.by_agency import judge_and_keep
from scanner.history import history
from scanner.inventory import ACTIVE
from scanner.inventory_file import Loaded, check_valid, load
from scanner.judging import Judgement, probes_for
from scanner.problems import FileError
from scanner.profile import Profile
from scanner.reach import TlsEngine
from scanner.resolver import Resolver, server
from scanner.run import ENOUGH, WIDE, Settings, gather
from scanner.sealed import WorkersGone
from scanner.store import Options, Run, Store

SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class Wish:
    """What the user asked for."""

    formats: tuple[str, ...]
    output: Path | None
    fail_on: str | None
    quiet: bool
    verbose: bool
    data_dir: Path | None
    only: tuple[str, ...]
    agencies: tuple[str, ...]
    db: str


def duration(_ctx: click.Context, _param: click.Parameter, text: str) -> float:
    """`90`, `90s`, `30m`, `2h` as seconds."""
    if not text:
        return ENOUGH
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if not match:
        raise click.BadParameter(t('write a time like "90s", "30m" or "2h"'))
    return float(match[1]) * SECONDS[match[2] or "s"]


def resolver_servers(
    _ctx: click.Context, _param: click.Parameter, texts: tuple[str, ...]
) -> tuple[str, ...]:
    """Resolvers' addresses, each with its port after a #."""
    try:
        return tuple(server(text) for text in texts)
    except ValueError:
        raise click.BadParameter(t('write an address, "9.9.9.9" or "9.9.9.9#5353"')) from None


@click.command(cls=Command)
@click.argument("inventory", type=click.Path(exists=True, path_type=Path))
@option("--agency", "agencies", multiple=True, metavar="ID", help="Only this agency.")
@option("--only", multiple=True, metavar="AREA|CHECK", help="Only this area, or this check.")
@profile_option
@option("--vantage", type=click.Choice(["external", "internal"]), default="external",
        help="From where the scanner looks.")  # fmt: skip
@db_option
@data_option
@option("--resume", is_flag=True, help="Go on with the last run that was cut off.")
@option("--format", "formats", multiple=True, type=click.Choice(list(FORMATS)),
        help="Format of the scorecard; may be given several times.")  # fmt: skip
@option("--output", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
        help="Folder for the scorecards.")  # fmt: skip
@option("--fail-on", type=click.Choice([str(s) for s in Severity]),
        help="Exit with 1 only for findings of this severity or worse.")  # fmt: skip
@option("--deadline", callback=duration, default="", metavar="TIME",
        help="End the run after this time (90s, 30m, 2h); --resume goes on.")  # fmt: skip
@option("--rate", type=click.FloatRange(0.1, 100), default=10.0, show_default=True,
        help="Requests a second to one address.")  # fmt: skip
@option("--resolver", "resolvers", multiple=True, callback=resolver_servers, metavar="ADDRESS",
        help="Look names up there (9.9.9.9, 9.9.9.9#5353); may be repeated.")  # fmt: skip
@option("--tls-engine", type=click.Choice(["native", "sslyze"]), default="native",
        show_default=True,
        help="Who looks at TLS: hellos of our own, or sslyze alone (slower).")  # fmt: skip
@option("--allow", multiple=True, type=click.Choice(ACTIVE),
        help="Make this trial too, which does more than read; the paper must name it.")  # fmt: skip
@option("--wait", type=click.FloatRange(0), default=0.0, metavar="SECONDS",
        help="Wait so long for another scan of the same inventory.")  # fmt: skip
@option("-q", "--quiet", is_flag=True, help="Print only what changed for the worse.")
@option("-v", "--verbose", is_flag=True, help="Print each visit.")
@option("--engine", type=click.Choice(["local", "celery"]), default="local", show_default=True,
        help="Who makes the visits: this machine, or workers in their zones.")  # fmt: skip
@broker_option
@results_option
@key_option
@lang_option
def scan(
    inventory: Path, profile: str | None, vantage: str, resume: bool, deadline: float,
    rate: float, resolvers: tuple[str, ...], tls_engine: TlsEngine, allow: tuple[str, ...],
    wait: float, engine: str, broker: str, results: str, worker_key: str, **wish: object,
) -> None:  # fmt: skip
    """Scan an inventory, judge what was seen, and show each agency's scorecard.

    Exit code: 0 all compliant; 1 not compliant; 2 wrong usage, inventory, profile or scope;
    3 something could not be assessed; 130 interrupted.
    """
    asked = Wish(**wish)  # type: ignore[arg-type]  # click has checked them
    logging.basicConfig(level=logging.INFO if asked.verbose else logging.ERROR)
    one_place(asked.formats, asked.output)
    with mistakes():
        loaded = load(inventory)
        _authorised(loaded)
        _allowed(loaded, allow)
        loaded = loaded.without_text()
        known = {agency.id for agency in loaded.inventory.agencies}
        for agency in asked.agencies:
            if agency not in known:
                stop(t('no agency has the id "{id}"', id=agency))
        settings = Settings()
        if engine == "celery":
            place = office(broker, results, worker_key)
            must_be_served(place, loaded.inventory, asked.agencies)
            settings = Settings(limits=WIDE, crew=place.crew)
        with (
            only_one(inventory, wait),
            open_store(asked.db) as store,
            alone(store, inventory, wait),
        ):
            before = store.runs(str(loaded.path), "done")
            options = Options(_lasting(profile), vantage, asked.agencies, asked.only, allow)
            run = _unfinished(store, loaded) if resume else None
            chosen, world = profile_and_world(
                run.options.profile if run else options.profile, asked.data_dir
            )
            checks = narrowed(chosen, run.options.only if run else asked.only)
            if run is None:
                path, digest = str(loaded.path), loaded.text_sha256
                run = store.new_run(path, digest, loaded.inventory, options)
            baseline = store.baseline(run.inventory_path)
            judgement = Judgement(store, run, chosen, world, checks, baseline, today(run.inventory))
            settings = replace(settings, deadline=deadline, rate=rate, resolver=Resolver(resolvers),
                               tls_engine=tls_engine)  # fmt: skip
            _gather(judgement, settings, asked)
            tally = judge_and_keep(replace(judgement, run=store.run(run.id)))
            _tell(store, run.id, chosen, before, asked)
    raise SystemExit(exit_code(tally, asked.fail_on, run.options.agencies))


def _lasting(profile: str | None) -> str:
    """A profile's name; a file's by its absolute path, so that it is found again from anywhere."""
    if profile and Path(profile).suffix:
        return str(Path(profile).resolve())
    return profile or "level3"


def _authorised(loaded: Loaded) -> None:
    """The authorisation must hold today; else nothing is sent."""
    problem = check_valid(loaded, date.today())  # noqa: DTZ011  # the user's own day counts
    if problem:
        raise FileError([problem])


def _allowed(loaded: Loaded, wanted: tuple[str, ...]) -> None:
    """What does more than read must stand in the owner's paper too."""
    for name in wanted:
        if name not in loaded.inventory.authorisation.active:
            stop(t('the authorisation does not allow it: it needs "active: [{name}]"', name=name))


def _unfinished(store: Store, loaded: Loaded) -> Run:
    runs = [run for run in store.runs(str(loaded.path)) if run.state != "done"]
    if not runs:
        stop(t("there is no run to resume; leave --resume out to start one"))
    if runs[0].inventory_sha256 != loaded.text_sha256:
        stop(t("the inventory has changed since run {run}; start a new one", run=runs[0].id))
    return runs[0]


def _gather(judgement: Judgement, settings: Settings, asked: Wish) -> None:
    run, probes = judgement.run, probes_for(judgement.checks)
    try:
        with Meter(asked.quiet, asked.verbose) as meter:
            gather(run, judgement.store, probes, settings, meter.tell, judgement.faults)
    except (KeyboardInterrupt, WorkersGone) as error:
        if isinstance(error, WorkersGone):
            click.echo(t("the broker does not answer"), err=True)
        place = run.inventory_path
        click.echo(t("interrupted; what was seen is kept"), err=True)
        click.echo(t("go on with:  press-scan scan {path} --resume", path=place), err=True)
        raise SystemExit(INTERRUPTED) from None


def _tell(store: Store, run: str, profile: Profile, before: list[Run], asked: Wish) -> None:
    agency = asked.agencies[0] if len(asked.agencies) == 1 else ""
    if not asked.quiet or (asked.formats and not asked.output):
        show_kept(store, run, profile, asked.formats, asked.output, agency, asked.db)
        return
    if asked.output and (assessment := store.judgement(run, profile.id)):
        names = asked.formats or USUAL
        digest = store.digest(run)
        told = history(store, store.run(run), profile.id, [agency] if agency else ())
        write(asked.output, assessment, profile, translator(), names, agency, digest, told)
    last = next((one.id for one in before if store.judgement_head(one.id, profile.id)), "")
    changes(worse_by_agency(_pairs(store, run, last, profile.id)), translator())


def _pairs(
    store: Store, run: str, last: str, profile: str
) -> Iterator[tuple[Assessment | None, Assessment]]:
    """Each agency before and after."""
    for after in store.parts(run, profile):
        agency = after.agencies[0].id
        yield store.judgement(last, profile, agency) if last else None, after


__all__ = ["INCOMPLETE", "scan"]
