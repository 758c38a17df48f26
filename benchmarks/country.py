"""A simulated country, scanned: `python -m benchmarks.country [grows|dead|far] [HOSTS ...]`.

    grows   time and memory at 1,000 and 10,000 hosts (or at these numbers)
    dead    what one dead host in ten adds, over 1,000 hosts
    far     200 ms of round trip and 2% of packets lost over 200 hosts: the same verdicts

`--profile`, `--only` and `--ports` are the scan's.  The scanner is the real `press-scan scan`; its
CPU is that of all its processes, its memory the peak of the main one and of all together (PSS).
The hosts' own CPU stands beside it.  Root: it makes a network namespace of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.country_cost import cpu_of_tree, watched
from benchmarks.country_hosts import address, kind
from benchmarks.country_net import distance, enter, prepare

PER_AGENCY = 10
MODES = {"grows": (1000, 10000), "dead": (1000,), "far": (200,)}
ROUND_TRIP, LOSS = 0.2, 0.02


def inventory(count: int, ports: str, *, dead: bool = False) -> dict[str, Any]:
    """So many hosts, ten to an agency; with `dead`, the last of each ten answers nothing."""
    return {
        "programme": {"name": "A country"},
        "authorisation": {
            "document": "own machine",
            "valid": {"from": "2000-01-01", "to": "2999-12-31"},
            "networks": ["127.64.0.0/10"],
        },
        "agencies": [_agency(first, count, ports, dead) for first in range(0, count, PER_AGENCY)],
    }


def _agency(first: int, count: int, ports: str, dead: bool) -> dict[str, Any]:
    numbers = range(first, min(first + PER_AGENCY, count))
    systems = (("portal", numbers[:5]), ("newsroom", numbers[5:]))
    return {
        "id": f"a{first}",
        "name": f"Agency {first}",
        "electronic": True,
        "systems": [
            {"id": name, "name": name, "level": 3,
             "assets": [_asset(n, ports, dead and n % 10 == 9) for n in mine]}
            for name, mine in systems if mine
        ],
    }  # fmt: skip


def _asset(number: int, ports: str, dead: bool) -> dict[str, Any]:
    where, what = address(number, dead=dead), kind(number)
    asset: dict[str, Any] = {"id": f"h{number}", "address": where, "ca": "ca.pem"}
    asset["ports"] = {"allow": [22, 80, 443], **({"scan": ports} if ports else {})}
    if what == "bare":
        return {**asset, "roles": ["database"]}
    asset |= {"roles": ["web"], "urls": [f"https://h{number}.country.test/"]}
    if what == "stream":
        asset["streams"] = [{"url": f"rtmp://h{number}.country.test/live/tin", "plain": True}]
    return asset


class Country:
    """The hosts, and scans of them."""

    def __init__(self, folder: Path, hosts: subprocess.Popen[bytes], asked: argparse.Namespace):
        self._folder, self._hosts, self._asked = folder, hosts, asked
        self._scans = 0

    def scan(self, count: int, *, dead: bool = False) -> dict[str, Any]:
        """One scan: its figures."""
        self._scans += 1
        file = self._folder / f"{self._scans}.yaml"
        file.write_text(json.dumps(inventory(count, self._asked.ports, dead=dead)))
        db, out = self._folder / f"{self._scans}.db", self._folder / f"{self._scans}.out"
        argv = [sys.executable, "-m", "press_scan", "scan", str(file), "--db", str(db), "-q"]
        argv += ["--profile", self._asked.profile]
        argv += [word for one in self._asked.only for word in ("--only", one)]
        before = cpu_of_tree(self._hosts.pid)
        cost = watched(argv, {**os.environ, "XDG_STATE_HOME": str(self._folder)}, out)
        if cost.code not in {0, 1, 3} or "Traceback" in out.read_text():
            sys.exit(out.read_text()[-3000:])
        return {**cost.figures(), "hosts' CPU s": round(cpu_of_tree(self._hosts.pid) - before)}

    def verdicts(self) -> dict[tuple[str, str, str], str]:
        """Those of the last scan, by asset, check and endpoint."""
        db = self._folder / f"{self._scans}.db"
        argv = [sys.executable, "-m", "press_scan", "report", "latest", "--db", str(db)]
        done = subprocess.run([*argv, "--format", "json"], capture_output=True, check=True)
        card = json.loads(done.stdout)
        return {
            (one["asset"], one["check"], one["endpoint"]): one["status"] for one in card["findings"]
        }


@contextmanager
def country(count: int, asked: argparse.Namespace) -> Iterator[Country]:
    """So many hosts, in this namespace."""
    with tempfile.TemporaryDirectory(prefix="press-scan-bench-") as name:
        argv = [sys.executable, "-m", "benchmarks.country_hosts", str(count), name]
        with subprocess.Popen(argv, stdout=subprocess.PIPE) as hosts:
            assert hosts.stdout
            hosts.stdout.readline()
            try:
                yield Country(Path(name), hosts, asked)
            finally:
                hosts.terminate()


def grows(of: Country, sizes: tuple[int, ...]) -> dict[str, Any]:
    """Time and memory by the number of hosts."""
    found = {count: of.scan(count) for count in sizes}
    small, large = found[sizes[0]], found[sizes[-1]]
    ratios = {name: round(large[name] / small[name], 2) for name in small if small[name]}
    return {**found, f"{sizes[-1]} hosts / {sizes[0]}": ratios}


def dead(of: Country, sizes: tuple[int, ...]) -> dict[str, Any]:
    """What a dead host in ten adds."""
    (count,) = sizes
    alive, some = of.scan(count), of.scan(count, dead=True)
    added = round(100 * (some["wall s"] / alive["wall s"] - 1))
    return {"all alive": alive, "one in ten dead": some, "added %": added}


def far(of: Country, sizes: tuple[int, ...]) -> dict[str, Any]:
    """Distance and loss change the time alone."""
    (count,) = sizes
    near, said = of.scan(count), of.verdicts()
    with distance(ROUND_TRIP, LOSS) as how:
        away, again = of.scan(count), of.verdicts()
    other = {str(key): (said.get(key), again.get(key))
             for key in {*said, *again} if said.get(key) != again.get(key)}  # fmt: skip
    return {"near": near, how: away, "verdicts": len(said), "other verdicts": other}


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("hosts", type=int, nargs="*")
    parser.add_argument("--profile", default="level3-remote")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--ports", default="")
    asked = parser.parse_args()
    sizes = tuple(asked.hosts) or MODES[asked.mode]
    enter("benchmarks.country")
    prepare()
    with country(max(sizes), asked) as of:
        found = globals()[asked.mode](of, sizes)
    sys.stdout.write(f"{json.dumps(found, indent=2)}\n")


if __name__ == "__main__":
    main()
