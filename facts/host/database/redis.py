"""Redis and Valkey, by redis.conf.  Source: the comments of redis.conf itself; redis.io/docs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from facts.base import Unknown
from facts.host.database.files import Settings
from facts.host.processes import Process

DEEPEST = 10
ELSEWHERE = "A database runs whose settings are not where they usually are"
USUAL = ("/etc/redis/redis.conf", "/etc/redis.conf", "/etc/valkey/valkey.conf")


def options(settings: Settings, alive: Sequence[Process]) -> list[dict[str, list[str]]] | Unknown:
    """For each server that runs: every directive by its name, with its values in order."""
    started = [p for p in alive if p.program in {"redis-server", "valkey-server"}]
    found = []
    for process in started:
        # a server shows `redis-server 127.0.0.1:6379`; one that was given a file may show it
        path = next((w for w in process.args.split()[1:] if w.startswith("/")), "")
        paths = [path] if path else [p for p in USUAL if settings.names(re.escape(p))]
        others = settings.names(r"/etc/(redis|valkey)/[^/]+\.conf")
        if len(started) > 1 and not path:
            paths = others
        if not paths:
            return settings.refused(ELSEWHERE, process.program)
        for one in paths:
            read = _read(settings, one, 0)
            if isinstance(read, Unknown):
                return read
            found.append(read)
    return found


def _read(settings: Settings, path: str, deep: int) -> dict[str, list[str]] | Unknown:
    lines = settings.lines(path)
    if isinstance(lines, Unknown):
        return lines
    if deep > DEEPEST:
        return Unknown("The database's settings were not understood", path[:160])
    found: dict[str, list[str]] = {}
    for line in lines:
        try:
            words = shlex.split(line)
        except ValueError:
            return Unknown("The database's settings were not understood", path[:160])
        if not words:
            continue
        name = words[0].lower()
        if name == "include":
            for file in _files(settings, words[1:]):
                inner = _read(settings, file, deep + 1)
                if isinstance(inner, Unknown):
                    return inner
                for key, values in inner.items():
                    found.setdefault(key, []).extend(values)
        else:
            found.setdefault(name, []).append(" ".join(words[1:]))
    return found


def _files(settings: Settings, patterns: Sequence[str]) -> list[str]:
    """The files that an include means; one without a pattern must be there."""
    found = []
    for pattern in patterns:
        if re.search(r"[*?\[]", pattern):
            found += settings.names(re.escape(pattern).replace(r"\*", "[^/]*"))
        else:
            found.append(pattern)
    return found


def doors(settings: Settings, alive: Sequence[Process]) -> tuple[str, ...] | Unknown:
    """A default user without a password.  The password itself is looked at here, and not kept."""
    servers = options(settings, alive)
    if isinstance(servers, Unknown):
        return servers
    found: list[str] = []
    for given in servers:
        if given.get("aclfile", [""])[-1]:
            return Unknown("An access list of its own decides who may log in", "aclfile")
        default = [user for user in given.get("user", []) if user.split(" ")[0] == "default"]
        if default:
            words = default[-1].split(" ")
            if "off" not in words and ("nopass" in words or not any(w[:1] in ">#" for w in words)):
                found.append("user default nopass")
        elif not given.get("requirepass", [""])[-1]:
            found.append("requirepass")
    return tuple(dict.fromkeys(found))


def tls(settings: Settings, alive: Sequence[Process]) -> bool | Unknown:
    """Does it listen by TLS alone?"""
    servers = options(settings, alive)
    if isinstance(servers, Unknown):
        return servers
    return all(
        given.get("tls-port", ["0"])[-1] not in {"0", ""} and given.get("port", ["6379"])[-1] == "0"
        for given in servers
    )
