"""Every area of ours, one line each, in the order in which it is asked."""

from __future__ import annotations

from facts.host import backup, hardening, logging, patching
from facts.host.area import Area

AREAS: dict[str, Area] = {
    "patching": Area(patching.PatchingFacts, patching.asks, patching.read),
    "hardening": Area(hardening.HardeningFacts, hardening.asks, hardening.read),
    "logging": Area(logging.LoggingFacts, logging.asks, logging.read),
    "backup": Area(backup.BackupFacts, backup.asks, backup.read),
}
