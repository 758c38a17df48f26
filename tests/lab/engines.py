"""Two engines, one truth: what hellos made by hand and sslyze see of the same TLS service."""

from __future__ import annotations

from dataclasses import fields, replace

from facts.base import Unknown
from facts.declared import Target
from facts.tls import TOO_SMALL, TlsFacts
from scanner.probes import tls
from scanner.reach import Reach

LISTED = {"suites", "forward", "dh_bits"}  # sslyze does not know every suite


def with_sslyze(targets: list[Target], way: Reach) -> dict[int, object]:
    """What sslyze alone sees, by port."""
    told = tls.gather_many(targets, replace(way, tls_engine="sslyze"))
    return {target.port: facts for target, facts in told}


def differences(mine: object, theirs: object) -> list[str]:
    """Where the facts differ; what only one side knows counts for nothing against it."""
    if not isinstance(mine, TlsFacts) or not isinstance(theirs, TlsFacts):
        return [] if repr(mine) == repr(theirs) else [f"{mine!r} | {theirs!r}"]
    found = []
    for one in fields(TlsFacts):
        a, b = getattr(mine, one.name), getattr(theirs, one.name)
        if one.name == "observed_at" or isinstance(b, Unknown) or a == b:
            continue
        if not isinstance(b, dict):
            found.append(f"{one.name}: {a} | {b}")
            continue
        found += [
            f"{one.name} {key}: {a.get(key)} | {b[key]}"
            for key in b
            if not isinstance(b[key], Unknown) and not _alike(one.name, a.get(key), b[key])
        ]
        if one.name not in LISTED and set(a) != set(b):
            found.append(f"{one.name}: other keys")
    return found


def _alike(name: str, mine: object, theirs: object) -> bool:
    if name == "suites":
        return isinstance(mine, tuple) and set(theirs) <= set(mine)  # type: ignore[call-overload]
    if theirs == TOO_SMALL and name == "dh_bits":
        return isinstance(mine, int) and mine < 1024
    return mine == theirs
