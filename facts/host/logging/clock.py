"""Is the host's clock synchronised, and how far is it off?

The word of the one that keeps the time counts.  `timedatectl` alone only tells the kernel's flag,
which chronyd -x never sets, and has a service started to tell it.  Source: chronyc(1) (-c:
tracking), timedatectl(1) (timesync-status), systemd-timesyncd(8) (the file it touches), ntpq(8).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from facts.base import NOT_GATHERED, Unknown
from facts.host import processes
from facts.host.asks import Answers, Ask, sections
from facts.host.system import SystemFacts

ASKS = (
    Ask(
        "logging.clock",
        'has() { command -v $1 >/dev/null 2>&1 && echo "==> $1 <=="; };'
        " has chronyc && chronyc -n -c tracking 2>&1;"
        # Only where timesyncd runs: else timedatectl would have it started.
        " systemctl is-active -q systemd-timesyncd 2>/dev/null && has timedatectl &&"
        ' { echo "Synchronized: $(stat -c %Y /run/systemd/timesync/synchronized)";'
        " timedatectl timesync-status; } 2>&1;"
        " has ntpq && ntpq -n -c 'rv 0 leap,stratum,offset,refid' 2>&1;"
        " has ntpctl && ntpctl -s status 2>&1; true",
    ),
)

DAEMONS = ("chronyd", "ntpd", "systemd-timesyncd", "systemd-timesyn", "openntpd")
OLD = 6 * 3600  # seconds: a clock that heard nothing for so long is not synchronised any more
UNITS = {"us": 1e-6, "μs": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Clock:
    """What keeps the time, and how well."""

    keeper: str = ""  # chrony, ntp, timesyncd, openntpd; "": none runs
    synchronised: bool | Unknown = NOT_GATHERED
    offset: float | Unknown = NOT_GATHERED  # seconds off, without sign
    server: str = ""  # where the time is from


def read(answers: Answers, system: SystemFacts) -> Clock | Unknown:
    """What the one that runs says."""
    running = processes.running(processes.read(answers), DAEMONS)
    if isinstance(running, Unknown):
        return running
    text = answers.text("logging.clock")
    if isinstance(text, Unknown):
        return text
    told = sections(text)
    if not running:
        return Clock("", synchronised=False, offset=Unknown("Nothing keeps the clock's time"))
    listed = processes.read(answers)
    if processes.running(listed, ("chronyd",)) is True:
        return _chrony(told.get("chronyc", ""), system)
    if processes.running(listed, ("systemd-timesyncd",)) is True:
        return _timesyncd(told.get("timedatectl", ""), system)
    if processes.running(listed, ("openntpd",)) is True or "ntpctl" in told:
        return _openntpd(told.get("ntpctl", ""))
    return _ntp(told.get("ntpq", ""))


def _not_understood(keeper: str) -> Clock:
    why = Unknown("The host's answer was not understood", "logging.clock")
    return Clock(keeper, why, why)


def _chrony(text: str, system: SystemFacts) -> Clock:
    """CSV: id, server, stratum, time of the last answer, offset ... leap status."""
    for line in text.splitlines():
        parts = line.strip().split(",")
        if len(parts) != 14:
            continue
        heard, offset = _number(parts[3]), _number(parts[4])
        if heard is None or offset is None:
            break
        good = parts[13] in {"Normal", "Insert second", "Delete second"}
        own = parts[0] in {"00000000", "7F7F0101", "7F7F0100"}
        if isinstance(system.clock, Unknown):
            return Clock("chrony", system.clock, abs(offset), parts[1])
        fresh = system.clock - heard <= OLD
        return Clock("chrony", good and not own and fresh, abs(offset), parts[1])
    return _not_understood("chrony")


def _timesyncd(text: str, system: SystemFacts) -> Clock:
    """It touches a file at each answer of the server; the rest it says on the bus."""
    touched = re.search(r"^Synchronized: ([0-9]{1,12})?", text, re.MULTILINE)
    server = re.search(r"^\s*Server: (\S+)", text, re.MULTILINE)
    offset = re.search(r"^\s*Offset: ([+-]?\S.*?)\s*$", text, re.MULTILINE)
    if not touched:
        return _not_understood("timesyncd")
    seconds = _span(offset[1]) if offset else None
    vague = Unknown("How far the clock is off could not be told")
    fresh: bool | Unknown = False
    if touched[1]:
        fresh = (
            system.clock
            if isinstance(system.clock, Unknown)
            else (system.clock - int(touched[1]) <= OLD)
        )
    return Clock(
        "timesyncd",
        fresh,
        vague if seconds is None else abs(seconds),
        server[1] if server else "",
    )


def _openntpd(text: str) -> Clock:
    if "clock synced" in text:
        return Clock("openntpd", True, Unknown("How far the clock is off could not be told"))
    if "unsynced" in text:
        return Clock("openntpd", False, Unknown("How far the clock is off could not be told"))
    return _not_understood("openntpd")


def _ntp(text: str) -> Clock:
    """ntpq's variables; the offset in milliseconds."""
    given = dict(re.findall(r"\b(leap|stratum|offset|refid)=([^,\s]+)", text))
    offset = _number(given.get("offset", ""))
    leap = given.get("leap", "")
    if offset is None or not re.fullmatch(r"[0-3]{1,2}|leap_\w+", leap):
        return _not_understood("ntp")
    bad = leap in {"11", "3", "leap_alarm"} or given.get("stratum") in {None, "16", "0"}
    own = given.get("refid", "").startswith(("LOCAL", "LOCL", "127.127.1.", "INIT"))
    return Clock("ntp", not bad and not own, abs(offset) / 1000, given.get("refid", ""))


def _number(text: str) -> float | None:
    if re.fullmatch(r"[+-]?[0-9]{1,14}(\.[0-9]{1,12})?", text):
        return float(text)
    return None


def _span(text: str) -> float | None:
    """`+1.2ms`, `-1min 2.5s`."""
    parts = re.findall(r"([0-9]+(?:\.[0-9]+)?)(min|us|μs|µs|ms|s|h)\b", text)
    if not parts:
        return 0.0 if text.strip() == "0" else None
    return sum(float(number[:18]) * UNITS[unit] for number, unit in parts)
