"""A small world whose tables are fresh on the day of the good facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from facts.cms_faults import CmsTable, Extension, Fault
from facts.exploited import Exploited
from facts.support import Cycle
from facts.world import Advisory, Package, World
from tests.factories import GOOD

GOOD[World] = World(
    data=(
        ("support", "2026-11-01"),
        ("packages", "2026-11-01"),
        ("libraries", "2026-11-01"),
        ("exploited", "2026-11-01"),
        ("tls", "2026-04-06"),
        ("cms", "2026-11-01"),
    ),
    cycles={
        "nginx": (Cycle("1.30"), Cycle("1.22", date(2023, 4, 11))),
        "apache-http-server": (Cycle("2.4"), Cycle("2.2", date(2017, 7, 11))),
        "php": (Cycle("8.4", date(2028, 12, 31)), Cycle("5.6", date(2018, 12, 31))),
        "wordpress": (Cycle("7.1"), Cycle("6.1", date(2023, 3, 29))),
        "openssh": (Cycle("10"), Cycle("9", date(2025, 4, 9))),
        "debian": (
            Cycle("12", date(2026, 7, 11), free=date(2028, 6, 30)),
            Cycle("11", date(2024, 8, 14), free=date(2026, 8, 31)),
            Cycle("10", date(2022, 9, 10), free=date(2024, 6, 30), paid=date(2029, 6, 30)),
        ),
        "ubuntu": (
            Cycle("22.04", date(2027, 6, 1)),
            Cycle("20.04", date(2025, 5, 29), paid=date(2030, 4, 23)),
        ),
    },
    packages=(
        Package("debian", "10", "nginx", ("1.14.2",), silent=True),
        Package("debian", "12", "nginx", ("1.22.1",), silent=True),
        Package("debian", "10", "apache-http-server", ("2.4.38",)),
        Package("debian", "11", "apache-http-server", ("2.4.56", "2.4.62")),
        Package("debian", "12", "apache-http-server", ("2.4.57", "2.4.62")),
        Package("ubuntu", "20.04", "nginx", ("1.18.0",)),
        Package("ubuntu", "22.04", "nginx", ("1.18.0",)),
        Package("debian", "12", "openssh", ("9.2",)),
        Package("debian", "12", "wordpress", ("6.1",), silent=True),
    ),
    cms=CmsTable(
        core={
            "wordpress": (
                Fault("CVE-2026-63030", (("6.1", "6.1.99"), ("7.0", "7.0.2")), exploited=True),
                Fault("CVE-2026-0001", (("7.1", "7.1.1"),)),
            )
        },
        extensions={
            "wordpress": {
                "akismet": Extension((Fault("CVE-2015-9357", (("0", "3.1.5"),)),)),
                "wp-file-manager": Extension(
                    (Fault("CVE-2020-25213", (("6.0", "6.9"),), exploited=True),)
                ),
                "yuzo-related-post": Extension(abandoned=date(2019, 3, 30)),
                "bao-xuan": Extension(),
            }
        },
    ),
    advisories={
        "jquery": (Advisory("medium", "3.5.0", "1.0.3", ("CVE-2020-11023",)),),
        "moment": (Advisory("high", "2.29.4", "2.18.0", ("CVE-2022-31129",)),),
        "bootstrap": (Advisory("low", "5.0.0", ids=("LOW-1",)),),
        "lodash": (),
    },
    exploited=(
        Exploited("CVE-2023-4911", "glibc", "debian 12", "2.36-9+deb12u3"),
        Exploited("CVE-2025-49113", "roundcube", "debian 12", "1.6.5+dfsg-1+deb12u5"),
    ),
)


def world(**changes: object) -> World:
    """The good world, changed."""
    return replace(GOOD[World], **changes)
