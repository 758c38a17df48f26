"""Borg, read without its passphrase: the repository's own files, and root's security folder.

`index.N`, `hints.N` and `integrity.N` are written whenever a transaction is committed; the manifest
timestamp in ~/.config/borg/security is that of the last archive that was made (UTC).
Source: Borg's "Internals: data structures and file formats"; borg(1), `borg help`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from facts.base import Unknown
from facts.host.backup.keeping import kept_days
from facts.host.backup.model import Copy
from facts.host.backup.seen import NO_RECORD, Run, Seen, by_unit, journaled, logged, not_failed
from facts.host.backup.shell import a_set, operands, options

_VALUED = a_set(
    "-e --exclude --exclude-from --pattern --patterns-from -C --compression --remote-path "
    "--comment --timestamp -c --checkpoint-interval --chunker-params --umask --rsh --lock- "
    "wait --files-cache --upload-ratelimit --exclude-if-present --log-json-file --repo -r"
)
_CHECKED = r"(Archive consistency|[Rr]epository) check complete, no problems found"


def copies(seen: Seen) -> Iterator[Copy]:
    """Each repository that a job writes to, or that lies in a backup folder."""
    done: set[str] = set()
    for run in seen.runs:
        args = run.line.args("borg", "borgbackup")
        if args is None or "create" not in args:
            continue
        copy = _of_job(run, args[args.index("create") + 1 :], args, seen)
        done.add(copy.where)
        yield copy
    for path in sorted(repositories(seen)):
        if path not in done:
            yield local(path, seen, None)


def repositories(seen: Seen) -> set[str]:
    """The repositories that lie in folders that were looked into."""
    found = set()
    for path, entry in seen.entries.items():
        folder, _, name = path.rpartition("/")
        if re.fullmatch(r"(hints|integrity)\.[0-9]+", name) and not entry.folder:
            if f"{folder}/config" in seen.entries:
                found.add(folder)
        elif name == "config" and f"{folder}/nonce" in seen.entries:
            found.add(folder)
    return found


def _of_job(run: Run, after: tuple[str, ...], args: tuple[str, ...], seen: Seen) -> Copy:
    words = operands(after, _VALUED)
    target = next((word for word in words if "::" in word), "")
    named = target.rpartition("::")[0] or run.line.env.get("BORG_REPO", "")
    named = named or next(iter(options(args, "--repo")), "")
    covers = tuple(w.rstrip("/") or "/" for w in words if w.startswith("/") and w != target)
    omits = tuple(
        p.removeprefix("pp:").removeprefix("sh:") for p in options(after, "--exclude", "-e")
    )
    return of_repository(named, seen, run, covers, tuple(p for p in omits if p.startswith("/")))


def of_repository(
    named: str, seen: Seen, run: Run | None, covers: tuple[str, ...], omits: tuple[str, ...] = ()
) -> Copy:
    """The repository that a job or borgmatic's settings name."""
    source = run.job.source if run else named
    held = covers or Unknown("It is not known what this job copies", source)
    if not named:
        return Copy("borg", "", held, omits, good=by_unit(run), checked=checked(seen))
    place = seen.map.place(named)
    if place.path:
        return replace(local(place.path, seen, run), covers=held, omits=omits)
    stamp, plain = _security(named, seen)
    good: int | Unknown = not_failed(stamp, run.job if run else None) if stamp else by_unit(run)
    if run and not stamp:
        good = logged(run, seen, r"terminating with success status|Archive fingerprint:", r"rc 2\b")
    return Copy(
        tool="borg",
        where=place.shown,
        covers=held,
        omits=omits,
        good=good,
        oldest=Unknown(NO_RECORD, source),
        keeps=kept_days(seen, "borg"),
        encrypted=plain,
        remote=place.remote,
        checked=checked(seen),
    )


def local(path: str, seen: Seen, run: Run | None) -> Copy:
    """A repository in a folder."""
    times = [
        entry.modified
        for entry in seen.below(path, 1)
        if re.fullmatch(r"(hints|integrity|index)\.[0-9]+", entry.path.rpartition("/")[2])
    ]
    readme = seen.entries.get(f"{path}/README")
    place = seen.map.place(path)
    stamp, sealed = _security(path, seen)
    newest: int | Unknown = max(times) if times else seen.absent(path)
    if stamp and isinstance(newest, int):
        newest = min(newest, stamp)
    begun = readme.modified if readme else Unknown(NO_RECORD, path)
    return Copy(
        tool="borg",
        where=path,
        covers=Unknown("It is not known what this job copies", path),
        good=not_failed(newest, run.job if run else None),
        oldest=_oldest(path, seen, begun),
        begun=begun,
        keeps=kept_days(seen, "borg"),
        encrypted=sealed,
        remote=place.remote,
        checked=checked(seen),
    )


def _oldest(path: str, seen: Seen, begun: int | Unknown) -> int | Unknown:
    """Names of archives are encrypted; nothing was forgotten when nothing tells borg to."""
    prunes = any((run.line.args("borg") or ())[:1] == ("prune",) for run in seen.runs)
    prunes = prunes or bool(re.search(r"keep_\w+\s*:", seen.text_of("borgmatic")))
    if prunes:
        return Unknown(
            "The oldest archive cannot be seen without the repository's passphrase", path
        )
    return begun


def _security(named: str, seen: Seen) -> tuple[int, bool | Unknown]:
    """From ~/.config/borg/security/ID: the manifest's time, and whether it is encrypted.

    key-type is the number of the key: 2 is plain text; 5 and 6 authenticate only.
    """
    unknown = Unknown("It is not known whether this repository is encrypted", named)
    if isinstance(seen.settings, Unknown):
        return 0, seen.settings
    wanted = _plain(named)
    for path, text in seen.settings.items():
        folder, _, name = path.rpartition("/")
        if name != "location" or _plain(text.strip()) != wanted:
            continue
        kind = seen.settings.get(f"{folder}/key-type", "").strip()
        stamp = _utc(seen.settings.get(f"{folder}/manifest-timestamp", "").strip())
        if kind.isdigit() and len(kind) < 5:
            return stamp, int(kind) not in {2, 6, 7}
        return stamp, unknown
    return 0, unknown


def _plain(named: str) -> str:
    """One way to write a location: without the scheme, the port and doubled slashes."""
    text = re.sub(r"^(ssh|file)://", "", named.strip())
    text = re.sub(r"^([^/:]+):([0-9]+)?(?=/)", r"\1", text)
    return re.sub(r"/(\./)?/*", "/", text).rstrip("/")


def _utc(text: str) -> int:
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    except (ValueError, OverflowError):
        return 0


def checked(seen: Seen) -> int | Unknown:
    """When a check last went well: by borgmatic's own records, the journal, or a log."""
    newest = max(
        (entry.modified for entry in seen.checks if not entry.path.endswith("/spot")), default=0
    )
    newest = max(newest, journaled(seen, _CHECKED))
    tried: Unknown | None = None
    for run in seen.runs:
        args = run.line.args("borg")
        if args is None or "check" not in args:
            continue
        done = logged(run, seen, f"{_CHECKED}|terminating with success status", r"rc [12]\b|Error")
        if isinstance(done, Unknown):
            tried = done
        else:
            newest = max(newest, done)
    return newest or tried or 0
