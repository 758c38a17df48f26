"""The child that runs sslyze: a job as JSON on standard input, one JSON line for each service.

    {"seconds": 90, "patience": 8, "connections": 4, "services": [{"key", "name", "address",
     "port", "starttls", "ca"}, ...]}

A line is written as soon as its service is done.  What is not done in time is written as far as it
came; the kernel ends the process shortly after.  It looks no name up.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from nassl.ssl_client import BaseSslClient

from scanner.probes.chains import Stores
from scanner.probes.sslyze_handshakes import connect
from scanner.probes.sslyze_scan import Scan
from scanner.probes.tls_greet import greet
from scanner.probes.tls_line import line_to

GRACE = 5  # seconds after the time limit until the kernel steps in


class Child:
    """One job: its services, each with its own thread and its own few connections."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._services: list[dict[str, Any]] = job["services"]
        self._ends = time.monotonic() + float(job["seconds"])
        self._patience = float(job["patience"])
        most = int(job["connections"])
        addresses = {service["address"] for service in self._services}
        self._pools = {address: ThreadPoolExecutor(most) for address in addresses}
        self._stores = Stores()
        self._writing = threading.Lock()

    def run(self) -> None:
        """Look at every service, until all are done or the time is up."""
        under_way = []
        for service in self._services:
            report = {"key": service["key"], "observed_at": datetime.now(UTC).isoformat()}
            thread = threading.Thread(target=self._look, args=(service, report), daemon=True)
            under_way.append((thread, report))
            thread.start()
        for thread, report in under_way:
            thread.join(max(0.0, self._ends - time.monotonic()))
            if thread.is_alive():
                self._write({**report, "finished": False})

    def _look(self, service: dict[str, Any], report: dict[str, Any]) -> None:
        try:
            word = asyncio.run(greet(line_to(service, asyncio.Semaphore(1)), self._patience))
            if word is not None:
                self._write({**report, "greeting": word})
                return
            server = connect(
                service["name"], service["address"], service["port"], service["starttls"]
            )
            Scan(server, self._pools[service["address"]], report).run()
            chains = [self._stores.describe(pem, service["ca"]) for pem in report["pem"]]
            report["chains"] = chains
        except Exception as error:  # noqa: BLE001  # one service's failure is its own
            traceback.print_exc()
            report |= {"error": type(error).__name__, "detail": str(error)[:300]}
            if "Server only supports SSL 2.0" in str(error):
                report |= {"only": "SSLv2", "alive": True}
        self._write({**report, "finished": True})

    def _write(self, report: dict[str, Any]) -> None:
        with self._writing:
            if time.monotonic() < self._ends + GRACE:
                sys.stdout.write(json.dumps(report) + "\n")
                sys.stdout.flush()


def no_name_for_addresses(send: Callable[..., None]) -> Callable[..., None]:
    """Send no SNI for a service that is known by its address (RFC 6066, 3); sslyze would."""

    def send_names(client: BaseSslClient, name: str) -> None:
        with suppress(ValueError):
            ip_address(name)
            return
        send(client, name)

    return send_names


def main() -> None:
    """Read the job, do it, and leave without waiting for what hangs."""
    job = json.load(sys.stdin)
    if hasattr(signal, "SIGALRM"):
        signal.alarm(math.ceil(job["seconds"]) + GRACE)  # whatever holds Python up
    # nassl has no other place to be told this
    BaseSslClient.set_tlsext_host_name = no_name_for_addresses(  # type: ignore[method-assign]
        BaseSslClient.set_tlsext_host_name
    )
    Child(job).run()
    os._exit(0)


if __name__ == "__main__":
    main()
