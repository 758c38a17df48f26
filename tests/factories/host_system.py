"""A Debian 12 host with systemd, logged in to by an account of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from facts.host.areas import HostFacts
from facts.host.system import SystemFacts
from tests.factories import GOOD

OBSERVED = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

GOOD[SystemFacts] = SystemFacts(
    observed_at=OBSERVED,
    id="debian",
    version="12",
    name="Debian GNU/Linux 12 (bookworm)",
    family="debian",
    kernel="6.1.0-49-amd64",
    machine="x86_64",
    user="scan",
    root=False,
    clock=int(OBSERVED.timestamp()),
    booted=int(OBSERVED.timestamp()) - 86400 * 20,
    systemd=True,
    container="",
    programs=("systemctl", "journalctl", "dpkg-query", "apt-get"),
)
GOOD[HostFacts] = HostFacts(observed_at=OBSERVED, system=GOOD[SystemFacts])


def system(**changes: object) -> SystemFacts:
    """The good facts, changed."""
    return replace(GOOD[SystemFacts], **changes)
