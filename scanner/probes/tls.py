"""Visits TLS services: one hello first, then a child for those that answer.

The hello tells a service that is not there, or speaks something else, from one that is broken; and
it spares the child all that hang.  The child looks with hellos made by hand (`tls_child`), or, to
compare, with sslyze alone (`sslyze_child`); both write the same report.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from facts.base import Absent, Undecided
from facts.declared import Target
from facts.tls import TlsFacts
from facts.tls_greeting import ENOUGH, Speech, speech
from facts.tls_report import read
from scanner.probes.tls_names import GROUPS, TLS12, suites_of
from scanner.probes.tls_starttls import refuses
from scanner.probes.tls_wire import Offer, client_hello
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
    with ThreadPoolExecutor(max_workers=len(targets)) as pool:
        failures = list(pool.map(lambda target: greet(target, reach), targets))
    ready = []
    for target, failure in zip(targets, failures, strict=True):
        if failure is not None:
            yield target, failure
        else:
            ready.append(target)
    if ready:
        reports = _look(ready, reach)
        for target in ready:
            yield target, _facts(target, reports)


def greet(target: Target, reach: Reach) -> Exception | None:
    """Say hello: None when TLS may be spoken here, else what became of it."""
    for last in (False, True):
        try:
            return _greet(target, reach)
        except (OutOfScope, Undecided) as error:
            return error
        except ConnectionRefusedError:
            if last:
                return Absent("Nothing listens here")
        except TimeoutError:
            if last:
                return Undecided("No answer in time")
        except ConnectionError:
            if last:
                return Undecided("The connection was broken off")
        except OSError as error:
            if last:
                return Undecided("The network failed", error.strerror or type(error).__name__)
        except Exception as error:  # noqa: BLE001  # a fault of ours must not take the others along
            return error
        reach.stop.wait(0.5)
    return None


def _greet(target: Target, reach: Reach) -> Exception | None:
    where, name = (target.address, target.port), target.name
    with reach.talk(*where, name=name, timeout=PATIENCE) as sock:
        if target.starttls:
            no = refuses(target.starttls, _name(target), sock)
            return Absent("STARTTLS is not offered here", target.starttls) if no else None
        answer = b""
        try:
            sock.sendall(client_hello(_offer(target)))
            while len(answer) < ENOUGH and (more := sock.recv(4096)):
                answer += more
        except ConnectionError:  # an old or choosy TLS server may do so; sslyze tries the rest
            if not answer:
                return None
        except TimeoutError:
            if not answer:
                raise
    if not answer or speech(answer) is Speech.TLS:
        return None
    if speech(answer) is Speech.OTHER:
        return Absent("No TLS is spoken here", _shown(answer))
    return Undecided("The answer was neither TLS nor anything known", _shown(answer))


def _shown(answer: bytes) -> str:
    """The answer's beginning, printable."""
    return ascii(answer[:24].decode("latin-1"))


def _offer(target: Target) -> Offer:
    name = "" if is_address(target.name) else _name(target)
    return Offer(TLS12, suites_of(TLS12)[:90], tuple(GROUPS), name)


def _name(target: Target) -> str:
    """The name to ask for, in its ASCII form; or an address."""
    return target.name if is_address(target.name) else canonical(target.name)


def _look(targets: Sequence[Target], reach: Reach) -> dict[str, Any]:
    """The reports by key; a service that no child came to has none."""
    engine = ENGINES[reach.tls_engine]
    parts = [targets[i : i + engine.services] for i in range(0, len(targets), engine.services)]
    reports: dict[str, Any] = {}
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        for told in pool.map(lambda part: _run(part, engine, reach), parts):
            reports |= told
    return reports


def _run(targets: Sequence[Target], engine: Engine, reach: Reach) -> dict[str, Any]:
    """One child's reports by key, and its last words by those of the others."""
    seconds = max(1.0, reach.remaining(SECONDS + SPARE) - SPARE)
    services = []
    for target in targets:
        reach.clear(target.address, target.name, f"tls/{target.port} {engine.module}")
        services.append(
            {
                "key": target.key,
                "name": _name(target),
                "address": target.address,
                "port": target.port,
                "starttls": target.starttls,
                "ca": target.ca,
            }
        )
    job = {"seconds": seconds, "connections": CONNECTIONS, "services": services}
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


def _facts(target: Target, reports: Mapping[str, Any]) -> Result:
    report = reports[target.key]
    if isinstance(report, str):
        return Undecided("The TLS scan ended before its time", report)
    try:
        return read(report, _name(target))
    except Undecided as error:
        return error


__all__ = ["gather_many"]
