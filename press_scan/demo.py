"""`demo`: the main job on a small lab of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import click

from press_scan.common import mistakes, narrowed, open_store, profile_and_world, stop
from press_scan.progress import Meter
from press_scan.show import show
from press_scan.words import Command, lang_option, option, t
from scanner.inventory_file import load
from scanner.judging import Judgement, probes_for
from scanner.run import Settings, gather
from scanner.store import Options

PROFILE = "demo.yaml"  # beside the lab; written where the inventory is, to be looked at


@click.command(cls=Command)
@option("--output", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
        help="Folder for the lab's inventory and the scorecards.")  # fmt: skip
@lang_option
def demo(output: Path | None) -> None:
    """Scan three small sites that this command starts on your own machine.

    One is kept well, one is neglected, one is in between.  Nothing leaves the machine.
    """
    folder = output or Path(tempfile.mkdtemp(prefix="press-scan-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    click.echo(t("starting three small sites on this machine ..."), err=True)
    db = str(folder / "demo.db")
    with mistakes(), lab(folder), open_store(db) as store:
        loaded = load(folder / "inventory.yaml")
        rules = folder / PROFILE
        rules.write_bytes((files("press_scan.lab") / PROFILE).read_bytes())
        profile, world = profile_and_world(str(rules), None)
        checks = narrowed(profile, ())
        options = Options(str(rules.resolve()))
        run = store.new_run(str(loaded.path), loaded.text_sha256, loaded.inventory, options)
        judgement = Judgement(store, run, profile, world, checks)
        with Meter(quiet=False, verbose=False) as meter:
            settings = Settings(rate=100)
            gather(run, store, probes_for(checks), settings, meter.tell, judgement.faults)
        assessment = replace(judgement, run=store.run(run.id)).assessment()
        store.keep_judgement(run.id, profile.id, assessment)
        show(assessment, profile, (), folder, digest=store.digest(run.id), db=db)
    click.echo()
    click.echo(t("open in a browser:  {path}", path=folder / "scorecard.html"))
    click.echo(t("the inventory that was scanned:  {path}", path=folder / "inventory.yaml"))
    click.echo(t("your own:  press-scan init DIR"))


@contextmanager
def lab(folder: Path) -> Iterator[None]:
    """The three sites, up while the block lasts; their servers die with this process."""
    child = subprocess.Popen(
        [sys.executable, "-m", "press_scan.lab", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdin and child.stdout
    try:
        if child.stdout.readline().strip() != b"ready":
            stop(t("the lab did not start"))
        yield
    finally:
        child.stdin.close()
        child.stdout.close()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
