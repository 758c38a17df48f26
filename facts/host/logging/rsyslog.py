"""Where rsyslog sends log-ins: its rules in order, in both of its languages.  Pure.

Source: rsyslog.conf(5); www.rsyslog.com/doc (omfwd, omrelp, basic structure, filters).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from facts.host.includes import matching, unreadable

DEEPEST = 8
REMOTE = {  # output modules that send to another host, and their protocol
    "omfwd": "udp", "omrelp": "tcp", "omelasticsearch": "tcp", "omkafka": "tcp", "omhttp": "tcp",
    "omgssapi": "tcp",
}  # fmt: skip
AUTH = {"auth", "authpriv", "security", "4", "10"}
LEVELS = ("debug", "info", "notice", "warning", "warn", "err", "error", "crit", "alert", "emerg")

_LEGACY = re.compile(
    r"(?P<at>@@?)(?:\([^)]*\))?(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?"
)
_SELECTOR = re.compile(r"[A-Za-z0-9,*]+\.[!=A-Za-z0-9*]+(;[A-Za-z0-9,*]+\.[!=A-Za-z0-9*]+)*")


class Hidden(Exception):
    """A file may not be read."""


@dataclass(frozen=True)
class Sent:
    """One destination."""

    host: str
    port: int
    protocol: str  # udp, tcp
    covers: bool | None  # are log-ins among what is sent; None: a condition that was not understood


def destinations(files: Mapping[str, str], first: str) -> list[Sent]:
    """Every destination of these settings.  Raises `Hidden`."""
    found: list[Sent] = []
    selector: str | None = None
    dropped = False  # log-ins do not come further than here
    conditions: list[str] = []
    for line in _statements(files, first, 0):
        rest = line
        if line.startswith("&"):
            rest = line[1:].strip()
        elif hit := _SELECTOR.match(line):
            selector, rest = hit.group(), line[hit.end() :].strip()
        elif re.match(r":|if\b|ruleset\b", line):
            selector = None
        if then := re.match(r"if\b.*?\bthen\s+([^{\s].*)", line):
            rest = then[1]
        conditions = _conditions(conditions, line)
        covers = _covers(selector, conditions, line)
        if re.fullmatch(r"(stop|~|discard)\s*;?", rest) and covers is True:
            dropped = True
        for host, port, protocol in _targets(rest):
            found.append(Sent(host, port, protocol, False if dropped else covers))
        if line.startswith("}") and conditions:
            conditions = conditions[: -line.count("}") or None]
    return found


def _conditions(conditions: list[str], line: str) -> list[str]:
    """The blocks that a line stands in."""
    opened = re.sub(r'"[^"]*"', "", line)
    if opened.rstrip().endswith("{") and not line.startswith("}"):
        return [*conditions, line]
    return conditions


def _covers(selector: str | None, conditions: list[str], line: str) -> bool | None:
    """Do entries of auth and authpriv, at level info, come here?"""
    tests = [*conditions, *([line] if re.match(r":|if\b", line) else [])]
    for test in tests:
        if test.startswith(":omrelp:") or re.match(r"else\b|\}", test):
            continue
        if re.match(r"ruleset\b", test):
            return None
        if not re.search(r"syslogfacility|auth", test) or "!=" in test or "not " in test:
            return None
        if re.search(r"severity|priority|\$msg|programname", test):
            return None
        if not _both(test):
            return False
    return selected(selector) if selector else True


def _both(test: str) -> bool:
    """Does a condition on the facility take auth and authpriv, both?"""
    if re.search(r"startswith\s+[\"']auth[\"']", test):
        return True
    return bool(re.search(r"\bauth\b|== *4\b", test) and re.search(r"\bauthpriv\b|== *10\b", test))


def selected(selector: str) -> bool:
    """Does a selector (`auth,authpriv.*;mail.none`) mean auth and authpriv at level info?"""
    chosen = dict.fromkeys(("auth", "authpriv"), False)
    for part in selector.split(";"):
        names, _, level = part.partition(".")
        for facility in chosen:
            number = {"auth": "4", "authpriv": "10"}[facility]
            listed = {name.lower() for name in names.split(",")}
            if not listed & {
                "*",
                facility,
                number,
                *({"security"} if facility == "auth" else set()),
            }:
                continue
            chosen[facility] = _level(level.lower(), was=chosen[facility])
    return chosen["auth"] and chosen["authpriv"]


def _level(level: str, *, was: bool) -> bool:
    """Is info among what a level takes?  `!` takes away, `=` is this level alone."""
    if level == "none":
        return False
    if level.startswith("!"):
        away = level[1:]
        return was and not (away in {"*", "debug", "info"} or away == "=info")
    return level in {"*", "debug", "info", "=info"} or (was and level.startswith("="))


def _targets(text: str) -> Iterator[tuple[str, int, str]]:
    if hit := re.match(r":omrelp:(\[[0-9A-Fa-f:.]+\]|[^\s:;]+)(?::([0-9]{1,5}))?", text):
        yield hit[1].strip("[]"), int(hit[2] or 514), "tcp"
    if hit := _LEGACY.match(text):
        yield (
            hit["host"].strip("[]"), int(hit["port"] or 514), "tcp" if hit["at"] == "@@" else "udp"
        )  # fmt: skip
    for action in re.findall(r"\baction\s*\(((?:[^()\"]|\"[^\"]*\")*)\)", text, re.IGNORECASE):
        given = {k.lower(): v for k, v in re.findall(r"([\w.]+)\s*=\s*\"([^\"]*)\"", action)}
        kind = given.get("type", "").lower()
        host = given.get("target") or given.get("server") or given.get("broker") or ""
        if kind in REMOTE and host:
            port = given.get("port") or given.get("serverport") or "514"
            protocol = given.get("protocol", REMOTE[kind]).lower()
            yield host.strip("[]"), int(port) if re.fullmatch("[0-9]{1,5}", port) else 0, protocol


def _statements(files: Mapping[str, str], name: str, deep: int) -> Iterator[str]:
    """Each statement on one line, includes in their places, comments left out."""
    if deep > DEEPEST or name not in files:
        raise Hidden(name)
    kept = ""
    for raw in files[name].split("\n"):
        line = raw.strip()
        if not kept and line.startswith("#"):
            continue
        kept = f"{kept} {line}".strip()
        if kept.endswith("\\"):
            kept = kept[:-1]
            continue
        plain = re.sub(r'"[^"]*"', "", kept)
        if plain.count("(") > plain.count(")") and len(kept) < 20_000:
            continue
        statement, kept = kept, ""
        include = re.match(r"\$IncludeConfig\s+(\S+)", statement, re.IGNORECASE) or re.match(
            r"include\s*\(.*?file\s*=\s*\"([^\"]+)\"", statement, re.IGNORECASE
        )
        if include:
            if hidden := unreadable(include[1], "/etc", files):
                raise Hidden(hidden[0])
            for file in matching(include[1], "/etc", files):
                yield from _statements(files, file, deep + 1)
        elif statement:
            yield statement
