"""journald: where it keeps its entries, how long, how far they go back: journald.conf(5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled
from facts.host.system import SystemFacts

ASKS = (
    Ask(
        "logging.journald",
        "systemd-analyze cat-config systemd/journald.conf ||"
        " cat /etc/systemd/journald.conf /etc/systemd/journald.conf.d/*.conf;"
        " echo; echo '[=]'; [ -d /var/log/journal ] && echo folder; true",
    ),
    Ask("logging.journal-header", ("journalctl", "--header", "--no-pager"), plain=True),
    # Entries may hold anything: they are not stored.
    Ask("logging.journal-newest",
        ("journalctl", "-q", "--no-pager", "-o", "short-unix", "-n", "1"), plain=True, keep=False),
)  # fmt: skip

SPANS = {
    "": 1, "s": 1, "sec": 1, "second": 1, "min": 60, "m": 60, "minute": 60, "h": 3600, "hr": 3600,
    "hour": 3600, "d": 86400, "day": 86400, "w": 604800, "week": 604800, "month": 2629800,
    "y": 31557600, "year": 31557600, "ms": 0, "us": 0, "msec": 0, "usec": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Journal:
    """What journald keeps."""

    persistent: bool  # on disk, and not in memory alone
    max_days: float | None  # entries are removed after so many days; None: by size alone
    oldest: int | Unknown  # the oldest entry of the system's own journal, seconds since 1970


def read(answers: Answers, system: SystemFacts) -> Journal | Unknown | None:
    """journald's settings and reach; None where systemd is not in charge."""
    if isinstance(system.systemd, Unknown):
        return system.systemd
    if not system.systemd:
        return None
    text = answers.text("logging.journald")
    if isinstance(text, Unknown):
        return text
    settings, mark, told = text.partition("[=]")
    if not mark:
        return Unknown("The host's answer was not understood", "logging.journald")
    found = dict(re.findall(r"^\s*(Storage|MaxRetentionSec)\s*=\s*(.*?)\s*$", settings, re.M))
    storage = found.get("Storage", "").lower() or "auto"
    if storage not in {"auto", "persistent", "volatile", "none"}:
        return Unknown("The host's answer was not understood", f"Storage={storage[:40]}")
    span = _span(found.get("MaxRetentionSec", ""))
    if isinstance(span, Unknown):
        return span
    return Journal(
        persistent=storage == "persistent" or (storage == "auto" and "folder" in told),
        max_days=span / 86400 if span else None,
        oldest=_oldest(answers),
    )


def newest(answers: Answers) -> int | Unknown:
    """When the newest entry was written, seconds since 1970; 0 where root sees none."""
    answer = answers.get("logging.journal-newest")
    text = answers.text("logging.journal-newest", (0, 1))
    if isinstance(answer, Unknown) or isinstance(text, Unknown):
        return text if isinstance(text, Unknown) else 0
    if answer.root and not text.strip():
        return 0
    found = re.match(r"([0-9]{9,11})\.[0-9]+ ", text)
    if not found:
        return Unknown("The journal holds no entry that the log-in may read")
    return int(found.group(1))


def _span(text: str) -> float | Unknown:
    """systemd.time(7): `90day`, `3month 2w`; 0 and nothing: no limit."""
    total = 0.0
    parts = re.findall(r"([0-9.]+)\s*([A-Za-z]*)", text)
    if not parts and text:
        return Unknown("The host's answer was not understood", text[:40])
    for number, unit in parts:
        known = SPANS.get(unit) if unit in SPANS else SPANS.get(unit.lower().removesuffix("s"))
        if unit == "M":
            known = SPANS["month"]
        if known is None or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", number):
            return Unknown("The host's answer was not understood", text[:40])
        total += float(number) * known
    return total


def _oldest(answers: Answers) -> int | Unknown:
    """Of `journalctl --header`: the head of the oldest of the system's own files."""
    text = answers.text("logging.journal-header")
    if isinstance(text, Unknown):
        return text
    here = zone(answers)
    heads: list[int] = []
    own = False
    for line in filled(text):
        key, _, value = line.partition(":")
        if key.lower() == "file path":
            own = "/system" in value and not value.strip().startswith("/run/")
        elif key.lower() == "head realtime timestamp" and own:
            when = _when(value.strip(), here)
            if when:
                heads.append(when)
    return min(heads) if heads else Unknown("The journal holds no entry that the log-in may read")


def zone(answers: Answers) -> timezone:
    """The host's own offset; UTC where it does not say."""
    lines = answers.lines("system.clock")
    text = "" if isinstance(lines, Unknown) or not lines else lines[-1]
    hit = re.fullmatch(r"([+-])([0-9]{2})([0-9]{2})", text)
    if not hit or int(hit[2]) > 14:
        return UTC
    minutes = int(hit[2]) * 60 + int(hit[3])
    return timezone(timedelta(minutes=minutes if hit[1] == "+" else -minutes))


def _when(text: str, here: timezone) -> int | None:
    """`Sun 2026-11-22 22:24:04 UTC`, in some releases with the number in hexadecimal behind."""
    raw = re.search(r"\(([0-9a-f]{12,16})\)", text)
    if raw:
        return int(raw[1], 16) // 1_000_000
    hit = re.search(r"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})", text)
    if not hit:
        return None
    try:
        return int(datetime.fromisoformat(hit[1]).replace(tzinfo=here).timestamp())
    except ValueError:
        return None
