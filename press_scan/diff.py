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
from press_scan.common import db_option, mistakes, open_store, profile_option, stop
from press_scan.words import Command, lang_option, option, t, translator
from reports import diff_json, diff_text, json_report
from reports.diff import compare
from reports.diff_model import Comparison
from reports.diff_parts import Place
from reports.diff_read import BadCard, Card, read, read_file
from reports.scorecard import scorecard
from reports.sources import Profile, Source
from reports.text import clean, shorten
from scanner.atomic import replace
from scanner.history import flapping_places
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
@option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text",
        help="How it is told.")  # fmt: skip
@option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
        help="Write it into this file.")  # fmt: skip
@lang_option
def diff(
    a: str, b: str, agency: str, profile: str | None, db: str, form: str, output: Path | None
) -> None:
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
        flapping = _flapping(stores[0], (a, b), (one, other)) if stores else None
    if agency and agency not in one.agencies.keys() | other.agencies.keys():
        stop(t('no agency has the id "{id}"', id=clean(agency)))
    found = compare(one, other, agency, flapping)
    if form == "text" and not output:
        diff_text.show(found, translator(), sys.stdout)
    else:
        _put(_told(found, form), output)
    raise SystemExit(SAME if found.same else DIFFER)


def _told(found: Comparison, form: str) -> bytes:
    """The comparison as bytes."""
    if form == "html":
        from reports import diff_html  # brings Jinja2

        return diff_html.render(found, translator().lang)
    if form == "json":
        document = diff_json.document(found, translator())
        return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
    return diff_text.plain_text(found, translator()).encode("utf-8", "replace")


def _put(data: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        return
    with mistakes():
        output.parent.mkdir(parents=True, exist_ok=True)
        replace(output, data, ".")
    click.echo(t("written: {path}", path=output), err=True)


def _flapping(
    store: Store, names: tuple[str, str], cards: tuple[Card, Card]
) -> frozenset[Place] | None:
    """What comes and goes in the runs up to the later one; None where a file is one side, or the
    two cannot be set in one line.
    """
    if any(not _RUN.fullmatch(name) for name in names):
        return None
    runs = [store.run(name.partition("@")[0]) for name in names]
    profiles = {card.run.profile.id for card in cards}
    if len({run.inventory_path for run in runs}) > 1 or len(profiles) > 1:
        return None
    last = max(runs, key=lambda run: run.started)
    found = flapping_places(store, last, profiles.pop())
    return frozenset((agency, p[1], p[2], p[0], p[3]) for agency, p in found)


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
