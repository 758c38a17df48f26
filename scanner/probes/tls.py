"""Visits TLS services: a hello of our own first, then sslyze in a child for those that answer.

The hello tells a service that is not there, or speaks something else, from one that is broken; and
it spares the child all that hang.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from facts.base import Absent, Undecided
from facts.declared import Target
from facts.tls import TlsFacts
from facts.tls_greeting import ENOUGH, Speech, speech
from facts.tls_report import read
from scanner.probes.tls_hello import hello
from scanner.probes.tls_starttls import refuses
from scanner.reach import Done, Reach
from scanner.scope import OutOfScope, canonical, is_address

CONNECTIONS = 4  # at once to one service
PATIENCE = 8.0  # seconds for the first answer
SECONDS = 100.0  # for the child, however many services it has; they are looked at side by side
SPARE = 10.0  # seconds after which a child that has not ended by itself is killed
MOST = 16 << 20  # bytes of its output

Result = TlsFacts | Exception


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
        reports = _run(ready, reach)
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
            no = refuses(target.starttls, sock)
            return Absent("STARTTLS is not offered here", target.starttls) if no else None
        answer = b""
        try:
            sock.sendall(hello(_name(target)))
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


def _name(target: Target) -> str:
    """The name to ask for, in its ASCII form; or an address."""
    return target.name if is_address(target.name) else canonical(target.name)


def _run(targets: Sequence[Target], reach: Reach) -> dict[str, Any]:
    """The child's reports by key; a service that it did not come to has none."""
    seconds = max(1.0, reach.remaining(SECONDS + SPARE) - SPARE)
    services = []
    for target in targets:
        reach.clear(target.address, target.name, f"tls/{target.port} sslyze")
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
    argv = [sys.executable, "-m", "scanner.probes.sslyze_child"]
    done = reach.run(argv, timeout=seconds + SPARE, most=MOST, stdin=json.dumps(job).encode())
    return _reports(done, targets, reach)


def _reports(done: Done, targets: Sequence[Target], reach: Reach) -> dict[str, Any]:
    """What the child wrote, line by line; and each line kept beside the facts."""
    places = {target.key: f"{target.address}:{target.port} sslyze.json" for target in targets}
    reports: dict[str, Any] = {"": _last_words(done)}
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
    report = reports.get(target.key)
    if report is None:
        return Undecided("The TLS scan ended before its time", reports[""])
    try:
        return read(report, _name(target))
    except Undecided as error:
        return error


__all__ = ["gather_many"]
