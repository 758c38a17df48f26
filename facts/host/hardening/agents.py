"""Agents that keep intruders out, and mandatory access control.  Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from facts.base import NOT_GATHERED, Unknown
from facts.host import processes, units
from facts.host.asks import Answers, Ask, filled, sections
from facts.host.system import SystemFacts

PREVENTION = Ask("hardening.fail2ban", ("fail2ban-client", "status"), plain=True)
PREVENTERS = {  # agent -> its processes
    "crowdsec": ("crowdsec",),
    "wazuh": ("wazuh-execd",),
    "ossec": ("ossec-execd",),
    "sshguard": ("sshguard", "sshg-blocker"),
}


@dataclass(frozen=True)
class Agents:
    """Agents that keep intruders out."""

    runs: Mapping[str, bool | Unknown]  # agent -> it runs (fail2ban: with a jail)
    jails: tuple[str, ...] | Unknown = ()  # of fail2ban


def prevention(answers: Answers, system: SystemFacts) -> Agents:
    """fail2ban with at least one jail, and the other agents' processes."""
    alive = processes.read(answers)
    known = units.read(answers, system)
    found = {name: runs(alive, known, programs) for name, programs in PREVENTERS.items()}
    ban = runs(alive, known, ("fail2ban-server", "fail2ban"))
    jails = _jails(answers) if ban is not False else ()
    found["fail2ban"] = (
        ban if ban is not True else jails if isinstance(jails, Unknown) else bool(jails)
    )
    return Agents(found, jails)


def runs(
    alive: tuple[processes.Process, ...] | Unknown,
    known: Mapping[str, units.Unit] | Unknown,
    names: tuple[str, ...],
) -> bool | Unknown:
    """By its process or by its unit: either shows it; the list of processes must deny it."""
    if units.running(known, names) is True:
        return True
    return processes.running(alive, names)


def _jails(answers: Answers) -> tuple[str, ...] | Unknown:
    text = answers.text(PREVENTION.name)
    if isinstance(text, Unknown):
        return text
    listed = re.search(r"Jail list:[ \t]*(.*)", text)
    if not listed or not re.search(r"Number\s+of\s+jails?:", text):
        return Unknown("The host's answer was not understood", PREVENTION.name)
    return tuple(name.strip() for name in listed[1].split(",") if name.strip())[:30]


MANDATORY = (
    Ask(
        "hardening.mandatory",
        "echo '==> apparmor <=='; cat /sys/module/apparmor/parameters/enabled 2>/dev/null;"
        " echo '==> selinux <=='; cat /sys/fs/selinux/enforce 2>/dev/null;"
        " echo '==> security <=='; cat /sys/kernel/security/lsm 2>/dev/null;"
        " echo; echo '==> end <=='",
    ),
    Ask("hardening.apparmor", ("cat", "/sys/kernel/security/apparmor/profiles"), plain=True),
    Ask("hardening.aa-status", ("aa-status", "--json"), plain=True, most=512 << 10),
)


@dataclass(frozen=True)
class Mandatory:
    """Mandatory access control."""

    apparmor: bool | Unknown = NOT_GATHERED  # the kernel has it switched on
    enforcing: int | Unknown = NOT_GATHERED  # AppArmor's profiles in enforce mode
    selinux: bool | Unknown = NOT_GATHERED  # SELinux enforces


def mandatory(answers: Answers) -> Mandatory:
    """What the kernel says; a profile list that may not be read is unknown."""
    text = answers.text("hardening.mandatory")
    if isinstance(text, Unknown):
        return Mandatory(text, text, text)
    parts = sections(text)
    if "end" not in parts:
        why = Unknown("The host's answer was not understood", "hardening.mandatory")
        return Mandatory(why, why, why)
    on = parts.get("apparmor", "").strip() == "Y"
    enforce = parts.get("selinux", "").strip() == "1"
    return Mandatory(on, _enforcing(answers) if on else 0, enforce)


def _enforcing(answers: Answers) -> int | Unknown:
    """/sys/kernel/security/apparmor/profiles: `NAME (enforce)` lines; or aa-status --json."""
    listed = answers.text("hardening.apparmor")
    if isinstance(listed, str):
        modes = [line.rpartition("(")[2].rstrip(")") for line in filled(listed)]
        if all(mode in {"enforce", "complain", "kill", "unconfined", "prompt"} for mode in modes):
            return sum(mode in {"enforce", "kill"} for mode in modes)
        return Unknown("The host's answer was not understood", "hardening.apparmor")
    text = answers.text("hardening.aa-status", (0, 1, 2))
    if isinstance(text, Unknown):
        return listed
    try:
        modes = list(json.loads(text)["profiles"].values())
        return sum(str(mode) in {"enforce", "kill"} for mode in modes)
    except (ValueError, LookupError, TypeError, AttributeError):
        return listed
