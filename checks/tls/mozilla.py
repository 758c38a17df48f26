"""Mozilla's recommendations for servers, as far as a client can see whether they are followed.

The facts of https://ssl-config.mozilla.org/guidelines/, 6.0 for modern and intermediate, 5.8 for
old (6.0 has it no more), both of 2026-04-06.  X25519MLKEM768 is allowed there and never missed
here: our TLS library does not know it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from checks import Severity, Verdict, check, failed, passed
from facts.base import found, need
from facts.tls import CURVES, MODERN, PUBLIC_STORES, VERSIONS, Chain, TlsFacts

MOST_NAMED = 20  # deviations of one kind that a finding lists
_AEAD = (
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
)
_OLD = (
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_RSA_WITH_AES_128_CBC_SHA256", "TLS_RSA_WITH_AES_256_CBC_SHA256",
    "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
)  # fmt: skip
_TLS13 = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")
_CURVES = {"X25519", "secp256r1", "secp384r1"}
_KEY_CURVES = {"secp256r1", "secp384r1"}
_SOUND = {"sha256", "sha384", "sha512"}


@dataclass(frozen=True)
class _Config:
    """One recommendation: everything that may be accepted, and no more."""

    guideline: str
    versions: tuple[str, ...]
    suites: frozenset[str]
    keys: frozenset[str]  # at least one certificate has a key of one of these kinds
    days: int  # the longest life of a public certificate


_CONFIGS = {
    "modern": _Config("6.0", ("TLSv1.3",), frozenset(_TLS13), frozenset({"ec"}), 90),
    "intermediate": _Config(
        "6.0", MODERN, frozenset(_AEAD + _TLS13), frozenset({"ec", "rsa"}), 366
    ),
    "old": _Config("5.8", VERSIONS[2:], frozenset(_AEAD + _OLD + _TLS13), frozenset({"rsa"}), 366),
}


@check(Severity.LOW)
def mozilla_config(
    tls: TlsFacts, *, config: Literal["modern", "intermediate", "old"] = "intermediate"
) -> Verdict:
    """The service follows the Mozilla server-side TLS configuration named by `config`.

    Why: Mozilla's list is what browser makers hold to be sound today: it keeps every reader of the
    last years and leaves out what is not needed.
    Fix: take the settings for your server and its version from
    https://ssl-config.mozilla.org/ ("Intermediate"), or the snippet below.
    """
    wanted = _CONFIGS[config]
    deviations = dict(_deviations(tls, wanted))
    if deviations:
        return failed("The configuration differs from Mozilla's recommendation",
                      config=config, guideline=wanted.guideline, **deviations)  # fmt: skip
    found(tls.accepts, [version for version in VERSIONS if version not in wanted.versions])
    for suites in tls.suites.values():
        need(suites)
    found(tls.curves, [curve for curve in CURVES if curve not in _CURVES])
    if not found(tls.accepts, wanted.versions):
        return failed("None of the recommended protocol versions is offered",
                      config=config, guideline=wanted.guideline)  # fmt: skip
    return passed("The configuration follows Mozilla's recommendation",
                  config=config, guideline=wanted.guideline)  # fmt: skip


def _deviations(tls: TlsFacts, wanted: _Config) -> Iterator[tuple[str, list[str]]]:
    """Everything seen that is not recommended, by kind."""
    extra = [v for v in VERSIONS if v not in wanted.versions and tls.accepts.get(v) is True]
    if extra:
        yield "accepted", extra
    known = {s for suites in tls.suites.values() if isinstance(suites, tuple) for s in suites}
    if suites := sorted(known - wanted.suites):
        yield "suites", suites[:MOST_NAMED]
    if curves := [c for c in CURVES if c not in _CURVES and tls.curves.get(c) is True]:
        yield "curves", curves
    chains = need(tls.chains) if not (extra or suites or curves) else tls.chains
    if isinstance(chains, tuple):
        if keys := sorted(_keys(chains, wanted)):
            yield "certificates", keys
        if lives := sorted(_lives(chains, wanted)):
            yield "lifetime", lives


def _keys(chains: tuple[Chain, ...], wanted: _Config) -> Iterator[str]:
    """Keys and signatures of leaves that are not recommended."""
    leaves = [chain.leaf for chain in chains]
    if not any(leaf.key_type in wanted.keys for leaf in leaves):
        yield from {f"{leaf.key_type} {leaf.key_bits}" for leaf in leaves}
    for leaf in leaves:
        short = leaf.key_type == "rsa" and leaf.key_bits < 2048
        odd = leaf.key_type == "ec" and leaf.curve not in _KEY_CURVES
        if short or odd:
            yield f"{leaf.key_type} {leaf.key_bits} {leaf.curve}".strip()
        if leaf.digest and leaf.digest not in _SOUND and not leaf.self_signed:
            yield leaf.digest


def _lives(chains: tuple[Chain, ...], wanted: _Config) -> Iterator[str]:
    """Certificates that live too long; a rule for public ones, not for the owner's own."""
    for chain in chains:
        days = (chain.leaf.not_after - chain.leaf.not_before).days
        if days > wanted.days and found(chain.trusted, PUBLIC_STORES):
            yield str(days)
