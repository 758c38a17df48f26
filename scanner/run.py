"""One run of `scan`: gather, keep, end it; whatever happens, say how it ended."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

from facts.declared import Vantage
from scanner.engine import Engine, Limits
from scanner.plan import LEADING, Place, places
from scanner.reach import Pace, TlsEngine
from scanner.resolver import Resolver
from scanner.scope import Scope
from scanner.sealed import Brief
from scanner.store import Run, Store
from scanner.visit import Collector, Observation, Outcome
from scanner.watchdog import WATCHDOG

ENOUGH = float("inf")
ELSEWHERE = {"threads": 256, "children": 128, "sweeps": 32}  # jobs sent out at once
WIDE = Limits(window=256, per_host=1)  # one job to an address at a time, whoever takes it


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    assets: int  # in all
    assets_done: int
    visits: int
    faults: int  # failing findings on the assets that are done
    last: tuple[Observation, ...]
    seconds: float


@dataclass(frozen=True)
class Settings:
    """How a run goes about it; none of it changes what is found."""

    deadline: float = ENOUGH  # seconds from the start
    rate: float = 10.0  # requests a second to one address
    threads: int = 128  # they mostly wait: for answers, and for the pace that a host is owed
    sweeps: int = 4  # nmap processes: they mostly wait
    limits: Limits = Limits()  # noqa: RUF009  # frozen
    resolver: Resolver = Resolver()  # noqa: RUF009  # frozen
    tls_engine: TlsEngine = "native"
    crew: Callable[[Brief], AbstractContextManager[Executor]] | None = None  # none: threads here


def gather(
    run: Run,
    store: Store,
    probes: frozenset[str],
    settings: Settings,
    tell: Callable[[Progress], object] = lambda _: None,
    faults: Callable[[Place], int] = lambda _: 0,
) -> str:
    """Make every visit that the run lacks, and keep it.

    `tell` hears of each visit; `faults` counts the failing findings on an asset that is done.

    Returns how it ended: `done`, or `deadline`.  Raises `KeyboardInterrupt` when stopped by Ctrl-C
    or SIGTERM, with everything seen so far kept and the run marked `interrupted`; raises
    `OutOfScope` when the authorisation does not hold now: nothing was sent.
    """
    scope = Scope(run.inventory.authorisation.authorisation(), lookup=settings.resolver.lookup)
    scope.permit_time()
    begun = time.monotonic()
    ends = begun + settings.deadline
    stop = threading.Event()
    pace = Pace(settings.rate)
    collector = Collector(scope, ends, stop, pace, settings.resolver, settings.tls_engine)
    todo = list(_places(run, scope))
    limits = replace(settings.limits, ends=ends)
    store.end_run(run.id, "running")
    state = "interrupted"
    try:
        with _hands(run, settings, stop) as workers, _interrupts(stop):
            engine = Engine(workers, collector.collect, probes, _stored(store, run.id), limits)
            visits = done = found = 0
            for seen in engine.gather(todo):
                store.keep(run.id, seen)
                visits += len(seen)
                while engine.finished:
                    done += 1
                    found += faults(engine.finished.pop())
                took = time.monotonic() - begun
                tell(Progress(len(todo), done, visits, found, tuple(seen), took))
            if stop.is_set():  # the interrupt came where Python drops exceptions (a finaliser)
                raise KeyboardInterrupt
        state = "deadline" if time.monotonic() >= ends else "done"
    finally:
        store.end_run(run.id, state)
    return state


def _places(run: Run, scope: Scope) -> Iterator[Place]:
    options = run.options
    agencies = frozenset(options.agencies)
    return places(run.inventory, scope, Vantage(options.vantage), agencies, options.allow)


def _stored(store: Store, run: str) -> Callable[[str, str], Any]:
    """What the run has seen before; a failed visit does not count: it is made again."""
    kept = {(o.target, o.probe) for o in store.observations(run) if o.outcome is not Outcome.FAILED}

    def seen(key: str, probe: str) -> Any:
        if (key, probe) not in kept:
            return None
        if probe not in LEADING:
            return True
        observation = store.observation(run, key, probe)
        return observation and observation.known()

    return seen


def _hands(
    run: Run, settings: Settings, stop: threading.Event
) -> AbstractContextManager[dict[str, tuple[Executor, int]]]:
    if settings.crew is None:
        return _pools(settings, stop)
    brief = Brief(
        authorisation=run.inventory.authorisation.authorisation(),
        resolvers=settings.resolver.servers,
        rate=settings.rate,
        tls_engine=settings.tls_engine,
        ends=time.time() + settings.deadline,
    )
    return _elsewhere(settings.crew(brief), stop)


@contextmanager
def _elsewhere(
    crew: AbstractContextManager[Executor], stop: threading.Event
) -> Iterator[dict[str, tuple[Executor, int]]]:
    """Workers on other machines: one executor for all kinds of jobs."""
    with crew as executor:
        try:
            yield {name: (executor, size) for name, size in ELSEWHERE.items()}
        except BaseException:
            stop.set()
            raise


@contextmanager
def _pools(settings: Settings, stop: threading.Event) -> Iterator[dict[str, tuple[Executor, int]]]:
    """The workers of each kind; when the block is left by an exception, all of them are cut."""
    sizes = {
        "threads": settings.threads,
        "children": max(2, os.cpu_count() or 2),
        "sweeps": settings.sweeps,
    }
    pools = {name: ThreadPoolExecutor(size, name) for name, size in sizes.items()}
    try:
        yield {name: (pool, sizes[name]) for name, pool in pools.items()}
    except BaseException:
        stop.set()
        raise
    finally:
        for pool in pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        if stop.is_set():
            WATCHDOG.cut_all()
        for pool in pools.values():
            pool.shutdown(wait=True)


@contextmanager
def _interrupts(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C ends a run, and so does SIGTERM, with which cron and systemd stop."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        raise KeyboardInterrupt

    before = {
        number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
