"""The formats of a scorecard, and where their files go.

A new format is a function from a `Scorecard` to bytes and a line in `FORMATS`.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path

from reports.brief import Brief, Short
from reports.i18n import Translator
from reports.scorecard import for_agency, scorecard
from reports.sources import Profile, registered
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
    brief: bool = False  # the programme's file tells no more than a `Brief` has


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


def _mail(card: Scorecard) -> bytes:
    from reports import mail_report  # brings rich

    return mail_report.render(card)


FORMATS = {
    "json": Format("json", _json, each_agency=False),
    "html": Format("html", _html),
    "pdf": Format("pdf", _pdf, apart=True, brief=True),
    "csv": Format("csv", _csv),
    "xlsx": Format("xlsx", _xlsx),
    "sarif": Format("sarif", _sarif),
    "oscal": Format("oscal.json", _oscal),
    "junit": Format("junit.xml", _junit),
    "mail": Format("eml", _mail),
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
            ids = [_safe(one.id) for one in card.agencies]
            parts = (for_agency(card, one) for one in ids)
            written += _put_each(directory, form, parts)
    return written


def by_agency(names: Iterable[str]) -> bool:
    """Can all of these be written with one agency in memory at a time?"""
    return all(FORMATS[name].brief for name in names)


def write_by_agency(
    directory: Path,
    head: Assessment,
    parts: Iterable[Assessment],
    profile: Profile,
    t: Translator,
    name: str,
    digest: str = "",
    history: History = NO_HISTORY,
) -> tuple[list[Path], Scorecard]:
    """`write` of a format that is `by_agency`, from an assessment without its agencies and each
    agency's part: the same files, in memory that hardly grows.  Returns also the programme's card,
    as far as it was kept.
    """
    form, kept, describe = FORMATS[name], Brief(), cache(registered(t.lang))

    def cards() -> Iterator[Scorecard]:
        for part in parts:
            whole = scorecard(part, profile, t.lang, digest=digest, describe=describe,
                              history=history)  # fmt: skip
            card = replace(for_agency(whole, part.agencies[0].id), basis=head.basis)
            _safe(card.only)
            kept.add(Short.of(card))
            yield card

    written = _put_each(directory, form, cards())
    whole = kept.whole(scorecard(head, profile, t.lang, digest=digest, history=history))
    return [_put(directory / f"scorecard.{form.extension}", form.render(whole)), *written], whole


def _put_each(directory: Path, form: Format, parts: Iterable[Scorecard]) -> list[Path]:
    """Each agency's file, as they come."""
    return [
        _put(directory / "agencies" / f"{name}.{form.extension}", content)
        for name, content in _rendered(form, parts)
    ]


def _rendered(form: Format, parts: Iterable[Scorecard]) -> Iterator[tuple[str, bytes]]:
    """(id, content) of each.  Many that are heavy to make are made by several processes."""
    coming = iter(parts)
    first = list(islice(coming, FEW + 1)) if form.apart else []
    if len(first) <= FEW:
        yield from ((part.only, form.render(part)) for part in chain(first, coming))
        return
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: deque[tuple[str, Future[bytes]]] = deque()
        for part in chain(first, coming):
            waiting.append((part.only, pool.submit(form.render, part)))
            if len(waiting) > AHEAD * workers:
                yield _done(*waiting.popleft())
        while waiting:
            yield _done(*waiting.popleft())


def _done(name: str, made: Future[bytes]) -> tuple[str, bytes]:
    return name, made.result()


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
