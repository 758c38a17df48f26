"""Are log-ins and administrators' actions recorded?  Our own log-in and sudo must be there.

The scanner logged in a moment ago, and used sudo: what records log-ins holds that, with the
account's name.  A better proof than any setting.  Entries hold others' names and command lines,
so they are never stored: only whether ours was there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from facts.base import Unknown
from facts.host.asks import Answer, Answers, Ask, filled
from facts.host.logging.journal import zone
from facts.host.system import SystemFacts

LOGS = ("/var/log/auth.log", "/var/log/secure", "/var/log/messages", "/var/log/sudo.log")
RECENT = 1800  # seconds: an entry that old may still be this visit's

ASKS = (
    Ask(
        "logging.journal-own",
        ("journalctl", "-q", "--no-pager", "-o", "short-unix", "-n", "1500",
         "-t", "sshd", "-t", "sshd-session", "-t", "dropbear",
         "-t", "sudo", "-t", "su", "-t", "doas"),
        most=2 << 20, plain=True, keep=False,
    ),
    Ask("logging.auth-log", ("tail", "-n", "1500", *LOGS), most=4 << 20, plain=True, keep=False),
)  # fmt: skip

_LOGIN = r"(sshd|dropbear).*(Accepted \S+ for|auth succeeded for) '?{user}'?( |$)"
_SUDO = r"(sudo|doas)(\[[0-9]+\])?: +{user} : |(doas).* by {user}|^\S.{{14}} : {user} : "


@dataclass(frozen=True)
class Own:
    """Where our own log-in and our own sudo were found recorded."""

    logins: dict[str, bool | Unknown] = field(default_factory=dict)  # "journal", "file"
    actions: dict[str, bool | Unknown] = field(default_factory=dict)
    acted: bool | Unknown = False  # did this visit use sudo?


def read(answers: Answers, system: SystemFacts) -> Own:
    """What the logs hold of this visit."""
    places = {"journal": "logging.journal-own", "file": "logging.auth-log"}
    return Own(
        logins={place: _there(answers, ask, system, _LOGIN) for place, ask in places.items()},
        actions={place: _there(answers, ask, system, _SUDO) for place, ask in places.items()},
        acted=_acted(answers, system),
    )


def _acted(answers: Answers, system: SystemFacts) -> bool | Unknown:
    if isinstance(system.root, Unknown):
        return system.root
    given = answers.given.values()
    return not system.root and any(isinstance(one, Answer) and one.root for one in given)


def _there(answers: Answers, ask: str, system: SystemFacts, wanted: str) -> bool | Unknown:
    """Does this log hold a recent entry of ours?"""
    for fact in (system.user, system.clock):
        if isinstance(fact, Unknown):
            return fact
    assert isinstance(system.user, str) and isinstance(system.clock, int)
    answer = answers.get(ask)
    if isinstance(answer, Unknown):
        return answer
    if answer.code == 127:
        return False
    if answer.code not in (0, 1):
        text = answers.text(ask)
        return text if isinstance(text, Unknown) else False
    pattern = re.compile(wanted.format(user=re.escape(system.user)))
    for line in filled(answer.out):
        if pattern.search(line):
            when = list(_times(line, answers, system.clock))
            if not when or any(abs(system.clock - one) <= RECENT for one in when):
                return True
    if not answer.root and system.root is not True:
        return Unknown("The log-in may not read the log of log-ins on the host", ask)
    return False


def _times(line: str, answers: Answers, clock: int) -> Iterator[float]:
    """When an entry was written: short-unix, RFC 3339, or RFC 3164 (no year, local time)."""
    here = zone(answers)
    if hit := re.match(r"([0-9]{9,11})\.[0-9]+ ", line):
        yield float(hit[1])
    elif hit := re.match(r"([0-9-]{10}T[0-9:]{8})(\.[0-9]+)?(Z|[+-]\d\d:\d\d)?", line):
        try:
            when = datetime.fromisoformat(hit[1] + (hit[3] or "").replace("Z", "+00:00"))
        except ValueError:
            return
        yield (when if when.tzinfo else when.replace(tzinfo=here)).timestamp()
    elif hit := re.match(r"([A-Z][a-z]{2}) +([0-9]{1,2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) ", line):
        now = datetime.fromtimestamp(min(clock, 1 << 34), UTC)
        offset = here.utcoffset(None)
        for year in (now.year - 1, now.year):
            text = f"{year} {hit[1]} {hit[2]} {hit[3]} +0000"
            try:
                yield (datetime.strptime(text, "%Y %b %d %H:%M:%S %z") - offset).timestamp()
            except ValueError:
                continue
