"""The public data sets: what each is called, where its makers publish it, how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from facts.message import N_
from scanner.advisories_zip import php
from scanner.tables_read import Table, endoflife, kev, mozilla, retire


@dataclass(frozen=True)
class DataSet:
    """One set."""

    name: str
    file: str  # in a data folder, a bundle and a mirror
    title: str  # a sentence marked for translation
    url: str  # where its makers publish it
    read: Callable[[bytes], Table]
    licence: str
    most: int = 8 << 20  # bytes that are read of it
    others: tuple[str, ...] = ()  # what it is called when it was saved from its makers by hand

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which a folder may have it, the first that is there counts."""
        return (self.file, *self.others)


SETS = (
    DataSet(
        "endoflife.date", "endoflife-date.json", N_("Ends of support"),
        "https://endoflife.date/api/v1/products/full", endoflife, "MIT", 16 << 20, ("full.json",),
    ),
    DataSet(
        "kev", "known-exploited.json", N_("Known exploited faults"),
        "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
        kev, "CC0-1.0", others=("known_exploited_vulnerabilities.json", "kev-compact.json"),
    ),
    DataSet(
        "retire.js", "jsrepository-v5.json", N_("Faults of JavaScript libraries"),
        "https://raw.githubusercontent.com/RetireJS/retire.js/master/repository/jsrepository-v5.json",
        retire, "Apache-2.0",
    ),
    DataSet(
        "php-advisories", "php-advisories.json", N_("Faults of CMS and PHP packages"),
        "https://github.com/FriendsOfPHP/security-advisories/archive/refs/heads/master.zip",
        php, "Unlicense", others=("security-advisories-master.zip",),
    ),
    DataSet(
        "mozilla", "mozilla-tls.json", N_("Recommendations for TLS"),
        "https://ssl-config.mozilla.org/guidelines/latest.json", mozilla, "MPL-2.0", 1 << 20,
        ("latest.json",),
    ),
)  # fmt: skip
