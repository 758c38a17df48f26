"""What systemd's timers start, and how that ended: for `facts.host.cron`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled
from facts.host.units import Unit

_PROPERTIES = "Id,User,ExecStart,ExecMainExitTimestamp,ExecMainStartTimestamp,ExecMainStatus,Result"

STARTED = Ask(
    "cron.timers",
    "command -v systemctl >/dev/null || exit 127;"
    " u=$(systemctl show '*.timer' -p Unit | sed -n 's/^Unit=//p' | sort -u);"
    f' [ -z "$u" ] || TZ=UTC systemctl show --no-pager -p {_PROPERTIES} $u',
    most=512 << 10,
    keep=False,
)


@dataclass(frozen=True)
class Started:
    """A timer, and the service that it starts."""

    timer: str
    user: str
    command: str  # ExecStart's command lines
    active: bool
    ended: int | None  # when it last ended, seconds since 1970
    well: bool | Unknown


def started(answers: Answers, known: Mapping[str, Unit] | Unknown) -> tuple[Started, ...] | Unknown:
    """Every timer that is loaded."""
    if isinstance(known, Unknown):
        return known
    text = answers.text("cron.timers")
    if isinstance(text, Unknown):
        return text
    services = {block["Id"]: block for block in _blocks(text) if "Id" in block}
    found = []
    for name, unit in known.items():
        if name.endswith(".timer") and unit.active:
            block = services.get(unit.starts or f"{name.removesuffix('.timer')}.service", {})
            found.append(_started(unit, block))
    return tuple(found)


def _started(unit: Unit, block: Mapping[str, str]) -> Started:
    ended = moment(block.get("ExecMainExitTimestamp", ""))
    status = block.get("ExecMainStatus", "")
    well: bool | Unknown = Unknown("This job has not ended since the host started", unit.name)
    if ended is not None:
        well = status == "0" and block.get("Result") == "success"
    return Started(
        timer=unit.name,
        user=block.get("User", ""),
        command="\n".join(
            re.findall(r"argv\[\]=(.*?) ; ignore_errors=", block.get("ExecStart", ""))
        ),
        active=unit.active in {"active", "activating"},
        ended=ended,
        well=well,
    )


def moment(text: str) -> int | None:
    """`Mon 2026-11-23 03:00:01 UTC`, as systemd writes a time in UTC; seconds since 1970."""
    match = re.search(r"\b(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d) UTC", text)
    if not match:
        return None
    try:  # six numbers, as the pattern has six groups
        return int(datetime(*map(int, match.groups()), tzinfo=UTC).timestamp())  # type: ignore[arg-type, misc]
    except ValueError:
        return None


def _blocks(text: str) -> list[dict[str, str]]:
    blocks: list[dict[str, str]] = []
    for part in text.split("\n\n"):
        block: dict[str, str] = {}
        for key, equals, value in (line.partition("=") for line in filled(part)):
            if equals:
                block[key] = f"{block[key]}\n{value}" if key in block else value
        blocks.append(block)
    return blocks
