"""What a second worker brings: `python -m benchmarks.workers` (Debian's redis-server).

Sites that answer late are visited by one worker, then by two, through a real Redis; the wait is the
network's, as between a capital and its provinces.  Medians of three, in one run; trust the ratio.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

from facts.declared import Kind, Target
from scanner.credentials import Secret
from scanner.scope import Authorisation
from scanner.sealed import Brief, Seal
from scanner.visit import Job, Outcome
from scanner.workers import crew, make_app
from tests.lab.crew import KEY, broker, workers

SITES, SLOTS, LATE, ROUNDS = 16, 4, 0.4, 3
PAPER = Authorisation("bench", date(2000, 1, 1), date(2999, 12, 31), (ip_network("127.0.0.0/8"),))


class Late(BaseHTTPRequestHandler):
    """A site at the end of a slow line."""

    def do_GET(self) -> None:
        """Answer, late."""
        time.sleep(LATE)
        page = b"<!doctype html><title>Tin</title>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_HEAD = do_OPTIONS = do_GET  # noqa: N815  # http.server's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def sites() -> Iterator[int]:
    """One server for every loopback address; its port."""
    server = ThreadingHTTPServer(("0.0.0.0", 0), Late)  # this machine's own network
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def seconds(url: str, port: int, turn: int) -> float:
    """How long all sites take."""
    brief = Brief(PAPER, (), 100.0, time.time() + 600)
    names = [f"127.{72 + turn}.{n // 250}.{1 + n % 250}" for n in range(SITES)]
    jobs = [
        Job("site", (Target(Kind.SITE, name, name, port, url=f"http://{name}:{port}/"),))
        for name in names
    ]
    with crew(make_app(url), Seal(Secret(KEY)), brief) as executor:
        begun = time.monotonic()
        futures = [executor.submit(len, job) for job in jobs]
        wait(futures)
        took = time.monotonic() - begun
    assert all(one.outcome is Outcome.SEEN for future in futures for one in future.result())
    return took


def main() -> None:
    """Print the figures."""
    took: dict[int, float] = {}
    with sites() as port:
        for count in (1, 2):
            with (
                tempfile.TemporaryDirectory() as place,
                broker(Path(place)) as post,
                workers(post.url, Path(place), count, "--slots", SLOTS),
            ):
                rounds = [seconds(post.url, port, turn) for turn in range(ROUNDS)]
            took[count] = statistics.median(rounds)
            print(f"{count} worker(s) of {SLOTS} slots: {SITES} sites in {took[count]:.1f} s")
    print(f"two against one: {took[1] / took[2]:.2f} times the throughput (wanted: 1.6)")


if __name__ == "__main__":
    main()
