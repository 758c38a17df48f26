"""borgmatic: its settings name the repositories, what is copied, and what is kept.

1.7 has sections (`location:`, `retention:`, `hooks:`), 1.8 and later are flat; both are read.
Source: borgmatic's configuration reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from facts.base import Unknown
from facts.host.backup.borg import of_repository
from facts.host.backup.keeping import days_kept
from facts.host.backup.model import Copy
from facts.host.backup.seen import Run, Seen, by_unit, journaled

_HOOKS = {
    "mysql_databases": "mysql",
    "mariadb_databases": "mysql",
    "postgresql_databases": "postgresql",
    "mongodb_databases": "mongodb",
}
_NOT_BACKUPS = {"list", "info", "check", "prune", "compact", "extract", "mount", "config", "rlist"}


def copies(seen: Seen) -> Iterator[Copy]:
    """Each repository of each settings file, when a job runs borgmatic."""
    run = next((run for run in seen.runs if backs_up(run)), None)
    if isinstance(seen.settings, Unknown):
        if run:
            yield Copy("borgmatic", "", good=by_unit(run))
        return
    for path, text in sorted(seen.settings.items()):
        if "borgmatic" in path and path.endswith((".yaml", ".yml")):
            yield from _of_settings(path, text, seen, run)


def backs_up(run: Run) -> bool:
    """Does it make copies?"""
    args = run.line.args("borgmatic")
    if args is None:
        return False
    actions = {arg for arg in args if not arg.startswith("-")}
    return not actions & _NOT_BACKUPS or "create" in actions


def _of_settings(path: str, text: str, seen: Seen, run: Run | None) -> Iterator[Copy]:
    data = _flat(text)
    if data is None:
        yield Copy("borgmatic", path, good=Unknown("These settings could not be read", path))
        return
    covers = tuple(_texts(data.get("source_directories")))
    covers += tuple(kind for hook, kind in _HOOKS.items() if data.get(hook))
    omits = tuple(p for p in _texts(data.get("exclude_patterns")) if p.startswith("/"))
    kept = days_kept("\n".join(f"{k}: {v}" for k, v in data.items() if str(k).startswith("keep")))
    for named in _repositories(data.get("repositories")):
        copy = of_repository(named, seen, run, covers, omits)
        finished = journaled(seen, r"borgmatic.*(terminating with success|Successfully ran)")
        good = copy.good if isinstance(copy.good, int) else finished or copy.good
        keeps = copy.keeps if kept is None else kept
        yield replace(copy, tool="borgmatic", good=good, keeps=keeps)


def _flat(text: str) -> Mapping[str, Any] | None:
    """The settings of both layouts as one table."""
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    flat = {str(key): value for key, value in data.items()}
    for section in ("location", "storage", "retention", "consistency", "hooks"):
        inner = flat.pop(section, None)
        if isinstance(inner, dict):
            flat.update({str(key): value for key, value in inner.items()})
    return flat


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        yield from (str(item).rstrip("/") or "/" for item in value[:200])


def _repositories(value: Any) -> Iterator[str]:
    """Plain texts (1.7), or tables with a path (1.8)."""
    for item in value[:20] if isinstance(value, list) else ():
        named = item.get("path") if isinstance(item, dict) else item
        if isinstance(named, str):
            yield named
