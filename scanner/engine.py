"""Gather the facts: each visit once, a bounded number at a time, gentle to every host.

The engine knows one thing of the workers: they are `concurrent.futures.Executor`s.  It starts
assets lazily, follows what is found, and hands each observation to `keep` from its own thread.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from typing import Any

from facts.declared import Target
from scanner.plan import LEADING, Place, expand
from scanner.probes import table
from scanner.visit import Job, Observation, Outcome, lost

PER_HOST = 5  # connections at once to one address
HOST_BUDGET = 120.0  # seconds of failed visits after which an address is given up
PATIENCE = 1.0  # seconds that a batch waits for more targets
GIVEN_UP = "The host stopped answering, and was given up"


@dataclass(frozen=True)
class Limits:
    """How wide the engine opens the tap."""

    window: int = 256  # assets under way at once: enough to fill a batch for each nmap
    per_host: int = PER_HOST
    host_budget: float = HOST_BUDGET
    ends: float = float("inf")  # monotonic seconds; no visit starts after it


@dataclass
class _Walk:
    """An asset under way: what it waits for."""

    place: Place
    waiting: set[tuple[str, str]] = field(default_factory=set)
    told: set[tuple[str, str]] = field(default_factory=set)


class Engine:
    """One run's gathering."""

    def __init__(
        self,
        workers: Mapping[str, tuple[Executor, int]],  # pool -> (its workers, how many)
        collect: Callable[[Job], list[Observation]],
        wanted: Iterable[str],  # names of the probes that the profile needs
        seen: Callable[[str, str], Any],  # (key, probe) -> what is stored, or None
        limits: Limits = Limits(),  # frozen
    ) -> None:
        self._workers, self._collect, self._stored, self._limits = workers, collect, seen, limits
        self._probes = {name: p for name, p in table().items() if name in {*wanted, "names"}}
        self._fresh: dict[tuple[str, str], Any] = {}  # decoded, while a walk may need it
        self._walks: dict[int, _Walk] = {}
        self._waiters: dict[tuple[str, str], list[_Walk]] = {}
        self._queues: dict[str, deque[Target]] = {name: deque() for name in self._probes}
        self._running: dict[Future[list[Observation]], Job] = {}
        self._busy: Counter[str] = Counter()  # connections by address
        self._slots: Counter[str] = Counter()  # jobs by pool
        self._spent: defaultdict[str, float] = defaultdict(float)  # failed seconds by address
        self._moved = time.monotonic()  # when something last came back
        self.finished: list[Place] = []  # assets with nothing left to visit; the caller takes them

    def gather(self, places: Iterable[Place]) -> Iterator[list[Observation]]:
        """Make every visit that is not stored; yield what comes back, to be kept before going on.

        Stops early, with visits left undone, when `limits.ends` has come.
        """
        source = iter(places)
        while True:
            self._open(source)
            yield from self._dispatch()
            if not self._running:
                if self._over() or not any(self._queues.values()):
                    return
                continue
            done, _ = wait(self._running, timeout=1.0, return_when=FIRST_COMPLETED)
            for future in done:
                yield self._finish(future)

    # -- walks

    def _open(self, source: Iterator[Place]) -> None:
        """Start assets while there is room."""
        while len(self._walks) < self._limits.window and not self._over():
            place = next(source, None)
            if place is None:
                return
            walk = _Walk(place)
            self._walks[id(walk)] = walk
            self._advance(walk)

    def _advance(self, walk: _Walk) -> None:
        """Queue the visits that this asset needs next; close it when none is left."""
        for planned in expand(walk.place, self._seen):
            if planned.blocked:
                continue
            for name, probe in self._probes.items():
                visit = (planned.target.key, name)
                if probe.visits is planned.target.kind and visit not in walk.told:
                    walk.told.add(visit)
                    self._want(walk, visit, planned.target)
        if not walk.waiting:
            del self._walks[id(walk)]
            self.finished.append(walk.place)
            for visit in walk.told:
                self._fresh.pop(visit, None)  # another asset may ask the store

    def _want(self, walk: _Walk, visit: tuple[str, str], target: Target) -> None:
        waiters = self._waiters.get(visit)
        if waiters is not None:  # another asset shares it
            waiters.append(walk)
        elif self._seen(*visit) is None:
            self._waiters[visit] = [walk]
            self._queues[visit[1]].append(target)
        else:
            return
        walk.waiting.add(visit)

    def _seen(self, key: str, probe: str) -> Any:
        if (key, probe) in self._fresh:
            return self._fresh[key, probe]
        return self._stored(key, probe)

    # -- jobs

    def _dispatch(self) -> Iterator[list[Observation]]:
        """Hand out what the pools and the hosts have room for."""
        for name, queue in self._queues.items():
            while queue and not self._over():
                if self._given_up(queue[0]):
                    job = Job(name, (queue.popleft(),))
                    yield self._settle(job, lost(job, GIVEN_UP, job.targets[0].address))
                    continue
                taken = self._take(name)
                if not taken:
                    break
                self._submit(Job(name, taken))

    def _take(self, name: str) -> tuple[Target, ...]:
        """The next targets for one job of this probe, as far as the limits allow."""
        probe, queue = self._probes[name], self._queues[name]
        executor_room = self._workers[probe.pool][1] - self._slots[probe.pool]
        if executor_room < 1:
            return ()
        if len(queue) < probe.batch and self._more_to_come():
            return ()
        taken: list[Target] = []
        addresses: set[str] = set()
        for _ in range(len(queue)):
            target = queue.popleft()
            room = self._limits.per_host - self._busy[target.address]
            if (
                room >= min(probe.connections, self._limits.per_host)
                and target.address not in addresses
                and (not taken or target.zone == taken[0].zone)  # one worker makes them all
            ):
                addresses.add(target.address)
                taken.append(target)
                if len(taken) == probe.batch:
                    break
            else:
                queue.append(target)
        return tuple(taken)

    def _more_to_come(self) -> bool:
        """Are names still being looked up, so that a batch may yet fill?  Not for long."""
        lookups = self._queues["names"] or any(j.probe == "names" for j in self._running.values())
        return bool(lookups) and time.monotonic() - self._moved < PATIENCE

    def _submit(self, job: Job) -> None:
        probe = self._probes[job.probe]
        for target in job.targets:
            if target.address:
                self._busy[target.address] += probe.connections
        self._slots[probe.pool] += 1
        self._running[self._workers[probe.pool][0].submit(self._collect, job)] = job

    def _finish(self, future: Future[list[Observation]]) -> list[Observation]:
        job = self._running.pop(future)
        self._moved = time.monotonic()
        probe = self._probes[job.probe]
        self._slots[probe.pool] -= 1
        for target in job.targets:
            if target.address:
                self._busy[target.address] -= probe.connections
        died = future.exception()
        if died:
            return self._settle(job, lost(job, "The worker died", str(died) or type(died).__name__))
        observations = future.result()
        addresses = {target.key: target.address for target in job.targets}
        for seen in observations:
            if seen.outcome is Outcome.FAILED:
                self._spent[addresses[seen.target]] += seen.seconds / len(job.targets)
        return self._settle(job, observations)

    def _settle(self, job: Job, observations: list[Observation]) -> list[Observation]:
        """Tell the assets that waited; they go on once the caller has kept these."""
        for seen in observations:
            visit = (seen.target, job.probe)
            if job.probe in LEADING:
                self._fresh[visit] = seen.known()
            else:
                self._fresh[visit] = seen.outcome
            for walk in self._waiters.pop(visit, ()):
                walk.waiting.discard(visit)
                self._advance(walk)
        return observations

    def _given_up(self, target: Target) -> bool:
        return bool(target.address) and self._spent[target.address] >= self._limits.host_budget

    def _over(self) -> bool:
        return time.monotonic() >= self._limits.ends


__all__ = ["GIVEN_UP", "Engine", "Limits"]
