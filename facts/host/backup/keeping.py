"""How many days a rotation keeps: from the options by which tools are told to forget."""

from __future__ import annotations

import re

from facts.base import Unknown
from facts.host.backup.seen import Seen

_STEPS = {"hourly": 1 / 24, "daily": 1, "weekly": 7, "monthly": 30, "yearly": 365, "annually": 365}
_SPANS = {"h": 1 / 24, "d": 1, "w": 7, "m": 30, "y": 365, "H": 1 / 24, "D": 1, "W": 7, "M": 30,
          "Y": 365}  # fmt: skip
NOT_SET = "It is not known for how long the rotation keeps copies"


def days_kept(text: str) -> int | None:
    """--keep-daily 7 --keep-weekly 4, --keep-within 30d, keep_monthly: 6; None: nothing is said."""
    found = [
        int(number) * _STEPS[step]
        for step, number in re.findall(
            r"keep[-_](hourly|daily|weekly|monthly|yearly)[=:\s\"']+([0-9]{1,5})", text
        )
    ]
    for span in re.findall(r"keep[-_]within(?:[-_]\w+)?[=:\s\"']+([0-9a-zA-Z]{2,20})", text):
        parts = re.findall(r"([0-9]{1,6})([hdwmyHDWMY])", span)
        found.append(sum(int(number) * _SPANS[unit] for number, unit in parts))
    if re.search(r"keep[-_](last|tag)|keep-\w+[= ]unlimited", text):
        return None
    return int(max(found)) if found else None


def kept_days(seen: Seen, *programs: str) -> int | Unknown:
    """What the jobs of these programs are told to keep."""
    found = []
    for run in seen.runs:
        args = run.line.args(*programs)
        if args is not None and (days := days_kept(" ".join(args))) is not None:
            found.append(days)
    return max(found) if found else Unknown(NOT_SET, programs[0])


def deleted_after(seen: Seen, folder: str) -> int | Unknown:
    """`find FOLDER ... -mtime +N -delete`: N days; or tmpreaper, tmpwatch."""
    for run in seen.runs:
        args = run.line.args("find")
        if not args or not _about(args, folder):
            continue
        if "-delete" in args or "rm" in args:
            told = re.search(r"-mtime \+([0-9]{1,5})", " ".join(args))
            if told:
                return int(told[1])
    return Unknown(NOT_SET, folder)


def _about(args: tuple[str, ...], folder: str) -> bool:
    named = [arg.rstrip("/") for arg in args if arg.startswith("/")]
    return any(
        folder == n or folder.startswith(f"{n}/") or n.startswith(f"{folder}/") for n in named
    )
