"""PostgreSQL, by postgresql.conf, postgresql.auto.conf and pg_hba.conf of each cluster that runs.

Source: postgresql.org/docs, chapters 20.1 (setting parameters) and 21.1 (pg_hba.conf).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facts.base import Unknown
from facts.host.database.files import Settings
from facts.host.processes import Process

ON = {"on", "true", "yes", "1"}
METHODS = ("trust", "reject", "md5", "password", "scram-sha-256", "gss", "sspi", "ident", "peer",
           "ldap", "radius", "cert", "pam", "bsd", "oauth")  # fmt: skip
DEEPEST = 10


@dataclass(frozen=True)
class Cluster:
    """One running server: its folder, its settings."""

    data: str
    settings: Mapping[str, str] | Unknown


def clusters(settings: Settings, alive: Sequence[Process]) -> list[Cluster] | Unknown:
    """Each server that was started with a data folder."""
    started = [p.args for p in alive if p.program in {"postgres", "postmaster"} and " -D" in p.args]
    if not started:
        return Unknown("A database runs whose settings are not where they usually are", "postgres")
    return [_cluster(settings, args) for args in started]


def _cluster(settings: Settings, args: str) -> Cluster:
    data = _argument(r"\s-D\s*(\S+)", args).rstrip("/")
    main = _argument(r"config_file=(\S+)", args) or f"{data}/postgresql.conf"
    found = _read(settings, main, 0)
    if isinstance(found, Unknown):
        return Cluster(data, found)
    written = settings.lines(f"{data}/postgresql.auto.conf")
    if isinstance(written, Unknown) and settings.why is not None:
        return Cluster(data, written)
    if not isinstance(written, Unknown):
        found |= _pairs(written)
    given = re.findall(r"\s-c\s*([a-z_.]+)=(\S+)", args)
    ssl = {"ssl": "on"} if re.search(r"\s-l(\s|$)", args) else {}
    return Cluster(data, {"config_file": main, **found, **dict(given), **ssl})


def _argument(pattern: str, args: str) -> str:
    match = re.search(pattern, args)
    return match[1] if match else ""


def _read(settings: Settings, path: str, deep: int) -> dict[str, str] | Unknown:
    """One file with its includes; the last value counts."""
    lines = settings.lines(path)
    if isinstance(lines, Unknown):
        return lines
    if deep > DEEPEST:
        return Unknown("The database's settings were not understood", path[:160])
    found: dict[str, str] = {}
    folder = path.rpartition("/")[0]
    for line in lines:
        for name, value in _pairs([line]).items():
            if not name.startswith("include"):
                found[name] = value
                continue
            inner = _included(settings, name, value, folder, deep)
            if isinstance(inner, Unknown):
                return inner
            found |= inner
    return found


def _included(
    settings: Settings, name: str, value: str, folder: str, deep: int
) -> dict[str, str] | Unknown:
    path = value if value.startswith("/") else f"{folder}/{value}"
    if name == "include_dir":
        found: dict[str, str] = {}
        for file in settings.names(re.escape(path.rstrip("/")) + r"/[^/]+\.conf"):
            inner = _read(settings, file, deep + 1)
            if isinstance(inner, Unknown):
                return inner
            found |= inner
        return found
    inner = _read(settings, path, deep + 1)
    return {} if isinstance(inner, Unknown) and name == "include_if_exists" else inner


def _pairs(lines: Sequence[str]) -> dict[str, str]:
    """`name = value`, quoted with '...' or not; a comment may follow."""
    found = {}
    for line in lines:
        match = re.match(r"\s*([A-Za-z_.]+)\s*(?:=\s*|\s+)('(?:[^']|'')*'|[^\s#]+)", line)
        if match:
            found[match[1].lower()] = match[2].strip("'").replace("''", "'")
    return found


def doors(settings: Settings, alive: Sequence[Process]) -> tuple[str, ...] | Unknown:
    """The lines of pg_hba.conf that ask for nothing; `ident` believes the other host."""
    known = clusters(settings, alive)
    if isinstance(known, Unknown):
        return known
    found: list[str] = []
    unknown: list[Unknown] = []
    for cluster in known:
        lines = _hba(settings, cluster)
        if isinstance(lines, Unknown):
            unknown.append(lines)
            continue
        for line in lines:
            method = _method(line)
            if isinstance(method, Unknown):
                unknown.append(method)
            elif method == "trust" or (method == "ident" and not line.startswith("local")):
                found.append(" ".join(line.split())[:120])
    return tuple(found) if found or not unknown else unknown[0]


def _hba(settings: Settings, cluster: Cluster) -> list[str] | Unknown:
    if isinstance(cluster.settings, Unknown):
        return cluster.settings
    folder = cluster.settings["config_file"].rpartition("/")[0]
    path = cluster.settings.get("hba_file") or f"{cluster.data}/pg_hba.conf"
    return settings.lines(path if path.startswith("/") else f"{folder}/{path}")


def _method(line: str) -> str | Unknown:
    """The method of one line; other files of rules are not followed."""
    words = line.split()
    if words and words[0].startswith("include"):
        return Unknown("The database's settings were not understood", line[:120])
    method = next((word for word in words[3:6] if word in METHODS), "")
    return method or Unknown("The database's settings were not understood", line[:120])


def tls(settings: Settings, alive: Sequence[Process]) -> bool | Unknown:
    """Is `ssl` on in every cluster?  It is off where nothing is said."""
    known = clusters(settings, alive)
    if isinstance(known, Unknown):
        return known
    for cluster in known:
        if isinstance(cluster.settings, Unknown):
            return cluster.settings
        if cluster.settings.get("ssl", "off").lower() not in ON:
            return False
    return True


__all__ = ["clusters", "doors", "tls"]
