"""What several commands share: their options, and how a mistake ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

import click

import checks
from checks import Check
from facts.world import World
from press_scan.words import option, t, translator
from scanner.evidence_files import BadEvidence, Folder
from scanner.inventory import Inventory, Programme
from scanner.problems import FileError
from scanner.profile import Profile
from scanner.profile import load as load_profile
from scanner.scope import OutOfScope
from scanner.store import Store, StoreError
from scanner.world import load_world

USAGE = 2

db_option = option("--db", default="", envvar="PRESS_SCAN_DB", help="Database: a file or a URL.")
profile_option = option("--profile", help="Profile: its name, or a YAML file.")
data_option = option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="PRESS_SCAN_DATA_DIR",
    help="Folder with fuller tables of support dates and advisories.",
)
evidence_option = option(
    "--evidence-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="PRESS_SCAN_EVIDENCE_DIR",
    help="Folder that keeps the evidence; none: beside the database.",
)
format_json = option("--format", "form", type=click.Choice(["text", "json"]), default="text",
                     help="How data is printed.")  # fmt: skip


def day(_ctx: click.Context, _param: click.Parameter, text: str | None) -> date | None:
    """A day as people write it: 2026-11-23 or 23/11/2026."""
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    raise click.BadParameter(t("write a day like 2026-11-23 or 23/11/2026"))


as_of_option = option(
    "--as-of",
    callback=day,
    metavar="DAY",
    help="The day on which papers and ages count; none: today.",
)


def today(inventory: Inventory) -> date:
    """The day that it is in the programme's time zone."""
    return inventory.programme.day_of(datetime.now(UTC))


def today_of(store: Store) -> date:
    """Today in the time zone of the newest run's programme; of Vietnam when there is none."""
    runs = store.runs()
    programme = runs[0].inventory.programme if runs else Programme(name="–")
    return programme.day_of(datetime.now(UTC))


def evidence_folder(store: Store, named: Path | None) -> Folder:
    """Where the evidence lies."""
    return Folder(named or store.evidence_path)


def stop(message: str) -> NoReturn:
    """End with exit code 2: wrong usage, inventory, profile or scope; nothing was probed."""
    click.echo(f"press-scan: {message}", err=True)
    raise SystemExit(USAGE)


@contextmanager
def mistakes() -> Iterator[None]:
    """What a user can mend ends with a clear message and exit code 2."""
    try:
        yield
    except FileError as error:
        click.echo(error.text(translator()), err=True)
        raise SystemExit(USAGE) from error
    except OutOfScope as error:
        stop(f"{t(error.why)}: {error.detail}")
    except StoreError as error:
        stop(str(error))
    except BadEvidence as error:
        stop(f"{error.path}: {t(error.message)}")
    except OSError as error:  # a folder that can't be written
        stop(str(error))


@contextmanager
def open_store(url: str) -> Iterator[Store]:
    """The store, closed at the end."""
    store = Store(url)
    try:
        yield store
    finally:
        store.close()


def profile_and_world(name: str, data_dir: Path | None) -> tuple[Profile, World]:
    """What judging needs besides the facts."""
    return load_profile(name, checks.load()), load_world(data_dir)


def narrowed(profile: Profile, only: tuple[str, ...]) -> frozenset[str]:
    """The profile's checks, or those named by area or id.  An unknown name ends with code 2."""
    known: Mapping[str, Check] = checks.load()
    areas = {check.area for check in known.values()}
    for name in only:
        if name not in known and name not in areas:
            near = get_close_matches(name, [*known, *areas], n=1)
            hint = t('; did you mean "{near}"?', near=near[0]) if near else ""
            stop(t('no check or area is named "{name}"', name=name) + hint)
    wanted = frozenset(profile.checks())
    if not only:
        return wanted
    return frozenset(c for c in wanted if c in only or known[c].area in only)
