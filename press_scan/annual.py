"""`annual-report`: the yearly report and form 08, as DOCX and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from press_scan.common import (
    as_of_option,
    data_option,
    db_option,
    mistakes,
    open_store,
    profile_option,
    stop,
)
from press_scan.rolled import rolled_up
from press_scan.words import Command, lang_option, option, t, translator
from reports import annual_docx, annual_pdf
from reports.annual_facts import Year, cut, facts
from reports.annual_form08 import form08
from reports.annual_model import Official
from reports.annual_report import report
from scanner.assess import Look
from scanner.atomic import replace
from scanner.beside import beside, load
from scanner.report_settings import NAME, ReportSettings
from scanner.store import Store

DONE, BLANKS = 0, 3
RENDER = {"docx": annual_docx.render, "pdf": annual_pdf.render}
MAKE = {"report": report, "08": form08}
NAMES = {"report": "annual-report", "08": "form-08"}


@dataclass(frozen=True)
class Wish:
    """What the user asked for."""

    inventory: Path | None
    year: int
    forms: Sequence[str]
    formats: Sequence[str]
    output: Path
    settings: Path | None
    draft: bool
    as_of: date | None
    profile: str | None
    data_dir: Path | None


@click.command("annual-report", cls=Command)
@click.argument("inventory", required=False, type=click.Path(exists=True, path_type=Path))
@option("--year", type=click.IntRange(2016, 2999), required=True, help="The year reported on.")
@option("--form", "forms", multiple=True, type=click.Choice(list(MAKE)),
        help="The province's report, or form 08 of Decree 331/2026; none: both.")  # fmt: skip
@option("--format", "formats", multiple=True, type=click.Choice(list(RENDER)),
        help="docx or pdf; none: both.")  # fmt: skip
@option("--output", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
        default=Path(), help="Folder for the files; none: this one.")  # fmt: skip
@option("--settings", type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Bodies, recipients, signer; none: report.yaml beside the inventory.")  # fmt: skip
@option("--draft", is_flag=True, help="Write it although something contradicts itself.")
@profile_option
@as_of_option
@db_option
@data_option
@lang_option
def annual_report(db: str, **wish: object) -> None:
    """Write the yearly report and form 08 of Decree 331/2026/NĐ-CP, as DOCX and PDF.

    The facts are those of the store on the day of the cut: 9 December for the report, 14 December
    for form 08, unless the settings or --as-of say otherwise. What nobody knows is a marked blank,
    and is listed.

    Exit code: 0 written; 2 something contradicts itself, and nothing was written; 3 written, with
    blanks or as a draft.
    """
    asked = Wish(**wish)  # type: ignore[arg-type]  # click has checked them
    with mistakes(), open_store(db) as store:
        made = _made(store, asked)
        for name, document in made.items():
            for form in dict.fromkeys(asked.formats or RENDER):
                _write(asked.output / f"{NAMES[name]}-{asked.year}.{form}", RENDER[form](document))
    blanks = dict.fromkeys(one for document in made.values() for one in document.blanks())
    if blanks:
        left = translator().ngettext(
            "{n} blank is left to fill in:", "{n} blanks are left to fill in:", len(blanks)
        )
        click.echo(left)
        for one in blanks:
            click.echo(f"  {one.what}  ({one.where})")
    raise SystemExit(BLANKS if blanks or any(one.mark for one in made.values()) else DONE)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, data, f".{path.name}.")
    click.echo(t("written: {path}", path=path), err=True)


def _made(store: Store, asked: Wish) -> dict[str, Official]:
    """The documents; ends with code 2 when something contradicts itself."""
    settings = _settings(store, asked)
    made: dict[str, Official] = {}
    for name in dict.fromkeys(asked.forms or MAKE):
        day = asked.as_of or cut(asked.year, settings, ministry=name == "08")
        year = _year(store, asked, settings, day)
        mark = _mark(year, asked)
        made[name] = MAKE[name](year, translator().lang, mark)
    return made


def _settings(store: Store, asked: Wish) -> ReportSettings:
    runs = store.runs()
    near = asked.inventory or (Path(runs[0].inventory_path) if runs else None)
    file = asked.settings or (beside(near, NAME) if near and near.exists() else None)
    return load(file, ReportSettings) if file else ReportSettings()


def _year(store: Store, asked: Wish, settings: ReportSettings, day: date) -> Year:
    got = rolled_up(store, asked.inventory, asked.profile, day, asked.data_dir, slim=False)

    def look(run: str, agency: str) -> Look | None:
        return got.judge(store.run(run), agency)

    return facts(asked.year, got.rolled, got.inventory, got.profile, settings, look)


def _mark(year: Year, asked: Wish) -> str:
    """What stands on every page; ends with code 2 when it must not be written."""
    if year.contradictions and not asked.draft:
        told = "\n".join(
            f"  {one.agency}/{one.system}: {t(one.message)}" for one in year.contradictions
        )
        why = t("something contradicts itself; mend it, or write a draft with --draft:")
        stop(f"{why}\n{told}")
    marks = [t("DRAFT")] if asked.draft else []
    marks += [t("UNOFFICIAL TRANSLATION")] if translator().lang != "vi" else []
    return " – ".join(marks)
