"""Load what everyone knows: the packaged tables, or fuller ones from a data folder.

The packaged tables are our own and small (`scanner/data/*.yaml`).  A data folder may hold
`endoflife-date.json`, `jsrepository-v5.json`, `php-advisories.json` and `mozilla-tls.json`: what
the first says of a release goes before ours, and ours fills the gaps; a library or a CMS has the
faults that either knows; of the recommendations for TLS the newest counts.  A file that is not
understood, or is not what the folder's manifest says (`scanner/manifest.py`), is passed over, and
the log says so.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import platformdirs
import yaml

from facts.cms_faults import ADVISORIES, KEV
from facts.cms_faults import TABLE as CMS
from facts.exploited import Exploited
from facts.guidelines import DATED, TABLE, newer, read_guidelines
from facts.support import Cycle
from facts.world import EXPLOITED, PACKAGES, Advisory, Package, World
from scanner import cms_tables
from scanner.manifest import Untrusted, manifest_of, trusted
from scanner.world_read import day, newest_year, read_endoflife, read_retire

ENVIRONMENT = "PRESS_SCAN_DATA_DIR"
SUPPORT = "endoflife-date.json"
LIBRARIES = "jsrepository-v5.json"
GUIDELINE = "mozilla-tls.json"

log = logging.getLogger(__name__)

T = TypeVar("T")


def load_world(data_dir: Path | None = None) -> World:
    """The tables in force.

    `data_dir` comes before the environment's `PRESS_SCAN_DATA_DIR`, and that before the user's
    own data folder; the packaged tables fill what none of them has.
    """
    world = packaged()
    folder = data_folder(data_dir)
    if cycles := _try(folder / SUPPORT, read_endoflife):
        world = _with_cycles(world, *cycles)
    if faults := _try(folder / LIBRARIES, read_retire):
        world = _with_faults(world, _dated(folder, LIBRARIES) or newest_year(faults), faults)
    if advisories := _try(folder / cms_tables.FILE, cms_tables.read_advisories):
        day, found = advisories
        cms = cms_tables.with_advisories(world.cms, found)
        world = replace(world, data=((ADVISORIES, day), *world.data), cms=cms)
    if exploited := _try(folder / cms_tables.EXPLOITED_FILE, cms_tables.read_exploited):
        day, listed = exploited
        cms = cms_tables.with_exploited(world.cms, listed)
        world = replace(world, data=((KEV, day), *world.data), cms=cms)
    if theirs := _try(folder / GUIDELINE, lambda data: read_guidelines(data, "mozilla")):
        chosen = newer(world.guidelines, theirs)
        if chosen != world.guidelines:
            data = (("mozilla", _dated(folder, GUIDELINE) or DATED), *world.data)
            world = replace(world, data=data, guidelines=chosen)
    return world


def _with_cycles(world: World, day: str, found: Mapping[str, tuple[Cycle, ...]]) -> World:
    """The world, with endoflife.date's cycles before ours."""
    marked = {
        product: tuple(replace(cycle, table="endoflife.date") for cycle in cycles)
        for product, cycles in found.items()
    }
    merged = {p: _over(world.cycles.get(p, ()), cycles) for p, cycles in marked.items()}
    return replace(
        world,
        data=(("endoflife.date", day), *world.data),
        cycles={**world.cycles, **merged},
        support_table="endoflife.date",
    )


def _with_faults(world: World, day: str, faults: Mapping[str, tuple[Advisory, ...]]) -> World:
    """The world, with retire.js' faults beside ours."""
    ours = world.advisories
    merged = {name: (*ours.get(name, ()), *new) for name, new in faults.items()}
    both = {name: ("retire.js", "libraries") if name in ours else ("retire.js",) for name in faults}
    return replace(
        world,
        data=(("retire.js", day), *world.data),
        advisories={**ours, **merged},
        library_table="retire.js",
        library_tables={**dict.fromkeys(ours, ("libraries",)), **both},
    )


def _dated(folder: Path, file: str) -> str:
    """A table's date, as the folder's manifest has it; "" where it has none."""
    try:
        manifest = manifest_of(folder)
    except (OSError, Untrusted):
        return ""
    entry = manifest.of(file) if manifest else None
    return entry.date.isoformat() if entry else ""


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
    exploited, cms = _own("exploited.yaml"), _own("cms.yaml")
    return World(
        data=(
            ("support", support["as_of"]),
            (PACKAGES, support["packages_as_of"]),
            ("libraries", libraries["as_of"]),
            (EXPLOITED, exploited["as_of"]),
            (TABLE, DATED),
            (CMS, cms["as_of"]),
        ),
        cms=cms_tables.read_cms(cms),
        exploited=tuple(_exploited(exploited["faults"])),
        cycles={
            product: tuple(replace(_cycle(word), table="support") for word in text.split())
            for product, text in support["products"].items()
        },
        packages=tuple(p for group in support["packages"] for p in _packages(group)),
        advisories={
            name: tuple(_advisory(line) for line in lines)
            for name, lines in libraries["libraries"].items()
        },
    )


def _over(ours: tuple[Cycle, ...], theirs: tuple[Cycle, ...]) -> tuple[Cycle, ...]:
    """Their cycles, and of ours those that they lack."""
    return tuple({cycle.name: cycle for cycle in (*ours, *theirs)}.values())


def _try(path: Path, read: Callable[[Any], T]) -> T | None:
    try:
        data, _ = trusted(path.parent, path.name)
        return read(json.loads(data))
    except FileNotFoundError:
        return None
    except Untrusted as error:
        log.warning("%s is passed over: %s is not what the update brought", path, error)
        return None
    except (OSError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
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
        free=day(extended.get("free")),
        paid=day(extended.get("paid")),
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
