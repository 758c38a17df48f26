"""The software that a site shows: its server, its runtime, its JavaScript libraries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from checks import Severity, Verdict, check, failed, not_applicable, passed
from facts.base import Undecided, need
from facts.libraries import Library
from facts.scripts import ScriptFacts
from facts.versions import Version
from facts.world import RELIABLE_DAYS, STALE_DAYS, Advisory, World

MOST_NAMED = 20
_WORST = ("critical", "high", "medium", "low")


@check(Severity.HIGH)
def server_supported(scripts: ScriptFacts, world: World) -> Verdict:
    """The web server, language runtime and framework named in the banner are in their makers' or
    their distribution's support.

    Why: what is no longer supported gets no fixes, and its holes are known to everybody.
    Fix: move to a supported release of the server, of PHP, .NET or Java, or of the operating
    system whose package it is.  Then hide the version: nginx `server_tokens off;`, Apache
    `ServerTokens Prod`, PHP `expose_php = Off`.
    """
    products = need(scripts.software)
    outlook = world.outlook(products, scripts.observed_at)
    if outlook.ended:
        return failed(
            "Software that is no longer supported is in use",
            products=[support.evidence() for support in outlook.ended[:MOST_NAMED]],
        )
    outlook.decide()
    if not outlook.supported:
        return not_applicable(
            "No version is shown", products=[product.shown for product in products[:MOST_NAMED]]
        )
    return passed(
        "The software that is shown is supported",
        products=[support.evidence() for support in outlook.supported[:MOST_NAMED]],
    )


@check(Severity.MEDIUM)
def libraries(
    scripts: ScriptFacts,
    world: World,
    *,
    severity: Literal["critical", "high", "medium", "low"] = "medium",
) -> Verdict:
    """No JavaScript library with a known vulnerability of at least `severity` is loaded.

    Why: an old library lets an attacker run scripts in your readers' browsers.
    Fix: replace the library by the newest release of its line, also where a theme or a plug-in
    brings it, and remove what no page uses.
    """
    seen = need(scripts.libraries)
    if faulty := [f for lib in seen if (f := _faulty(lib, world, severity))]:
        return failed(
            "JavaScript libraries with known vulnerabilities are loaded",
            libraries=faulty[:MOST_NAMED],
            table=_tables((lib for lib in seen if _faulty(lib, world, severity)), world),
        )
    for read in need(scripts.scripts).values():
        need(read)
    _all_known(seen, scripts, world)
    old = [lib for lib in seen if _age(lib, world, scripts) > STALE_DAYS]
    if not seen and world.age(world.library_table, scripts.observed_at) > STALE_DAYS:
        stale = {"old_table": world.named(world.library_table)}
    else:
        stale = {"old_table": _tables(old, world)} if old else {}
    if not (need(scripts.scripts) or scripts.foreign or seen):
        return not_applicable("The start page loads no script")
    return passed(
        "No library with a known vulnerability was seen",
        libraries=[f"{lib.name} {lib.version}" for lib in seen[:MOST_NAMED]],
        scripts=len(need(scripts.scripts)),
        other_sites=len(scripts.foreign),
        partly_read=len(scripts.cut),
        table=_tables(seen, world) or world.named(world.library_table),
        **stale,
    )


def _faulty(library: Library, world: World, severity: str) -> dict[str, object] | None:
    """A library's known faults that count, as evidence; None when there are none, or unknown."""
    try:
        faults = world.faults(library.name, library.version) if library.version else ()
    except Undecided:
        return None
    counted = [f for f in faults if _counts(f, severity)]
    if not counted:
        return None
    ids = list(dict.fromkeys(number for fault in counted for number in fault.ids))
    last = max((f.below for f in counted), key=Version) if all(f.below for f in counted) else ""
    fixed = {"fixed_in": last} if last else {}
    return {
        "library": f"{library.name} {library.version}",
        "url": library.url[:300],
        "worst": min((f.severity for f in counted), key=_WORST.index),
        "ids": ids[:10],
        **fixed,
    }


def _counts(fault: Advisory, severity: str) -> bool:
    return _WORST.index(fault.severity) <= _WORST.index(severity)


def _all_known(seen: tuple[Library, ...], scripts: ScriptFacts, world: World) -> None:
    """Raises `Undecided` when a library's version, or its faults, are not known."""
    for library in seen:
        if not library.version:
            raise Undecided("A library's version could not be told", library.name)
        world.faults(library.name, library.version)
    if any(_age(library, world, scripts) > RELIABLE_DAYS for library in seen):
        raise Undecided("The table of library faults is too old to rely on")


def _age(library: Library, world: World, scripts: ScriptFacts) -> int:
    """How old the newest table is that has a library."""
    return min(world.age(table, scripts.observed_at) for table in world.tables_of(library.name))


def _tables(seen: Iterable[Library], world: World) -> str:
    """The tables that have these libraries, with their dates."""
    named = dict.fromkeys(table for library in seen for table in world.tables_of(library.name))
    return ", ".join(map(world.named, named))
