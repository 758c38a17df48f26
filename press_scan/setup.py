"""`init`, `inventory` and `schedule`: before the first scan, and every night after it."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
import platformdirs

from facts.message import Message
from press_scan.common import db_option, mistakes, profile_option, stop, today
from press_scan.words import Command, Group, lang_option, option, t, translator
from scanner import starter
from scanner.database import shown
from scanner.inventory_file import check_valid, doubts, json_schema, load
from scanner.problems import Problem, text


@click.command(cls=Command)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@lang_option
def init(folder: Path) -> None:
    """Write a commented inventory to start from into DIR."""
    with mistakes():
        try:
            path = starter.write(folder, translator().lang)
        except FileExistsError as there:
            stop(t("{path} is there already; it was left alone", path=there.filename))
    click.echo(t("written: {path}", path=path))
    click.echo(t("next: fill it in, then  press-scan inventory lint {path}", path=path))


@click.group(cls=Group)
def inventory() -> None:
    """The inventory file."""


@inventory.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@lang_option
def lint(file: Path) -> None:
    """Check an inventory; say every problem with its line.

    What contradicts itself in a level dossier is a warning, and the inventory stays valid.
    """
    with mistakes():
        loaded = load(file)
        problem = check_valid(loaded, date.today())  # noqa: DTZ011  # the user's own day counts
    if problem:
        click.echo(text([problem], translator()), err=True)
        raise SystemExit(2)
    warnings = doubts(loaded, today(loaded.inventory))
    if warnings:
        click.echo(text(list(map(_warning, warnings)), translator()), err=True)
    agencies = loaded.inventory.agencies
    assets = sum(len(s.assets) for a in agencies for s in a.systems)
    found = t("{n} warnings", n=len(warnings)) if warnings else t("no problem found")
    click.echo(t("{a} agencies, {n} assets; {found}", a=len(agencies), n=assets, found=found))


def _warning(of: Problem) -> Problem:
    return replace(of, message=Message("warning: {said}", said=of.message))


@inventory.command()
@lang_option
def schema() -> None:
    """Print the inventory's JSON Schema, for editors."""
    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


@click.group(cls=Group)
def schedule() -> None:
    """Scan regularly."""


@schedule.command()
@click.argument("file", metavar="INVENTORY", type=click.Path(exists=True, path_type=Path))
@option("--at", default="02:30", metavar="HH:MM", help="When, every day.")
@option("--output", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
        help="Folder for the scorecards.")  # fmt: skip
@profile_option
@db_option
@lang_option
def cron(file: Path, at: str, output: Path | None, profile: str | None, db: str) -> None:
    """Print a crontab line that scans an inventory every night."""
    hour, _, minute = at.partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60):
        stop(t('write a time of day like "02:30"'))
    words = [_program(), "scan", str(file.resolve()), "--quiet", "--lang", translator().lang]
    words += ["--profile", profile] if profile else []
    words += ["--db", _absolute(db)] if db else []
    words += ["--output", str(output.resolve())] if output else []
    log = platformdirs.user_log_path("press-scan", ensure_exists=True) / "scan.log"
    command = f"{shlex.join(words)} >> {shlex.quote(str(log))} 2>&1"
    click.echo("# " + t("only one scan at a time; what changed for the worse is in {log}", log=log))
    click.echo(f"{int(minute)} {int(hour)} * * * {command.replace('%', chr(92) + '%')}")


def _program() -> str:
    """This program's absolute path: cron knows no PATH."""
    here = Path(sys.argv[0])
    if here.name.startswith("press-scan") and here.is_file():
        return (
            str(here.resolve().parent / here.name)
            if not here.is_symlink()
            else str(here.absolute())
        )
    found = shutil.which("press-scan") or str(Path(sys.executable).with_name("press-scan"))
    return str(Path(found).absolute())


def _absolute(db: str) -> str:
    if "://" not in db:
        return str(Path(db).resolve())
    if shown(db) != db:
        stop(t("no password may stand in a timer: leave it out, and write it into ~/.pgpass"))
    return db
