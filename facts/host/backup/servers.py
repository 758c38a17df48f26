"""Backups that a server makes or keeps the books of: Barman, WAL-G, Bacula, Bareos, Veeam.

Barman writes `backup.info` for each backup (status=DONE, end_time=...).  A Bacula or Bareos client
knows nothing of how its jobs ended: only the director's log does.  Veeam's table was written from
its manual, without a real one at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from facts.base import Unknown
from facts.host.backup.model import Copy
from facts.host.backup.seen import NO_RECORD, Seen, logged

_NOT_LISTED = "The backup server alone knows how this job ended"


def barman(seen: Seen) -> Iterator[Copy]:
    """Each server below /var/lib/barman."""
    servers: dict[str, list[int]] = {}
    for path, text in seen.infos.items():
        match = re.fullmatch(r"(.*/barman/[^/]+)/base/[^/]+/backup\.info", path)
        if match:
            done = re.search(r"(?m)^status=DONE$", text)
            ended = re.search(r"(?m)^end_time=(\S+ \S+)$", text)
            servers.setdefault(match[1], [])
            if done and ended and (stamp := _stamp(ended[1])):
                servers[match[1]].append(stamp)
    for where, times in sorted(servers.items()):
        yield Copy(
            "barman", where, ("postgresql",),
            good=max(times, default=0),
            oldest=min(times, default=0),
            begun=min(times) if times else Unknown(NO_RECORD, where),
            encrypted=seen.map.encrypted_disk(where),
            remote=seen.map.place(where).remote,
            checked=0,
        )  # fmt: skip


def walg(seen: Seen) -> Iterator[Copy]:
    """A job's own log or its service's record: the storage is elsewhere."""
    for run in seen.runs:
        args = run.line.args("wal-g", "wal-g-pg", "wal-g-mysql")
        if args is None or not set(args) & {"backup-push", "wal-push"}:
            continue
        env = run.line.env
        prefix = env.get("WALG_FILE_PREFIX", "")
        sealed = any(key.startswith(("WALG_LIBSODIUM", "WALG_PGP", "WALG_GPG")) for key in env)
        away = any(key.endswith("_PREFIX") and key != "WALG_FILE_PREFIX" for key in env)
        unknown = Unknown("It is not known where this copy lies", run.job.source)
        yield Copy(
            "wal-g", prefix, ("postgresql",),
            good=logged(run, seen, r"Wrote backup|INFO: .*completed", r"ERROR:"),
            encrypted=sealed or Unknown("It is not known whether this copy is encrypted"),
            remote=True if away else seen.map.place(prefix).remote if prefix else unknown,
            checked=0,
        )  # fmt: skip


def bacula(seen: Seen) -> Iterator[Copy]:
    """The director's log where it is; on a client, that only the director knows."""
    client = seen.text_of(r"/ba(cula|reos)/.*(fd|client)")
    logs = {} if isinstance(seen.logs, Unknown) else seen.logs
    tool = "bareos" if re.search(r"bareos", " ".join((*logs, client)), re.IGNORECASE) else "bacula"
    for path, text in sorted(logs.items()):
        if re.search(r"/(bacula|bareos)/(bacula|bareos)[^/]*\.log$", path):
            yield Copy(tool, path, good=_director(text) or 0, remote=Unknown(_NOT_LISTED))
            return
    if client:
        sealed = bool(re.search(r"(?i)pki\s*encryption\s*=\s*yes", client))
        yield Copy(
            tool, "director", good=Unknown(_NOT_LISTED, tool), remote=Unknown(_NOT_LISTED, tool),
            encrypted=sealed or Unknown(_NOT_LISTED, tool), checked=Unknown(_NOT_LISTED, tool),
        )  # fmt: skip


def _director(text: str) -> int:
    """The newest `End time:` of a job that ended with `Backup OK`; the host's own zone is UTC."""
    newest = 0
    for part in re.split(r"(?m)^\s*JobId:", text):
        ended = re.search(r"End time:\s+([0-9]{2}-[A-Z][a-z]{2}-[0-9]{4} [0-9:]{8})", part)
        if ended and re.search(r"Termination:\s+Backup OK", part):
            try:
                newest = max(
                    newest,
                    int(datetime.strptime(f"{ended[1]} +0000", "%d-%b-%Y %H:%M:%S %z").timestamp()),
                )
            except ValueError:
                continue
    return newest


def veeam(seen: Seen) -> Iterator[Copy]:
    """`veeamconfig session list`: the sessions with the state Success."""
    if isinstance(seen.veeam, Unknown):
        return
    times = []
    for line in seen.veeam.split("\n"):
        stamps = re.findall(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(?::[0-9]{2})?", line)
        if re.search(r"\bBackup\b.*\bSuccess\b", line) and stamps and (stamp := _stamp(stamps[-1])):
            times.append(stamp)
    rows = [line for line in seen.veeam.split("\n") if "{" in line]
    none = 0 if rows else Unknown("The host's answer was not understood", "backup.veeam")
    yield Copy(
        "veeam", "veeamconfig",
        good=max(times) if times else none,
        oldest=min(times) if times else none,
        remote=Unknown("It is not known where this copy lies", "veeam"),
        encrypted=Unknown("It is not known whether this copy is encrypted", "veeam"),
    )  # fmt: skip


def _stamp(text: str) -> int:
    """A time that names its zone, or one of the host's taken as UTC; 0: it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return 0
    text = moment.isoformat()
    zoned = moment if moment.tzinfo else datetime.fromisoformat(f"{text}+00:00")
    try:
        return int(zoned.timestamp())
    except (ValueError, OverflowError):
        return 0
