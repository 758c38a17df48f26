"""Sweep the TCP ports of many hosts with one nmap, then ask the open ones who they are.

Half-open scans as root, whole connections otherwise.  Polite by a gap between two packets to one
host (`GAP`) and a ceiling for all of them together (`Lane`); nmap's own slowing-down for hosts
that drop packets is switched off by `--min-parallelism`, or one silent host would take minutes.
Sweeps take turns, so that each has the whole rate, while others ask the ports that are open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Event, Lock

from facts.base import Undecided, Unknown
from facts.declared import Target
from facts.ports import Port, PortFacts, Sweep, named, numbers, ranges, read, unasked
from facts.services import OPEN_DOORS, SHARED, TALKATIVE, WANTED
from scanner.probes.nmap_child import Nmap, plain, raw_sockets
from scanner.probes.services import panel, serves_strangers, talks_in_clear
from scanner.reach import OutOfScope, Reach

GAP = "3ms"  # between two packets to one host: about 300 a second
SWEEP = (
    *("-n", "-Pn", "--max-retries", "3", "--scan-delay", GAP, "--min-parallelism", "4000"),
    *("--initial-rtt-timeout", "400ms", "--max-rtt-timeout", "800ms"),
)
ASK = ("-n", "-Pn", "-sV", "--max-retries", "2", "--max-rate", "1500")
INTENSITIES = (("2", 75.0), ("0", 40.0))  # -sV: how hard it asks, and seconds for one host
PORTS_AT_ONCE = 600_000  # of all hosts of one nmap, which keeps 115 bytes for each: 70 MB
COMMON = frozenset({21, 22, 25, 53, 80, 110, 143, 443, 445, 993, 1935, 3306, 3389, 8080, 8443})
FEW = 16  # ports that tell whether a host answers at all: these first
MARGIN = 20.0  # seconds that nmap itself may need besides
MANY = 100  # open ports, after which a host answers for what is not there
READERS = 4  # questions at once to one host
AT_ONCE = 5  # services of one host that nmap asks at once, on the average
HOSTS = 8  # hosts that are asked at once

LATE = Unknown("nmap did not learn the services' versions in time")
TOO_MANY = Unknown("So many ports answer that something answers for all of them")

Result = PortFacts | Exception


@dataclass(frozen=True)
class Lane:
    """Where sweeps take turns."""

    rate: int  # packets a second, to all hosts
    turn: Lock = field(default_factory=Lock)

    @contextmanager
    def mine(self, stop: Event) -> Iterator[None]:
        """One sweep's turn.  When the run is stopped, nobody waits any more: nmap won't start."""
        while not self.turn.acquire(timeout=0.2):
            if stop.is_set():
                yield
                return
        try:
            yield
        finally:
            self.turn.release()


QUICK, WHOLE = Lane(4500), Lane(1500)  # a long sweep keeps nobody waiting for a short one
LONG = 5000  # ports


@dataclass(frozen=True)
class Group:
    """Hosts that one nmap can serve: the same kind of address, the same ports."""

    six: bool
    ports: str


def gather_many(
    targets: Sequence[Target], reach: Reach
) -> Iterator[tuple[Target, PortFacts | Exception]]:
    """Each target with its facts, or with why there are none.  Raises nothing."""
    mine = [target for target in targets if not target.by_name]
    yield from ((target, _by_name(target)) for target in targets if target.by_name)
    groups: dict[Group, list[Target]] = {}
    try:
        child = Nmap()
        for target in mine:
            group = Group(":" in target.address, ranges(_wanted(target, child, reach)))
            groups.setdefault(group, []).append(target)
    except Undecided as error:  # nmap is missing, or the run is over
        yield from ((target, error) for target in mine)
        return
    yield from _serve(child, groups, reach)


def _by_name(target: Target) -> Undecided:
    return Undecided(
        "The address is authorised by its name only; a port sweep needs its network",
        target.address,
    )


def _serve(
    child: Nmap, groups: Mapping[Group, list[Target]], reach: Reach
) -> Iterator[tuple[Target, Result]]:
    sweeps: dict[str, Sweep | Exception] = {}
    for group, targets in groups.items():
        at_once = max(1, PORTS_AT_ONCE // len(numbers(group.ports)))
        for first in range(0, len(targets), at_once):
            some = targets[first : first + at_once]
            sweeps.update(_sweep(child, group, some, reach))
            sweeps.update(_again(child, group, some, sweeps, reach))
    everybody = [target for targets in groups.values() for target in targets]
    seen = {address: s for address, s in sweeps.items() if isinstance(s, Sweep)}
    asked = _versions(child, seen, [t for t in everybody if t.address in seen], reach)
    ports = {target.key: group.ports for group, targets in groups.items() for target in targets}

    def finish(target: Target) -> Result:
        sweep = sweeps[target.address]
        if isinstance(sweep, Exception):
            return sweep
        facts = _facts(ports[target.key], sweep, asked.get(target.address))
        try:
            return _questioned(facts, target, reach)
        except Exception as error:  # noqa: BLE001  # a trouble of this host, and of no other
            return error

    with ThreadPoolExecutor(HOSTS) as pool:
        yield from zip(everybody, pool.map(finish, everybody), strict=True)


def _again(
    child: Nmap,
    group: Group,
    targets: list[Target],
    sweeps: Mapping[str, Sweep | Exception],
    reach: Reach,
) -> Mapping[str, Sweep | Exception]:
    """Whoever did not answer may have been cut off for a moment: a few ports are tried once more,
    and all of them where one of these answers.
    """
    mute = [t for t in targets if not _answered(sweeps[t.address])]
    if not mute or reach.stop.is_set():
        return {}
    tried = numbers(group.ports)
    telling = [*sorted(tried & COMMON), *sorted(tried - COMMON)][:FEW]
    few = replace(group, ports=ranges(telling))
    second = _sweep(child, few, mute, reach)
    late = [t for t in mute if _answered(second[t.address])]
    return _sweep(child, group, late, reach) if late else {}


def _sweep(
    child: Nmap, group: Group, targets: list[Target], reach: Reach
) -> Mapping[str, Sweep | Exception]:
    """What nmap sees of each address; hosts that the guard refuses have its refusal."""
    found: dict[str, Sweep | Exception] = {}
    for target in targets:
        try:
            reach.clear(target.address, target.name, f"nmap tcp/{group.ports[:60]}")
        except (OutOfScope, Undecided) as refusal:
            found[target.address] = refusal
    addresses = [t.address for t in targets if t.address not in found]
    if not addresses:
        return found
    tried = numbers(group.ports)
    patience = 60 + len(tried) * 0.012  # seconds for one host; all hosts share one ceiling
    lane = WHOLE if len(tried) > LONG else QUICK
    patience = max(patience, len(tried) * len(addresses) * 3.0 / lane.rate)
    args = [*SWEEP, "--max-rate", str(lane.rate), "-sS" if raw_sockets() else "-sT"]
    args += ["-6"] if group.six else []
    args += ["--min-hostgroup", str(len(addresses))]  # else it begins with four of them
    args += ["--host-timeout", f"{patience:.0f}s", "-p", group.ports]
    try:
        with lane.mine(reach.stop):
            hosts = child.scan(reach, args, addresses, patience + MARGIN)
    except (Undecided, OutOfScope) as error:
        return {**dict.fromkeys(addresses, error), **found}
    for address in addresses:
        sweep = read(hosts.get(plain(address), {}), tried)
        late = Undecided("The port sweep took too long", f"{patience:.0f} s")
        found[address] = late if sweep.late else sweep
    return found


def _versions(
    child: Nmap, sweeps: Mapping[str, Sweep], targets: list[Target], reach: Reach
) -> Mapping[str, Sweep]:
    """The open ports of each host, asked who they are.  A host that is missing was not learnt."""
    found: dict[str, Sweep] = {}
    asked = [t for t in targets if 0 < len(sweeps[t.address].open) <= MANY]
    for intensity, patience in INTENSITIES:
        for six in (False, True):
            left = [t for t in asked if (":" in t.address) is six and t.address not in found]
            if left:
                args = [*ASK, "-sS" if raw_sockets() else "-sT", *(["-6"] if six else [])]
                most = max(len(sweeps[t.address].open) for t in left)
                limit = min(patience * -(-most // AT_ONCE), 300.0)
                args += ["--version-intensity", intensity, "--host-timeout", f"{limit:.0f}s"]
                found |= _who(child, args, sweeps, left, limit, reach)
    return found


def _who(
    child: Nmap,
    args: list[str],
    sweeps: Mapping[str, Sweep],
    targets: list[Target],
    patience: float,
    reach: Reach,
) -> Mapping[str, Sweep]:
    """What one nmap learns of the services in time."""
    addresses = [target.address for target in targets]
    wanted = ranges(port.number for address in addresses for port in sweeps[address].open)
    at_once = str(AT_ONCE * len(addresses))
    args = [*args, "--min-parallelism", at_once, "--max-parallelism", at_once]
    try:
        for target in targets:
            reach.clear(target.address, target.name, "nmap -sV")
        hosts = child.scan(reach, [*args, "-p", wanted], addresses, patience + MARGIN)
    except (Undecided, OutOfScope):
        return {}
    learnt = {address: read(hosts.get(plain(address), {})) for address in addresses}
    return {address: s for address, s in learnt.items() if s.answered and not s.late}


def _facts(wanted: str, sweep: Sweep, asked: Sweep | None) -> PortFacts:
    tried = numbers(wanted)
    if asked is not None:
        ports = [named(port, asked.open) for port in sweep.open]
        ports = [unasked(p, LATE) if isinstance(p.version, Unknown) else p for p in ports]
    else:
        why = TOO_MANY if len(sweep.open) > MANY else LATE
        ports = [unasked(port, why) for port in sweep.open]
    return PortFacts(
        observed_at=datetime.now(UTC),
        open=tuple(ports),
        closed=ranges(sweep.closed),
        filtered=ranges(sweep.filtered | (tried - sweep.closed - {p.number for p in ports})),
        tried=wanted,
        count=len(tried),
        answered=sweep.answered,
    )


def _questioned(facts: PortFacts, target: Target, reach: Reach) -> PortFacts:
    """The facts with one question to each service that has one to answer."""
    if len(facts.open_ports()) > MANY:
        return facts
    doors = list(facts.of(OPEN_DOORS))
    clear = [(port, family) for port, family in facts.of(TALKATIVE) if not port.tls]
    panels = [port for port in facts.open_ports() if port.number in SHARED]

    def ask(port: Port, family: str) -> bool | Unknown:
        return serves_strangers(family, port, target, reach)

    def listen(port: Port, family: str) -> bool | Unknown:
        return talks_in_clear(family, port, target, reach)

    with ThreadPoolExecutor(READERS) as pool:
        served = pool.map(ask, *_columns(doors))
        clears = pool.map(listen, *_columns(clear))
        titles = pool.map(lambda port: panel(port, target, reach), panels)
        return replace(
            facts,
            unauthenticated=dict(zip(map(_key, doors), served, strict=True)),
            cleartext=dict(zip(map(_key, clear), clears, strict=True)),
            panels=dict(zip((str(port.number) for port in panels), titles, strict=True)),
        )


def _columns(pairs: list[tuple[Port, str]]) -> tuple[list[Port], list[str]]:
    return [port for port, _ in pairs], [family for _, family in pairs]


def _key(pair: tuple[Port, str]) -> str:
    return f"{pair[0].number}/{pair[1]}"


def _answered(sweep: Sweep | Exception | None) -> bool:
    return isinstance(sweep, Sweep) and sweep.answered


def _wanted(target: Target, child: Nmap, reach: Reach) -> Iterable[int]:
    """The ports to try: what the inventory says, or the usual ones and those that checks know."""
    if target.scan_ports:
        return numbers(target.scan_ports)
    return {*child.usual(reach), *WANTED, *target.allowed_ports}
