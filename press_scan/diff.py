"""`diff`: where two assessments differ, and why."""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import click

import checks
from press_scan.common import db_option, format_json, mistakes, open_store, profile_option, stop
from press_scan.words import Command, lang_option, option, t, translator
from reports import diff_json, diff_text, json_report
from reports.diff import compare
from reports.diff_read import BadCard, Card, read, read_file
from reports.scorecard import scorecard
from reports.sources import Profile, Source
from reports.text import clean, shorten
from scanner.problems import FileError
from scanner.profile import load
from scanner.store import Run, Store

SAME, DIFFER = 0, 1
_RUN = re.compile(r"(latest|\d{8}-\d{4,})(@.*)?")


@dataclass(frozen=True)
class _Untitled:
    """A profile that is no longer there: requirements are told by their ids."""

    title: dict[str, str] = field(default_factory=dict)
    credit: dict[str, str] = field(default_factory=dict)
    groups: dict[str, dict[str, str]] = field(default_factory=dict)
    controls: tuple[()] = ()
    sources: dict[str, Source] = field(default_factory=dict)
    changed: tuple[()] = ()


@click.command(cls=Command)
@click.argument("a")
@click.argument("b")
@option("--agency", default="", metavar="ID", help="Only this agency.")
@profile_option
@db_option
@format_json
@lang_option
def diff(a: str, b: str, agency: str, profile: str | None, db: str, form: str) -> None:
    """Show where two assessments differ, and why.

    A and B are each a run (its id, or `latest`; RUN@PROFILE for its judgement under one profile)
    or the JSON file of a scorecard that somebody handed over.

    Exit code: 0 the same results everywhere; 1 they differ; 2 wrong usage or an unreadable file.
    """
    with mistakes(), ExitStack() as stack:
        stores: list[Store] = []

        def store() -> Store:
            """Opened when a run is asked for, and not for two files."""
            if not stores:
                stores.append(stack.enter_context(open_store(db)))
            return stores[0]

        one, other = (_file(name) or _run(store(), name, profile or "", agency) for name in (a, b))
    if agency and agency not in one.agencies.keys() | other.agencies.keys():
        stop(t('no agency has the id "{id}"', id=clean(agency)))
    found = compare(one, other, agency)
    if form == "json":
        text = json.dumps(diff_json.document(found, translator()), ensure_ascii=False, indent=2)
        click.echo(text)
    else:
        diff_text.show(found, translator(), sys.stdout)
    raise SystemExit(SAME if found.same else DIFFER)


def _file(name: str) -> Card | None:
    """A scorecard's file; None for what is the name of a run."""
    path, shown = Path(name), clean(shorten(name))
    if _RUN.fullmatch(name):  # whatever lies in this folder under such a name
        return None
    if not path.is_file():
        if path.suffix.lower() == ".json" or os.sep in name:
            stop(t("{path}: there is no such file", path=shown))
        return None
    try:
        return read_file(path)
    except BadCard as error:
        stop(f"{shown}: {t(error.message)}")


def _run(store: Store, name: str, profile: str, agency: str) -> Card:
    """A run of the store, by way of the JSON that it publishes."""
    run, _, named = name.partition("@")
    kept = store.run(run)
    known = {one.id for one in kept.inventory.agencies}
    part = agency if agency in known else ""
    assessment = store.judgement(kept.id, _profile_id(named or profile), part)
    if assessment is None:
        stop(t("run {run} was not judged; use:  press-scan judge {run}", run=kept.id))
    judged_by = _profile(kept, assessment.run.profile)
    card = scorecard(assessment, judged_by, translator().lang, digest=store.digest(kept.id))
    try:
        return read(json_report.render(card), name, most=sys.maxsize)
    except BadCard as error:
        stop(f"{name}: {t(error.message)}")


def _profile_id(name: str) -> str:
    """A judgement is kept under its profile's id; a file may be named too."""
    named_file = Path(name).suffix in {".yaml", ".yml"}
    return load(name, checks.load()).id if named_file else name


def _profile(kept: Run, judged: str) -> Profile:
    """The profile's titles, as far as it is still there."""
    for source in (judged, kept.options.profile):
        try:
            found = load(source, checks.load())
        except FileError:
            continue
        if found.id == judged:
            return found
    return _Untitled()
