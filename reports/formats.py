"""The formats of a scorecard, and where their files go.

A new format is a function from a `Scorecard` to bytes and a line in `FORMATS`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from reports.i18n import Translator
from reports.scorecard import for_agency, scorecard
from reports.sources import Profile
from reports.view import Scorecard
from scanner.assessment import Assessment

SAFE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Format:
    """How a scorecard is written: the bytes, the file's extension, one file or one an agency."""

    extension: str
    render: Callable[[Scorecard], bytes]
    each_agency: bool = True


def _json(card: Scorecard) -> bytes:
    from reports import json_report

    return json_report.render(card)


def _html(card: Scorecard) -> bytes:
    from reports import html_report  # brings Jinja2: only when it is wanted

    return html_report.render(card)


def _csv(card: Scorecard) -> bytes:
    from reports import csv_report

    return csv_report.render(card)


def _xlsx(card: Scorecard) -> bytes:
    from reports import xlsx_report  # brings openpyxl

    return xlsx_report.render(card)


def _pdf(card: Scorecard) -> bytes:
    from reports import pdf_report  # brings typst

    return pdf_report.render(card)


FORMATS = {
    "json": Format("json", _json, each_agency=False),
    "html": Format("html", _html),
    "pdf": Format("pdf", _pdf),
    "csv": Format("csv", _csv),
    "xlsx": Format("xlsx", _xlsx),
}


def render(
    name: str,
    assessment: Assessment,
    profile: Profile,
    t: Translator,
    agency: str = "",
    digest: str = "",
) -> bytes:
    """One format of the programme, or of the agency with this id.

    Raises `KeyError` for an unknown format or agency.
    """
    card = scorecard(assessment, profile, t.lang, digest=digest, agency=agency)
    return FORMATS[name].render(card)


def write(
    directory: Path,
    assessment: Assessment,
    profile: Profile,
    t: Translator,
    names: Iterable[str],
    agency: str = "",
    digest: str = "",
) -> list[Path]:
    """Write `DIR/scorecard.FMT`, and `DIR/agencies/ID.FMT` for each agency; only that for one.

    Each file is whole or not there.  Returns the files.  Raises `KeyError` for an unknown format
    or agency, `ValueError` for an id that can't be a file's name, `OSError`.
    """
    whole = scorecard(assessment, profile, t.lang, digest=digest)
    return write_card(directory, for_agency(whole, agency) if agency else whole, names)


def write_card(directory: Path, card: Scorecard, names: Iterable[str]) -> list[Path]:
    """`write`, of a scorecard that is there already."""
    written = []
    for name in dict.fromkeys(names):
        form = FORMATS[name]
        if not card.only:
            written.append(_put(directory / f"scorecard.{form.extension}", form.render(card)))
        if card.only or form.each_agency:
            for one in card.agencies:
                file = directory / "agencies" / f"{_safe(one.id)}.{form.extension}"
                written.append(_put(file, form.render(for_agency(card, one.id))))
    return written


def _safe(name: str) -> str:
    if not SAFE.fullmatch(name):
        raise ValueError(f"not a safe file name: {name!r}")
    return name


def _put(file: Path, content: bytes) -> Path:
    """Write beside it, then rename: a reader never sees half a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with beside.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return file
