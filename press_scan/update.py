"""`update`: bring the public data sets into the data folder, and bundle them for other sites."""

from __future__ import annotations

import hashlib
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from press_scan.common import data_option, format_json, mistakes, stop
from press_scan.show import INCOMPLETE
from press_scan.words import Command, lang_option, option, t
from scanner.bundle import BadBundle, kind_of, offers_in, write_bundle
from scanner.data_sets import SETS
from scanner.data_shelf import Busy, Outcome, State, take_in
from scanner.fetch import fetch, good_address
from scanner.manifest import Entry
from scanner.world import data_folder

SCHEMA = "press-scan/update/1"


@click.command(cls=Command)
@option(
    "--from",
    "source",
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="Folder, .tar.gz or .zip to take the data sets from; none: the Internet.",
)
@option("--mirror", metavar="URL", help="Address of a data folder on the web: https://HOST/PATH/.")
@option(
    "--ca",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Authorities (PEM) to trust instead of the public ones, for a mirror of one's own.",
)
@option(
    "--only",
    multiple=True,
    type=click.Choice([one.name for one in SETS]),
    help="Only this data set; can be repeated.",
)
@option(
    "--bundle",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Then pack what is in force into this .tar.gz or .zip, for another site.",
)
@data_option
@format_json
@lang_option
def update(
    source: Path | None, mirror: str | None, ca: Path | None, only: tuple[str, ...],
    bundle: Path | None, data_dir: Path | None, form: str,
) -> None:  # fmt: skip
    """Bring the public data sets up to date; nothing older than what is there is taken.

    Each set is taken whole or not at all; what was not taken leaves what is there in force.

    Exit code: 0 every set is up to date; 2 wrong usage, or nothing of use in the bundle; 3 a set
    could not be had or was not taken.
    """
    _usage(source, mirror, ca, bundle)
    folder = data_folder(data_dir)
    with mistakes(), _bundles(source or bundle):
        if source:
            offers = offers_in(source)
        else:
            offers = fetch([one for one in SETS if not only or one.name in only], mirror or "", ca)
        wanted = {name: offer for name, offer in offers.items() if not only or name in only}
        try:
            outcomes = take_in(folder, wanted, datetime.now(UTC))
        except Busy:
            stop(t("another update of {folder} is under way; try later", folder=folder))
        packed = _bundle(folder, bundle) if bundle and any(o.now for o in outcomes) else None
    told = {"schema": SCHEMA, "folder": str(folder), "sets": [_json(one) for one in outcomes]}
    if form == "json":
        click.echo(json.dumps({**told, "bundle": packed}, ensure_ascii=False, indent=2))
    else:
        _tell(folder, outcomes, packed)
        if bundle and not packed:
            click.echo(t("no bundle was made: there is nothing to pack"))
    bad = (State.FAILED, State.REFUSED, *([State.ABSENT] if only else []))
    if any(one.state in bad for one in outcomes):
        raise SystemExit(INCOMPLETE)


def _usage(source: Path | None, mirror: str | None, ca: Path | None, bundle: Path | None) -> None:
    if bundle and not kind_of(bundle.name):
        stop(t("name the bundle .tar.gz or .zip"))
    if source and mirror:
        stop(t("--from and --mirror exclude each other"))
    if mirror is not None and not (good_address(mirror) and mirror.endswith("/")):
        stop(t("a mirror is https://HOST/PATH/, with the slash and without a password"))
    if ca:
        try:
            ssl.create_default_context(cafile=ca)
        except (ssl.SSLError, OSError):
            stop(t("{file} holds no certificates in PEM form", file=ca))


@contextmanager
def _bundles(path: Path | None) -> Iterator[None]:
    try:
        yield
    except BadBundle as error:
        stop(": ".join(filter(None, (str(path), t(error.message), error.detail))))


def _bundle(folder: Path, path: Path) -> dict[str, Any]:
    manifest = write_bundle(folder, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"file": str(path), "sha256": digest, "sets": list(manifest.tables)}


def _tell(folder: Path, outcomes: tuple[Outcome, ...], packed: dict[str, Any] | None) -> None:
    click.echo(t("data folder: {folder}", folder=folder))
    for one in outcomes:
        click.echo(f"{t(one.of.title)} [{one.of.name}]: {_said(one)}")
    if packed:
        said = t("bundle: {file}, {n} sets", file=packed["file"], n=len(packed["sets"]))
        click.echo(f"{said}\nsha256: {packed['sha256']}")


def _said(one: Outcome) -> str:
    if one.state is State.BROUGHT and one.now:
        rows = t("taken: of {day}, {n} rows", day=one.now.date, n=one.now.count)
        before = t("before: of {day}", day=one.before.date) if one.before else ""
        return f"{rows} ({before})" if before else rows
    if one.state is State.CURRENT and one.now:
        return t("up to date: of {day}, {n} rows", day=one.now.date, n=one.now.count)
    why = t(one.why) if one.why else ""
    detail = f" ({one.detail})" if one.detail else ""
    stays = t("in force stays that of {day}", day=one.now.date) if one.now else t("there is none")
    return f"{_STATES[one.state]()}: {why}{detail}; {stays}"


_STATES = {
    State.ABSENT: lambda: t("not in it"),
    State.FAILED: lambda: t("NOT HAD"),
    State.REFUSED: lambda: t("NOT TAKEN"),
}


def _json(one: Outcome) -> dict[str, Any]:
    return {
        "name": one.of.name,
        "title": t(one.of.title),
        "state": one.state.value,
        "why": t(one.why) if one.why else "",
        "detail": one.detail,
        "now": _entry(one.now),
        "before": _entry(one.before),
    }


def _entry(entry: Entry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {
        "date": entry.date.isoformat(),
        "version": entry.version,
        "rows": entry.count,
        "sha256": entry.sha256,
        "url": entry.url,
        "licence": entry.licence,
    }
