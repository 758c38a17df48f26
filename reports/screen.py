"""Printing on a terminal or into a pipe: 80 columns, and accents where they can be shown."""

from __future__ import annotations

import os
from io import StringIO
from typing import TextIO

from rich.console import Console, RenderableType

from reports.text import unaccented

WIDTH = 80


def put(what: RenderableType, file: TextIO) -> None:
    """Print it: at most 80 columns, with colour on a terminal alone."""
    terminal = file.isatty()
    colour = terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    width = WIDTH
    if terminal:
        try:
            width = min(WIDTH, max(40, os.get_terminal_size(file.fileno()).columns))
        except OSError:
            width = WIDTH
    text = as_text(what, width, colour)
    try:
        text.encode(file.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        text = unaccented(text)
    file.write(text)
    file.flush()


def as_text(what: RenderableType, width: int, colour: bool) -> str:
    """What `put` would print."""
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        height=25,  # or rich asks the terminal for both
        force_terminal=colour,
        color_system="standard" if colour else None,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(what)
    lines = out.getvalue().split("\n")
    return "\n".join(line.rstrip() for line in lines)
