"""Every area of ours, one line each, in the order in which it is asked."""

from __future__ import annotations

from facts.host import access, backup, cms, database, hardening, logging, malware, media, patching
from facts.host.area import Area

AREAS: dict[str, Area] = {
    "access": Area(access.AccessFacts, access.asks, access.read),
    "patching": Area(patching.PatchingFacts, patching.asks, patching.read),
    "hardening": Area(hardening.HardeningFacts, hardening.asks, hardening.read),
    "logging": Area(logging.LoggingFacts, logging.asks, logging.read),
    "malware": Area(malware.MalwareFacts, malware.asks, malware.read),
    "database": Area(database.DatabaseFacts, database.asks, database.read),
    "media": Area(media.MediaInside, media.asks, media.read),
    "cms": Area(cms.CmsInside, cms.asks, cms.read),
    "backup": Area(backup.BackupFacts, backup.asks, backup.read),
}
