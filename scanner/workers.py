"""Who makes the visits elsewhere: a Celery queue for each zone, behind an `Executor`.

The engine hands a job to `submit` and waits for its future, as with threads.  Jobs go to the queue
of their zone; answers come back by the result backend, which one thread asks.  A broker that goes
away is waited for.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

from celery import Celery
from celery.exceptions import CeleryError
from kombu.exceptions import KombuError
from pydantic import ValidationError
from redis import Redis
from redis.exceptions import RedisError

from scanner.probes import table
from scanner.sealed import JOB, SEEN, Brief, JobMessage, Refused, Seal, SeenMessage, WorkersGone
from scanner.visit import Job, Observation

LOG = logging.getLogger(__name__)

TASK = "press-scan.visit"
DEFAULT_ZONE = "default"
PATIENCE = 120.0  # seconds that a run waits for a broker that has gone away
LOST_AFTER = 30  # seconds without a sign of life after which a job goes to another worker
WAITS = 3600.0  # seconds that a job may lie in its queue
GRACE = 60.0  # seconds after the run's deadline in which an answer may still come
SEEK_AFTER = 10.0  # seconds without an answer after which a job is looked for in the broker
KEPT = 86400  # seconds that an answer stays, so that a job that comes twice is done once
_NAP = 0.05
AWAY = (RedisError, KombuError, CeleryError, OSError)  # what a broker that is away raises


class NoAnswer(Exception):
    """No worker answered in time."""


def queue_of(zone: str) -> str:
    """The queue of a zone."""
    return f"press-scan.{zone or DEFAULT_ZONE}"


def make_app(broker: str, results: str = "", lost_after: int = LOST_AFTER) -> Celery:
    """Celery as both sides want it: JSON alone, late acknowledgement, one message in hand a slot.

    `results` is a Redis URL; "" when the broker is Redis itself.
    """
    app = Celery("press-scan", broker=broker, backend=results or broker, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        result_serializer="json",
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=False,
        task_track_started=False,
        task_store_errors_even_if_ignored=True,
        task_create_missing_queues=True,
        worker_prefetch_multiplier=1,
        worker_deduplicate_successful_tasks=True,
        worker_enable_remote_control=True,
        worker_hijack_root_logger=False,
        worker_enable_prefetch_count_reduction=False,
        worker_send_task_events=False,
        result_expires=KEPT,
        result_backend_always_retry=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        redis_retry_on_timeout=True,
        redis_socket_timeout=30,
        redis_socket_keepalive=True,
        broker_transport_options=_redis(lost_after) if _is_redis(broker) else {},
    )
    return app


def _redis(lost_after: int) -> dict[str, Any]:
    """How soon the jobs of a worker that died go to another: Redis does not see it die."""
    return {
        "visibility_timeout": lost_after,
        "unacked_restore_interval": max(1, lost_after // 5),
        "unacked_restore_throttle": 1,
        "unacked_mutex_expire": 10,
        "socket_timeout": 30,
        "socket_connect_timeout": 10,
    }


def _is_redis(url: str) -> bool:
    return url.startswith(("redis:", "rediss:"))


def stop_key(session: str) -> str:
    """Where it is written that a walk of the engine has ended before its jobs."""
    return f"press-scan-stopped-{session}"


@dataclass
class _Sent:
    job: Job
    number: str
    gives_up: float  # monotonic seconds
    queue: str
    text: str
    at: float  # when it was sent last, monotonic seconds


class CeleryWorkers(Executor):
    """On the engine's side: an executor whose hands are elsewhere."""

    def __init__(self, app: Celery, seal: Seal, brief: Brief) -> None:
        self._app, self._seal, self._brief = app, seal, brief
        self._sent: dict[Future[list[Observation]], _Sent] = {}
        self._lock, self._closing = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True, name="answers")
        self._thread.start()

    def submit(self, _fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        """Send the one argument, a job; what to do with it a worker knows.

        Raises `WorkersGone` when the broker does not come back.
        """
        (job,) = args
        probe = table()[job.probe]
        body = JobMessage(
            session=self._brief.session,
            zone=job.targets[0].zone or DEFAULT_ZONE,
            probe=job.probe,
            targets=job.targets,
            authorisation=self._brief.authorisation,
            resolvers=self._brief.resolvers,
            rate=self._brief.rate,
            tls_engine=self._brief.tls_engine,
            ends=min(self._brief.ends, time.time() + 10 * KEPT),
        )
        left = self._brief.ends - time.time() + GRACE
        takes = min(WAITS + probe.seconds * len(job.targets), max(left, GRACE))
        number = uuid4().hex
        text = self._seal.close(JOB, number, body, takes)
        queue = queue_of(job.targets[0].zone)
        self._send(queue, number, text)
        future: Future[list[Observation]] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            now = time.monotonic()
            self._sent[future] = _Sent(job, number, now + takes, queue, text, now)
        return future

    def _send(self, queue: str, number: str, text: str) -> None:
        """The same number as often as it takes: a job that comes twice is done once."""
        ends = time.monotonic() + PATIENCE
        while True:
            try:
                return self._publish(queue, number, text)
            except AWAY as error:
                if time.monotonic() >= ends:
                    raise WorkersGone(str(error)) from error
                time.sleep(_NAP)

    def _publish(self, queue: str, number: str, text: str) -> None:
        """As `send_task`, which would subscribe to each answer as well."""
        message = self._app.amqp.as_task_v2(number, TASK, (text,))
        with self._app.producer_or_acquire() as producer:
            self._app.amqp.send_task_message(producer, TASK, message, queue=queue, retry=False)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002
        """End; jobs that nobody waits for any more are called off."""
        self._closing.set()
        self._thread.join()
        with self._lock:
            left, self._sent = self._sent, {}
        if left:
            with suppress(*AWAY):
                self._app.backend.set(stop_key(self._brief.session), "1")
        for future in left:
            future.set_exception(NoAnswer("The run was stopped"))

    def _listen(self) -> None:
        """Bring each answer to its future."""
        lost_since: float | None = None
        while not self._closing.wait(_NAP):
            try:
                self._collect()
                self._send_again()
                lost_since = None
            except AWAY:
                lost_since = lost_since or time.monotonic()
                if time.monotonic() - lost_since > PATIENCE:
                    LOG.error("the broker does not come back", exc_info=True)
                    self._give_up(lambda _: True)
            self._give_up(lambda sent: time.monotonic() > sent.gives_up)

    def _collect(self) -> None:
        with self._lock:
            sent = dict(self._sent)
        if not sent:
            return
        backend = self._app.backend
        keys = [backend.get_key_for_task(one.number) for one in sent.values()]
        for (future, one), raw in zip(sent.items(), backend.mget(keys), strict=True):
            if raw is not None:
                self._settle(future, one, backend.decode_result(raw))

    def _send_again(self) -> None:
        """A Redis that was restarted may lose what a worker was just taking: send that again.

        Under its own number, so that it is done once should it turn up after all.
        """
        now = time.monotonic()
        with self._lock:
            late = [one for one in self._sent.values() if now - one.at > SEEK_AFTER]
        if not late or not _is_redis(self._app.conf.broker_url):
            return
        with closing(Redis.from_url(self._app.conf.broker_url)) as client:
            taken = b"".join(cast("list[bytes]", client.hvals("unacked")))
            empty = {queue: not client.llen(queue) for queue in {one.queue for one in late}}
        for one in late:
            one.at = now
            if empty[one.queue] and one.number.encode() not in taken:
                self._publish(one.queue, one.number, one.text)

    def _settle(self, future: Future[list[Observation]], one: _Sent, told: Any) -> None:
        with self._lock:
            if self._sent.pop(future, None) is None:
                return
        try:
            future.set_result(self._read(one, told["result"]))
        except (Refused, ValidationError, TypeError, ValueError, KeyError) as error:
            LOG.warning("the answer to %s was refused: %s", one.job.probe, error)
            future.set_exception(NoAnswer(str(error)))
        with suppress(*AWAY):  # that it was done stays; what it brought need not
            self._app.backend.store_result(one.number, None, "SUCCESS")

    def _read(self, one: _Sent, text: Any) -> list[Observation]:
        """The observations of a job, each of a target that was asked for, once."""
        if not isinstance(text, str):
            raise Refused("the worker refused the job, or broke")
        message = SeenMessage.model_validate_json(self._seal.open(SEEN, one.number, text, KEPT))
        keys = [part.target for part in message.seen]
        if message.probe != one.job.probe or sorted(keys) != sorted(t.key for t in one.job.targets):
            raise Refused("the answer is to another question")
        return [part.observation(message.probe) for part in message.seen]

    def _give_up(self, which: Callable[[_Sent], bool]) -> None:
        with self._lock:
            late = [future for future, one in self._sent.items() if which(one)]
            for future in late:
                del self._sent[future]
        for future in late:
            future.set_exception(NoAnswer("No worker answered in time"))


def unserved(app: Celery, zones: set[str], seconds: float = 2.0) -> list[str]:
    """Zones whose queue no worker reads, by their names.  Raises one of `AWAY`."""
    with app.connection() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0)
    told = app.control.inspect(timeout=seconds).active_queues() or {}
    read = {queue["name"] for queues in told.values() for queue in queues}
    return sorted(zone or DEFAULT_ZONE for zone in zones if queue_of(zone) not in read)


@contextmanager
def crew(app: Celery, seal: Seal, brief: Brief) -> Iterator[CeleryWorkers]:
    """The executor of one walk."""
    workers = CeleryWorkers(app, seal, brief)
    try:
        yield workers
    finally:
        workers.shutdown()
