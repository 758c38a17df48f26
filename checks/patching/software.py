"""Whether somebody still mends what is installed: the system, runtimes, servers, CMSs."""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, not_applicable, passed
from facts.base import Undecided, need
from facts.host.patching import PatchingFacts
from facts.host.system import SystemFacts
from facts.products import Product
from facts.support import State, Support, tables
from facts.world import World

PRODUCTS = {  # os-release's ID -> its name in the support table, where that differs
    "rocky": "rocky-linux",
    "ol": "oracle-linux",
    "alpine": "alpine-linux",
    "opensuse-leap": "opensuse",
    "sles_sap": "sles",
    "sled": "sles",
    "amzn": "amazon-linux",
}
MOST = 30


@check(Severity.CRITICAL)
def os_supported(facts: PatchingFacts, system: SystemFacts, world: World) -> Verdict:
    """The operating system's release is inside its vendor's security support.

    Why: after its end nobody mends its holes any more, and each new one stays open for good.
        Extended support that costs nothing counts (Debian LTS). Support that is bought counts only
        where the host shows it: Ubuntu Pro, attached, with esm-infra switched on.
    Fix: move to a supported release: upgrade in place, or set up a new host and move the service.
    """
    attached = need(facts.esm)
    support = release(system, world)
    if support.state is State.ENDED:
        if attached and support.paid and system.id == "ubuntu":
            return passed("Extended maintenance is attached", **support.evidence())
        return failed("The operating system is out of support", **support.evidence())
    if support.state is not State.SUPPORTED:
        raise Undecided(support.why, support.product.shown[:120])
    return passed("The operating system is supported", **support.evidence())


@check(Severity.HIGH)
def runtimes(facts: PatchingFacts, system: SystemFacts, world: World) -> Verdict:
    """PHP, Python, Node, Java, nginx, Apache, MySQL/MariaDB, PostgreSQL and the CMS that are
    installed are inside support; a distribution's own package is, while its release is.

    Why: sites are broken into through old PHP and old CMSs more than through anything else.
    Fix: update the named program to a version that its maker supports, or take the distribution's
        own package, which its release keeps safe. Remove what nobody uses.
    """
    programs = need(facts.programs)
    if not programs:
        return not_applicable("No runtime, web server, database or CMS was found")
    packaged = [program for program in programs if program.packaged]
    others = [program for program in programs if not program.packaged]
    outlook = world.outlook(
        (Product(p.product, p.version) for p in others), system.observed_at, unpackaged=True
    )
    where = {(p.product, p.version): p.where for p in others}
    if outlook.ended:
        ended = [f"{s.product.shown} ({_where(where, s)})" for s in outlook.ended]
        return failed(
            "A program is out of its maker's support",
            ended=ended[:MOST],
            table=tables(outlook.ended),
        )
    rests = [*outlook.supported]
    if packaged:
        support = release(system, world)
        rests.append(support)
        if support.state is State.ENDED and not extended(facts, system, support):
            names = [program.where for program in packaged]
            return failed(
                "The distribution that these come from is out of support",
                packages=names,
                table=support.table,
            )
        if support.state not in (State.SUPPORTED, State.ENDED):
            raise Undecided(support.why, support.product.shown[:120])
    outlook.decide()
    blank = next((program for program in others if not program.version), None)
    if blank:
        raise Undecided("A program's version was not understood", blank.where[:120])
    return passed(
        "Every program that was found is supported",
        by_distribution=[program.where for program in packaged][:MOST],
        by_maker=[support.product.shown for support in outlook.supported][:MOST],
        table=tables(rests),
    )


def _where(where: dict[tuple[str, str], str], support: Support) -> str:
    return where.get((support.product.name, support.product.version), "")


def release(system: SystemFacts, world: World) -> Support:
    """What is known of the release that the host runs."""
    name, version = need(system.id).lower(), need(system.version)
    if not version:
        raise Undecided("The host does not say which release it runs", name[:80])
    product = PRODUCTS.get(name, name)
    if name == "centos" and "stream" in need(system.name).lower():
        product = "centos-stream"
    return world.support(product, version, system.observed_at)


def extended(facts: PatchingFacts, system: SystemFacts, support: Support) -> bool:
    """Is support that is bought proven?  Only Ubuntu Pro's can be seen on the host."""
    return bool(support.paid) and system.id == "ubuntu" and need(facts.esm)
