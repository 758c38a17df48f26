"""The child that looks at TLS services with hellos made by hand: the job and the reports are those
of `sslyze_child`.

Where a trial leaves a doubt that needs real cryptography, sslyze makes it again.
"""

from __future__ import annotations

import asyncio
import gc
import json
import math
import os
import signal
import sys
import traceback
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scanner.probes.tls_greet import greet
from scanner.probes.tls_line import line_to
from scanner.probes.tls_look import Look

if TYPE_CHECKING:
    from scanner.probes.chains import Stores

GRACE = 5  # seconds after the time limit until the kernel steps in


class Child:
    """One job: its services, side by side, with a few connections to each."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._services: list[dict[str, Any]] = job["services"]
        self._seconds, self._patience = float(job["seconds"]), float(job["patience"])
        self._most = int(job["connections"])
        self._chains: dict[tuple[str, ...], dict[str, Any]] = {}

    async def run(self) -> None:
        """Look at every service, until all are done or the time is up."""
        under_way: dict[asyncio.Task[None], dict[str, Any]] = {}
        for service in self._services:
            report = {"key": service["key"], "observed_at": datetime.now(UTC).isoformat()}
            under_way[asyncio.create_task(self._look(service, report))] = report
        _, late = await asyncio.wait(under_way, timeout=self._seconds)
        for task in late:
            write({**under_way[task], "finished": False})

    async def _look(self, service: dict[str, Any], report: dict[str, Any]) -> None:
        try:
            # the engine of a scan gives no child two services of one address
            line = line_to(service, asyncio.Semaphore(self._most))
            word = await greet(line, self._patience)
            if word is not None:
                write({**report, "greeting": word})
                return
            await Look(line, report).run()
            if _doubts(report):
                await asyncio.to_thread(_confirm, service, report, self._most)
            report["chains"] = [self._described(pem, service["ca"]) for pem in report["pem"]]
        except Exception as error:  # noqa: BLE001  # one service's failure is its own
            traceback.print_exc()
            report |= {"error": type(error).__name__, "detail": str(error)[:300]}
        write({**report, "finished": True})

    def _described(self, pem: list[str], ca: str) -> dict[str, Any]:
        """One chain, as `Stores.describe` says; many services of an agency send the same."""
        known = self._chains.get((*pem, ca))
        if known is None:
            known = self._chains[(*pem, ca)] = self._stores.describe(pem, ca)
        return known

    @cached_property
    def _stores(self) -> Stores:
        from scanner.probes.chains import Stores  # the hellos need not wait for it

        return Stores()


def _doubts(report: dict[str, Any]) -> list[str]:
    return [name for name, told in report.get("attacks", {}).items() if _doubted(told)]


def _doubted(told: object) -> bool:
    return isinstance(told, dict) and "doubt" in told


def _confirm(service: dict[str, Any], report: dict[str, Any], most: int) -> None:
    """Have sslyze make the trials again that left a doubt."""
    from scanner.probes.sslyze_again import again

    doubts = _doubts(report)
    report["attacks"] = {**report["attacks"], **again(service, doubts, most)}


def write(report: dict[str, Any]) -> None:
    """One line for the parent."""
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Read the job, do it, and leave without waiting for what hangs."""
    job = json.load(sys.stdin)
    if hasattr(signal, "SIGALRM"):
        signal.alarm(math.ceil(job["seconds"]) + GRACE)  # whatever holds Python up
    gc.disable()  # it lives for seconds, and the memory of its job is bounded
    asyncio.run(Child(job).run())
    os._exit(0)


if __name__ == "__main__":
    main()
