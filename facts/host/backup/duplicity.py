"""duplicity and duply: the names of the files say when each copy was made, in UTC.

duplicity-full.20261122T222149Z.manifest.gpg, duplicity-inc.FROM.to.WHEN.manifest.gpg: the manifest
is written last.  Source: duplicity(1), "File name format".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from facts.base import Unknown
from facts.host.backup.keeping import NOT_SET
from facts.host.backup.model import Copy
from facts.host.backup.seen import NO_RECORD, Run, Seen, logged
from facts.host.backup.shell import a_set, operands

_MANIFEST = re.compile(
    r"duplicity-(?:full|inc\.[0-9TZ]+\.to)\.([0-9]{8}T[0-9]{6}Z)\.manifest(\.gpg)?$"
)
_VALUED = a_set(
    "--exclude --include --encrypt-key --sign-key --full-if-older-than --name --archive-dir "
    "--volsize --exclude-filelist --include-filelist --tempdir --gpg-options --ssh-options "
    "--log-file"
)
_OTHER = a_set(
    "status collection-status verify restore cleanup remove-older-than list list-current-files"
    " remove-all-but-n-full remove-all-inc-of-but-n-full"
)


def copies(seen: Seen) -> Iterator[Copy]:
    """Each target of a job, and each folder with such files."""
    done: set[str] = set()
    for run in seen.runs:
        args = run.line.args("duplicity")
        words = operands(args or (), _VALUED)
        if not args or set(words) & _OTHER:
            continue
        words = [word for word in words if word not in {"full", "incremental", "incr", "backup"}]
        if len(words) == 2:
            copy = _of_job(run, args, words[0], words[1], seen)
            done.add(copy.where)
            yield copy
    yield from _duply(seen)
    for folder in sorted(
        {path.rpartition("/")[0] for path in seen.entries if _MANIFEST.search(path)}
    ):
        if folder not in done:
            yield _local(folder, seen)


def _of_job(run: Run, args: tuple[str, ...], source: str, target: str, seen: Seen) -> Copy:
    place = seen.map.place(target)
    covers = (source.rstrip("/") or "/",)
    if place.path:
        return replace(_local(place.path, seen), covers=covers)
    return Copy(
        tool="duplicity",
        where=place.shown,
        covers=covers,
        good=logged(run, seen, r"(?m)^Errors 0", r"(?m)^Errors [1-9]|Error "),
        oldest=Unknown(NO_RECORD, run.job.source),
        encrypted="--no-encryption" not in args,
        remote=place.remote,
        checked=0,
    )


def _duply(seen: Seen) -> Iterator[Copy]:
    """A duply profile's settings: TARGET, SOURCE, GPG_KEY."""
    if isinstance(seen.settings, Unknown):
        return
    runs = [run for run in seen.runs if run.line.args("duply") is not None]
    for path, text in sorted(seen.settings.items()):
        if not re.search(r"duply/[^/]+/conf$", path) or not runs:
            continue
        values = dict(re.findall(r"(?m)^(TARGET|SOURCE|GPG_KEY)=['\"]?([^'\"\s]+)", text))
        place = seen.map.place(values.get("TARGET", ""))
        copy = _local(place.path, seen) if place.path else Copy("duply", place.shown)
        yield replace(
            copy,
            tool="duply",
            covers=(values["SOURCE"].rstrip("/") or "/",) if "SOURCE" in values else copy.covers,
            good=copy.good if place.path else logged(runs[0], seen, r"(?m)^Errors 0", r"Error"),
            encrypted=copy.encrypted if place.path else values.get("GPG_KEY") != "disabled",
            remote=place.remote,
            checked=0,
        )


def _local(folder: str, seen: Seen) -> Copy:
    """A folder with such files."""
    times: list[int] = []
    sealed: list[bool] = []
    for entry in seen.below(folder, 1):
        match = _MANIFEST.search(entry.path)
        if match and (made := _utc(match[1])):
            times.append(made)
            sealed.append(bool(match[2]))
    place = seen.map.place(folder)
    none = seen.absent(folder)
    return Copy(
        tool="duplicity",
        where=folder,
        covers=Unknown("It is not known what this job copies", folder),
        good=max(times) if times else none,
        oldest=min(times) if times else none,
        begun=min(times) if times else none,
        keeps=_keeps(seen),
        encrypted=all(sealed) if sealed else Unknown(NO_RECORD, folder),
        remote=place.remote,
        checked=0,
    )


def _keeps(seen: Seen) -> int | Unknown:
    """`duplicity remove-older-than 30D`."""
    spans = {"D": 1, "W": 7, "M": 30, "Y": 365}
    for run in seen.runs:
        args = run.line.args("duplicity") or ()
        if "remove-older-than" in args:
            told = re.search(r"remove-older-than ([0-9]{1,5})([DWMY])", " ".join(args))
            if told:
                return int(told[1]) * spans[told[2]]
    return Unknown(NOT_SET, "duplicity")


def _utc(text: str) -> int:
    try:
        return int(datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp())
    except (ValueError, OverflowError):
        return 0
