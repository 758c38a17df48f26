"""Which versions a site's content management system and its extensions are of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from checks import Severity, Verdict, check, failed, not_applicable, passed
from checks.cms.outside import known, name_of
from facts.base import Undecided, Unknown, need
from facts.cms import CmsFacts, Component
from facts.cms_faults import KEV, TABLE, Extension, Fault
from facts.declared import Target
from facts.host.cms import CmsInside
from facts.host.patching import PatchingFacts
from facts.products import Product
from facts.support import State, tables
from facts.world import World

MOST = 20
TABLE_DAYS = 180  # an older table of known-exploited faults passes nobody
MAYBE = "A distribution's package may be mended: let the scan log in"
NOT_TOLD = "Which version it is could not be told: let the scan log in"


@dataclass(frozen=True)
class Installed:
    """A version of the site's system, and who says so."""

    version: str
    inside: bool = False  # it was read on the host; else strangers are shown it
    packaged: bool = False  # a distribution keeps it


def _told(here: Iterable[Installed], system: str) -> dict[str, list[str]]:
    """The versions for a finding, by who tells them."""
    said: dict[str, list[str]] = {}
    for one in here:
        key = "on_host" if one.inside else "shown"
        said.setdefault(key, []).append(f"{system} {one.version}")
    return {key: versions[:MOST] for key, versions in said.items()}


def installed(cms: CmsFacts, inside: PatchingFacts | Unknown) -> list[Installed]:
    """Every version of the site's system: as the host has it, where somebody looked.

    Raises `Undecided` when none could be told.
    """
    programs = Unknown(NOT_TOLD) if isinstance(inside, Unknown) else inside.programs
    if not isinstance(programs, Unknown):
        found = [
            Installed(one.version, True, one.packaged)
            for one in programs
            if one.product == cms.product and one.version
        ]
        if found:
            return found
    version, exact = need(cms.version), need(cms.exact)
    if not version or not exact:
        raise Undecided(NOT_TOLD, name_of(cms))
    return [Installed(version)]


@check(Severity.HIGH)
def supported(
    cms: CmsFacts, target: Target, world: World, inside: PatchingFacts | Unknown
) -> Verdict:
    """The content management system is of a version that its makers, or the distribution that
    packages it, still mend.

    Why: new holes in old versions stay open for good, and whole campaigns look for such sites.
    Fix: update to the newest version of a supported line; first make a copy, and try it there.
    """
    if other := known(cms, target):
        return other
    system, here = name_of(cms), installed(cms, inside)
    own = [one for one in here if not one.packaged]
    for one in own:
        if faults := _hits(world.cms.core.get(cms.product, ()), one.version):
            if _maybe_packaged(cms, one, world):
                raise Undecided(MAYBE, system)
            return failed(
                "Known faults of this version are mended in a newer one",
                **_told([one], system),
                ids=[fault.id for fault in faults[:MOST]],
                table=_named(faults, world),
            )
    outlook = world.outlook(
        (Product(cms.product, one.version) for one in own),
        cms.observed_at,
        unpackaged=all(one.inside for one in own),
    )
    if outlook.ended:
        ended = {support.product.version for support in outlook.ended}
        return failed(
            "The system's version is no longer supported",
            **_told((one for one in own if one.version in ended), system),
            table=tables(outlook.ended),
        )
    outlook.decide()
    return passed(
        "The system's version is supported",
        **_told(here, system),
        table=tables(outlook.supported),
    )


@check(Severity.CRITICAL)
def exploited(
    cms: CmsFacts,
    target: Target,
    world: World,
    inside: PatchingFacts | Unknown,
    parts: CmsInside | Unknown,
) -> Verdict:
    """No fault that attackers are known to use is in the content management system or in an
    extension that was seen.

    Why: such faults are tried on every site in the world, by machines, within days.
    Fix: update at once; then look for what may have happened already: new administrators, changed
        files, programs in upload folders.
    """
    if other := known(cms, target):
        return other
    system, here = name_of(cms), installed(cms, inside)
    core = [fault for fault in world.cms.core.get(cms.product, ()) if fault.exploited]
    hit = [
        (one, faults) for one in here if not one.packaged and (faults := _hits(core, one.version))
    ]
    bad = [
        (component, faults)
        for component, known_of in _known(cms, parts, world)
        if (faults := _hits((f for f in known_of.faults if f.exploited), component.version))
    ]
    if hit and not bad and all(_maybe_packaged(cms, one, world) for one, _ in hit):
        raise Undecided(MAYBE, system)
    if hit or bad:
        ids = [fault.id for _, faults in (*hit, *bad) for fault in faults]
        return failed(
            "A fault that is known to be exploited is in this version",
            **_told((one for one, _ in hit), system),
            extensions=[_shown(one) for one, _ in bad][:MOST],
            ids=list(dict.fromkeys(ids))[:MOST], table=_exploited_by(world),
        )  # fmt: skip
    if not all(one.packaged for one in here):
        _covered(cms, world)
    return passed(
        "No fault of our table of exploited ones is in it",
        **_told(here, system),
        table=_exploited_by(world),
    )  # fmt: skip


