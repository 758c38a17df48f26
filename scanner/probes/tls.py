"""Visits TLS services, many with one child.

The child looks with hellos made by hand (`tls_child`), or, to compare, with sslyze alone
(`sslyze_child`).  Both say one hello first (`tls_greet`), and write the same report.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from facts.base import Absent, Undecided
from facts.declared import Target
from facts.tls import TlsFacts
from facts.tls_report import read
from scanner.reach import Done, Reach
from scanner.scope import OutOfScope, canonical, is_address

CONNECTIONS = 4  # at once to one service
PATIENCE = 8.0  # seconds for the first answer
SECONDS = 100.0  # for the child, however many services it has; they are looked at side by side
SPARE = 10.0  # seconds after which a child that has not ended by itself is killed
MOST = 16 << 20  # bytes of its output

Result = TlsFacts | Exception


@dataclass(frozen=True)
class Engine:
    """Who looks: a child's module, and how many services one child takes."""

    module: str
    services: int


ENGINES = {
    "native": Engine("tls_child", 1000),
    "sslyze": Engine("sslyze_child", 4),  # each keeps a processor busy by itself
}


def gather_many(targets: Sequence[Target], reach: Reach) -> Iterator[tuple[Target, Result]]:
    """The facts of each service, or why there are none; one's failure does not hurt the others."""
    engine = ENGINES[reach.tls_engine]
    ready = []
    for target in targets:
        try:
            reach.clear(target.address, target.name, f"tls/{target.port} {engine.module}")
            ready.append(target)
        except (OutOfScope, Undecided) as error:
            yield target, error
    parts = [ready[i : i + engine.services] for i in range(0, len(ready), engine.services)]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        for part, reports in zip(
            parts, pool.map(lambda part: _run(part, engine, reach), parts), strict=True
        ):
            for target in part:
                yield target, _facts(target, reports[target.key])


def _name(target: Target) -> str:
    """The name to ask for, in its ASCII form; or an address."""
    return target.name if is_address(target.name) else canonical(target.name)


def _run(targets: Sequence[Target], engine: Engine, reach: Reach) -> dict[str, Any]:
    """One child's reports by key, and its last words by those of the others."""
    seconds = max(1.0, reach.remaining(SECONDS + SPARE) - SPARE)
    services = [
        {
            "key": target.key,
            "name": _name(target),
            "address": target.address,
            "port": target.port,
            "starttls": target.starttls,
            "ca": target.ca,
        }
        for target in targets
    ]
    job = {
        "seconds": seconds,
        "patience": PATIENCE,
        "connections": CONNECTIONS,
        "services": services,
    }
    argv = [sys.executable, "-m", f"scanner.probes.{engine.module}"]
    done = reach.run(argv, timeout=seconds + SPARE, most=MOST, stdin=json.dumps(job).encode())
    return _reports(done, targets, reach)


def _reports(done: Done, targets: Sequence[Target], reach: Reach) -> dict[str, Any]:
    """What the child wrote, line by line; and each line kept beside the facts.

    A service that it did not write of has the child's last words instead.
    """
    places = {target.key: f"{target.address}:{target.port} tls.json" for target in targets}
    reports: dict[str, Any] = dict.fromkeys(places, _last_words(done))
    for line in done.out.splitlines():
        try:
            report = json.loads(line)
            key = report["key"]
        except (ValueError, TypeError, KeyError, RecursionError):
            continue
        if key in places:
            reports[key] = report
            reach.keep(places[key], line)
    return reports


def _last_words(done: Done) -> str:
    lines = done.err.decode("utf-8", "replace").strip().splitlines()
    return f"{done.code}: {lines[-1][:150]}" if lines else str(done.code)


def _facts(target: Target, report: Any) -> Result:
    """A child's report of one service, or its last words, as facts or as what became of it."""
    if isinstance(report, str):
        return Undecided("The TLS scan ended before its time", report)
    if "greeting" in report:
        return _greeting(target, report["greeting"])
    try:
        return read(report, _name(target))
    except Undecided as error:
        return error


def _greeting(target: Target, told: object) -> Exception:
    """Why no trial was made."""
    word = told.get("word") if isinstance(told, dict) else None
    detail = str(told.get("detail", ""))[:200] if isinstance(told, dict) else ""
    return {
        "no starttls": Absent("STARTTLS is not offered here", target.starttls),
        "refused": Absent("Nothing listens here"),
        "silence": Undecided("No answer in time"),
        "broken": Undecided("The connection was broken off"),
        "failed": Undecided("The network failed", detail),
        "other": Absent("No TLS is spoken here", detail),
        "nonsense": Undecided("The answer was neither TLS nor anything known", detail),
    }.get(str(word), Undecided("The answer to this trial was not understood"))


__all__ = ["gather_many"]
