"""On the worker's side: a message in, its visits made, a message out.

The guard is asked here, at every connection, under the paper that the message brings; a worker may
be told networks of its own besides, and leaves none of them whatever a paper says.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from celery import Celery
from celery.exceptions import Ignore
from kombu.transport.redis import QoS
from pydantic import ValidationError
from redis.exceptions import ConnectionError as RedisConnectionError

from scanner.probes import table
from scanner.reach import Pace
from scanner.resolver import Resolver
from scanner.scope import Authorisation, Network, Scope
from scanner.sealed import JOB, SEEN, JobMessage, Refused, Seal, SeenMessage, SeenPart
from scanner.visit import Collector, Job, Observation, lost
from scanner.watchdog import WATCHDOG
from scanner.workers import AWAY, KEPT, TASK, WAITS, queue_of, stop_key

LOG = logging.getLogger(__name__)

MOST_SECONDS = WAITS + 86400.0  # a job's longest life
LARGEST = 8 << 20  # characters of an answer that the broker is asked to carry
REMEMBERED = 10_000  # jobs that this worker has done
TOO_LARGE = "The answer is too large for the broker, and was dropped"


class DoneBefore(Refused):
    """The message came twice."""


@dataclass
class Session:
    """One walk of an engine, as far as this worker has seen it."""

    pace: Pace
    stop: threading.Event = field(default_factory=threading.Event)
    busy: int = 0  # visits under way
    used: float = field(default_factory=time.monotonic)


class Hands:
    """What a worker does with a message."""

    def __init__(
        self, app: Celery, seal: Seal, zone: str, networks: tuple[Network, ...] = ()
    ) -> None:
        self._app, self._seal, self._zone, self._networks = app, seal, zone, networks
        self._sessions: dict[str, Session] = {}
        self._done: OrderedDict[str, None] = OrderedDict()
        self._tags: dict[str, str] = {}  # job -> the broker's name of its message
        self._lock = threading.Lock()
        sizes = {"threads": 1 << 16, "children": max(2, os.cpu_count() or 2), "sweeps": 4}
        self._room = {name: threading.BoundedSemaphore(size) for name, size in sizes.items()}

    def visit(self, number: str, text: str, tag: str = "") -> str:
        """Open a message, make its visits, seal what came.  Raises `Refused`: nothing was sent."""
        try:
            message = JobMessage.model_validate_json(
                self._seal.open(JOB, number, text, MOST_SECONDS)
            )
        except ValidationError as error:
            raise Refused("the message has no form that is known") from error
        if message.zone != self._zone:
            raise Refused("the message is for another zone")
        if message.probe not in table():
            raise Refused("this worker does not know the probe")
        self._once(number)
        with self._lock:
            self._tags[number] = tag
        try:
            seen = self._collect(message)
        finally:
            with self._lock:
                self._tags.pop(number, None)
        return self._answer(number, message, seen)

    def _once(self, number: str) -> None:
        """A job that was answered is not done again, here or anywhere.  Raises `Refused`."""
        with self._lock:
            if number in self._done:
                raise DoneBefore("the job was done before")
            self._done[number] = None
            if len(self._done) > REMEMBERED:
                self._done.popitem(last=False)
        if self._app.backend.get_task_meta(number, cache=False)["status"] == "SUCCESS":
            raise DoneBefore("the job was done before")

    def _collect(self, message: JobMessage) -> list[Observation]:
        session = self._session(message)
        scope = Scope(
            narrowed(message.authorisation, self._networks),
            lookup=(resolver := Resolver(message.resolvers)).lookup,
        )
        left = message.ends - time.time()
        ends = time.monotonic() + left
        collector = Collector(scope, ends, session.stop, session.pace, resolver, message.tls_engine)
        job = Job(message.probe, message.targets)
        with self._room[table()[message.probe].pool], self._counted(session):
            if session.stop.is_set():
                return lost(job, "The run was stopped")
            return collector.collect(job)

    @contextmanager
    def _counted(self, session: Session) -> Iterator[None]:
        with self._lock:
            session.busy += 1
        try:
            yield
        finally:
            with self._lock:
                session.busy -= 1

    def _session(self, message: JobMessage) -> Session:
        with self._lock:
            session = self._sessions.setdefault(message.session, Session(Pace(message.rate)))
            session.used = time.monotonic()
        if self._app.backend.get(stop_key(message.session)):
            session.stop.set()
        return session

    def _answer(self, number: str, message: JobMessage, seen: list[Observation]) -> str:
        text = self._sealed(number, message.probe, seen)
        if len(text) <= LARGEST:
            return text
        job = Job(message.probe, message.targets)
        return self._sealed(number, message.probe, lost(job, TOO_LARGE, f"{len(text)} bytes"))

    def _sealed(self, number: str, probe: str, seen: list[Observation]) -> str:
        body = SeenMessage.model_construct(
            probe=probe, seen=tuple(SeenPart.of(one) for one in seen)
        )
        return self._seal.close(SEEN, number, body, KEPT)

    # -- signs of life

    def watch(self, closing: threading.Event) -> None:
        """Tell the broker what is still in hand, and hear which runs were stopped."""
        while not closing.wait(1.0):
            with suppress(*AWAY):
                self._touch()
            with suppress(*AWAY):
                self._heed()

    def _touch(self) -> None:
        """Redis hands a message to another worker unless it is heard of; RabbitMQ just sees."""
        with self._lock:
            tags = [tag for tag in self._tags.values() if tag]
        client = getattr(self._app.backend, "client", None)
        if tags and client is not None:
            now = time.time()
            client.zadd("unacked_index", dict.fromkeys(tags, now), xx=True)

    def _heed(self) -> None:
        with self._lock:
            sessions = dict(self._sessions)
        for name, session in sessions.items():
            if not session.stop.is_set() and self._app.backend.get(stop_key(name)):
                session.stop.set()
                if not any(one.busy for one in sessions.values() if one is not session):
                    WATCHDOG.cut_all()  # it would cut another run's visits too
            elif time.monotonic() - session.used > 2 * MOST_SECONDS:
                with self._lock:
                    del self._sessions[name]


def narrowed(paper: Authorisation, own: tuple[Network, ...]) -> Authorisation:
    """A paper, held to the networks that this worker may enter at all."""
    if not own:
        return paper
    both = [
        small
        for one in paper.networks
        for mine in own
        if one.version == mine.version and one.overlaps(mine)
        for small in (max(one, mine, key=lambda network: network.prefixlen),)
    ]
    return replace(paper, networks=tuple(both), names=())


def survive_lost_channels() -> None:
    """A late acknowledgement over a channel that is gone is a lost connection, and no more.

    kombu 5.7 raises `AttributeError` there, of which Celery dies.  The message comes again, and is
    refused as done.  Nor is what is in hand given back when a connection ends: it is still being
    worked on, and comes again by itself when it is heard of no more.
    """
    QoS.restore_at_shutdown = False
    acknowledge: Any = QoS.ack

    def ack(qos: Any, tag: str) -> None:
        try:
            acknowledge(qos, tag)
        except AttributeError as error:
            raise RedisConnectionError("the channel is closed") from error

    setattr(QoS, "ack", ack)  # noqa: B010  # mypy does not like a method replaced


def serve(hands: Hands, app: Celery, zone: str, slots: int) -> None:
    """Work until a signal comes: SIGTERM lets the visits under way end."""

    @app.task(name=TASK, bind=True, throws=(Refused,))  # type: ignore[untyped-decorator]  # celery has no types
    def visit(task: Any, text: str) -> str:
        properties: Mapping[str, Any] = task.request.properties or {}
        try:
            return hands.visit(task.request.id, text, properties.get("delivery_tag", ""))
        except Refused as error:
            LOG.warning("a message was refused: %s", error)
            if isinstance(error, DoneBefore):
                raise Ignore from error  # the answer that is there stays
            raise

    survive_lost_channels()
    closing = threading.Event()
    threading.Thread(target=hands.watch, args=(closing,), daemon=True, name="signs").start()
    worker = app.Worker(
        pool="threads", concurrency=slots, queues=[queue_of(zone)], loglevel="WARNING",
        quiet=True, without_gossip=True, without_mingle=True, hostname=f"{zone}.{os.getpid()}@%h",
    )  # fmt: skip
    try:
        worker.start()
    finally:
        closing.set()
    if worker.exitcode:
        logging.shutdown()
        os._exit(worker.exitcode)  # without waiting for visits: who watches it starts it again
