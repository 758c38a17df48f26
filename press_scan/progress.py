"""How far a scan is: a live bar on a terminal, plain lines in a pipe, nothing when quiet."""

from __future__ import annotations

import time
from types import TracebackType

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from press_scan.words import t
from scanner.run import Progress as State

EVERY = 10.0  # seconds between two plain lines


class Meter:
    """Shows the state of a run on standard error.  Use as a context manager."""

    def __init__(self, quiet: bool, verbose: bool) -> None:
        self._quiet, self._verbose = quiet, verbose
        self._console = Console(stderr=True)
        self._live: Progress | None = None
        self._shown = time.monotonic()

    def __enter__(self) -> Meter:
        if self._console.is_terminal and not self._quiet:
            self._live = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                TextColumn("{task.completed}/{task.total}"),
                TextColumn("{task.fields[found]}"),
                TimeRemainingColumn(compact=True),
                console=self._console,
                transient=True,
            )
            self._live.start()
            self._task = self._live.add_task(t("Scanning"), total=None, found="")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._live:
            self._live.stop()

    def tell(self, state: State) -> None:
        """A visit came back."""
        if self._verbose:
            for seen in state.last:
                line = f"{seen.probe} {seen.target} {seen.outcome} {seen.seconds:.1f}s"
                self._line(f"{line} {t(seen.why)} {seen.detail}".rstrip())
        if self._live:
            found = t("{n} visits, {f} faults", n=state.visits, f=state.faults)
            self._live.update(
                self._task, total=state.assets, completed=state.assets_done, found=found
            )
        elif not self._quiet and time.monotonic() - self._shown >= EVERY:
            self._shown = time.monotonic()
            self._line(
                t(
                    "{done} of {all} assets done, {n} visits, {f} faults, {s} s",
                    done=state.assets_done,
                    all=state.assets,
                    n=state.visits,
                    f=state.faults,
                    s=int(state.seconds),
                )
            )

    def _line(self, text: str) -> None:
        clean = "".join(c if c.isprintable() else "�" for c in text)
        if self._live:
            self._console.print(clean, markup=False, highlight=False)
        else:
            click.echo(clean, err=True)
