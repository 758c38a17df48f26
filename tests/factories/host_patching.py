"""A Debian 12 host that is kept up to date: one security update of yesterday waits."""

from __future__ import annotations

from dataclasses import replace

from facts.host.patching import Installed, Job, PackageList, PatchingFacts, Program, Source, Update
from tests.factories import GOOD
from tests.factories.host_system import OBSERVED

NOW = int(OBSERVED.timestamp())
DAY = 86400

GOOD[PatchingFacts] = PatchingFacts(
    pending=(Update("libssl3", "3.0.22-1~deb12u2", NOW - 2 * DAY, source="openssl"),),
    waiting=1,
    labelled=True,
    lists=(
        PackageList("deb.debian.org_debian-security_dists_bookworm-security", True,
                    NOW - 2 * DAY, NOW + 5 * DAY),
        PackageList("deb.debian.org_debian_dists_bookworm", False, NOW - 135 * DAY),
    ),
    sources=(
        Source("debian.sources: bookworm", "deb.debian.org", signed=True),
        Source("debian.sources: bookworm-security", "deb.debian.org", signed=True, security=True),
    ),
    unsigned_allowed=(),
    proxies=(),
    central=("client: landscape.bao.test",),
    jobs=(Job("unattended-upgrades", on=True),),
    reboot_asked=False,
    kernel="6.1.0-49-amd64",
    outdated=(),
    esm=False,
    programs=(
        Program("php", "8.2", "php8.2-fpm", packaged=True),
        Program("nginx", "1.30.2", "/usr/local/sbin/nginx"),
        Program("wordpress", "7.1.2", "/srv/bao/wp-includes/version.php"),
    ),
    installed=(
        Installed("glibc", "2.36-9+deb12u13"),
        Installed("openssl", "3.0.20-1~deb12u2"),
    ),
)  # fmt: skip


def packages(**versions: str) -> tuple[Installed, ...]:
    """What is installed."""
    return tuple(Installed(name, version) for name, version in versions.items())


def patching(**changes: object) -> PatchingFacts:
    """The good facts, changed."""
    return replace(GOOD[PatchingFacts], **changes)
