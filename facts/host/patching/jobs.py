"""How updates install themselves: unattended-upgrades, dnf-automatic, a job of one's own; and
which tool manages them from one place.  Sources: apt.conf(5), the README of unattended-upgrades,
dnf-automatic(8), rhsm.conf(5), landscape-client(1)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from facts.base import Unknown
from facts.host import cron, packages, units
from facts.host.asks import Answers, Ask, filled, sections
from facts.host.patching import apt_sources
from facts.host.patching.model import Job
from facts.host.system import SystemFacts
from facts.host.units import Unit

ASKS = (
    Ask(
        "patching.automatic",
        "for f in /etc/dnf/automatic.conf /etc/yum/yum-cron.conf; do"
        ' [ -r "$f" ] && printf \'==> %s <==\\n\' "$f" && grep -E'
        " '^(apply_updates|upgrade_type|update_cmd)[ =]' \"$f\"; done; echo '==> end <=='",
    ),
    Ask(
        "patching.central",
        "grep -sHE '^[[:space:]]*(hostname|url|serverURL)[[:space:]]*=' /etc/rhsm/rhsm.conf"
        " /etc/landscape/client.conf /etc/sysconfig/rhn/up2date | sed 's|//[^/@]*@|//|';"
        " for f in /etc/yum.repos.d/susemanager:channels.repo"
        " /etc/zypp/repos.d/susemanager:channels.repo"
        " /etc/apt/sources.list.d/susemanager:channels.list; do"
        ' [ -e "$f" ] && echo "$f:"; done; echo end',
    ),
    Ask(
        "patching.pro",
        "[ -e /var/lib/ubuntu-advantage/status.json ] || exit 127;"
        ' grep -oE \'"attached": *(true|false)|"name": *"esm-infra"[^}]*'
        '|[^{]*"name": *"esm-infra"\' /var/lib/ubuntu-advantage/status.json',
    ),
)

_PATCHES = (
    r"(?m)^[^#]*\b(apt(-get)?|aptitude)\b[^\n;&|]*\s(upgrade|dist-upgrade|full-upgrade)\b"
    r"|^[^#]*\b(dnf|yum)\b[^\n;&|]*\s(update|upgrade)(-minimal)?\b"
    r"|^[^#]*\bzypper\b[^\n;&|]*\s(patch|up|update)\b|^[^#]*\bapk\b[^\n;&|]*\supgrade\b"
    r"|^[^#]*\b(unattended-upgrades?|transactional-update)\b"
)
_ONLY_TRIES = re.compile(r"--dry-run|--simulate|--just-print|--download-only|\s-(s|d)\b|-sq")
_DNF_TIMERS = ("dnf-automatic.timer", "dnf-automatic-install.timer", "dnf5-automatic.timer")
_PUBLIC = {"subscription.rhsm.redhat.com", "subscription.rhn.redhat.com", "xmlrpc.rhn.redhat.com"}
_SYSTEM_JOBS = re.compile(r"apt-(daily|compat)|unattended|dnf-automatic|dnf-makecache|packagekit")


def jobs(answers: Answers, system: SystemFacts) -> tuple[Job, ...] | Unknown:
    """Every way that was found; empty when all was looked at and there is none."""
    found: list[Job] = []
    hidden: Unknown | None = None
    if system.family == "debian":
        one = _unattended(answers, system)
        hidden = one if isinstance(one, Unknown) else hidden
        found += [one] if isinstance(one, Job) else []
    if system.family == "rhel":
        dnf = _dnf(answers, system)
        hidden = dnf if isinstance(dnf, Unknown) else hidden
        found += [] if isinstance(dnf, Unknown) else dnf
    known = cron.read(answers, system)
    for job in known.find(_PATCHES):
        if not _SYSTEM_JOBS.search(job.source) and _installs(job.text):
            found.append(Job(job.source[:120], job.active))
    hidden = known.unseen if hidden is None else hidden
    if hidden is not None and not any(job.on is True for job in found):
        return hidden
    return tuple(found)


def _installs(text: str) -> bool:
    """Is there a line that installs, and does not only try or fetch?"""
    sought = re.compile(_PATCHES)
    return any(sought.search(line) and not _ONLY_TRIES.search(line) for line in text.split("\n"))


def _unattended(answers: Answers, system: SystemFacts) -> Job | Unknown | None:
    installed = packages.read(answers, system)
    settings = apt_sources.config(answers)
    for part in (installed, settings):
        if isinstance(part, Unknown):
            return part
    assert not isinstance(installed, Unknown) and not isinstance(settings, Unknown)
    if "unattended-upgrades" not in installed:
        return None
    lacks = [key for key in _PERIODIC if not _often(settings.get(key, ("0",))[-1])]
    if settings.get("APT::Periodic::Enable", ("1",))[-1] == "0":
        lacks.append("APT::Periodic::Enable")
    if not any("security" in value.lower() for value in _origins(settings)):
        lacks.append("Unattended-Upgrade::Origins-Pattern")
    if system.systemd is False:  # without systemd, apt's own job in cron.daily does it
        parts = [j for j in cron.read(answers, system).jobs if j.source.endswith("/apt-compat")]
        active = parts[0].active if parts else False
        lack = "/etc/cron.daily/apt-compat"
        return _job("unattended-upgrades", lacks, lack if active is False else active)
    started = _timer(units.read(answers, system), ("apt-daily-upgrade.timer", "apt-daily.timer"))
    return _job("unattended-upgrades", lacks, started)


_PERIODIC = ("APT::Periodic::Update-Package-Lists", "APT::Periodic::Unattended-Upgrade")


def _often(value: str) -> bool:
    """In days, or with s, m, h, d behind the number, or `always`: at least every seven days."""
    match = re.fullmatch(r"([0-9]{1,9})([smhd]?)", value)
    if match is None:
        return value == "always"
    days = int(match[1]) * {"s": 1, "m": 60, "h": 3600}.get(match[2], 86400) / 86400
    return 0 < days <= 7


def _origins(settings: Mapping[str, tuple[str, ...]]) -> list[str]:
    keys = ("Unattended-Upgrade::Origins-Pattern", "Unattended-Upgrade::Allowed-Origins")
    return [value for key in keys for value in settings.get(key, ())]


def _timer(known: Mapping[str, Unit] | Unknown, names: tuple[str, ...]) -> bool | Unknown | str:
    """Do all of these timers run?  Else the name of one that does not."""
    if isinstance(known, Unknown):
        return known
    for name in names:
        unit = known.get(name)
        if unit is None or not unit.runs:
            return name
    return True


def _job(name: str, lacks: list[str], started: bool | Unknown | str) -> Job:
    if isinstance(started, str):
        lacks = [*lacks, started]
    if lacks:
        return Job(name, False, tuple(lacks))
    return Job(name, started if isinstance(started, Unknown) else True)


def _dnf(answers: Answers, system: SystemFacts) -> list[Job] | Unknown:
    text, installed = answers.text("patching.automatic"), packages.read(answers, system)
    if isinstance(text, Unknown):
        return text
    if isinstance(installed, Unknown):
        return installed
    parts = sections(text)
    if "end" not in parts:
        return Unknown("The host's answer was not understood", "patching.automatic")
    known, found = units.read(answers, system), []
    if {"dnf-automatic", "dnf5-plugin-automatic"} & set(installed):
        applies = _applies(parts.get("/etc/dnf/automatic.conf", ""))
        started = [_timer(known, (name,)) for name in _DNF_TIMERS]
        own = _timer(known, ("dnf-automatic-install.timer",)) is True
        lacks = [] if applies or own else ["apply_updates"]
        best: bool | Unknown | str = _DNF_TIMERS[0]
        best = next((s for s in started if s is True or isinstance(s, Unknown)), best)
        found.append(_job("dnf-automatic", lacks, best))
    if "yum-cron" in installed:
        lacks = [] if _applies(parts.get("/etc/yum/yum-cron.conf", "")) else ["apply_updates"]
        started_ = units.running(known, ("yum-cron",))
        found.append(_job("yum-cron", lacks, "yum-cron.service" if started_ is False else started_))
    return found


def _applies(text: str) -> bool:
    fields = dict(line.replace(" ", "").partition("=")[::2] for line in filled(text))
    return fields.get("apply_updates", "no").lower() in {"yes", "true", "1", "on"}


def central(answers: Answers) -> tuple[str, ...] | Unknown:
    """Tools that manage updates from one place, and their server: `rhsm.conf: sat.bao.test`."""
    lines = answers.lines("patching.central")
    if isinstance(lines, Unknown):
        return lines
    if lines[-1:] != ("end",):
        return Unknown("The host's answer was not understood", "patching.central")
    found = []
    for line in lines[:-1]:
        path, _, rest = line.partition(".conf:") if ".conf:" in line else line.partition("up2date:")
        name = path.rpartition("/")[2] or "spacewalk"
        value = rest.partition("=")[2].strip()
        server = apt_sources.host(value if "//" in value else f"//{value}") if value else ""
        if "susemanager:channels" in line:
            found.append("susemanager")
        elif server and server not in _PUBLIC:
            found.append(f"{name}: {server}")
    return tuple(dict.fromkeys(found))


def esm(answers: Answers) -> bool | Unknown:
    """Is Ubuntu Pro attached with its extended maintenance switched on?

    From the state that `pro status` keeps: asking `pro` itself may go to the network.
    """
    if answers.missing("patching.pro"):
        return False
    text = answers.text("patching.pro", (0, 1))
    if isinstance(text, Unknown):
        return text
    attached = re.search(r'"attached": *true', text)
    enabled = re.search(r'"status": *"enabled"', text)
    return bool(attached and enabled)
