"""Known faults of content management systems and their extensions.  Pure look-ups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from facts.versions import Version

TABLE = "cms"  # the packaged table's name among the world's data
ADVISORIES = "php-advisories"  # FriendsOfPHP's, of a data folder
KEV = "kev"  # CISA's catalogue of known exploited vulnerabilities, of a data folder


@dataclass(frozen=True)
class Fault:
    """One fault, and the versions that have it: from the first up to, not with, the second."""

    id: str
    ranges: tuple[tuple[str, str], ...]
    exploited: bool = False
    table: str = TABLE

    def hits(self, version: str) -> bool:
        """Has this version the fault?  Raises `ValueError` for what is no version."""
        here = Version(version)
        return any(Version(since) <= here < Version(fixed) for since, fixed in self.ranges)


@dataclass(frozen=True)
class Extension:
    """What is known of one plug-in or theme."""

    faults: tuple[Fault, ...] = ()
    abandoned: date | None = None


@dataclass(frozen=True)
class CmsTable:
    """What is known, by the system's id."""

    core: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)
    extensions: Mapping[str, Mapping[str, Extension]] = field(default_factory=dict)
    untold: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Faults that are known to be exploited, and nothing here says which versions have them."""

    def of(self, product: str, name: str) -> Extension | None:
        """An extension; None: nothing is known of it."""
        return self.extensions.get(product, {}).get(name.lower())
