"""What is known of one product's support on one day, and where that is written.  Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from facts.base import Undecided
from facts.products import Product


class State(StrEnum):
    """What is known of a version's support."""

    SUPPORTED = "supported"
    ENDED = "ended"
    UNKNOWN_VERSION = "unknown_version"  # the table has the product, and not this version
    UNKNOWN_PRODUCT = "unknown_product"  # the table does not have it
    UNKNOWN_RELEASE = "unknown_release"  # a distribution's package; which release can't be told
    MAYBE_PACKAGED = "maybe_packaged"  # its maker ended it; a distribution may still support it
    OLD_TABLE = "old_table"  # no end was announced when the table was made, long ago


_WHY = {
    State.UNKNOWN_VERSION: "The support table does not have this version",
    State.UNKNOWN_PRODUCT: "This product's support is not assessed",
    State.UNKNOWN_RELEASE: "A distribution's package: which release it belongs to cannot be told",
    State.MAYBE_PACKAGED: "Its maker no longer supports it, but a distribution's package of it"
    " may be supported: look on the host",
    State.OLD_TABLE: "The table of support dates is too old to rely on",
}


@dataclass(frozen=True)
class Cycle:
    """One line of releases: what its maker promises."""

    name: str  # "2.4", "12", "22.04"
    ends: date | None = None  # the last day of free support by the maker; None: none announced
    ended: bool = False  # ended, and nobody wrote down when
    free: date | None = None  # the last day of extended support that costs nothing
    paid: date | None = None  # the last day of extended support that is bought
    table: str = ""  # which of the world's data says so; "": its support table


@dataclass(frozen=True)
class Support:
    """What is known of one product's support on one day."""

    product: Product
    state: State
    cycle: str = ""  # of the product, or "debian 12" where a distribution answers for it
    ends: date | None = None  # the last day that counted; None: no end announced, or not known
    paid: date | None = None  # support can be bought until then
    source: str = ""  # the table
    dated: date | None = None  # the table's date
    shipped: str = ""  # the table by which the distribution's release was told, and its date
    stale: bool = False  # the table was old on that day

    @property
    def why(self) -> str:
        """The literal reason why it is undecided; "" when it is decided."""
        return _WHY.get(self.state, "")

    def evidence(self) -> dict[str, Any]:
        """Language-neutral, for a finding."""
        seen: dict[str, Any] = {"product": self.product.shown, "state": str(self.state)}
        if self.cycle:
            seen["cycle"] = self.cycle
        if self.ends:
            seen["supported_until"] = self.ends.isoformat()
        if self.paid:
            seen["paid_support_until"] = self.paid.isoformat()
        seen["table"] = self.table
        if self.stale:
            seen["old_table"] = f"{self.source} {self.dated or ''}".strip()
        return seen

    @property
    def table(self) -> str:
        """The table that said so, with its date; or both, where two were asked."""
        own = f"{self.source} {self.dated or ''}".strip()
        return ", ".join(filter(None, (own, self.shipped)))


def tables(supports: Iterable[Support]) -> str:
    """The tables that these rest on, for a finding."""
    return ", ".join(dict.fromkeys(support.table for support in supports))


@dataclass(frozen=True)
class Outlook:
    """Many products' support, sorted."""

    ended: tuple[Support, ...]
    supported: tuple[Support, ...]
    unclear: tuple[Support, ...]

    def decide(self) -> None:
        """Raises `Undecided`, naming the first product that nothing could be said of."""
        for support in self.unclear:
            raise Undecided(support.why, support.product.shown)