def _covered(cms: CmsFacts, world: World) -> None:
    """Raises `Undecided` where the tables do not tell which versions are attacked."""
    if untold := world.cms.untold.get(cms.product):
        why = "Which versions have a fault that is known to be exploited is not in our table"
        raise Undecided(why, ", ".join(untold)[:200])
    if min(world.age(one, cms.observed_at) for one in _exploited_tables(world)) > TABLE_DAYS:
        why = "The table of known-exploited faults is too old to rely on"
        raise Undecided(why, _exploited_by(world))


def _exploited_tables(world: World) -> list[str]:
    """Ours, and CISA's where the data folder has it."""
    return [TABLE, *(name for name, _ in world.data if name == KEV)]


def _exploited_by(world: World) -> str:
    return ", ".join(map(world.named, _exploited_tables(world)))


@check(Severity.HIGH)
def extensions(cms: CmsFacts, target: Target, world: World, inside: CmsInside | Unknown) -> Verdict:
    """No plug-in or theme that was seen is given up by its makers, or older than the release that
    mends a known fault.

    Why: most broken-into sites fell through a plug-in, and hardly any through the system itself.
    Fix: update the named extension; delete the one that nobody mends any more, and all that is
        switched off.
    """
    if other := known(cms, target):
        return other
    seen = _components(cms, inside)
    if not seen:
        return not_applicable("No plug-in or theme was seen")
    entries = list(_known(cms, inside, world))
    given_up = [one for one, entry in entries if entry.abandoned]
    old = [(one, hit) for one, entry in entries if (hit := _hits(entry.faults, one.version))]
    if given_up or old:
        return failed(
            "A plug-in or theme is given up, or has a known fault",
            abandoned=[_shown(one) for one in given_up[:MOST]],
            versions=[_shown(one) for one, _ in old[:MOST]],
            ids=[fault.id for _, faults in old for fault in faults][:MOST],
            table=world.named(TABLE),
        )
    for one, entry in entries:
        if entry.faults and not need(one.version):
            raise Undecided("The version of a plug-in or theme could not be told", one.name)
    strange = [one.name for one in seen if world.cms.of(cms.product, one.name) is None]
    if strange:
        raise Undecided("Nothing is known of this plug-in or theme", ", ".join(strange)[:200])
    return passed(
        "No plug-in or theme that was seen is known to be faulty",
        versions=[_shown(one) for one in seen[:MOST]],
        table=world.named(TABLE),
    )


def _components(cms: CmsFacts, inside: CmsInside | Unknown) -> tuple[Component, ...]:
    """What is on the host, where somebody looked and found any; else what the pages name."""
    there = inside if isinstance(inside, Unknown) else inside.components
    if not isinstance(there, Unknown) and there and cms.product == "wordpress":
        return there
    return need(cms.components)


def _known(
    cms: CmsFacts, inside: CmsInside | Unknown, world: World
) -> Iterable[tuple[Component, Extension]]:
    for one in _components(cms, inside):
        entry = world.cms.of(cms.product, one.name)
        if entry is not None:
            yield one, entry


def _hits(faults: Iterable[Fault], version: str | Unknown) -> list[Fault]:
    """The faults that a version has; none of what is no version."""
    if isinstance(version, Unknown) or not version:
        return []
    try:
        return [fault for fault in faults if fault.hits(version)]
    except ValueError:
        raise Undecided(NOT_TOLD, version[:60]) from None


def _maybe_packaged(cms: CmsFacts, one: Installed, world: World) -> bool:
    if one.inside:
        return False
    support = world.support_of(Product(cms.product, one.version), cms.observed_at)
    return support.state is State.MAYBE_PACKAGED


def _named(faults: Iterable[Fault], world: World) -> str:
    return ", ".join(dict.fromkeys(world.named(fault.table) for fault in faults))


def _shown(one: Component) -> str:
    version = "" if isinstance(one.version, Unknown) else one.version
    return f"{one.name} {version}".strip()
