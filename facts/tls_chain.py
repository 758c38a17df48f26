"""Reads a chain of certificates from the child's JSON.  Pure."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from facts.base import Unknown
from facts.tls import Certificate, Chain

MOST_NAMES = 2000  # of one certificate that are kept
NO_ISSUER = Unknown("Who issued the certificate is not known")


class _Certificate(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    subject: str
    issuer: str
    names: list[str]
    addresses: list[str]
    key_type: str
    key_bits: int
    curve: str
    digest: str
    not_before: str
    not_after: str
    self_signed: bool
    sha256: str


class _Chain(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    certificates: list[_Certificate]
    trusted: dict[str, bool]
    ordered: bool
    complete: bool | None
    missing: str
    refused: str


def chain(told: object) -> Chain:
    """One chain.  Raises `ValueError` for what is none."""
    try:
        read = _Chain.model_validate(told)
    except ValidationError as error:
        raise ValueError(_error_of(told) or "not a chain") from error
    if not read.certificates:
        raise ValueError("an empty chain")
    return Chain(
        certificates=tuple(_certificate(one) for one in read.certificates),
        trusted=read.trusted,
        ordered=read.ordered,
        complete=NO_ISSUER if read.complete is None else read.complete,
        missing=read.missing[:300],
        refused=read.refused[:300],
    )


def _error_of(told: object) -> str:
    detail = told.get("detail") if isinstance(told, dict) else ""
    return detail[:200] if isinstance(detail, str) else ""


def _certificate(told: _Certificate) -> Certificate:
    return Certificate(
        subject=told.subject[:300],
        issuer=told.issuer[:300],
        names=tuple(told.names[:MOST_NAMES]),
        addresses=tuple(told.addresses[:MOST_NAMES]),
        key_type=told.key_type[:40],
        key_bits=told.key_bits,
        curve=told.curve[:40],
        digest=told.digest[:40],
        not_before=_time(told.not_before),
        not_after=_time(told.not_after),
        self_signed=told.self_signed,
        sha256=told.sha256[:64],
    )


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at
