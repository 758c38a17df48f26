"""`attest sheet` and `attest import`: many statements at once, in Excel or YAML."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

import checks
from checks.words import words
from press_scan.common import (
    USAGE,
    db_option,
    evidence_folder,
    evidence_option,
    format_json,
    mistakes,
    open_store,
    profile_option,
    stop,
    today,
)
from press_scan.whose import (
    Whose,
    agency_option,
    inventory_option,
    profile_of,
    results_of,
    system_option,
    whose,
)
from press_scan.words import Command, lang_option, option, t, translator
from reports.i18n import LANGS, Translator
from scanner import sheet_yaml
from scanner.evidence_files import BadEvidence, Folder
from scanner.evidence_find import Finder
from scanner.papers import Attestation, Papers
from scanner.profile import Profile
from scanner.settle import settled
from scanner.sheet import Sheet, Standing, sheet_of
from scanner.sheet_form import Form, SheetError
from scanner.sheet_import import Desk, Taken, take
from scanner.sheet_rows import Words
from scanner.sheet_words import ANSWERS
from scanner.store import Store

YAML = {".yaml", ".yml"}
SHOWN = 20  # statements without effect that are listed


@click.command("sheet", cls=Command)
@system_option
@agency_option
@profile_option
@option("--run", default="latest", metavar="RUN", help="What this run saw is shown.")
@option("--format", "form", type=click.Choice(["xlsx", "yaml"]),
        help="Excel, or YAML; none: by the file's name.")  # fmt: skip
@option("--all", "whole", is_flag=True, help="Every requirement, with the present answers.")
@option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE", help="The file to write.")  # fmt: skip
@inventory_option
@db_option
@lang_option
def sheet(
    system: str, agency: str, profile: str | None, run: str, form: str | None, whole: bool,
    output: Path, inventory: Path | None, db: str,
) -> None:  # fmt: skip
    """Write a questionnaire of what is open for a system, to be filled in offline.

    Open is what no check, attestation or waiver settles. Fill it in with Excel or LibreOffice, and
    hand it back with `attest import`.
    """
    with mistakes(), open_store(db) as store:
        of = whose(store, system, agency, inventory)
        if run != "latest":
            of = replace(of, run=store.run(run))
        standing = _standing(store, of, profile_of(profile, of.run))
        made = sheet_of(standing, whole=whole)
        lang, known = words(translator().lang), checks.load()
        how = Words(translator(), lambda one: lang.title(known[one]) if one in known else one)
        yaml = form == "yaml" or (form is None and output.suffix.lower() in YAML)
        data = sheet_yaml.text(made, how).encode() if yaml else _workbook(made, how)
        try:
            with output.open("xb") as file:  # a filled-in sheet is never written over
                file.write(data)
        except FileExistsError:
            stop(t("{path} is there already; it was left alone", path=output))
    click.echo(t("written: {path}", path=output))
    click.echo(t("questions: {n}", n=len(made.questions)))
    more = ["--profile", profile] if profile else []
    named = shlex.join([str(output), "--system", of.name, *more])
    click.echo(t("next: fill it in, then  press-scan attest import {named}", named=named))


@click.command("import", cls=Command)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@system_option
@agency_option
@profile_option
@option("--evidence", type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR", help="Where the evidence files lie; none: beside FILE.")  # fmt: skip
@option("--by", default="", metavar="NAME", help="Who answers, where the questionnaire is silent.")
@option("--dry-run", is_flag=True, help="Check everything, record nothing.")
@inventory_option
@db_option
@evidence_option
@format_json
@lang_option
def import_sheet(
    file: Path, system: str, agency: str, profile: str | None, inventory: Path | None, db: str,
    form: str, dry_run: bool, **given: Any,
) -> None:  # fmt: skip
    """Read a filled-in questionnaire back, and record its answers.

    Everything is checked first. If anything is wrong, every bad cell is named, nothing is recorded,
    and the exit code is 2. Rows without an answer are skipped. The same file again changes nothing.
    """
    with mistakes(), open_store(db) as store:
        of = whose(store, system, agency, inventory)
        standing = _standing(store, of, profile_of(profile, of.run))
        folder = evidence_folder(store, given["evidence_dir"])
        finder = Finder(given["evidence"] or file.parent, folder)
        desk = Desk(standing, finder, [Translator(one) for one in LANGS], given["by"])
        try:
            taken = take(_read(file), desk)
        except SheetError as error:
            _refused(error, form)
        kept = taken.new if dry_run else _keep(store, folder, taken)
        after = _after(store, of, standing, kept)
    told = _told(taken, kept, standing, after, dry_run=dry_run)
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _tell(told, standing.profile)


def _standing(store: Store, of: Whose, profile: Profile, papers: Papers | None = None) -> Standing:
    """How the system stands today."""
    day = today(of.inventory)
    papers = papers or store.papers([of.agency.id])
    results = results_of(store, of, profile, papers)
    run = of.run.id if of.run else ""
    return Standing(of.agency, of.system, profile, results, papers, day, run)


def _workbook(made: Sheet, how: Words) -> bytes:
    from scanner.sheet_xlsx import workbook  # slow to import, and seldom needed

    return workbook(made, how)


def _read(file: Path) -> Form:
    if file.suffix.lower() in YAML:
        return sheet_yaml.form(file)
    from scanner.sheet_grid import form  # slow to import, and seldom needed

    return form(file, [Translator(lang) for lang in LANGS])


def _refused(error: SheetError, form: str) -> NoReturn:
    """Every bad cell, and code 2."""
    if form == "json":
        problems = [
            {
                "file": one.place.file, "sheet": one.place.sheet, "cell": one.place.cell,
                "line": one.place.row, "column": one.place.column, "value": one.value,
                "message": t(one.message),
            }
            for one in error.wrong
        ]  # fmt: skip
        click.echo(json.dumps({"recorded": 0, "problems": problems}, ensure_ascii=False, indent=2))
    for one in error.wrong:
        click.echo(one.text(t), err=True)
    click.echo(t("problems: {n}; nothing was recorded", n=len(error.wrong)), err=True)
    raise SystemExit(USAGE)


def _keep(store: Store, folder: Folder, taken: Taken) -> list[Attestation]:
    """Copy the evidence, then write all statements in one go."""
    wanted = {file.sha256 for one in taken.new for file in one.evidence}
    for digest, path in taken.files.items():
        if digest not in wanted:
            continue
        try:
            changed = folder.add(path).sha256 != digest
        except BadEvidence as error:
            stop(f"{path}: {t(error.message)}")
        if changed:
            stop(t("{path} was changed meanwhile; nothing was recorded", path=path))
    kept = store.add_papers(taken.new) if taken.new else []
    return [one for one in kept if isinstance(one, Attestation)]


def _after(store: Store, of: Whose, before: Standing, kept: Sequence[Attestation]) -> Standing:
    """How the system stands with these statements."""
    now = datetime.now(UTC)
    said = (*before.papers.attestations, *(replace(one, recorded=now) for one in kept))
    return _standing(store, of, before.profile, replace(before.papers, attestations=said))


def _told(
    taken: Taken, kept: Sequence[Attestation], before: Standing, after: Standing, *, dry_run: bool
) -> dict[str, Any]:
    """What came of it, as JSON has it."""
    counted = Counter(str(one.answer) for one in kept)
    still = [name for name, result in after.results.items() if not settled(result)]
    good = {one.control for one in kept if str(one.answer) not in {"partial", "not_met"}}
    return {
        "agency": before.agency.id,
        "system": before.system.id,
        "profile": before.profile.id,
        "dry_run": dry_run,
        "recorded": len(kept),
        "answers": {str(answer): counted[str(answer)] for answer in ANSWERS},
        "unchanged": taken.unchanged,
        "skipped": taken.skipped,
        "other_profile_version": taken.older_profile,
        "open": still,
        "without_effect": [
            {"control": name, "faults": list(after.faults(name))} for name in still if name in good
        ],
        "problems": [],
    }


def _tell(told: dict[str, Any], profile: Profile) -> None:
    names = {one.id: f"{one.clause} ({one.standard})" for one in profile.controls}
    if told["other_profile_version"]:
        click.echo(t("the questionnaire was made from another version of the profile; the"
                     " requirements that it answers have the same words"), err=True)  # fmt: skip
    if told["dry_run"]:
        click.echo(t("answers that would be recorded: {n}", n=told["recorded"]))
    elif told["recorded"]:
        click.echo(t("answers recorded: {n}", n=told["recorded"]))
    else:
        click.echo(t("nothing new: nothing was recorded"))
    for answer, text in ANSWERS.items():
        if told["answers"][str(answer)]:
            click.echo(f"  {t(text)}: {told['answers'][str(answer)]}")
    click.echo(t("said before: {n}", n=told["unchanged"]))
    click.echo(t("rows without an answer: {n}", n=told["skipped"]))
    click.echo(t("requirements still open: {n}", n=len(told["open"])))
    for one in told["without_effect"][:SHOWN]:
        faults = ", ".join(one["faults"]) or "–"
        click.echo(t("  answered, but open, for the machine shows a fault: {control}: {faults}",
                     control=names.get(one["control"], one["control"]), faults=faults))  # fmt: skip
    if len(told["without_effect"]) > SHOWN:
        click.echo(t("… and {n} more", n=len(told["without_effect"]) - SHOWN))
