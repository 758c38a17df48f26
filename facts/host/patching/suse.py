"""SUSE's family: what zypper's cached lists say.  Nothing is fetched (--no-refresh).

Sources: zypper(8).  Not tried on a real host: no SUSE answers in the lab.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled
from facts.host.patching.model import PackageList, Source, Update

_ZYPPER = ("zypper", "--non-interactive", "--no-refresh", "--xmlout")

ASKS = (
    Ask(
        "patching.zypper.patches",
        (*_ZYPPER, "list-patches", "--category", "security"),
        seconds=40,
        most=2 << 20,
        plain=True,
    ),
    Ask(
        "patching.zypper.cache",
        "command -v zypper >/dev/null || exit 127; cd /var/cache/zypp/raw || exit 1;"
        ' for f in */cookie; do [ -f "$f" ] && printf \'%s %s\\n\' "$(stat -c %Y "$f")" "${f%/*}";'
        " done; echo end",
    ),
)

FOLDER = "/etc/zypp/repos.d/"
NOT_UNDERSTOOD = "The host's answer was not understood"


def pending(answers: Answers) -> tuple[Update, ...] | Unknown:
    """The security patches that zypper says are needed."""
    text = answers.text("patching.zypper.patches", (0, 100, 101))
    if isinstance(text, Unknown):
        return text
    if not re.search(r"<update-list\s*/>|<update-list>.*</update-list>", text, re.DOTALL):
        return Unknown(NOT_UNDERSTOOD, "patching.zypper.patches")
    found = []
    for match in re.finditer(r"<update\s([^<>]*)>(.*?)</update>", text, re.DOTALL):
        fields = dict(re.findall(r'([\w-]+)="([^"]*)"', match[1]))
        if fields.get("status", "needed") == "needed" and fields.get("name"):
            name = fields["name"][:120]
            severity = fields.get("severity", "").lower()
            found.append(Update(name, fields.get("edition", ""), _issued(match[2], name), severity))
    if len(found) < len(re.findall(r"<update\s", text)) and not found:
        return Unknown(NOT_UNDERSTOOD, "patching.zypper.patches")
    return tuple(found)


def _issued(inner: str, name: str) -> int | Unknown:
    match = re.search(r'<issue-date\s[^>]*time_t="([0-9]{1,11})"', inner)
    if match:
        return int(match[1])
    day = re.search(r"<issue-date[^>]*>\s*([0-9]{4}-[0-9]{2}-[0-9]{2})", inner)
    if day:
        try:
            return int(datetime.fromisoformat(day[1]).replace(tzinfo=UTC).timestamp())
        except ValueError:
            pass
    return Unknown("The day of this advisory is not known", name)


def lists(
    answers: Answers, sources: tuple[Source, ...] | Unknown
) -> tuple[PackageList, ...] | Unknown:
    """When each repository that is switched on was last fetched."""
    lines = answers.lines("patching.zypper.cache")
    if isinstance(lines, Unknown):
        return lines
    if isinstance(sources, Unknown):
        return sources
    if lines[-1:] != ("end",):
        return Unknown(NOT_UNDERSTOOD, "patching.zypper.cache")
    enabled = {source.where for source in sources}
    found = []
    for line in filled("\n".join(lines[:-1])):
        at, _, name = line.partition(" ")
        if at.isdigit() and len(at) < 12 and name in enabled:
            found.append(PackageList(name, security=True, refreshed=int(at)))
    return tuple(found)
