"""Reads the sslyze child's report of one service into `TlsFacts`.  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from facts.base import Undecided, Unknown, need
from facts.tls import ATTACKS, CURVES, TOO_SMALL, VERSIONS, WEAK, Chain, TlsFacts, groups_of
from facts.tls_attacks import attack
from facts.tls_chain import chain
from facts.tls_raw import GONE, Raw

QUIET = Unknown("Some handshakes got no answer")

Suites = Mapping[str, tuple[str, ...] | Unknown]


def read(report: object, name: str) -> TlsFacts:
    """The facts of one report, finished or not.  `name` is what was asked for.

    Raises `Undecided` when not even one handshake was completed.
    """
    raw = Raw(report)
    accepts = {version: _accepts(raw, version) for version in VERSIONS}
    if True not in accepts.values():
        if isinstance(raw.get("error"), str):
            need(raw.why())
        raise Undecided("No handshake could be completed")
    suites = {version: _suites(raw, version, accepts[version]) for version in VERSIONS}
    return TlsFacts(
        observed_at=_time(raw.get("observed_at")),
        name=name,
        accepts=accepts,
        suites=suites,
        weak={group: _weak(raw, group, suites) for group in WEAK},
        forward=_forward(suites["TLSv1.2"]),
        curves={curve: _curve(raw, curve, suites) for curve in CURVES},
        dh_bits=_dh_bits(raw, suites),
        attacks={one: attack(raw, one, accepts, suites) for one in ATTACKS},
        chains=_chains(raw, suites),
    )


def _time(told: object) -> datetime:
    try:
        at = datetime.fromisoformat(told)  # type: ignore[arg-type]  # a TypeError is an answer too
    except (TypeError, ValueError) as error:
        raise Undecided("The answer to this trial was not understood") from error
    if at.tzinfo is None:
        raise Undecided("The answer to this trial was not understood")
    return at


def _accepts(raw: Raw, version: str) -> bool | Unknown:
    """Was a handshake of this version completed?"""
    only = raw.get("only")  # all versions were tried at the start, and this one alone worked
    if only in VERSIONS:
        return bool(only == version)
    offered = raw.get("offers", version)
    first = raw.get("first") == version  # what the very first handshake came to
    if first or offered == "accepted" or any(raw.accepted(version)):
        return True
    if offered in ("refused", "unanswered"):
        return raw.no()
    if raw.get("suites", version, "accepted") == [] and raw.count(version, "refused"):
        return raw.no()
    if raw.count(version, "unanswered"):
        return QUIET
    return raw.why("suites" if raw.has("suites", version) else "offers", version)


def _suites(raw: Raw, version: str, accepts: bool | Unknown) -> tuple[str, ...] | Unknown:
    """All suites that this version accepts; unknown when one was not really tried."""
    if accepts is False:
        return ()
    if isinstance(accepts, Unknown):
        return accepts
    seen = sorted({name for name, _ in raw.accepted(version)})
    if not seen or not raw.has("suites", version, "unanswered"):
        return raw.why("suites", version)
    if raw.gone:
        return GONE
    return QUIET if raw.get("suites", version, "unanswered") != 0 else tuple(seen)


def _weak(raw: Raw, group: str, suites: Suites) -> bool | Unknown:
    """Was a suite of this group accepted, in any version?"""
    for version in VERSIONS:
        if any(group in groups_of(name) for name, _ in raw.accepted(version)):
            return True
    return next((fact for fact in suites.values() if isinstance(fact, Unknown)), False)


def _forward(suites: tuple[str, ...] | Unknown) -> dict[str, bool | Unknown] | Unknown:
    if isinstance(suites, Unknown):
        return suites
    return {suite: "_ECDHE_" in suite or "_DHE_" in suite for suite in suites}


def _curve(raw: Raw, curve: str, suites: Suites) -> bool | Unknown:
    """Was an exchange on this curve completed, in any version?"""
    tried = {version: raw.get("curves", version, curve) for version in VERSIONS}
    seen = [key.get("curve") for version in VERSIONS for _, key in raw.accepted(version)]
    if True in tried.values() or curve in seen:
        return True
    older = next((v for v in VERSIONS[:5] if raw.has("curves", v)), "")
    for version, fact in suites.items():
        if isinstance(fact, Unknown):
            return fact
        elliptic = any("_ECDH" in suite for suite in fact) or (version == "TLSv1.3" and fact)
        if not elliptic or tried[version] is False:
            continue
        if version == "TLSv1.3" or older == version:
            return raw.why("curves", version, curve)
        if not older:
            return Unknown("Curves can be tried from TLS 1.2 on only")
        if tried[older] is not False:  # a server has one list of curves for all older versions
            return raw.why("curves", older, curve)
    return raw.no()


def _dh_bits(raw: Raw, suites: Suites) -> dict[str, int | Unknown]:
    """The size of the group behind each DHE suite that was accepted."""
    found: dict[str, int | Unknown] = {}
    refused = raw.get("small_dh", "all")
    for version, fact in suites.items():
        if isinstance(fact, Unknown):
            found[version] = fact
        for name, key in raw.accepted(version):
            if "_DHE_" in name or "_DH_anon_" in name:
                found[name] = _bits(key)
                if isinstance(refused, list) and name in refused:
                    found[name] = TOO_SMALL
    return found


def _bits(key: Mapping[str, Any]) -> int | Unknown:
    bits = key.get("bits") if key.get("type") == "DH" else None
    if isinstance(bits, int) and not isinstance(bits, bool) and 0 < bits < 1 << 16:
        return bits
    return Unknown("The size of a Diffie-Hellman group could not be told")


def _chains(raw: Raw, suites: Suites) -> tuple[Chain, ...] | Unknown:
    """Each chain that was sent; none when the service has no certificate."""
    if raw.has("pem_error"):
        every = [suite for fact in suites.values() if isinstance(fact, tuple) for suite in fact]
        known = not any(isinstance(fact, Unknown) for fact in suites.values())
        if known and every and all("anonymous" in groups_of(suite) for suite in every):
            return ()
        return raw.why("pem_error")
    told = raw.get("chains")
    if not isinstance(told, list):
        return raw.missing
    try:
        return tuple(chain(one) for one in told)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        return Unknown("A certificate could not be read", f"{type(error).__name__}: {error}"[:200])
