"""Debian's family: what apt would install, how old its lists are, and since when it could wait.

apt's lists hold no day of publication, so a waiting update's age is known only by its bounds; see
docs/decisions/0010-pending-updates.md.  Sources: apt-get(8), apt-secure(8), deb822 of Release
files (wiki.debian.org/DebianRepository/Format), unattended-upgrades' log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled, sections
from facts.host.patching.model import PackageList, Update

ASKS = (
    Ask(
        "patching.apt.pending",
        "command -v apt-get >/dev/null || exit 127;"
        " apt-mark showhold | sed 's/^/held /';"
        " apt-get -s -o Debug::NoLocking=true --ignore-hold dist-upgrade",
        seconds=40,
        most=1 << 20,
    ),
    Ask(
        "patching.apt.lists",
        "command -v apt-get >/dev/null || exit 127; cd /var/lib/apt/lists || exit 1;"
        ' for f in *_InRelease *_Release; do [ -f "$f" ] || continue;'
        " printf '==> %s <==\\n' \"$f\";"
        " head -n 40 \"$f\" | grep -aE '^(Origin|Label|Suite|Codename|Date|Valid-Until): '; done;"
        " echo '==> policy <=='; apt-cache policy | grep -vE '^ +origin '; echo '==> end <=='",
        seconds=20,
    ),
    Ask(
        "patching.apt.history",
        "command -v apt-get >/dev/null || exit 127; date '+==> zone %z <==';"
        " cd /var/log/apt || exit 1; echo '==> history <==';"
        " for f in history.log.1.gz history.log; do [ -f \"$f\" ] && zcat -f \"$f\" |"
        " grep -aE '^(Start-Date|Commandline|Error): '; done; cd /var/lib/dpkg/info || exit 1;"
        " echo '==> unpacked <=='; find . -name '*.list' -printf '%T@ %f\\n'; echo '==> end <=='",
        most=1 << 20,
    ),
    Ask(
        "patching.apt.unattended",
        ("tail", "-n", "1000", "/var/log/unattended-upgrades/unattended-upgrades.log"),
        plain=True,
    ),
)  # fmt: skip

_INST = re.compile(r"Inst (\S+) \[([^\]]*)\] \((\S+) ?([^\[\]]*)\[[^\]]*\]\)")
_TOTAL = re.compile(r"([0-9]{1,9}) upgraded, ([0-9]{1,9}) newly installed, .*", re.ASCII)
_SECURITY = re.compile(r"Debian-Security:|[-/]security\b|UbuntuESM|/updates\b", re.IGNORECASE)
_WHOLE = re.compile(
    r"(\S*/)?(apt(-get)? (.* )?(dist-upgrade|full-upgrade)|apt (-y |--yes )*upgrade"
    r"|apt-get (.* )?--with-new-pkgs (.* )?upgrade|apt-get (.* )?upgrade (.* )?--with-new-pkgs)"
    r"( -y| --yes| -q+| --with-new-pkgs)*"
)
_SKIPPED = re.compile(r"kept back|conffile prompt|blacklist|not marked to be|error|fail", re.I)
NOT_UNDERSTOOD = "The host's answer was not understood"


@dataclass(frozen=True)
class Pending:
    """What apt would do."""

    security: tuple[Update, ...]
    all: int


def pending(answers: Answers) -> Pending | Unknown:
    """The security updates that apt would install, with those of held packages."""
    text = answers.text("patching.apt.pending")
    if isinstance(text, Unknown):
        return text
    lines = tuple(filled(text))
    total = next((m for line in lines if (m := _TOTAL.fullmatch(line))), None)
    if total is None:
        return Unknown(NOT_UNDERSTOOD, "patching.apt.pending")
    installs = [line for line in lines if line.startswith("Inst ")]
    if len(installs) < int(total[1]) + int(total[2]):
        return Unknown(NOT_UNDERSTOOD, "patching.apt.pending")
    known = _bounds(answers)
    held = {line.removeprefix("held ").partition(":")[0] for line in lines if line[:5] == "held "}
    found = []
    for line in installs:
        match = _INST.match(line)
        if match is None:
            if re.match(r"Inst \S+ \[", line):
                return Unknown(NOT_UNDERSTOOD, line[:120])
        elif _SECURITY.search(match[4]):
            found.append(_update(match[1], match[3], match[1] in held, known))
    return Pending(tuple(found), int(total[1]))


def _update(name: str, version: str, held: bool, known: _Bounds | Unknown) -> Update:
    if isinstance(known, Unknown):
        return Update(name, version, known, held=held)
    return Update(name, version, known.since(name, held), held=held)


@dataclass(frozen=True)
class _Bounds:
    """When each package came, and when everything was last brought up to date."""

    unpacked: Mapping[str, int]
    complete: int  # the last time that everything was upgraded; 0: not known
    left_out: frozenset[str]  # what unattended-upgrades spoke of as left out in its last run
    unattended: int  # its last run that did all that it may; 0: not known

    def since(self, name: str, held: bool) -> int | Unknown:
        """It can't wait for longer than since then."""
        own = self.unpacked.get(name.partition(":")[0], 0)
        if not own:
            return Unknown("When this package was installed is not known", name)
        if held:
            return own
        return max(own, self.complete, 0 if name in self.left_out else self.unattended)


