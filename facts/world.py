"""What everyone knows: support dates, and JavaScript libraries' known faults.  Pure look-ups.

Support is asked of a `Product`, for the day of the visit.  A distribution keeps its own packages
safe for as long as it supports its release, whatever their makers say; so a banner that names
a distribution is judged by that, and where the release can't be told nobody is failed or passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from facts.base import Undecided
from facts.cms_faults import CmsTable
from facts.exploited import Exploited
from facts.guidelines import GUIDELINES, Guideline
from facts.products import Product
from facts.support import Cycle, Outlook, State, Support
from facts.versions import Version, prefixes

PACKAGES = "packages"  # the table of what distributions ship
EXPLOITED = "exploited"  # the table of known-exploited faults
STALE_DAYS = 180  # an older table of support dates is said to be old
RELIABLE_DAYS = 365  # after that, "no end is announced" is no longer believed


@dataclass(frozen=True)
class Package:
    """A distribution's own package: the versions that one of its releases has shipped."""

    distribution: str
    release: str
    product: str
    versions: tuple[str, ...]  # dotted beginnings
    silent: bool = False  # its banner does not name the distribution


@dataclass(frozen=True)
class Advisory:
    """A known fault of a JavaScript library."""

    severity: str  # critical, high, medium, low
    below: str = ""  # fixed in this version; "": in none
    at_or_above: str = ""
    ids: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()

    def hits(self, version: str) -> bool:
        """Has this version the fault?  Raises `ValueError` for what is no version."""
        if version in self.excludes:
            return False
        here = Version(version)
        since = not self.at_or_above or Version(self.at_or_above) <= here
        return since and (not self.below or here < Version(self.below))


