"""How long logrotate keeps each log: logrotate.conf(5), by its files and what they include.

`logrotate -d` prints the same, but not maxage.  Of `size` and a period the last one counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled, sections
from facts.host.includes import as_regex, follow, matching, unreadable

_INCLUDED = r"""sed -nE 's/^[[:space:]]*include[[:space:]]+"?([^"[:space:]]+).*/\1/p'"""
_STATS = "stat -c '%Y %W %n' /etc/logrotate.conf /etc/logrotate.d/* 2>/dev/null; echo '==> end <=='"

ASKS = (
    Ask(
        "logging.rotation",
        "[ -e /etc/logrotate.conf ] || exit 127; base=/etc; "
        + follow(("/etc/logrotate.conf",), _INCLUDED)
        + f"; echo '==> changed <=='; {_STATS}",
        most=1 << 20,
    ),
)

PERIODS = {"hourly": 1 / 24, "daily": 1, "weekly": 7, "monthly": 30, "yearly": 365}
TABOO = re.compile(
    r".*(,v|\.bak|\.cfsaved|\.disabled|\.dpkg-[^/]*|~|\.rpm(orig|save|new)|\.swp|\.ucf-[^/]*"
    r"|\.new|\.rhn-cfg-tmp-[^/]*)"
)
SCRIPTS = {"prerotate", "postrotate", "firstaction", "lastaction", "preremove"}
DEEPEST = 8


@dataclass(frozen=True)
class Rule:
    """What logrotate does with the logs of these patterns."""

    patterns: tuple[str, ...] = ()
    file: str = ""  # the file that says so
    changed: int = (
        0  # when that file was last written or put there, seconds since 1970; 0: not known
    )
    period: float | None = 7.0  # days between rotations; None: by size alone
    rotate: int = 0  # how many old ones are kept; -1: all
    max_age: int = 0  # days after which old ones are removed all the same; 0: not by age
    early: bool = False  # a size rotates it before its period is over
    folder: str = ""  # where old ones are moved to

    @property
    def days(self) -> float | None:
        """For how long a line is kept at least; None: depends on how much is written."""
        if self.rotate == 0:
            return 0.0
        if self.period is None or self.early:
            kept = float(self.max_age) if self.rotate < 0 and self.max_age else None
            return kept if self.rotate > 0 or self.max_age else float("1e6")
        kept = 1e6 if self.rotate < 0 else self.rotate * self.period
        return min(kept, float(self.max_age)) if self.max_age else kept


@dataclass
class _State:
    """What holds where the reader stands."""

    rule: Rule
    rules: list[Rule] = field(default_factory=list)


class _Hidden(Exception):
    """A file may not be read."""


def read(answers: Answers) -> tuple[Rule, ...] | Unknown:
    """Every rule, in order; none where there is no logrotate."""
    if answers.missing("logging.rotation"):
        return ()
    text = answers.text("logging.rotation")
    if isinstance(text, Unknown):
        return text
    parts = sections(text)
    first = "/etc/logrotate.conf"
    if "end" not in parts:  # a rule that is lost would look like a log that nothing removes
        return Unknown("The host's answer was not understood", "logging.rotation")
    if first not in parts:
        return Unknown("The log-in may not read this file on the host", first)
    changed = {}
    for line in filled(parts.get("changed", "")):
        when, born, path = [*line.split(" ", 2), "", ""][:3]
        if when.isdigit():  # a package's file is older than the day it was put there
            changed[path] = max(int(when[:12]), int(born[:12]) if born.isdigit() else 0)
    state = _State(Rule())
    try:
        _file(first, parts, changed, state, 0)
    except _Hidden as hidden:
        return Unknown("The log-in may not read this file on the host", str(hidden)[:160])
    return tuple(state.rules)


def rule_of(path: str, rules: Sequence[Rule]) -> Rule | None:
    """The rule for one log; the first that names it, as logrotate skips a second one."""
    return next((rule for rule in rules if any(matches(path, p) for p in rule.patterns)), None)


def matches(path: str, pattern: str) -> bool:
    """Does a rule's pattern mean this log?"""
    return re.fullmatch(as_regex(pattern), path) is not None


def _file(
    name: str, parts: Mapping[str, str], changed: Mapping[str, int], state: _State, deep: int
) -> None:
    """Read one file: settings for all, includes, and blocks."""
    if deep > DEEPEST:
        raise _Hidden(name)
    paths: list[str] = []
    inside: Rule | None = None
    for line in _lines(parts[name]):
        if inside is None and line.endswith("{"):
            paths += _words(line[:-1])
            inside = replace(
                state.rule, patterns=tuple(paths), file=name, changed=changed.get(name, 0)
            )
        elif line == "}":
            state.rules += [inside] if inside else []
            inside, paths = None, []
        elif inside is not None:
            inside = _set(inside, line)
        elif line.startswith(("/", '"', "'")):
            paths += _words(line)
        elif line.startswith("include"):
            _include(_words(line)[1:], parts, changed, state, deep)
        else:
            state.rule = _set(state.rule, line)


def _include(
    words: list[str],
    parts: Mapping[str, str],
    changed: Mapping[str, int],
    state: _State,
    deep: int,
) -> None:
    for pattern in words[:1]:
        if hidden := unreadable(pattern, "/etc", parts):
            raise _Hidden(hidden[0])
        for file in matching(pattern, "/etc", parts):
            if not TABOO.fullmatch(file):
                _file(file, parts, changed, state, deep + 1)


def _lines(text: str) -> Iterator[str]:
    """Lines without comments and scripts; a brace stands at a line's end or alone."""
    script = False
    for line in filled(text):
        if script:
            script = line != "endscript"
        elif line.split(None, 1)[0] in SCRIPTS:
            script = True
        elif not line.startswith("#"):
            head, brace, tail = line.partition("{")
            if brace and not line.startswith(('"', "'")) and tail.strip():
                yield head + "{"  # `path { daily }` on one line
                body, closed, _ = tail.partition("}")
                yield from (part for part in filled(body.replace(";", "\n")))
                if closed:
                    yield "}"
            else:
                yield line


def _words(text: str) -> list[str]:
    found = re.findall(r'"([^"]*)"|\'([^\']*)\'|(\S+)', text)
    return [a or b or c for a, b, c in found]


def _set(rule: Rule, line: str) -> Rule:
    """One setting's effect."""
    word, _, value = line.replace("=", " ").replace("\t", " ").partition(" ")
    value = value.strip()
    number = int(value[:9]) if re.fullmatch(r"-?[0-9]+", value) else None
    if word in PERIODS:
        return replace(rule, period=float(PERIODS[word]))
    if word == "size":
        return replace(rule, period=None)
    if word == "maxsize":
        return replace(rule, early=True)
    if word == "rotate" and number is not None:
        return replace(rule, rotate=number)
    if word == "maxage" and number is not None:
        return replace(rule, max_age=number)
    if word == "olddir":
        return replace(rule, folder=value.strip("\"'"))
    if word == "noolddir":
        return replace(rule, folder="")
    return rule
