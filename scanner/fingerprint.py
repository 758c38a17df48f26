"""Fingerprints of what was seen: equal when two visits saw the same, whenever that was.  Pure.

What every visit brings anew is set aside: when it was made, and the parts of a web server's answer
that tell the time or this answer alone.  Everything else counts, so that the same fingerprint
means the same facts; another one may still mean facts that change by themselves (a page's text).
"""

from __future__ import annotations

import json
import json.encoder
from collections.abc import Iterable, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

from checks import Check
from facts.declared import Target
from facts.http import Answer
from scanner.digest import Lines

# when it was seen, by our clock and by the host's; how long was waited for it
TIMES = frozenset({"observed_at", "clock", "waited"})
PLAIN = frozenset({type(None), str, int, float, bool})
PASSING = frozenset({"date", "age", "expires", "set-cookie", "x-request-id", "server-timing"})
_quoted = json.encoder.encode_basestring_ascii  # a string as JSON: no encoder for each of many


class Judged(Protocol):
    """A finding, or one read back from a scorecard."""

    @property
    def agency(self) -> str: ...  # noqa: D102
    @property
    def system(self) -> str: ...  # noqa: D102
    @property
    def asset(self) -> str: ...  # noqa: D102
    @property
    def check(self) -> str: ...  # noqa: D102
    @property
    def endpoint(self) -> str: ...  # noqa: D102
    @property
    def facts(self) -> str: ...  # noqa: D102


def of_facts(fact: object) -> str:
    """SHA-256 of facts, or of the reason (an exception) why there are none; in hexadecimal."""
    return _hashed([type(fact).__name__, _bare(fact)])


def _hashed(told: list[Any]) -> str:
    return sha256(json.dumps(told, ensure_ascii=True, sort_keys=True).encode()).hexdigest()


def of_owner(target: Target) -> str:
    """SHA-256 of what the inventory says of a target, as far as it changes a verdict."""
    told = [target.declared, sorted(target.roles), target.allowed_ports, target.allowed_udp,
            target.scan_ports, target.by_name, _bare(target.says)]  # fmt: skip
    told += [_bare(one) for one in (target.stream, target.domain, target.hosts) if one]
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def together(prints: Iterable[str]) -> str:
    """One fingerprint of several."""
    return sha256("\n".join(prints).encode()).hexdigest()


def of_findings(findings: Iterable[Judged]) -> str:
    """SHA-256 of all facts that these were judged from; "" where there are none.

    Addresses are left out: a name may lead to another one every night.
    """
    return Lines(lines_of(findings)).hex


def lines_of(findings: Iterable[Judged]) -> list[str]:
    """What that fingerprint is of, sorted: agency after agency, in the order of their ids."""
    return sorted(
        {
            f"[{', '.join(map(_quoted, words))}]"
            for one in findings
            for words in [(one.agency, one.system, one.asset, one.check, one.endpoint, one.facts)]
        }
    )


class Seen(NamedTuple):
    """What a finding was judged from."""

    facts: str  # SHA-256 of the facts, times set aside
    owner: str  # SHA-256 of what the inventory says of the target
    observed: datetime | None  # when that was seen


UNSEEN = Seen("", "", None)


def of_nothing(check: Check, why: Exception) -> str:
    """The fingerprint of what a check reads where all of it is missing for this reason."""
    return _nothing(tuple(map(_name, check.own_kinds)), type(why).__name__, str(why))


@lru_cache(maxsize=4096)
def _nothing(read: tuple[str, ...], why: str, told: str) -> str:
    facts = _hashed([why, [told]])
    return together(f"{name} {facts}" for name in read)


class Prints:
    """The fingerprints of one target's facts, each made once, whatever many checks read it."""

    def __init__(self, target: Target, known: Mapping[type[Any], Any], owner: str = "") -> None:
        """`known` are its facts by type, or the exceptions that say why there are none.

        `owner` is `of_owner` of the target, where it is known already.
        """
        self._known, self._owner = known, owner or of_owner(target)
        times = (getattr(fact, "observed_at", None) for fact in known.values())
        self._seen = next((when for when in times if isinstance(when, datetime)), None)
        self._made: dict[type[Any], str] = {}
        self._joined: dict[tuple[type[Any], ...], str] = {}

    def of(self, check: Check, before: object = None) -> Seen:
        """What this check is judged from, an accepted baseline too."""
        read = tuple(kind for kind in check.kinds if kind in self._known)
        if before or read not in self._joined:
            accepted = [of_facts(before)] if before else []
            told = [*(f"{_name(kind)} {self._print(kind)}" for kind in read), *accepted]
            facts = together(told)
            if not before:
                self._joined[read] = facts
        else:
            facts = self._joined[read]
        return Seen(facts, self._owner, self._seen)

    def _print(self, kind: type[Any]) -> str:
        if kind not in self._made:
            self._made[kind] = of_facts(self._known[kind])
        return self._made[kind]


@cache
def _told(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a dataclass that tell what was seen."""
    return tuple(one.name for one in fields(kind) if one.name not in TIMES)


def _name(kind: type[Any]) -> str:
    return kind.__name__


def _bare(value: Any) -> Any:
    """As JSON can hold it, without what passes."""
    if type(value) in PLAIN:
        return value
    if type(value) is tuple:
        return [_bare(one) for one in value]
    if isinstance(value, str | int | float) and not isinstance(value, Enum):
        return value
    if isinstance(value, Exception):
        return [str(value)]
    if isinstance(value, Answer):
        kept = sorted(pair for pair in value.headers if pair[0].lower() not in PASSING)
        return [value.url, value.status, kept, value.body, value.truncated, value.method]
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _bare(getattr(value, name)) for name in _told(type(value))}
    if isinstance(value, Mapping):
        return {str(key): _bare(one) for key, one in value.items()}
    if isinstance(value, Set):
        return sorted((_bare(one) for one in value), key=str)
    if isinstance(value, list | tuple):
        return [_bare(one) for one in value]
    if isinstance(value, Enum):
        return _bare(value.value)
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
