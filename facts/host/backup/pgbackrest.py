"""pgBackRest: `pgbackrest info --output=json` reads the repository's own records.

Source: the user guide's "Information" and info's JSON: backup[].timestamp.stop (seconds since
1970), backup[].error, repo[].cipher, status.code (0: ok).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from facts.base import Unknown
from facts.host.backup.keeping import NOT_SET
from facts.host.backup.model import Copy
from facts.host.backup.seen import NO_RECORD, Seen, by_unit


def copies(seen: Seen) -> Iterator[Copy]:
    """One copy for each stanza."""
    run = next((r for r in seen.runs if "backup" in (r.line.args("pgbackrest") or ())), None)
    text = seen.pgbackrest
    stanzas = text if isinstance(text, Unknown) else _stanzas(text)
    settings = seen.text_of("pgbackrest")
    if isinstance(stanzas, Unknown) or not stanzas:
        away = re.search(r"(?m)^repo[0-9]+-(host|type|s3-endpoint)\s*=", settings)
        if run or away or (settings and isinstance(stanzas, Unknown)):  # a package brings some
            yield Copy("pgbackrest", "", ("postgresql",), good=by_unit(run))
        return
    for stanza in stanzas:
        yield _stanza(stanza, seen)


def _stanzas(text: str) -> list[Mapping[str, Any]] | Unknown:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return Unknown("The host's answer was not understood", "backup.pgbackrest")
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        return Unknown("The host's answer was not understood", "backup.pgbackrest")
    return data


def _stanza(stanza: Mapping[str, Any], seen: Seen) -> Copy:
    name = str(stanza.get("name", ""))[:60]
    stops = [stop for item in _list(stanza, "backup") if (stop := _stop(item))]
    ciphers = [str(repo.get("cipher")) for repo in _list(stanza, "repo")] or [
        str(stanza.get("cipher", ""))
    ]
    settings = seen.text_of("pgbackrest")
    remote, path = _repository(settings, seen)
    none: int | Unknown = 0 if remote is False else Unknown(NO_RECORD, name)
    return Copy(
        tool="pgbackrest",
        where=f"{path or 'pgbackrest'} ({name})",
        covers=("postgresql",),
        good=max(stops) if stops else none,
        oldest=min(stops) if stops else none,
        begun=min(stops) if stops else Unknown(NO_RECORD, name),
        keeps=_keeps(settings),
        encrypted=all(cipher not in {"none", "", "None"} for cipher in ciphers),
        remote=remote,
        checked=_verified(seen, name),
    )


def _stop(backup: Mapping[str, Any]) -> int:
    """When a backup without an error ended; 0: it had one, or does not say."""
    times = backup.get("timestamp")
    stop = times.get("stop") if isinstance(times, dict) else None
    if not isinstance(stop, int) or isinstance(stop, bool) or backup.get("error"):
        return 0
    return stop if 0 < stop < 1 << 40 else 0


def _list(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = data.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _repository(settings: str, seen: Seen) -> tuple[bool | Unknown, str]:
    """Whether one of the repositories is another host's, and the first one's path."""
    hosts = re.findall(r"(?m)^repo[0-9]+-(?:host|type|s3-endpoint)\s*=\s*(\S+)", settings)
    away = [h for h in hosts if h not in {"posix", "localhost"} and h not in seen.map.names]
    paths = re.findall(r"(?m)^repo[0-9]+-path\s*=\s*(\S+)", settings) or ["/var/lib/pgbackrest"]
    place = seen.map.place(paths[0])
    return (True, place.shown) if away and "cifs" not in away else (place.remote, place.shown)


def _keeps(settings: str) -> int | Unknown:
    """Days, where full backups are kept by time; a count says nothing without their rhythm."""
    days = re.findall(r"(?m)^repo[0-9]+-retention-full\s*=\s*([0-9]{1,5})", settings)
    if days and re.search(r"(?m)^repo[0-9]+-retention-full-type\s*=\s*time", settings):
        return max(map(int, days))
    return Unknown(NOT_SET, "pgbackrest")


def _verified(seen: Seen, name: str) -> int | Unknown:
    """When `pgbackrest verify` last ended well, by its log."""
    if isinstance(seen.logs, Unknown):
        return seen.logs
    for path, text in seen.logs.items():
        if path.endswith(f"/{name}-verify.log"):
            tail = text.rpartition("verify command begin")[2]
            if "verify command end: completed successfully" in tail and "status: error" not in tail:
                return seen.log_times.get(path, 0)
    return 0
