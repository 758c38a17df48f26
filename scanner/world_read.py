"""Readers of the two public sets that `scanner.world` puts before our own tables.  Pure."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from facts.support import Cycle
from facts.versions import Version
from facts.world import Advisory

log = logging.getLogger(__name__)

_SEVERITIES = ("critical", "high", "medium", "low")
_FREE_EXTENDED = {"debian"}  # whose extended support costs nothing
_NAMES = {"moment.js": "moment", "tinymce": "tinymce", "jquery.datatables": "datatables",
          "jquery.prettyphoto": "prettyphoto", "prototypejs": "prototype"}  # fmt: skip


def read_endoflife(data: Any) -> tuple[str, dict[str, tuple[Cycle, ...]]]:
    """The date and the cycles of endoflife.date's front matter: `{products: {NAME: {releases}}}`.

    A release that is not understood is left out.  Raises `ValueError` when nothing is understood.
    """
    dated = date.fromisoformat(str(data["_meta"]["commit_date"])[:10]).isoformat()
    cycles = {}
    for name, product in data["products"].items():
        read = [_release(name, release) for release in product.get("releases", ())]
        if known := tuple(cycle for cycle in read if cycle):
            cycles[str(name)] = known
    if not cycles:
        raise ValueError("no product in it")
    return dated, cycles


def read_retire(data: Any) -> dict[str, tuple[Advisory, ...]]:
    """The known faults by library, of retire.js' repository.

    What says only that a library is no longer maintained is left out: that is no vulnerability.
    A library with a fault that is not understood is left out whole.
    """
    faults = {}
    for name, library in data.items():
        try:
            faults[_library(name)] = tuple(
                _retired(fault)
                for fault in library.get("vulnerabilities", ())
                if fault.get("cwe") != ["CWE-1104"]
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            log.warning("retire.js: %s was not understood", name)
    if not faults:
        raise ValueError("no library in it")
    return faults


def newest_year(faults: Mapping[str, tuple[Advisory, ...]]) -> str:
    """A day on which this table did not exist yet: it has no date, but faults have years."""
    numbers = " ".join(number for all_of in faults.values() for one in all_of for number in one.ids)
    return f"{max(re.findall(r'CVE-(20[0-9]{2})-', numbers), default='2000')}-01-01"


def _release(product: str, release: Any) -> Cycle | None:
    try:
        ends, extended = release["eol"], day(release.get("eoes"))
        if not isinstance(ends, (bool, str)):
            return None
        return Cycle(
            str(release["releaseCycle"]),
            ends=day(ends),
            ended=ends is True,
            free=extended if product in _FREE_EXTENDED else None,
            paid=extended if product not in _FREE_EXTENDED else None,
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _retired(fault: Any) -> Advisory:
    severity, said = fault["severity"], fault.get("identifiers", {})
    if severity not in _SEVERITIES:
        raise ValueError(severity)
    below, since = str(fault["below"]), str(fault.get("atOrAbove", ""))
    for version in filter(None, (below, since)):
        Version(version)
    ids = said.get("CVE") or [said[k] for k in ("githubID", "issue", "PR", "summary") if k in said]
    numbers = tuple(str(number)[:60] for number in ids)
    return Advisory(severity, below, since, numbers, tuple(map(str, fault.get("excludes", ()))))


def _library(name: str) -> str:
    low = name.lower()
    return _NAMES.get(low, low.removesuffix(".js"))


def day(said: object) -> date | None:
    """A day, or None for no word or a boolean.  Raises `ValueError` for what is no day."""
    return date.fromisoformat(said) if isinstance(said, str) else None
