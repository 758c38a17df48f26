"""Sweeping ports, beside one bare nmap: `python -m benchmarks.ports [HOSTS]` (root; nginx, nmap).

The hosts are in a network namespace of their own (two_spaces.py); nginx answers on two ports of
each.  Ours is a whole `press-scan scan` of two checks that read open ports; the peers are one bare
nmap each, told the same targets, ports and rate: without and with the question what answers there
(-sV), which ours asks too.  Then hosts that drop every packet.  Medians of three.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from benchmarks.two_spaces import NETWORK, SCANNER, TARGETS, alive, silent, two_spaces, within
from facts.ports import PortFacts
from scanner.probes import table
from scanner.probes.ports import QUICK
from scanner.store import Store

HOSTS, ROUNDS = 200, 3
RATE = QUICK.rate  # packets a second
BARE = ("nmap", "-n", "-Pn", "-sS", "--max-retries", "3", "-oX", os.devnull)
ENDS = {0, 1, 3}  # scan's exit codes of a whole run


@contextmanager
def nginx(folder: Path) -> Iterator[None]:
    """Answers on 80 and 8080 of every host that is alive."""
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; user root;"
        "events { worker_connections 4096; } http { access_log off; server {"
        "listen 80 backlog=8192; listen 8080 backlog=8192; return 204; } }"
    )
    command = within(TARGETS, "nginx", "-c", str(config), "-p", str(folder))
    with subprocess.Popen(command) as server:
        time.sleep(0.5)
        try:
            yield
        finally:
            server.terminate()


def inventory(folder: Path, hosts: list[str]) -> Path:
    """One agency with these hosts."""
    assets = [{"id": f"h{n}", "address": host, "roles": ["web"]} for n, host in enumerate(hosts)]
    whole = {
        "programme": {"name": "bench", "target": {"by": "2999-12-31"}},
        "authorisation": {
            "document": "1",
            "valid": {"from": "2000-01-01", "to": "2999-12-31"},
            "networks": [NETWORK],
        },
        "agencies": [
            {
                "id": "a", "name": "a", "electronic": True,
                "systems": [{"id": "s", "name": "s", "level": 3, "assets": assets}],
            }
        ],
    }  # fmt: skip
    file = folder / "inventory.yaml"
    file.write_text(yaml.safe_dump(whole))
    return file


def measured(command: list[str], ends: set[int] | None = ENDS) -> tuple[float, float]:
    """Wall and CPU seconds of a command and its children, in the scanner's namespace.

    `ends` are the exit codes of a whole run; None: any.
    """
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(within(SCANNER, *command), stdout=subprocess.DEVNULL)
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ends is None or done.returncode in ends, command
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used


def median(make: Callable[[], list[str]]) -> tuple[float, float]:
    """The medians of the rounds; `make` gives each round's command."""
    rounds = [measured(make()) for _ in range(ROUNDS)]
    return statistics.median(w for w, _ in rounds), statistics.median(c for _, c in rounds)


def scan(folder: Path, hosts: list[str]) -> Callable[[], list[str]]:
    """Ours, into a store of its own each time."""
    file = inventory(folder, hosts)

    def make() -> list[str]:
        db = folder / "bench.db"
        db.unlink(missing_ok=True)
        checks = ("--only", "ports.databases", "--only", "ports.supported")
        return [
            sys.executable,
            "-m",
            "press_scan",
            "scan",
            str(file),
            "--db",
            str(db),
            *checks,
            "-q",
        ]

    return make


def tried(folder: Path) -> tuple[str, int]:
    """The ports that our last scan tried, and how many hosts showed both of their open ones."""
    store = Store(str(folder / "bench.db"))
    found = [
        table()["ports"].codec.validate_json(one.facts)
        for one in store.observations(store.runs()[0].id)
        if one.probe == "ports" and one.facts
    ]
    store.close()
    facts: list[PortFacts] = found
    right = sum([port.number for port in one.open_ports()] == [80, 8080] for one in facts)
    return facts[0].tried if facts else "1", right


def compare(name: str, folder: Path, hosts: list[str], least: tuple[str, ...] = ()) -> None:
    """Ours and the peers over these hosts."""
    mine = median(scan(folder, hosts))
    ports, right = tried(folder)
    print(f"{name}: {len(hosts)} hosts, both open ports seen on {right}; at most {RATE} packets/s")
    rate = ("--max-rate", str(RATE), *least)
    peers = {
        "nmap -sS": [*BARE, *rate, "-p", ports, *hosts],
        "nmap -sS -sV": [*BARE, *rate, "-sV", "-p", ports, *hosts],
    }
    print(f"  {'press-scan':<14} {mine[0]:7.1f} s  {mine[1]:6.1f} s CPU")
    for peer, command in peers.items():
        # mypy types no default of a lambda
        wall, used = median(lambda command=command: command)  # type: ignore[misc]
        print(f"  {peer:<14} {wall:7.1f} s  {used:6.1f} s CPU   ours: {mine[0] / wall:.2f} times")


def main() -> None:
    """Measure, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else HOSTS
    with tempfile.TemporaryDirectory() as place, two_spaces(), nginx(Path(place)):
        compare("alive", Path(place), [alive(n) for n in range(count)])
        least = ("--min-rate", str(RATE))
        compare("silent", Path(place), [silent(n) for n in range(count)], least)


if __name__ == "__main__":
    main()
