"""Does a DHCP server on the host log its leases?

ISC's server logs each to syslog (dhcpd(8)); dnsmasq too, unless quiet-dhcp is set; Kea by its
loggers' severity (INFO or more: Kea Administrator Reference Manual, Logging).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from facts.base import Unknown
from facts.host import processes
from facts.host.asks import Answers, Ask

ASKS = (
    Ask("logging.dnsmasq", "cat /etc/dnsmasq.conf /etc/dnsmasq.d/* 2>/dev/null; true"),
    # It may hold a database's password: the raw answer is not stored.
    Ask("logging.kea", ("cat", "/etc/kea/kea-dhcp4.conf"), plain=True, keep=False),
    Ask("logging.dhcp-entries",
        ("journalctl", "-q", "--no-pager", "-o", "short-unix", "-n", "20", "-t", "dhcpd",
         "-t", "dnsmasq-dhcp", "-t", "kea-dhcp4"), plain=True, keep=False),
    Ask("logging.dhcp-files",
        "grep -sacE 'dhcpd(\\[|:)|dnsmasq-dhcp|kea-dhcp4' /var/log/syslog /var/log/messages"
        " /var/log/daemon.log /var/log/kea/kea-dhcp4.log; true"),
)  # fmt: skip


@dataclass(frozen=True)
class Dhcp:
    """One DHCP server that runs."""

    kind: str  # dhcpd, dnsmasq, kea
    logs: bool | Unknown  # its settings have it log each lease
    seen: bool | Unknown  # entries of it are in the logs


def read(answers: Answers) -> tuple[Dhcp, ...] | Unknown:
    """Every DHCP server that runs."""
    listed = processes.read(answers)
    if isinstance(listed, Unknown):
        return listed
    found = []
    if processes.running(listed, ("dhcpd",)) is True:
        found.append(Dhcp("dhcpd", True, _seen(answers)))
    if processes.running(listed, ("kea-dhcp4",)) is True:
        found.append(Dhcp("kea", _kea(answers), _seen(answers)))
    if processes.running(listed, ("dnsmasq",)) is True:
        text = answers.text("logging.dnsmasq")
        if isinstance(text, Unknown):
            found.append(Dhcp("dnsmasq", text, _seen(answers)))
        elif re.search(r"^\s*dhcp-range\s*=", text, re.MULTILINE):
            quiet = re.search(r"^\s*quiet-dhcp6?\s*$", text, re.MULTILINE) is not None
            found.append(Dhcp("dnsmasq", not quiet, _seen(answers)))
    return tuple(found)


def _kea(answers: Answers) -> bool | Unknown:
    text = answers.text("logging.kea")
    if isinstance(text, Unknown):
        return text
    plain = re.sub(r"(?m)^\s*(//|#).*$|/\*[^*]*\*/", "", text)
    loggers = re.findall(
        r"\{[^{}]*\"name\"\s*:\s*\"(kea-dhcp4(?:\.leases4?)?)\"(?:[^{}]|\{[^{}]*\})*\}", plain
    )
    severities = re.findall(r"\"severity\"\s*:\s*\"([A-Z]+)\"", plain)
    if not loggers:
        return Unknown("The DHCP server's settings were not understood", "kea")
    return all(severity in {"INFO", "DEBUG"} for severity in severities)


def _seen(answers: Answers) -> bool | Unknown:
    journal = answers.get("logging.dhcp-entries")
    if not isinstance(journal, Unknown) and re.match(r"[0-9]{9,11}\.[0-9]+ ", journal.out):
        return True
    files = answers.lines("logging.dhcp-files")
    counts = () if isinstance(files, Unknown) else files
    if any(re.fullmatch(r"(.*:)?[1-9][0-9]*", line) for line in counts):
        return True
    if isinstance(journal, Unknown):
        return journal
    if journal.root:
        return False
    return Unknown("The log-in may not read the journal on the host", "logging.dhcp-entries")
