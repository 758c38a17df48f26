"""The updates themselves: which wait, for how long, whether the lists are fresh."""

from __future__ import annotations

from collections.abc import Iterable

from checks import Severity, Verdict, check, failed, passed
from checks.patching.freshness import DAY, NEVER, STALE_DAYS, age, configured
from facts.base import Undecided, Unknown, need
from facts.exploited import hits, release_of, rows_of
from facts.host.patching import PatchingFacts, Update
from facts.host.system import SystemFacts
from facts.world import EXPLOITED, World

TABLE_DAYS = 180  # an older table of known-exploited faults passes nobody
MOST = 30  # names shown


@check(Severity.HIGH)
def security_updates(
    facts: PatchingFacts,
    system: SystemFacts,
    world: World,
    *,
    max_age_days: int = 30,
    critical_days: int = 7,
) -> Verdict:
    """No security update has been pending for longer than `max_age_days`, and no critical or
    exploited one for longer than `critical_days`; held packages count.

    Why: attackers read the same advisories, and use a published hole within days. Most break-ins
        come through holes that had been mended long before. dnf, yum and zypper know the day of
        each advisory. apt does not: an update cannot wait for longer than since the installed
        version was unpacked, or since everything was last upgraded; where neither is recent
        enough, it counts as too old.
    Fix: install the waiting updates today (apt-get update && apt-get dist-upgrade, or dnf upgrade
        --security), restart what they replace, and let security updates install themselves.
    """
    family = need(system.family)
    labelled = need(facts.labelled)
    if family == "debian" and not labelled:
        if any(source.security for source in need(facts.sources)):
            raise Undecided(NEVER)
        return failed("No security repository is in use, so no security update can come")
    lists = age(facts, system)
    if lists is None or configured(facts) or lists.older_than(STALE_DAYS):
        detail = f"{lists.name}: {lists.days} d" if lists else ""
        raise Undecided("The package lists are too old to tell which updates are missing", detail)
    if not labelled:
        if waiting := need(facts.waiting):
            why = "The repositories do not say which updates are for security"
            raise Undecided(why, str(waiting))
        return passed("No update of any kind is waiting")
    limits = (max_age_days, critical_days)
    table = world.named(EXPLOITED)
    return _judge(need(facts.pending), _exploited(facts, system, world), system, limits, table)


def _exploited(facts: PatchingFacts, system: SystemFacts, world: World) -> frozenset[str]:
    """The source packages that have a known-exploited fault."""
    if isinstance(facts.installed, Unknown):
        return frozenset()
    rows = rows_of(world.exploited, release_of(need(system.id), need(system.version)))
    return frozenset(hit.row.package for hit in hits(rows, _versions(facts)))


def _versions(facts: PatchingFacts) -> dict[str, str]:
    return {one.package: one.version for one in need(facts.installed)}


def _judge(
    pending: tuple[Update, ...],
    exploited: frozenset[str],
    system: SystemFacts,
    limits: tuple[int, int],
    table: str,
) -> Verdict:
    if not pending:
        return passed("No security update is waiting")
    by_bounds = system.family == "debian"
    now = need(system.clock) if by_bounds else int(system.observed_at.timestamp())
    overdue, unknown = [], []
    for update in pending:
        urgent = update.severity == "critical" or (update.source or update.name) in exploited
        limit = limits[1] if urgent else limits[0]
        since = update.since
        if isinstance(since, Unknown) or since > now + DAY:
            unknown.append(update)
        elif now - since > limit * DAY:
            overdue.append(update)
    held = [update.name for update in pending if update.held]
    seen = {"waiting": len(pending), "table": table, **({"held": held[:MOST]} if held else {})}
    if overdue:
        shown = _shown(overdue, now)
        if by_bounds:
            return failed(
                "Security updates are waiting, and nothing shows that they came out lately",
                overdue=shown,
                **seen,
            )
        return failed("Security updates have been waiting for too long", overdue=shown, **seen)
    for update in unknown:
        need(update.since)
        raise Undecided("A time on the host lies in the future", update.name)
    return passed("Security updates are waiting, none of them for too long", **seen)


def _shown(updates: Iterable[Update], now: int) -> list[str]:
    """Names, versions, and for how many days at the most."""
    return [
        f"{u.name} {u.version}" + (f" ({(now - u.since) // DAY} d)" if _is_time(u.since) else "")
        for u in updates
        if not isinstance(u.since, Unknown)
    ][:MOST]


def _is_time(since: int | Unknown) -> bool:
    return isinstance(since, int) and since > 0


@check(Severity.CRITICAL)
def exploited(facts: PatchingFacts, system: SystemFacts, world: World) -> Verdict:
    """No installed package version that our table covers is known to be exploited.

    Why: for these holes, ready-made attacks are in use right now. A host that still has one must
        be taken for broken into until somebody has looked. The table is small: the evidence names
        the packages that were compared, and counts those that it says nothing of, which are not
        assessed here.
    Fix: update the named packages at once and restart what uses them; then look for traces of a
        break-in: new accounts, changed web files, unknown processes and jobs.
    """
    release = release_of(need(system.id), need(system.version))
    rows = rows_of(world.exploited, release)
    if not rows:
        why = "The table of known-exploited faults has nothing on this release"
        raise Undecided(why, release[:80])
    installed = _versions(facts)
    found = hits(rows, installed)
    dated = world.dated(EXPLOITED)
    if found:
        shown = [f"{hit.row.package} {hit.installed}"[:120] for hit in found[:MOST]]
        faults = sorted({hit.row.cve for hit in found})
        return failed(
            "A package with a fault that is known to be exploited is installed",
            packages=list(dict.fromkeys(shown)),
            faults=faults[:MOST],
            table=world.named(EXPLOITED),
        )
    covered = sorted({row.package for row in rows if row.package in installed})
    if not covered:
        why = "The table of known-exploited faults has none of the installed packages"
        raise Undecided(why, release[:80])
    if dated is None or world.age(EXPLOITED, system.observed_at) > TABLE_DAYS:
        raise Undecided("The table of known-exploited faults is too old to rely on", str(dated))
    return passed(
        "No package that the table covers has a fault that is known to be exploited",
        covered=covered[:MOST],
        not_covered=len(installed) - len(covered),
        table=world.named(EXPLOITED),
    )


@check(Severity.MEDIUM)
def metadata_fresh(facts: PatchingFacts, system: SystemFacts, *, days: int = 7) -> Verdict:
    """The package lists were refreshed within `days`, so that "no updates" means something.

    Why: a host that cannot fetch its lists believes that it is up to date. So does everybody who
        asks it.
    Fix: find out why the lists are not fetched (network, proxy, a mirror that is gone), run
        apt-get update or dnf makecache, and have a timer do it every day.
    """
    lists = age(facts, system)
    if lists is None:
        return failed("The package lists were never fetched")
    if configured(facts):
        return failed("A security repository is configured, and its list was never fetched")
    if lists.older_than(days):
        return failed("The package lists are old", list=lists.name, age_days=lists.days)
    return passed("The package lists are fresh", list=lists.name, age_days=lists.days)
