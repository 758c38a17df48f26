"""FriendsOfPHP's advisories as GitHub packs them: one YAML file each, in a zip.  Pure.

The archive is a stranger's: it is read in memory, entry by entry, within bounds.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from facts.message import Message
from scanner.tables_read import BadTable, Table, php_advisories, php_kept, php_row
from scanner.unpack import BadArchive, Packed, unzip

MOST_FILES = 20_000
MOST_OF_FILE = 64 << 10
MOST = 32 << 20  # bytes of all files together
ODD = 0.05  # the share of files that may be left out
_ADVISORY = re.compile(r"[^/]+/([a-z0-9._-]+/[a-z0-9._-]+)/([A-Za-z0-9._-]+)\.ya?ml", re.IGNORECASE)
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # both make strings only
_DEPTH = 20  # what nests deeper makes libyaml's loader overrun its stack


def php(data: bytes) -> Table:
    """The advisories: GitHub's archive, or the compact form as we keep it."""
    if not data.startswith(b"PK\x03\x04"):
        return php_advisories(data)
    try:
        packed = unzip(data, files=MOST_FILES, each=MOST_OF_FILE, all_of=MOST, wanted=_advisory)
    except BadArchive as error:
        raise BadTable(error.message, error.detail) from error
    every = [_row(one) for one in packed]
    good = [row for row in every if row]
    if not good or len(every) - len(good) > ODD * len(every):
        raise BadTable(Message("It was not understood"), f"{len(good)} / {len(every)}")
    day = max(one.day for one in packed)
    return php_advisories(php_kept(sorted(good), day, ""))


def _advisory(name: str) -> bool:
    return bool(_ADVISORY.fullmatch(name)) and "/.github/" not in name


def _row(one: Packed) -> list[Any] | None:
    match = _ADVISORY.fullmatch(one.name)
    try:
        if not _flat(one.data):
            return None
        said = yaml.load(one.data, Loader=_Loader)  # noqa: S506  # it makes strings only
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return php_row(match[1], match[2], said) if match else None


def _flat(data: bytes) -> bool:
    """Is it neither deep nor full of references, which would unfold?"""
    depth = 0
    for event in yaml.parse(data, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEPTH or isinstance(event, yaml.AliasEvent):
            return False
    return True
