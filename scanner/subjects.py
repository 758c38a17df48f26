"""The subjects of a questionnaire: what an inspector asks in one go, and of whom.  Pure.

The subject follows from a requirement's clause, first two numbers: TCVN 14423:2026, clause 5, has
18 groups, TCVN 11930:2017, clause 7, has its own; the decree's articles are named one by one.  A
requirement of another standard goes by its group in the profile.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from facts.message import N_
from scanner.profile_file import Control


@dataclass(frozen=True)
class Subject:
    """What is asked in one go; both texts are English sentences to translate."""

    id: str
    title: str
    asked: str  # who knows the answers


SUBJECTS: tuple[Subject, ...] = (
    Subject("papers", N_("Papers and risk management"), N_("the management, the security officer")),
    Subject("people", N_("People and training"), N_("human resources, the security officer")),
    Subject("assets", N_("Hardware and software"), N_("who keeps the asset lists")),
    Subject("accounts", N_("Accounts and access rights"), N_("the system administrators")),
    Subject("operations", N_("Operation, weaknesses and testing"), N_("the operating unit")),
    Subject("network", N_("Network and monitoring"), N_("the network administrators")),
    Subject("servers", N_("Servers, logs and malware"), N_("the system administrators")),
    Subject("applications", N_("Applications and software development"),
            N_("the website's administrators and developers")),
    Subject("data", N_("Data"), N_("the owners of the data, the editorial office")),
    Subject("backups", N_("Backups"), N_("the system administrators")),
    Subject("incidents", N_("Incidents"), N_("the security officer")),
    Subject("suppliers", N_("Suppliers"), N_("who signs and follows the contracts")),
)  # fmt: skip
BY_ID = {subject.id: subject for subject in SUBJECTS}

_TCVN14423 = {
    "5.1": "papers", "5.2": "assets", "5.3": "assets", "5.4": "data", "5.5": "servers",
    "5.6": "accounts", "5.7": "operations", "5.8": "servers", "5.9": "applications",
    "5.10": "servers", "5.11": "backups", "5.12": "network", "5.13": "network", "5.14": "people",
    "5.15": "suppliers", "5.16": "incidents", "5.17": "applications", "5.18": "operations",
}  # fmt: skip
_TCVN11930 = {
    "7.1.1": "papers", "7.1.2": "people", "7.1.3": "people", "7.1.4": "operations",
    "7.1.5": "operations", "7.2.1": "network", "7.2.2": "servers", "7.2.3": "applications",
    "7.2.4": "data", "7.2.4.3": "backups",
}  # fmt: skip
_DECREE331 = {  # the rest is papers
    "28.3": "operations", "27": "operations", "30.8": "suppliers", "31.1": "people",
    "31.2.c": "operations", "31.2.d": "incidents", "31.3": "people", "33.3": "operations",
    "33.5": "network",
}  # fmt: skip
_STANDARDS = {"TCVN 14423": _TCVN14423, "TCVN 11930": _TCVN11930, "NĐ 331": _DECREE331}
_GROUPS = {"network": "network", "server": "servers", "application": "applications",
           "data": "data"}  # fmt: skip
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9a-z]+)*")
_PIECES = re.compile(r"[0-9]+|[^\W\d_]+")


def subject_of(control: Control) -> Subject:
    """The subject that asks for this requirement."""
    number = _NUMBER.search(control.clause)
    for standard, table in _STANDARDS.items():
        if control.standard.startswith(standard) and number:
            default = _GROUPS.get(control.group, "papers") if table is not _DECREE331 else "papers"
            return BY_ID[_longest(table, number.group(), default)]
    return BY_ID[_GROUPS.get(control.group, "papers")]


def in_order(controls: Sequence[Control]) -> list[Control]:
    """By subject, then by clause: 5.2 before 5.10, each standard by itself."""
    ranks = {subject.id: rank for rank, subject in enumerate(SUBJECTS)}
    first = list(dict.fromkeys(control.standard for control in controls))
    return sorted(
        controls,
        key=lambda one: (ranks[subject_of(one).id], first.index(one.standard), _clause(one.clause)),
    )


def _longest(table: dict[str, str], clause: str, default: str) -> str:
    """The entry whose numbers the clause begins with, the longest first."""
    parts = clause.split(".")
    for length in range(len(parts), 0, -1):
        if found := table.get(".".join(parts[:length])):
            return found
    return default


def _clause(text: str) -> list[tuple[int, str]]:
    """Numbers by their value, letters after them."""
    return [
        (int(piece), "") if piece.isdecimal() else (-1, piece) for piece in _PIECES.findall(text)
    ]
