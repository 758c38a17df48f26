"""What travels between a scan and its workers: small JSON messages, sealed with a shared key.

A message is sealed with AES-256-GCM: who lacks the key can neither read nor write one, and the
broker sees no address, no authorisation and no answer.  Its head is in the clear and sealed too:
what it is, for which job, and until when it counts.  No pickle, and no secret of a host: a worker
resolves the references of the inventory at its own place.
"""

from __future__ import annotations

import base64
import os
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

from facts.declared import Target
from scanner.credentials import Secret
from scanner.reach import TlsEngine
from scanner.scope import Authorisation
from scanner.visit import Observation, Outcome

JOB, SEEN = "press-scan/job/1", "press-scan/seen/1"
SHORTEST_KEY = 32  # characters
SKEW = 300.0  # seconds that two clocks may differ
MOST = 256 << 20  # bytes of a message, unpacked


class WorkersGone(Exception):
    """The broker did not come back in time."""


class Refused(Exception):
    """The message is not ours, not whole, too old, or for something else.  Nothing was done."""


@dataclass(frozen=True)
class Brief:
    """What every job of a run shares."""

    authorisation: Authorisation
    resolvers: tuple[str, ...]
    rate: float
    ends: float  # seconds since 1970
    tls_engine: TlsEngine = "native"
    session: str = field(default_factory=lambda: uuid4().hex)


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class JobMessage(_Closed):
    """One job as it travels: what to visit, under which paper, how gently, until when."""

    session: str = Field(pattern=r"^[0-9a-f]{32}$")  # one walk of the engine
    zone: str
    probe: str
    targets: tuple[Target, ...] = Field(min_length=1)
    authorisation: Authorisation
    resolvers: tuple[str, ...] = ()
    rate: float = Field(gt=0, le=100)
    tls_engine: TlsEngine = "native"
    ends: float  # the run's deadline, seconds since 1970


class SeenPart(_Closed):
    """One observation as it travels."""

    target: str
    outcome: Outcome
    started_at: datetime
    facts: Base64Bytes = b""
    why: str = ""
    detail: str = ""
    seconds: float = 0.0
    contacts: tuple[str, ...] = ()
    raw: dict[str, Base64Bytes] = {}

    @classmethod
    def of(cls, seen: Observation) -> SeenPart:
        """As it travels."""
        return cls.model_construct(**{name: getattr(seen, name) for name in cls.model_fields})

    def observation(self, probe: str) -> Observation:
        """As the store wants it."""
        parts = {name: getattr(self, name) for name in SeenPart.model_fields}
        return Observation(probe=probe, **parts)


class SeenMessage(_Closed):
    """What came of a job."""

    probe: str
    seen: tuple[SeenPart, ...]


class _Envelope(_Closed):
    """What the broker sees."""

    schema_: Literal["press-scan/job/1", "press-scan/seen/1"] = Field(alias="schema")
    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    until: float  # seconds since 1970
    nonce: str
    body: str

    def head(self) -> bytes:
        """What is sealed though it is in the clear."""
        return f"{self.schema_}|{self.id}|{self.until!r}".encode()


@dataclass(frozen=True)
class Seal:
    """Seals and opens messages with one key."""

    key: Secret
    now: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        """Raises `ValueError` when the key is too short to be one."""
        if len(self.key.reveal()) < SHORTEST_KEY:
            raise ValueError("the workers' key is too short")

    def close(self, kind: str, number: str, body: BaseModel, seconds: float) -> str:
        """A message about one job that counts for so many seconds."""
        nonce, until = os.urandom(12), self.now() + seconds
        plain = zlib.compress(body.model_dump_json().encode(), 6)
        whole = {"schema": kind, "id": number, "until": until, "nonce": _text(nonce), "body": ""}
        head = _Envelope.model_validate(whole).head()
        body_text = _text(self._cipher(kind).encrypt(nonce, plain, head))
        return _Envelope.model_validate({**whole, "body": body_text}).model_dump_json(by_alias=True)

    def open(self, kind: str, number: str, text: str, most_seconds: float) -> bytes:
        """The JSON of a message of this kind about this job.  Raises `Refused`."""
        try:
            envelope = _Envelope.model_validate_json(text)
            nonce, body = base64.b64decode(envelope.nonce), base64.b64decode(envelope.body)
        except (ValidationError, ValueError, TypeError) as error:
            raise Refused("the message has no form that is known") from error
        if (envelope.schema_, envelope.id) != (kind, number):
            raise Refused("the message is about something else")
        now = self.now()
        if not now - SKEW <= envelope.until <= now + most_seconds + SKEW:
            raise Refused("the message is too old, or the clocks differ")
        try:
            plain = self._cipher(kind).decrypt(nonce, body, envelope.head())
            packed = zlib.decompressobj()
            whole = packed.decompress(plain, MOST)
        except (InvalidTag, ValueError, zlib.error) as error:
            raise Refused("the message was sealed with another key, or changed") from error
        if not packed.eof:
            raise Refused("the message is too large")
        return whole

    def _cipher(self, kind: str) -> AESGCM:
        """A key of its own for each kind, so that no message passes for another."""
        derived = HKDF(SHA256(), 32, salt=None, info=kind.encode())
        return AESGCM(derived.derive(self.key.reveal().encode()))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
