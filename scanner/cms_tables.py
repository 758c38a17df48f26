"""Read the tables of known faults of content management systems: ours, FriendsOfPHP's, CISA's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from facts.cms_faults import ADVISORIES, CmsTable, Extension, Fault
from facts.versions import Version

FILE = "php-advisories.json"
EXPLOITED_FILE = "known-exploited.json"
_CORES = {"drupal/core": "drupal", "drupal/drupal": "drupal", "typo3/cms-core": "typo3",
          "typo3/cms": "typo3"}  # fmt: skip
_NAMED = {  # how CISA names a system: its maker, and its product
    "wordpress": (r"wordpress", r"(wordpress )?core"), "drupal": (r"drupal", r".*core|drupal"),
    "joomla": (r"joomla!?", r"joomla!?|core"), "typo3": (r"typo3.*", r"typo3.*|core"),
    "dnn": (r"dotnetnuke.*|dnn.*", r".*"), "liferay": (r"liferay.*", r".*"),
    "sharepoint": (r"microsoft", r".*sharepoint.*"), "umbraco": (r"umbraco.*", r".*"),
    "nukeviet": (r"nukeviet.*|vinades.*", r".*"),
}  # fmt: skip


def read_cms(data: Mapping[str, Any]) -> CmsTable:
    """Our own table, `scanner/data/cms.yaml`."""
    core = {
        product: tuple(_fault(line, exploited=True) for line in lines)
        for product, lines in data["exploited"].items()
    }
    extensions = {
        product: {name: _extension(entry) for name, entry in entries.items()}
        for product, entries in data["extensions"].items()
    }
    return CmsTable(core, extensions, {name: tuple(ids) for name, ids in data["untold"].items()})


def _extension(entry: Any) -> Extension:
    if isinstance(entry, list):
        return Extension(tuple(_fault(line) for line in entry))
    faults = tuple(_fault(line, exploited=True) for line in entry.get("exploited", ()))
    return Extension(faults, entry.get("abandoned"))


def _fault(line: str, *, exploited: bool = False) -> Fault:
    """`CVE-2018-7602 7.0<7.59 8.0<8.4.8`."""
    number, *ranges = line.split()
    pairs = tuple((since, fixed) for since, _, fixed in (one.partition("<") for one in ranges))
    return Fault(number, pairs, exploited)


def read_advisories(data: Any) -> tuple[str, dict[str, tuple[Fault, ...]]]:
    """The set's date, and the faults of the systems' cores in it.

    The file: `{"_meta": {"commit_date": ...}, "rows": [[package, id, title, ranges, link]]}`, each
    range a list of `>=1.2` and `<1.4`.  Raises `ValueError` when nothing is understood.
    """
    dated = date.fromisoformat(str(data["_meta"]["commit_date"])[:10]).isoformat()
    found: dict[str, list[Fault]] = {}
    for row in data["rows"]:
        package, number, _, ranges = row[:4]
        if package in _CORES and (pairs := tuple(_pairs(ranges))):
            fault = Fault(str(number)[:40], pairs, table=ADVISORIES)
            found.setdefault(_CORES[package], []).append(fault)
    if not found:
        raise ValueError("no system in it")
    return dated, {product: tuple(dict.fromkeys(faults)) for product, faults in found.items()}


def _pairs(ranges: Iterable[Iterable[str]]) -> Iterable[tuple[str, str]]:
    for bounds in ranges:
        since, fixed = "0", ""
        for bound in bounds:
            if bound.startswith(">="):
                since = bound[2:]
            elif bound.startswith("<") and not bound.startswith("<="):
                fixed = bound[1:]
            else:
                fixed = ""
                break
        if fixed and Version(since) < Version(fixed):
            yield since, fixed


def with_advisories(table: CmsTable, found: Mapping[str, tuple[Fault, ...]]) -> CmsTable:
    """Ours first, theirs after."""
    core = {name: (*table.core.get(name, ()), *faults) for name, faults in found.items()}
    return replace(table, core={**table.core, **core})


def read_exploited(data: Any) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """The date of CISA's catalogue, and number, maker and product of each fault in it.

    The file: `{"_meta": {"dateReleased": ...}, "rows": [[cve, maker, product, ...]]}`.  Raises
    `ValueError` when nothing is understood.
    """
    dated = date.fromisoformat(str(data["_meta"]["dateReleased"])[:10]).isoformat()
    found = tuple((str(row[0]), str(row[1]), str(row[2])) for row in data["rows"])
    if not found:
        raise ValueError("no fault in it")
    return dated, found


def with_exploited(table: CmsTable, listed: Iterable[tuple[str, str, str]]) -> CmsTable:
    """What CISA lists is exploited; of what we know the versions by ourselves, those count."""
    listed = tuple(listed)
    numbers = {number for number, _, _ in listed}
    core = {name: _marked(faults, numbers) for name, faults in table.core.items()}
    extensions = {
        product: {
            name: replace(one, faults=_marked(one.faults, numbers)) for name, one in entries.items()
        }
        for product, entries in table.extensions.items()
    }
    untold = dict(table.untold)
    for product in _NAMED:
        told = {fault.id for fault in core.get(product, ())}
        theirs = [number for number, *named in listed if _is(product, *named)]
        more = [number for number in theirs if number not in told]
        if more:
            untold[product] = tuple(dict.fromkeys((*more, *untold.get(product, ()))))
    return replace(table, core=core, extensions=extensions, untold=untold)


def _marked(faults: tuple[Fault, ...], numbers: set[str]) -> tuple[Fault, ...]:
    own = {fault.id for fault in faults if fault.exploited}
    return tuple(
        replace(fault, exploited=True) if fault.id in numbers - own else fault for fault in faults
    )


def _is(product: str, maker: str, name: str) -> bool:
    wanted = zip(_NAMED[product], (maker, name), strict=True)
    return all(re.fullmatch(p, said[:100].strip().lower()) for p, said in wanted)
