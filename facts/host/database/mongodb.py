"""MongoDB, by mongod.conf (YAML).  Source: mongodb.com/docs, "Configuration File Options".

No real MongoDB was to be had: its settings are tried as files alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import yaml

from facts.base import Unknown
from facts.host.database.files import Settings
from facts.host.processes import Process

ELSEWHERE = "A database runs whose settings are not where they usually are"
USUAL = r"/etc/mongod\.conf|/etc/mongodb\.conf"


def _settings(settings: Settings, alive: Sequence[Process]) -> dict[str, Any] | Unknown:
    given = next((p.args for p in alive if p.program in {"mongod", "mongos"}), "")
    words = given.split()
    named = [b for a, b in pairwise(words) if a in {"--config", "-f"}]
    paths = named or settings.names(USUAL)
    if not paths:
        return settings.refused(ELSEWHERE, "mongod")
    lines = settings.lines(paths[0])
    if isinstance(lines, Unknown):
        return lines
    try:
        found = yaml.safe_load("\n".join(lines))
    except (yaml.YAMLError, RecursionError, ValueError):
        found = None
    if not isinstance(found, dict):
        return Unknown("The database's settings were not understood", paths[0][:160])
    if "--auth" in words:
        found = {**found, "security": {"authorization": "enabled"}}
    return found


def _value(of: Any, *path: str) -> Any:
    for key in path:
        of = of.get(key) if isinstance(of, dict) else None
    return of


def doors(settings: Settings, alive: Sequence[Process]) -> tuple[str, ...] | Unknown:
    """Without `security.authorization` everybody may do everything."""
    given = _settings(settings, alive)
    if isinstance(given, Unknown):
        return given
    asked = str(_value(given, "security", "authorization")).lower() == "enabled"
    asked = asked or bool(_value(given, "security", "keyFile"))
    return () if asked else ("security.authorization",)


def tls(settings: Settings, alive: Sequence[Process]) -> bool | Unknown:
    """Is TLS asked of those who connect?"""
    given = _settings(settings, alive)
    if isinstance(given, Unknown):
        return given
    modes = {str(_value(given, "net", part, "mode")).lower() for part in ("tls", "ssl")}
    return bool(modes & {"requiretls", "requiressl", "prefertls", "preferssl"})
