"""A simulated country, scanned: `python -m benchmarks.country [grows|dead|far ...] [HOSTS ...]`.

    grows   time and memory at 1,000 and 10,000 hosts, half an hour (or at these numbers)
    dead    what one dead host in ten adds, over 1,000 hosts
    far     200 ms of round trip and 2% of packets lost over 200 hosts: the same verdicts

Without a name all are driven in turn, the shortest first; each is printed when it is done.
`--times` repeats the scans of `dead` and `far` and takes medians.
`--profile`, `--only` and `--ports` are the scan's.  The scanner is the real `press-scan scan`; its
CPU is that of all its processes, its memory the peak of the main one and of all together (PSS).
The hosts' own CPU stands beside it.  Root: it makes a network namespace of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.country_cost import cpu_of_tree, watched
from benchmarks.country_hosts import address, kind
from benchmarks.country_net import distance, enter, prepare

PER_AGENCY = 10
MODES = {"far": (200,), "dead": (1000,), "grows": (1000, 10000)}  # the shortest first
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


def grows(of: Country, sizes: tuple[int, ...], _: int) -> dict[str, Any]:
    """Time and memory by the number of hosts."""
    found = {count: of.scan(count) for count in sizes}
    small, large = found[sizes[0]], found[sizes[-1]]
    ratios = {name: round(large[name] / small[name], 2) for name in small if small[name]}
    return {**found, f"{sizes[-1]} hosts / {sizes[0]}": ratios}


def dead(of: Country, sizes: tuple[int, ...], times: int) -> dict[str, Any]:
    """What a dead host in ten adds."""
    (count,) = sizes
    pairs = [(of.scan(count), of.scan(count, dead=True)) for _ in range(times)]
    alive, some = (_medians(scans) for scans in zip(*pairs, strict=True))
    added = round(100 * (some["wall s"] / alive["wall s"] - 1))
    return {"all alive": alive, "one in ten dead": some, "added %": added}


def far(of: Country, sizes: tuple[int, ...], times: int) -> dict[str, Any]:
    """Distance and loss change the time alone."""
    (count,) = sizes
    near, said = of.scan(count), of.verdicts()
    scans, other = [], dict[str, list[Any]]()
    with distance(ROUND_TRIP, LOSS) as how:
        for _ in range(times):
            scans.append(of.scan(count))
            again = of.verdicts()
            changed = (key for key in {*said, *again} if said.get(key) != again.get(key))
            for key in changed:
                other.setdefault(" ".join(key), [said.get(key)]).append(again.get(key))
    away = _medians(scans)
    return {"near": near, how: away, "verdicts": len(said), "scans": times, "other verdicts": other}


def _medians(scans: Iterable[dict[str, Any]]) -> dict[str, Any]:
    every = list(scans)
    return {name: round(statistics.median(one[name] for one in every), 1) for name in every[0]}


def main() -> None:
    """Drive each, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", nargs="*", metavar="grows|dead|far|HOSTS")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--profile", default="level3-remote")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--ports", default="")
    asked = parser.parse_args()
    modes = [word for word in asked.what if not word.isdecimal()] or list(MODES)
    numbers = tuple(int(word) for word in asked.what if word.isdecimal())
    if unknown := set(modes) - set(MODES):
        parser.error(f"there is no {', '.join(sorted(unknown))}: {', '.join(MODES)}")
    if numbers and (len(modes) > 1 or (modes != ["grows"] and len(numbers) > 1)):
        parser.error("hosts: name one of them too; only `grows` takes several numbers")
    enter("benchmarks.country")
    prepare()
    print(f"A simulated country; {platform.platform()}, {os.cpu_count()} processors", flush=True)
    for mode in modes:
        sizes = numbers or MODES[mode]
        with country(max(sizes), asked) as of:
            found = globals()[mode](of, sizes, asked.times)
        print(f"{mode} {json.dumps(found, indent=2)}", flush=True)


if __name__ == "__main__":
    main()
