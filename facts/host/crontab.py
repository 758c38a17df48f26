"""The syntax of crontabs, and which files cron and run-parts take: for `facts.host.cron`.

Sources: crontab(5), run-parts(8) of Debian, cronie's crontab(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from facts.base import Unknown
from facts.host.system import SystemFacts


def lines(text: str) -> Iterator[tuple[str, str]]:
    """When, and the rest of the line: crontab(5)."""
    for line in text.split("\n"):
        line = line.strip()
        if not line or line.startswith("#") or re.match(r"[A-Za-z_]\w*\s*=", line):
            continue
        if line.startswith("@"):
            when, _, rest = line.partition(" ")
        else:
            words = line.split(None, 5)
            if len(words) < 6 or not all(_field(word) for word in words[:5]):
                continue
            when, rest = " ".join(words[:5]), words[5]
        if rest.strip() and not _never(when):
            yield when, " ".join(rest.split())


def _field(word: str) -> bool:
    """Is it one of a crontab's five fields?"""
    return bool(re.fullmatch(r"[0-9*~][0-9*/,~-]*|[A-Za-z]{3}([,-][A-Za-z]{3})*", word))


def _never(when: str) -> bool:
    """Days that no year has."""
    words = when.split()
    return len(words) == 5 and (words[2], words[3]) in {("30", "2"), ("31", "2"), ("31", "4")}


def named_well(name: str, system: SystemFacts) -> bool | Unknown:
    """Is it a name that run-parts, or cron in /etc/cron.d, takes?  It depends on the system."""
    if re.fullmatch(r"[A-Za-z0-9_-]+", name):
        return True
    if isinstance(system.family, Unknown):
        return system.family
    if system.family in {"debian", "alpine"}:
        return False
    return not re.search(r"(~|^\..*|\.rpm(save|orig|new)|\.swp|\.cfsaved|,v)$", name)


def modes(text: str) -> dict[str, tuple[int, str]]:
    """Rights and owner's number by path."""
    found = {}
    for line in text.split("\n"):
        words = line.strip().split(" ", 2)
        if len(words) == 3 and re.fullmatch(r"[0-7]{1,4}", words[0]):
            found[words[2]] = (int(words[0], 8), words[1])
    return found


def own_script(command: str) -> bool:
    """Is the command itself a script of the host's own?"""
    words = [w for w in command.split() if not re.match(r"\w+=|-", w)]
    while words and words[0].rpartition("/")[2] in {"sh", "bash", "nice", "ionice", "sudo", "env"}:
        words.pop(0)
    first = words[0] if words else ""
    return bool(re.match(r"(?!/usr/s?bin/|/s?bin/|/usr/lib/)[/~].*", first)) or first.endswith(
        ".sh"
    )
