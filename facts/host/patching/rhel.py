"""RHEL's family: what dnf's cached lists say.  Nothing is fetched (-C).

CentOS and CentOS Stream publish no updateinfo, so `--security` is always empty there: such lists
are known by what their repomd.xml names.  Sources: dnf(8), dnf-plugins-core; tried with dnf 4.14.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled, sections
from facts.host.patching import repo_files
from facts.host.patching.model import PackageList, Source, Update

_UPDATEINFO = ("dnf", "-C", "updateinfo")  # not -q: then "none" could not be told from silence

ASKS = (
    Ask("patching.dnf.list", (*_UPDATEINFO, "list", "--security", "--available"), 40, 1 << 20),
    Ask("patching.dnf.info", (*_UPDATEINFO, "info", "--security", "--available"), 40, 2 << 20),
    Ask("patching.dnf.all", ("dnf", "-q", "-C", "check-update"), 40, 1 << 20),
    Ask(
        "patching.dnf.cache",
        "command -v rpm >/dev/null || exit 127;"
        " find /var/cache/dnf /var/cache/yum /var/cache/libdnf5 -name repomd.xml 2>/dev/null |"
        " while read -r f; do printf '==> %s %s <==\\n' \"$(stat -c %Y \"$f\")\" \"$f\";"
        " grep -oE 'type=\"updateinfo\"|<(revision|timestamp)>[0-9]+' \"$f\"; done;"
        " echo '==> end <=='",
        seconds=20,
    ),
)  # fmt: skip

FOLDER = "/etc/yum.repos.d/"
NOT_UNDERSTOOD = "The host's answer was not understood"
SEVERITIES = ("critical", "important", "moderate", "low", "none", "")
_CHECKED = "Last metadata expiration check:"  # what dnf says before its answer
_ROW = re.compile(r"(\S+)\s+(\S+)/Sec\.\s+(\S+)")


def pending(answers: Answers) -> tuple[Update, ...] | Unknown:
    """The security updates that dnf knows of, by package."""
    rows, about = answers.text("patching.dnf.list"), answers.text("patching.dnf.info")
    if isinstance(rows, Unknown):
        return rows
    if _CHECKED not in rows:
        return Unknown(NOT_UNDERSTOOD, "patching.dnf.list")
    dates = about if isinstance(about, Unknown) else _dates(about)
    found: dict[str, Update] = {}
    for line in filled(rows):
        if line.startswith(_CHECKED):
            continue
        match = _ROW.fullmatch(line)
        if match is None:
            return Unknown(NOT_UNDERSTOOD, line[:120])
        nevr = match[3].rpartition(".")[0]
        name, _, version = nevr.rpartition("-")
        name, _, upstream = name.rpartition("-")
        if not name:
            return Unknown(NOT_UNDERSTOOD, line[:120])
        since = dates if isinstance(dates, Unknown) else _since(dates, match[1])
        one = Update(name, f"{upstream}-{version}", since, match[2].lower(), (match[1],))
        found[name] = _joined(found[name], one) if name in found else one
    return tuple(found.values())


def _since(dates: Mapping[str, int], number: str) -> int | Unknown:
    return dates.get(number) or Unknown("The day of this advisory is not known", number)


def _joined(one: Update, other: Update) -> Update:
    """Several advisories for one package: the earliest day and the worst severity count."""
    known = [s for s in (one.since, other.since) if not isinstance(s, Unknown)]
    severity = min((one.severity, other.severity), key=_rank)
    first = min(known) if len(known) == 2 else one.since if not known else min(known)
    return Update(one.name, other.version, first, severity, (*one.ids, *other.ids))


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _dates(text: str) -> Mapping[str, int]:
    """`Update ID: X` and `Updated: 2026-10-02 00:00:00` (or `Issued:`) of each advisory."""
    found: dict[str, int] = {}
    number = ""
    for line in filled(text):
        key, _, value = line.partition(": ")
        if key == "Update ID":
            number = value.strip()
        elif key in ("Updated", "Issued") and number:
            at = _day(value)
            if at:
                found[number] = min(at, found.get(number, at))
    return found


def _day(text: str) -> int:
    try:
        return int(datetime.fromisoformat(text.strip()[:19]).replace(tzinfo=UTC).timestamp())
    except (ValueError, OverflowError):
        return 0


def waiting(answers: Answers) -> int | Unknown:
    """How many updates of any kind wait: `NAME.ARCH VERSION REPOSITORY` lines, exit code 100."""
    name = "patching.dnf.all"
    text = answers.text(name, (0, 100))
    if isinstance(text, Unknown):
        return text
    answer = answers.get(name)
    before = text.partition("Obsoleting Packages")[0]
    rows = [line for line in filled(before) if re.fullmatch(r"\S+\.\S+\s+\S+\s+\S+", line)]
    said = 0 if isinstance(answer, Unknown) else answer.code
    if (said == 100) != bool(rows):
        return Unknown(NOT_UNDERSTOOD, name)
    return len(rows)


def lists(
    answers: Answers, sources: tuple[Source, ...] | Unknown
) -> tuple[PackageList, ...] | Unknown:
    """The cached lists of the repositories that are switched on."""
    text = answers.text("patching.dnf.cache")
    if isinstance(text, Unknown):
        return text
    if isinstance(sources, Unknown):
        return sources
    parts = sections(text)
    if "end" not in parts:
        return Unknown(NOT_UNDERSTOOD, "patching.dnf.cache")
    enabled = {source.where for source in sources}
    found = []
    for name, part in parts.items():
        match = re.fullmatch(r"([0-9]{1,11}) (/\S+?)(?:/repodata)?/repomd\.xml", name)
        if match:
            repo = re.sub(r"-[0-9a-f]{16}$", "", match[2].rpartition("/")[2])
            if repo in enabled:
                found.append(_list(repo, part, int(match[1])))
    return tuple(found)


def _list(repo: str, part: str, refreshed: int) -> PackageList:
    made = [int(n) for n in re.findall(r"<(?:revision|timestamp)>([0-9]{10})\b", part)]
    says = 'type="updateinfo"' in part
    return PackageList(repo, says, max(made, default=None), None, refreshed)


def labelled(lists: tuple[PackageList, ...] | Unknown) -> bool | Unknown:
    """Do the system's own repositories say what is a security update?"""
    if isinstance(lists, Unknown):
        return lists
    return any(one.security and not repo_files.third_party(one.name) for one in lists)