@dataclass(frozen=True)
class World:
    """The tables in force, each with its date."""

    data: tuple[tuple[str, str], ...] = ()  # (name, ISO date) of every table
    cycles: Mapping[str, tuple[Cycle, ...]] = field(default_factory=dict)  # by product
    packages: tuple[Package, ...] = ()
    advisories: Mapping[str, tuple[Advisory, ...]] = field(default_factory=dict)  # by library
    exploited: tuple[Exploited, ...] = ()  # faults that are known to be exploited
    cms: CmsTable = field(default_factory=CmsTable)  # known faults of CMSs and their extensions
    support_table: str = "support"  # which of `data` the cycles are from
    library_table: str = "libraries"  # which of `data` the advisories are from
    library_tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # where it is not
    guidelines: Mapping[str, Guideline] = field(default_factory=lambda: GUIDELINES)  # of Mozilla

    def support(self, product: str, version: str, at: date | datetime) -> Support:
        """What its maker says of a version, on a day.  Distributions are products too."""
        return self._maker(Product(product, version), at)

    def support_of(self, product: Product, at: date | datetime) -> Support:
        """What its maker or its distribution says of a product, on a day."""
        name, _, release = product.distribution.partition(" ")
        if name:
            releases = [release] if release else self._releases(product, name)
            found = self._by_releases(product, [(name, r) for r in releases], at)
            return found if release else replace(found, shipped=self.named(PACKAGES))
        own = self._maker(product, at)
        if own.state not in (State.ENDED, State.UNKNOWN_VERSION):
            return own
        for package in self.packages:
            if package.silent and _ships(package, product):
                theirs = self._maker(Product(package.distribution, package.release), at)
                if theirs.state in (State.SUPPORTED, State.OLD_TABLE):
                    return self._said(product, State.MAYBE_PACKAGED, at, own)
        return own

    def outlook(
        self, products: Iterable[Product], at: date | datetime, *, unpackaged: bool = False
    ) -> Outlook:
        """The support of all products that show a version, sorted; the rest are left out.

        `unpackaged`: they are known to be no distribution's packages, so their makers decide.
        """
        ask = self._maker if unpackaged else self.support_of
        asked = [ask(product, at) for product in products if product.version]
        return Outlook(
            ended=tuple(s for s in asked if s.state is State.ENDED),
            supported=tuple(s for s in asked if s.state is State.SUPPORTED),
            unclear=tuple(s for s in asked if s.why),
        )

    def faults(self, library: str, version: str) -> tuple[Advisory, ...]:
        """The known faults of a JavaScript library's version.

        Raises `Undecided` when the table does not have the library, or the version is none.
        """
        if library not in self.advisories:
            raise Undecided("The table of library faults does not have this library", library)
        try:
            return tuple(a for a in self.advisories[library] if a.hits(version))
        except ValueError:
            raise Undecided("The library's version was not understood", version) from None

    def _maker(self, product: Product, at: date | datetime) -> Support:
        cycles = {cycle.name: cycle for cycle in self.cycles.get(product.name, ())}
        if not cycles:
            return self._said(product, State.UNKNOWN_PRODUCT, at)
        for name in (product.version, *prefixes(product.version)):
            if name in cycles:
                return self._by_cycle(product, cycles[name], at)
        oldest = min(cycles.values(), key=lambda cycle: _order(cycle.name))
        if prefixes(product.version) and _order(product.version) < _order(oldest.name):
            ended = self._by_cycle(product, oldest, at)
            if ended.state is State.ENDED:  # what came before it ended no later
                return ended
        return self._said(product, State.UNKNOWN_VERSION, at)

    def _by_cycle(self, product: Product, cycle: Cycle, at: date | datetime) -> Support:
        day, table = _day(at), cycle.table or self.support_table
        last = max((d for d in (cycle.ends, cycle.free) if d), default=None)
        if cycle.ended or (last and day > last):
            state = State.ENDED
        elif last is None and self.age(table, day) > RELIABLE_DAYS:
            state = State.OLD_TABLE
        else:
            state = State.SUPPORTED
        paid = cycle.paid if state is State.ENDED and cycle.paid and day <= cycle.paid else None
        at_cycle = Support(product, state, cycle.name, last, paid, table)
        return self._said(product, state, at, at_cycle)

    def _releases(self, product: Product, distribution: str) -> list[str]:
        """Which releases of a distribution may have shipped that version.

        A version that is newer than all in the table came after it: from a release that was
        alive on the table's day.
        """
        ours = [
            p for p in self.packages if (p.distribution, p.product) == (distribution, product.name)
        ]
        known = [package.release for package in ours if _ships(package, product)]
        newest = max((_order(v) for package in ours for v in package.versions), default=None)
        dated = self.dated(PACKAGES)
        if known or newest is None or dated is None or _order(product.version) <= newest:
            return known
        alive = [self._maker(Product(distribution, p.release), dated) for p in ours]
        return [s.product.version for s in alive if s.state is State.SUPPORTED]

    def _by_releases(
        self, product: Product, releases: list[tuple[str, str]], at: date | datetime
    ) -> Support:
        """By the releases that it may belong to: they decide only when they agree."""
        theirs = [(f"{n} {r}", self._maker(Product(n, r), at)) for n, r in releases]
        for state in (State.SUPPORTED, State.ENDED):
            if theirs and all(support.state is state for _, support in theirs):
                name, support = min(theirs, key=lambda one: one[1].ends or date.max)
                found = Support(product, state, name, support.ends, support.paid, support.source)
                return self._said(product, state, at, found)
        return self._said(product, State.UNKNOWN_RELEASE, at)

    def _said(
        self, product: Product, state: State, at: date | datetime, like: Support | None = None
    ) -> Support:
        seen = like or Support(product, state)
        source = seen.source or self.support_table
        return replace(
            seen,
            product=product,
            state=state,
            source=source,
            dated=self.dated(source),
            stale=self.age(source, at) > STALE_DAYS,
        )

    def dated(self, table: str) -> date | None:
        """The date of a table, or None when it has none."""
        text = dict(self.data).get(table, "")
        return date.fromisoformat(text[:10]) if text else None

    def age(self, table: str, at: date | datetime) -> int:
        """How many days old a table was on a day; 0 when it has no date."""
        dated = self.dated(table)
        return (_day(at) - dated).days if dated else 0

    def named(self, table: str) -> str:
        """A table and its date, for a finding."""
        return f"{table} {dict(self.data).get(table, '')[:10]}".strip()

    def tables_of(self, library: str) -> tuple[str, ...]:
        """The tables that have a JavaScript library."""
        return self.library_tables.get(library, (self.library_table,))


def _day(at: date | datetime) -> date:
    return at.date() if isinstance(at, datetime) else at


def _order(text: str) -> Version:
    """A version, or the lowest one for what is none."""
    try:
        return Version(text)
    except ValueError:
        return Version("0")


def _ships(package: Package, product: Product) -> bool:
    return package.product == product.name and any(
        prefix in package.versions for prefix in prefixes(product.version)
    )
