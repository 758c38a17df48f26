"""The formats of a scorecard, and where their files go.

A new format is a function from a `Scorecard` to bytes and a line in `FORMATS`.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from reports.i18n import Translator
from reports.scorecard import for_agency, scorecard
from reports.sources import Profile
from reports.view import Scorecard
from scanner.assessment import Assessment
from scanner.timeline import NO_HISTORY, History

FEW, AHEAD = 4, 2  # files that are made here; and those that wait for each other process
SAFE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Format:
    """How a scorecard is written: the bytes, the file's extension, one file or one an agency."""

    extension: str
    render: Callable[[Scorecard], bytes]
    each_agency: bool = True
    apart: bool = False  # made in processes of its own, where there are many


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


def _sarif(card: Scorecard) -> bytes:
    from reports import sarif_report

    return sarif_report.render(card)


def _oscal(card: Scorecard) -> bytes:
    from reports import oscal_report

    return oscal_report.render(card)


def _junit(card: Scorecard) -> bytes:
    from reports import junit_report

    return junit_report.render(card)


FORMATS = {
    "json": Format("json", _json, each_agency=False),
    "html": Format("html", _html),
    "pdf": Format("pdf", _pdf, apart=True),
    "csv": Format("csv", _csv),
    "xlsx": Format("xlsx", _xlsx),
    "sarif": Format("sarif", _sarif),
    "oscal": Format("oscal.json", _oscal),
    "junit": Format("junit.xml", _junit),
}
USUAL = ("json", "html", "pdf", "csv", "xlsx")  # written when none is named


def render(
    name: str,
    assessment: Assessment,
    profile: Profile,
    t: Translator,
    agency: str = "",
    digest: str = "",
    history: History = NO_HISTORY,
) -> bytes:
    """One format of the programme, or of the agency with this id.

    Raises `KeyError` for an unknown format or agency.
    """
    card = scorecard(assessment, profile, t.lang, digest=digest, agency=agency, history=history)
    return FORMATS[name].render(card)


def write(
    directory: Path,
    assessment: Assessment,
    profile: Profile,
    t: Translator,
    names: Iterable[str],
    agency: str = "",
    digest: str = "",
    history: History = NO_HISTORY,
) -> list[Path]:
    """Write `DIR/scorecard.FMT`, and `DIR/agencies/ID.FMT` for each agency; only that for one.

    Each file is whole or not there.  Returns the files.  Raises `KeyError` for an unknown format
    or agency, `ValueError` for an id that can't be a file's name, `OSError`.
    """
    whole = scorecard(assessment, profile, t.lang, digest=digest, history=history)
    return write_card(directory, for_agency(whole, agency) if agency else whole, names)


def write_card(directory: Path, card: Scorecard, names: Iterable[str]) -> list[Path]:
    """`write`, of a scorecard that is there already."""
    written = []
    for name in dict.fromkeys(names):
        form = FORMATS[name]
        if not card.only:
            written.append(_put(directory / f"scorecard.{form.extension}", form.render(card)))
        if card.only or form.each_agency:
            names_of = [_safe(one.id) for one in card.agencies]
            for name_of, content in zip(names_of, _rendered(form, card), strict=True):
                file = directory / "agencies" / f"{name_of}.{form.extension}"
                written.append(_put(file, content))
    return written


def _rendered(form: Format, card: Scorecard) -> Iterator[bytes]:
    """Each agency's file.  Many that are heavy to make are made by several processes."""
    parts = (for_agency(card, one.id) for one in card.agencies)
    if not form.apart or len(card.agencies) <= FEW:
        yield from map(form.render, parts)
        return
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[bytes]] = deque()
        for part in parts:
            waiting.append(pool.submit(form.render, part))
            if len(waiting) > AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


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
