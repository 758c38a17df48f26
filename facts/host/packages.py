"""The packages that the host's own package manager has installed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled
from facts.host.system import SystemFacts

_DPKG = (
    r"dpkg-query -W -f '${Package}\t${Version}\t${Architecture}\t${db:Status-Status}"
    r"\t${source:Package}\t${source:Version}\n'"
)
_RPM = r"rpm -qa --qf '%{NAME}\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\t%{ARCH}\tinstalled\t\t\n'"

ASKS = (
    Ask(
        "packages.list",
        f"if command -v dpkg-query >/dev/null; then {_DPKG};"
        f" elif command -v rpm >/dev/null; then {_RPM};"
        " elif command -v apk >/dev/null; then apk info -v; else exit 127; fi",
        seconds=30,
        most=2 << 20,
    ),
)


@dataclass(frozen=True)
class Package:
    """One installed package."""

    name: str
    version: str  # as the package manager writes it, epoch and revision included
    arch: str = ""
    source: str = ""  # the source package, where the manager says so
    source_version: str = ""


def read(answers: Answers, system: SystemFacts) -> Mapping[str, Package] | Unknown:
    """Every installed package by its name (of several versions, the last listed)."""
    text = answers.text("packages.list")
    if isinstance(text, Unknown):
        return text
    found: dict[str, Package] = {}
    for line in filled(text):
        parts = line.split("\t")
        if len(parts) > 3:
            if parts[3] == "installed":
                found[parts[0]] = Package(*parts[:3], *parts[4:6])
        elif system.family == "alpine" and line.count("-") > 1:
            name, version, revision = line.rsplit("-", 2)
            found[name] = Package(name, f"{version}-{revision}")
    return found or Unknown("The host's answer was not understood", "packages.list")
