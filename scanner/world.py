"""Load what everyone knows: the packaged tables, or fuller ones from a data folder.

The packaged tables are our own and small (`scanner/data/*.yaml`).  A data folder may hold
`endoflife-date.json` and `jsrepository-v5.json`: what these say of a release goes before ours, and
ours fills the gaps; a library has the faults that either knows.  A file that is not understood is
passed over, and the log says so.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import platformdirs
import yaml

from facts.exploited import Exploited
from facts.versions import Version
from facts.world import EXPLOITED, PACKAGES, Advisory, Cycle, Package, World

ENVIRONMENT = "PRESS_SCAN_DATA_DIR"
SUPPORT = "endoflife-date.json"
LIBRARIES = "jsrepository-v5.json"
MOST = 64 << 20  # bytes of one file of a data folder

log = logging.getLogger(__name__)

_SEVERITIES = ("critical", "high", "medium", "low")
_FREE_EXTENDED = {"debian"}  # whose extended support costs nothing
_NAMES = {"moment.js": "moment", "tinymce": "tinymce", "jquery.datatables": "datatables",
          "jquery.prettyphoto": "prettyphoto", "prototypejs": "prototype"}  # fmt: skip
T = TypeVar("T")


def load_world(data_dir: Path | None = None) -> World:
    """The tables in force.

    `data_dir` comes before the environment's `PRESS_SCAN_DATA_DIR`, and that before the user's
    own data folder; the packaged tables fill what none of them has.
    """
    world = packaged()
    folder = data_folder(data_dir)
    if cycles := _try(folder / SUPPORT, read_endoflife):
        day, found = cycles
        data = (("endoflife.date", day), *world.data)
        merged = {
            **world.cycles,
            **{p: _over(world.cycles.get(p, ()), c) for p, c in found.items()},
        }
        world = replace(world, data=data, cycles=merged, support_table="endoflife.date")
    if faults := _try(folder / LIBRARIES, read_retire):
        day = datetime.fromtimestamp((folder / LIBRARIES).stat().st_mtime, UTC).date().isoformat()
        data = (("retire.js", day), *world.data)
        merged_faults = {
            **world.advisories,
            **{name: (*world.advisories.get(name, ()), *new) for name, new in faults.items()},
        }
        world = replace(world, data=data, advisories=merged_faults, library_table="retire.js")
    return world


def data_folder(data_dir: Path | None = None) -> Path:
    """Where fuller tables are looked for."""
    if data_dir is not None:
        return data_dir
    if named := os.environ.get(ENVIRONMENT):
        return Path(named)
    return platformdirs.user_data_path("press-scan")


def packaged() -> World:
    """Our own small tables alone."""
    support, libraries = _own("support.yaml"), _own("libraries.yaml")
    exploited = _own("exploited.yaml")
    return World(
        data=(
            ("support", support["as_of"]),
            (PACKAGES, support["packages_as_of"]),
            ("libraries", libraries["as_of"]),
            (EXPLOITED, exploited["as_of"]),
        ),
        exploited=tuple(_exploited(exploited["faults"])),
        cycles={
            product: tuple(_cycle(word) for word in text.split())
            for product, text in support["products"].items()
        },
        packages=tuple(p for group in support["packages"] for p in _packages(group)),
        advisories={
            name: tuple(_advisory(line) for line in lines)
            for name, lines in libraries["libraries"].items()
        },
    )


def read_endoflife(data: Any) -> tuple[str, dict[str, tuple[Cycle, ...]]]:
    """The date and the cycles of endoflife.date's front matter: `{products: {NAME: {releases}}}`.

    A release that is not understood is left out.  Raises `ValueError` when nothing is understood.
    """
    day = date.fromisoformat(str(data["_meta"]["commit_date"])[:10]).isoformat()
    cycles = {}
    for name, product in data["products"].items():
        read = [_release(name, release) for release in product.get("releases", ())]
        if known := tuple(cycle for cycle in read if cycle):
            cycles[str(name)] = known
    if not cycles:
        raise ValueError("no product in it")
    return day, cycles


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


def _over(ours: tuple[Cycle, ...], theirs: tuple[Cycle, ...]) -> tuple[Cycle, ...]:
    """Their cycles, and of ours those that they lack."""
    return tuple({cycle.name: cycle for cycle in (*ours, *theirs)}.values())


def _try(path: Path, read: Callable[[Any], T]) -> T | None:
    try:
        with path.open("rb") as file:  # cut short, it is no JSON
            return read(json.loads(file.read(MOST)))
    except FileNotFoundError:
        return None
    except (OSError, AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        log.warning("%s is passed over: %s", path, error)
        return None


def _own(name: str) -> Any:
    text = (files("scanner") / "data" / name).read_text("utf-8")
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # it makes strings only


def _cycle(word: str) -> Cycle:
    """`12=2026-07-11/free:2028-06-30`."""
    name, _, said = word.partition("=")
    ends, *more = said.split("/")
    extended = dict(part.split(":") for part in more)
    return Cycle(
        name,
        ends=None if ends in ("open", "ended") else date.fromisoformat(ends),
        ended=ends == "ended",
        free=_day(extended.get("free")),
        paid=_day(extended.get("paid")),
    )


def _packages(group: Mapping[str, Any]) -> list[Package]:
    products = {name: of for name, of in group.items() if name not in ("of", "silent")}
    return [
        Package(distribution, release, product, tuple(versions.split()), silent)
        for distribution in group["of"]
        for product, releases in products.items()
        for release, versions in releases.items()
        for silent in [product in group.get("silent", ())]
    ]


def _exploited(faults: Mapping[str, Mapping[str, Any]]) -> Iterator[Exploited]:
    """`VERSION ADVISORY` of each release of each package of each fault."""
    for cve, packages in faults.items():
        for package, releases in packages.items():
            if package == "listed":
                date.fromisoformat(releases)
                continue
            for release, said in releases.items():
                fixed, _advisory_id = said.split()
                yield Exploited(cve, package, release, fixed)


def _advisory(line: str) -> Advisory:
    """`medium >=1.1.4 <3.4.0 !1.12.4-aem CVE-2019-11358`."""
    severity, *words = line.split()
    return Advisory(
        severity,
        below=next((w[1:] for w in words if w.startswith("<")), ""),
        at_or_above=next((w[2:] for w in words if w.startswith(">=")), ""),
        ids=tuple(w for w in words if w[0] not in "<>!"),
        excludes=tuple(w[1:] for w in words if w.startswith("!")),
    )


def _release(product: str, release: Any) -> Cycle | None:
    try:
        ends, extended = release["eol"], _day(release.get("eoes"))
        return Cycle(
            str(release["releaseCycle"]),
            ends=_day(ends),
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


def _day(said: object) -> date | None:
    """A day, or None for no word or a boolean.  Raises `ValueError` for what is no day."""
    return date.fromisoformat(said) if isinstance(said, str) else None
