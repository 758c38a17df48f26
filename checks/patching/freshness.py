"""How old the package lists are that a host judges its updates by."""

from __future__ import annotations

from dataclasses import dataclass

from facts.base import Undecided, need
from facts.host.patching import PackageList, PatchingFacts
from facts.host.system import SystemFacts

DAY = 86400
STALE_DAYS = 7  # older lists say nothing of missing updates
NEVER = "A security repository is configured, and its list was never fetched"


@dataclass(frozen=True)
class Age:
    """The age of the list that counts."""

    name: str
    days: int
    expired: bool = False  # its own archive says that it is not to be trusted any more

    def older_than(self, days: int) -> bool:
        """Is it too old?"""
        return self.expired or self.days > days


def configured(facts: PatchingFacts) -> bool:
    """Is a security repository configured whose list the host does not hold?"""
    named = any(source.security for source in need(facts.sources))
    return named and not any(one.security for one in need(facts.lists))


def age(facts: PatchingFacts, system: SystemFacts) -> Age | None:
    """The oldest security list's age; without any, the other lists'.  None: there is no list.

    Raises `Undecided` when a list has no time that can be believed.
    """
    lists = need(facts.lists)
    security = [one for one in lists if one.security]
    now, clock = int(system.observed_at.timestamp()), need(system.clock)
    ages = [_age(one, now, clock) for one in security or lists]
    if security or any(one.refreshed is not None for one in lists):
        return max(ages, key=lambda one: (one.expired, one.days), default=None)
    return min(ages, key=lambda one: one.days, default=None)


def _age(one: PackageList, now: int, clock: int) -> Age:
    """By the archive's date, or by the host's own time of fetching it, whichever is later."""
    times = ((one.dated, now), (one.refreshed, clock))
    ages = [there - at for at, there in times if at is not None and 0 < at <= there + DAY]
    if not ages:
        raise Undecided("When the package lists were made is not known", one.name[:120])
    expired = one.expires is not None and one.expires < now
    return Age(one.name[:120], max(0, min(ages) // DAY), expired)