def _bounds(answers: Answers) -> _Bounds | Unknown:
    text = answers.text("patching.apt.history")
    if isinstance(text, Unknown):
        return text
    parts = sections(text)
    zone = next((_zone(name) for name in parts if name.startswith("zone ")), None)
    if zone is None or "end" not in parts:
        return Unknown(NOT_UNDERSTOOD, "patching.apt.history")
    log = answers.text("patching.apt.unattended")
    at, left = (0, frozenset[str]()) if isinstance(log, Unknown) else _unattended(log, zone)
    return _Bounds(
        _unpacked(parts.get("unpacked", "")), _complete(parts["history"], zone), left, at
    )


def _zone(name: str) -> timedelta | None:
    match = re.fullmatch(r"zone ([+-])([0-9]{2})([0-9]{2})", name)
    if match is None:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return -offset if match[1] == "-" else offset


def _unpacked(text: str) -> dict[str, int]:
    """When each package's files were last unpacked: dpkg writes its list of them anew."""
    found: dict[str, int] = {}
    for line in filled(text):
        match = re.fullmatch(r"([0-9]{1,11})(?:\.[0-9]+)? ([^:\s]+)(?::\S+)?\.list", line)
        if match:
            found[match[2]] = min(int(match[1]), found.get(match[2], 1 << 40))
    return found


def _complete(text: str, zone: timedelta) -> int:
    """When apt was last told to upgrade everything, and did not fail."""
    last = started = 0
    whole = False
    for line in [*filled(text), "Start-Date: end"]:
        key, _, value = line.partition(": ")
        if key == "Start-Date":
            last = started if whole else last
            started, whole = _local(value, zone), False
        elif key == "Commandline":
            whole = bool(_WHOLE.fullmatch(value.strip()))
        elif key == "Error":
            whole = False
    return last


def _unattended(text: str, zone: timedelta) -> tuple[int, frozenset[str]]:
    """unattended-upgrades' last whole run for security updates, and the packages it left out."""
    runs: list[list[str]] = []
    for line in filled(text):
        if " unattended upgrades script" in line:
            runs.append([])
        if runs:
            runs[-1].append(line)
    for run in reversed(runs):
        said = " ".join(run)
        origins = next((line for line in run if "Allowed origins are:" in line), "")
        done = re.search(r"(All upgrades installed|No packages found that can be upgraded)", said)
        if done and re.search(r"security", origins, re.I) and "ERROR" not in said:
            skipped = [line for line in run if _SKIPPED.search(line)]
            words = {word.strip("'\",") for line in skipped for word in line.split()}
            return _local(run[0][:19], zone), frozenset(words)
    return 0, frozenset()


def _local(text: str, zone: timedelta) -> int:
    """`2026-11-23  03:34:05` in the host's zone, as seconds since 1970; 0 for what is no time."""
    try:
        at = datetime.strptime(" ".join(text.split()) + " +0000", "%Y-%m-%d %H:%M:%S %z")
        return int((at - zone).timestamp())
    except (ValueError, OverflowError):
        return 0


def lists(answers: Answers) -> tuple[PackageList, ...] | Unknown:
    """The package lists that the host holds, with the archive's own dates."""
    parts = _lists(answers)
    if isinstance(parts, Unknown):
        return parts
    found: dict[str, PackageList] = {}
    for name, text in parts.items():
        fields = dict(line.partition(": ")[::2] for line in filled(text))
        if "Date" in fields:
            plain = name.removesuffix("_InRelease").removesuffix("_Release")
            found[plain] = PackageList(
                plain, is_security(fields), _when(fields["Date"]), _when(fields.get("Valid-Until"))
            )
    return tuple(found.values())


def _lists(answers: Answers) -> dict[str, str] | Unknown:
    text = answers.text("patching.apt.lists")
    if isinstance(text, Unknown):
        return text
    parts = sections(text)
    if "end" not in parts or "release a=now" not in parts.get("policy", ""):
        return Unknown(NOT_UNDERSTOOD, "patching.apt.lists")
    return parts


def is_security(fields: Mapping[str, str]) -> bool:
    """Is that the Release file of a security archive?"""
    suites = (fields.get("Suite", ""), fields.get("Codename", ""))
    return (
        fields.get("Label", "").lower() == "debian-security"
        or fields.get("Origin", "").startswith("UbuntuESM")
        or any(suite.endswith("-security") for suite in suites)
    )


def labelled(answers: Answers) -> bool | Unknown:
    """Does apt take security updates from somewhere?  A source pinned low does not count."""
    parts = _lists(answers)
    if isinstance(parts, Unknown):
        return parts
    return any(
        priority >= 500 and _SECURITY.search(entry) is not None
        for priority, entry in _policy(parts["policy"])
    )


def _policy(text: str) -> Iterator[tuple[int, str]]:
    """`apt-cache policy`: each source's priority, and what its two lines say."""
    head = ""
    for line in filled(text):
        if re.match(r"-?[0-9]{1,6} \S", line):
            head = line
        elif head and line.startswith("release "):
            fields = dict(pair.partition("=")[::2] for pair in line[8:].split(","))
            label = f"{fields.get('l', '')}: /{fields.get('a', '')} /{fields.get('n', '')} "
            yield int(head.split()[0]), label + fields.get("o", "")
            head = ""


def _when(text: str | None) -> int | None:
    """`Sat, 21 Nov 2026 00:53:02 UTC`; None for what is no such time."""
    if not text:
        return None
    plain = re.sub(r" (UTC|GMT|Z)$", " +0000", text.strip())
    try:
        return int(datetime.strptime(plain, "%a, %d %b %Y %H:%M:%S %z").timestamp())
    except (ValueError, OverflowError):
        return None
