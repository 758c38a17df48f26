"""What kind of host it is: every area reads this first."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from datetime import datetime

from facts.base import NOT_GATHERED, Unknown
from facts.host.asks import Answers, Ask, filled

ASKS = (
    Ask("system.os-release", "cat /etc/os-release /usr/lib/os-release 2>/dev/null"),
    Ask("system.kernel", "uname -s; uname -r; uname -m"),
    Ask("system.user", "id -un; id -u; id -Gn"),
    Ask("system.clock", "date -u +%s; date +%z"),
    Ask("system.boot", "cat /proc/stat | grep ^btime; cat /proc/uptime"),
    Ask("system.init", "cat /proc/1/comm; test -d /run/systemd/system && echo systemd-runs"),
    Ask(
        "system.container",
        "systemd-detect-virt --container 2>/dev/null || {"
        " test -e /.dockerenv && echo docker; test -e /run/.containerenv && echo podman;"
        " grep -qaE 'container=|lxc' /proc/1/environ 2>/dev/null && echo container; echo none; }",
    ),
    Ask(
        "system.programs",
        "for p in systemctl journalctl dpkg-query apt-get rpm dnf yum zypper apk busybox; do"
        " command -v $p >/dev/null 2>&1 && echo $p; done; true",
    ),
)

FAMILIES = {  # ID or ID_LIKE of os-release -> whose package manager it has
    "debian": "debian",
    "ubuntu": "debian",
    "rhel": "rhel",
    "fedora": "rhel",
    "centos": "rhel",
    "almalinux": "rhel",
    "rocky": "rhel",
    "ol": "rhel",
    "suse": "suse",
    "sles": "suse",
    "opensuse": "suse",
    "opensuse-leap": "suse",
    "alpine": "alpine",
}


@dataclass(frozen=True)
class SystemFacts:
    """The operating system, the log-in, the clock."""

    observed_at: datetime
    id: str | Unknown = NOT_GATHERED  # os-release's ID: debian, ubuntu, almalinux
    version: str | Unknown = NOT_GATHERED  # VERSION_ID: "12", "22.04"; "" where it has none
    name: str | Unknown = NOT_GATHERED  # PRETTY_NAME
    family: str | Unknown = NOT_GATHERED  # debian, rhel, suse, alpine; Unknown: names the system
    kernel: str | Unknown = NOT_GATHERED  # uname -r
    machine: str | Unknown = NOT_GATHERED  # uname -m
    user: str | Unknown = NOT_GATHERED  # the log-in's account
    root: bool | Unknown = NOT_GATHERED  # the log-in is root itself
    clock: int | Unknown = NOT_GATHERED  # the host's own time, seconds since 1970
    booted: int | Unknown = NOT_GATHERED  # when it started, seconds since 1970
    systemd: bool | Unknown = NOT_GATHERED  # systemd is in charge
    container: str | Unknown = NOT_GATHERED  # "", or lxc, docker, systemd-nspawn ...
    programs: tuple[str, ...] | Unknown = NOT_GATHERED  # of those that areas ask for


def read(answers: Answers, observed_at: datetime) -> SystemFacts:
    """What the answers say."""
    release = _release(answers.text("system.os-release", (0, 1)))
    kernel = _numbered(answers, "system.kernel", 3)
    user = _numbered(answers, "system.user", 2)
    return SystemFacts(
        observed_at=observed_at,
        id=_field(release, "ID"),
        version=release if isinstance(release, Unknown) else release.get("VERSION_ID", ""),
        name=_field(release, "PRETTY_NAME"),
        family=_family(release),
        kernel=kernel if isinstance(kernel, Unknown) else kernel[1],
        machine=kernel if isinstance(kernel, Unknown) else kernel[2],
        user=user if isinstance(user, Unknown) else user[0],
        root=user if isinstance(user, Unknown) else user[1] == "0",
        clock=_clock(answers),
        booted=_booted(answers),
        systemd=_systemd(answers),
        container=_container(answers),
        programs=answers.lines("system.programs"),
    )


def _release(text: str | Unknown) -> dict[str, str] | Unknown:
    """os-release(5): NAME=value lines, quoted as in a shell; the first of two files counts."""
    if isinstance(text, Unknown):
        return text
    found: dict[str, str] = {}
    for line in filled(text):
        key, equals, value = line.partition("=")
        if not equals or not re.fullmatch(r"[A-Z][A-Z0-9_]*", key):
            continue
        try:
            found.setdefault(key, " ".join(shlex.split(value)))
        except ValueError:
            continue
    return found or Unknown("The host does not say which operating system it runs")


def _field(release: dict[str, str] | Unknown, key: str) -> str | Unknown:
    if isinstance(release, Unknown):
        return release
    return release.get(key) or Unknown("The host does not say which operating system it runs", key)


def _family(release: dict[str, str] | Unknown) -> str | Unknown:
    if isinstance(release, Unknown):
        return release
    own = release.get("ID", "").lower()
    for name in (own, *release.get("ID_LIKE", "").lower().split()):
        if name in FAMILIES:
            return FAMILIES[name]
    named = release.get("PRETTY_NAME") or own
    return Unknown("This operating system is not one that press-scan knows", named[:80])


def _numbered(answers: Answers, name: str, least: int) -> tuple[str, ...] | Unknown:
    lines = answers.lines(name)
    if not isinstance(lines, Unknown) and len(lines) < least:
        return Unknown("The host's answer was not understood", name)
    return lines


def _clock(answers: Answers) -> int | Unknown:
    lines = _numbered(answers, "system.clock", 1)
    return lines if isinstance(lines, Unknown) else _whole(lines[0], "system.clock")


def _booted(answers: Answers) -> int | Unknown:
    lines = _numbered(answers, "system.boot", 1)
    if isinstance(lines, Unknown):
        return lines
    return _whole(lines[0].removeprefix("btime").strip(), "system.boot")


def _whole(text: str, name: str) -> int | Unknown:
    if re.fullmatch(r"[0-9]{1,12}", text):
        return int(text)
    return Unknown("The host's answer was not understood", name)


def _systemd(answers: Answers) -> bool | Unknown:
    lines = answers.lines("system.init", (0, 1))
    if isinstance(lines, Unknown):
        return lines
    return "systemd-runs" in lines


def _container(answers: Answers) -> str | Unknown:
    lines = _numbered(answers, "system.container", 1)
    if isinstance(lines, Unknown):
        return lines
    return "" if lines[0] == "none" else lines[0]
