"""rclone: its settings name the remotes and their types; a job's own log says how it ended.

Nothing is asked of the remotes.  Source: rclone.org/docs ("Config file", "Logging").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from facts.base import Unknown
from facts.host.backup.model import Copy
from facts.host.backup.seen import NO_RECORD, Seen, logged
from facts.host.backup.shell import a_set, operands

_VALUED = a_set(
    "--log-file --config --log-level --transfers --bwlimit --exclude --include --filter-from "
    "--backup-dir --suffix --checkers --min-age --max-age --stats --retries --exclude-from"
)


def remotes(text: str) -> dict[str, str]:
    """`NAME` -> type; and `NAME remote` -> what a crypt or an alias wraps."""
    found: dict[str, str] = {}
    name = ""
    for line in text.split("\n"):
        head = re.fullmatch(r"\s*\[([^\]]{1,100})\]\s*", line)
        name = head[1] if head else name
        key, equals, value = line.partition("=")
        if equals and name and key.strip() == "type":
            found[name] = value.strip()
        elif equals and name and key.strip() == "remote":
            found[f"{name} remote"] = value.strip()
    return found


def copies(seen: Seen) -> Iterator[Copy]:
    """Each target of `rclone copy` or `rclone sync`."""
    for run in seen.runs:
        args = run.line.args("rclone")
        words = operands(args or (), _VALUED)
        if len(words) != 3 or words[0] not in {"copy", "sync", "move", "copyto"}:
            continue
        place = seen.map.rclone(words[2])
        remote = words[2].partition(":")[0]
        kind = seen.map.remotes.get(remote, "")
        unknown = Unknown("It is not known whether this copy is encrypted", place.shown)
        yield Copy(
            tool="rclone",
            where=place.shown,
            covers=(words[1].rstrip("/") or "/",) if words[1].startswith("/") else (),
            good=logged(
                run, seen, r"Transferred:|There was nothing to transfer", r"ERROR|Failed to"
            ),
            oldest=Unknown(NO_RECORD, run.job.source),
            encrypted=kind == "crypt" if kind else unknown,
            remote=place.remote,
            checked=0,
        )
