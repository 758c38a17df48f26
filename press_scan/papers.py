"""`attestations` and `waivers`: the lists of what people said, and how to take it back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import click
from pydantic import TypeAdapter

from press_scan.common import (
    as_of_option,
    db_option,
    evidence_folder,
    evidence_option,
    format_json,
    mistakes,
    open_store,
    stop,
    today_of,
)
from press_scan.words import Group, lang_option, option, t, translator
from reports.labels import Labels
from reports.text import clean, shorten
from scanner.paper_shelf import NoSuchPaper
from scanner.papers import Attestation, Papers, Waiver

Paper = Attestation | Waiver
_ROW: TypeAdapter[Any] = TypeAdapter(Paper)

why_option = option("--why", required=True, metavar="TEXT", help="Why it is taken back.")
all_option = option("--all", "every", is_flag=True, help="Those that count no longer, too.")
only_agency = option("--agency", default="", metavar="ID", help="Only this agency.")


@click.group(cls=Group)
def attestations() -> None:
    """What people say of requirements, with evidence."""


@click.group(cls=Group)
def waivers() -> None:
    """Accepted deviations."""


@attestations.command("list")
@only_agency
@all_option
@as_of_option
@db_option
@format_json
@lang_option
def list_attestations(agency: str, every: bool, as_of: date | None, db: str, form: str) -> None:
    """List the statements that count, by agency, system and requirement."""
    papers, day = _read(db, agency, as_of)
    held = papers.in_force(day).attestations
    _print(papers.attestations if every else held, held, form)


@waivers.command("list")
@only_agency
@all_option
@as_of_option
@db_option
@format_json
@lang_option
def list_waivers(agency: str, every: bool, as_of: date | None, db: str, form: str) -> None:
    """List the waivers that count, by agency, system and requirement."""
    papers, day = _read(db, agency, as_of)
    held = papers.in_force(day).waivers
    _print(papers.waivers if every else held, held, form)


@attestations.command("withdraw")
@click.argument("number", metavar="NUMBER")
@why_option
@db_option
@lang_option
def withdraw_attestation(number: str, why: str, db: str) -> None:
    """Take a statement back from today on; it stays written."""
    _withdraw(number, "A-", why, db)


@waivers.command("withdraw")
@click.argument("number", metavar="NUMBER")
@why_option
@db_option
@lang_option
def withdraw_waiver(number: str, why: str, db: str) -> None:
    """Take a waiver back from today on; it stays written."""
    _withdraw(number, "W-", why, db)


@attestations.command()
@db_option
@evidence_option
@lang_option
def check(db: str, evidence_dir: Path | None) -> None:
    """Check that every evidence file is there and unchanged; exit code 1 when one is not."""
    with mistakes(), open_store(db) as store:
        folder = evidence_folder(store, evidence_dir)
        files = {
            one.sha256: (paper.id, one)
            for paper in store.papers().attestations
            for one in paper.evidence
        }
    broken = [(number, one) for number, one in files.values() if not folder.holds(one)]
    for number, one in broken:
        path = folder.place(one)
        said = t("missing") if not path.exists() else t("changed")
        click.echo(f"{number}  {clean(one.name)}  {said}: {path}")
    click.echo(t("{n} evidence files, {broken} not as they were", n=len(files), broken=len(broken)))
    raise SystemExit(1 if broken else 0)


def _read(db: str, agency: str, as_of: date | None) -> tuple[Papers, date]:
    with mistakes(), open_store(db) as store:
        return store.papers([agency] if agency else None), as_of or today_of(store)


def _withdraw(number: str, prefix: str, why: str, db: str) -> None:
    gone = False
    with mistakes(), open_store(db) as store:
        if number.startswith(prefix):
            with suppress(NoSuchPaper):
                store.withdraw(number, today_of(store), clean(why))
                gone = True
    if not gone:
        stop(t('nothing that could be taken back has the number "{id}"', id=clean(number)))
    click.echo(t("{id} counts no longer", id=number))


def _print(papers: Sequence[Paper], held: Sequence[Paper], form: str) -> None:
    valid = {one.id for one in held}
    papers = sorted(papers, key=lambda one: (one.agency, one.system, one.control, one.recorded))
    if form == "json":
        rows = [{**_ROW.dump_python(one, mode="json"), "counts": one.id in valid} for one in papers]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    say = translator()
    for one in papers:
        lost = "" if one.id in valid else f"  ({t('counts for nothing')})"
        where = f"{one.agency}/{one.system}  {one.control}"
        until = t("until {day}", day=one.valid_until)
        click.echo(f"{one.id}  {clean(where)}  {until}{lost}")
        click.echo(f"        {_says(one, Labels(say))}")
    if not papers:
        click.echo(t("none"), err=True)


def _says(one: Paper, label: Labels) -> str:
    if isinstance(one, Waiver):
        return shorten(clean(f"{one.decision}: {one.reason} ({one.approved_by})"), 160)
    proof = ", ".join(filter(None, [one.document, *(file.name for file in one.evidence)]))
    text = " · ".join(filter(None, [label.answer[one.answer], proof, one.statement]))
    return shorten(clean(f"{text} ({one.by})"), 160)
