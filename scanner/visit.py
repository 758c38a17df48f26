"""One visit: the job, what came of it, and the doing."""

from __future__ import annotations

import hashlib
import importlib
import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from facts.base import Absent, Undecided
from facts.declared import Target
from scanner.probes import Probe, table
from scanner.reach import Pace, Reach, TlsEngine
from scanner.resolver import Resolver
from scanner.scope import OutOfScope, Scope

LOG = logging.getLogger(__name__)

RETRY_AFTER = 1.0  # seconds before a network failure is tried once more


class Outcome(StrEnum):
    """How a visit ended."""

    SEEN = "seen"
    ABSENT = "absent"
    FAILED = "failed"


@dataclass(frozen=True)
class Job:
    """Visits to make together: one target, or a batch for one child.  It holds no secret."""

    probe: str
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Observation:
    """One visit made: its facts as JSON, or why there are none; stored, hashed, never changed."""

    target: str  # the target's key
    probe: str
    outcome: Outcome
    started_at: datetime
    facts: bytes = b""
    why: str = ""  # a literal English sentence
    detail: str = ""
    seconds: float = 0.0
    contacts: tuple[str, ...] = ()  # when, where to and how the target was asked
    raw: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """The digest of everything in it, in hexadecimal."""
        digest = hashlib.sha256()
        head = [self.target, self.probe, self.outcome, self.why, self.detail]
        head += [self.started_at.isoformat(), f"{self.seconds:.3f}", *self.contacts]
        digest.update(json.dumps(head, ensure_ascii=False).encode())
        digest.update(hashlib.sha256(self.facts).digest())
        for name in sorted(self.raw):
            digest.update(hashlib.sha256(name.encode()).digest())
            digest.update(hashlib.sha256(self.raw[name]).digest())
        return digest.hexdigest()

    def known(self) -> Any:
        """The facts; or, not raised, the exception that says why there are none."""
        return known(self.probe, self.outcome, self.facts, self.why, self.detail)


def known(probe: str, outcome: Outcome, facts: bytes, why: str, detail: str) -> Any:
    """A visit's facts; or, not raised, the exception that says why there are none."""
    if outcome is Outcome.SEEN:
        return table()[probe].codec.validate_json(facts)
    kind = Absent if outcome is Outcome.ABSENT else Undecided
    return kind(why, detail)


@dataclass(frozen=True)
class Collector:
    """Makes visits under one scope, at one pace, until one deadline (monotonic seconds)."""

    scope: Scope
    ends: float
    stop: threading.Event
    pace: Pace
    resolver: Resolver = Resolver()  # noqa: RUF009  # frozen
    tls_engine: TlsEngine = "native"

    def collect(self, job: Job) -> list[Observation]:
        """Make the job's visits.  Never raises, so it runs the same in a thread or a queue."""
        probe = table()[job.probe]
        started, clock = datetime.now(UTC), time.monotonic()
        reach = self._reach(probe, len(job.targets))
        seen: list[Observation] = []
        try:
            for target, facts in self._gather(probe, job.targets, reach):
                seen.append(_observe(job.probe, probe, target, facts, started, clock, reach))
        except Exception as error:  # noqa: BLE001  # whatever flies becomes the visit's outcome
            told = {o.target for o in seen}
            late = [t for t in job.targets if t.key not in told]
            seen += [_observe(job.probe, probe, t, error, started, clock, reach) for t in late]
        return seen

    def _reach(self, probe: Probe, targets: int) -> Reach:
        ends = min(self.ends, time.monotonic() + probe.seconds * targets)
        return Reach(
            self.scope, ends, self.stop, self.pace, self.resolver, tls_engine=self.tls_engine
        )

    def _gather(
        self, probe: Probe, targets: Sequence[Target], reach: Reach
    ) -> Iterator[tuple[Target, Any]]:
        module = importlib.import_module(probe.module)
        if probe.batch > 1:
            told: set[str] = set()
            for target, facts in module.gather_many(targets, reach):
                told.add(target.key)
                yield target, facts
            for target in targets:
                if target.key not in told:
                    yield target, Undecided("The probe brought nothing back")
            return
        for target in targets:
            try:
                yield target, module.gather(target, reach)
            except OSError:
                self.stop.wait(RETRY_AFTER)
                yield target, module.gather(target, reach)


def lost(job: Job, why: str, detail: str = "") -> list[Observation]:
    """The visits of a worker that died, or that were not made."""
    now = datetime.now(UTC)
    return [
        Observation(t.key, job.probe, Outcome.FAILED, why=why, detail=detail, started_at=now)
        for t in job.targets
    ]


def _observe(
    name: str,
    probe: Probe,
    target: Target,
    facts: Any,
    started: datetime,
    clock: float,
    reach: Reach,
) -> Observation:
    outcome, data, why, detail = Outcome.SEEN, b"", "", ""
    if isinstance(facts, Exception):
        outcome, why, detail = _explain(name, target, facts)
    else:
        data = probe.codec.dump_json(facts)
    own = probe.batch > 1
    return Observation(
        target=target.key,
        probe=name,
        outcome=outcome,
        facts=data,
        why=why,
        detail=_storable(detail),
        started_at=started,
        seconds=round(time.monotonic() - clock, 3),
        contacts=tuple(c for c in reach.contacts if not own or f" {target.address} " in c),
        raw={k: v for k, v in reach.raw.items() if not own or k.startswith(target.address)},
    )


def _storable(text: str) -> str:
    """A stranger's words as every database takes them: no NUL, no half of a character."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def _explain(name: str, target: Target, error: Exception) -> tuple[Outcome, str, str]:
    """Why a visit brought nothing: a state of the world, or a bug with its trace in the log."""
    if isinstance(error, Absent):
        return Outcome.ABSENT, error.why, error.detail
    if isinstance(error, Undecided | OutOfScope):
        return Outcome.FAILED, error.why, error.detail
    if isinstance(error, ConnectionRefusedError):
        return Outcome.FAILED, "The connection was refused", target.endpoint
    if isinstance(error, TimeoutError):
        return Outcome.FAILED, "No answer in time", target.endpoint
    if isinstance(error, OSError):
        return Outcome.FAILED, "The network failed", error.strerror or type(error).__name__
    LOG.error("probe %s broke on %s", name, target.key, exc_info=error)
    return Outcome.FAILED, "The probe broke; its trace is in the log", type(error).__name__
