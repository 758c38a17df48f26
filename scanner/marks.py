"""How each check ended at each place, in short: enough to say later what became of a finding."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from enum import StrEnum

from checks import Status
from scanner.assessment import Finding

Place = tuple[str, str, str, str]  # check, system, asset, endpoint


class Mark(StrEnum):
    """How it ended; of several addresses the worst counts."""

    FAIL = "fail"
    ERROR = "error"  # nobody knows
    WELL = "well"  # it passes, or does not apply


Marks = Mapping[Place, Mark]
_MARK = {Status.FAIL: Mark.FAIL, Status.ERROR: Mark.ERROR}
_WORST = tuple(Mark)


def marks(findings: Iterable[Finding]) -> Marks:
    """One agency's findings by their places.

    Addresses are left out: a name may lead to another one every night.
    """
    found: dict[Place, Mark] = {}
    for one in findings:
        place = (one.check, one.system, one.asset, one.endpoint)
        mark = _MARK.get(one.status, Mark.WELL)
        found[place] = min(mark, found.get(place, mark), key=_WORST.index)
    return found


def packed(of: Marks) -> bytes:
    """As the store keeps them."""
    by_mark = {mark: sorted(p for p, m in of.items() if m is mark) for mark in Mark}
    return zlib.compress(json.dumps(by_mark, ensure_ascii=False).encode())


def unpacked(blob: bytes) -> Marks:
    """Those that the store kept."""
    by_mark = json.loads(zlib.decompress(blob))
    return {(p[0], p[1], p[2], p[3]): Mark(mark) for mark in by_mark for p in by_mark[mark]}
