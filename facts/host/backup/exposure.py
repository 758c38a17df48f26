"""Which copies, and which of their passwords, every account on the host may read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from facts.base import Unknown
from facts.host.backup.files import ARCHIVE, DUMP
from facts.host.backup.model import Copy
from facts.host.backup.seen import Entry, Run, Seen
from facts.host.masking import holds_secret

_TREES = {"rsnapshot", "rsync", "cp", "mariabackup", "scp", "rdiff-backup"}
_PASSWORD = re.compile(
    r"(?:--password-file|--passphrase-file|_PASSWORD_FILE|_PASSPHRASE_FILE|--defaults(?:-extra)?-file"
    r"|PASSCOMMAND|--password-command)[=\s]*[\"']?(?:cat\s+)?(/[^\s\"';]+)"
)


def readable(copies: tuple[Copy, ...], seen: Seen) -> tuple[str, ...]:
    """Copies of which a file, or the tree itself, is open to every account."""
    found = []
    for copy in copies:
        if not copy.where.startswith("/"):
            continue
        entry = seen.entries.get(copy.where)
        trees = [e for e in seen.below(copy.where, 1) if e.folder] if copy.tool in _TREES else []
        wanted = [e for e in (entry, *trees) if e and copy.tool in _TREES and e.mode & 0o005 == 5]
        for file in seen.below(copy.where):
            plain = copy.tool not in {"dump", "archive"}
            named = DUMP if copy.tool == "dump" else ARCHIVE
            if not file.folder and file.mode & 0o004 and (plain or named.search(file.path)):
                if plain and file.path.rpartition("/")[2] in {"README", "CACHEDIR.TAG"}:
                    continue
                wanted.append(file)
        opened = next((e.path for e in wanted if reached(e.path, seen.entries)), None)
        if opened:
            found.append(opened)
    return tuple(dict.fromkeys(found))[:50]


def reached(path: str, entries: Mapping[str, Entry]) -> bool:
    """May every account enter all folders above it, as far as they were seen?"""
    parts = path.split("/")[1:-1]
    above = ["/" + "/".join(parts[: i + 1]) for i in range(len(parts))]
    return all(entries[p].mode & 0o001 for p in above if p in entries)


def passwords(
    runs: tuple[Run, ...], seen: Seen, secrets: Mapping[str, Entry] | Unknown
) -> tuple[str, ...] | Unknown:
    """Files with a backup's password that every account may read."""
    found = [path for run in runs for path in run.job.open]
    named = {path for run in runs for path in _PASSWORD.findall(run.job.text)}
    if isinstance(secrets, Unknown):
        return tuple(dict.fromkeys(found))[:50] if found else secrets
    settings = {} if isinstance(seen.settings, Unknown) else seen.settings
    entries = {**seen.entries, **secrets}
    for path, entry in secrets.items():
        ours = path in named or re.search(r"/\.my\.cnf$|/\.pgpass$|rclone\.conf$", path)
        ours = ours or re.search(r"(restic|borg|duply|backup)[^/]*/?.*(pass|key|\.env)", path, re.I)
        told = path in settings and re.search("restic|borg|backup|rclone", path)
        if not ours and not (told and holds_secret(settings[path])):
            continue
        if entry.mode & 0o004 and not entry.folder and reached(path, entries):
            found.append(path)
    unseen = [p for p in named if p not in secrets and p not in seen.entries and "*" not in p]
    if unseen and not found:
        return Unknown("It is not known who may read this password file", sorted(unseen)[0][:200])
    return tuple(dict.fromkeys(found))[:50]
