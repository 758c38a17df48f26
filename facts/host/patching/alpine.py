"""Alpine: what apk's cached index says.  Nothing is fetched (--no-network).

Alpine's index does not say which update is for security.  Sources: apk(8).  Read from
recordings: no Alpine answers in the lab.
"""

from __future__ import annotations

import re

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled, sections
from facts.host.patching.apt_sources import host
from facts.host.patching.model import PackageList, Source

# A repository's address may hold a password: that raw answer is not stored.
ASKS = (
    Ask(
        "patching.apk.version",
        "command -v apk >/dev/null || exit 127; apk --no-network version -l '<'",
        seconds=20,
    ),
    Ask(
        "patching.apk.sources",
        "command -v apk >/dev/null || exit 127; echo '==> repositories <==';"
        " cat /etc/apk/repositories; echo; echo '==> keys <=='; ls /etc/apk/keys;"
        " echo '==> index <=='; for f in /var/cache/apk/APKINDEX.*.tar.gz; do"
        " [ -f \"$f\" ] && stat -c '%Y' \"$f\"; done; echo '==> end <=='",
        keep=False,
    ),
)

NOT_UNDERSTOOD = "The host's answer was not understood"


def waiting(answers: Answers) -> int | Unknown:
    """How many packages are older than the index's."""
    lines = answers.lines("patching.apk.version")
    if isinstance(lines, Unknown):
        return lines
    if not lines or not lines[0].startswith("Installed:"):
        return Unknown(NOT_UNDERSTOOD, "patching.apk.version")
    rows = [line for line in lines[1:] if re.fullmatch(r"\S+\s+<\s+\S+.*", line)]
    if len(rows) != len(lines) - 1:
        return Unknown(NOT_UNDERSTOOD, "patching.apk.version")
    return len(rows)


def _parts(answers: Answers) -> dict[str, str] | Unknown:
    text = answers.text("patching.apk.sources")
    if isinstance(text, Unknown):
        return text
    parts = sections(text)
    if not {"repositories", "keys", "index", "end"} <= set(parts):
        return Unknown(NOT_UNDERSTOOD, "patching.apk.sources")
    return parts


def sources(answers: Answers) -> tuple[Source, ...] | Unknown:
    """Every repository.  apk takes an index only when a key of /etc/apk/keys has signed it."""
    parts = _parts(answers)
    if isinstance(parts, Unknown):
        return parts
    keys = any(filled(parts["keys"]))
    lines = [line for line in filled(parts["repositories"]) if not line.startswith("#")]
    addresses = [line.split()[-1] for line in lines]
    return tuple(Source(address[-60:], host(address), keys) for address in addresses)


def lists(answers: Answers) -> tuple[PackageList, ...] | Unknown:
    """When each index was last fetched."""
    parts = _parts(answers)
    if isinstance(parts, Unknown):
        return parts
    times = [int(t) for t in filled(parts["index"]) if re.fullmatch(r"[0-9]{1,11}", t)]
    return tuple(PackageList("APKINDEX", False, refreshed=at) for at in times)
