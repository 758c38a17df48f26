"""Reads the trials of known attacks from the child's report.  Pure."""

from __future__ import annotations

from collections.abc import Mapping

from facts.base import Unknown
from facts.tls import VERSIONS
from facts.tls_raw import Raw

NO_OLD_SUITE = Unknown("The scanner's old TLS library has no suite in common with the service")
INCONSISTENT = Unknown("The service answered this trial now so, now otherwise")

Accepts = Mapping[str, bool | Unknown]
Suites = Mapping[str, tuple[str, ...] | Unknown]

_RENEGOTIATION = "session_renegotiation"
# Where sslyze tells it, and the answer that means "open to it".
_TRIALS = {
    "Heartbleed": ("heartbleed", "is_vulnerable_to_heartbleed", True),
    "CCS injection": ("openssl_ccs_injection", "is_vulnerable_to_ccs_injection", True),
    "CRIME": ("tls_compression", "supports_compression", True),
    "insecure renegotiation": (_RENEGOTIATION, "supports_secure_renegotiation", False),
    "client-driven renegotiation": (
        _RENEGOTIATION,
        "is_vulnerable_to_client_renegotiation_dos",
        True,
    ),
}
_BY_OLD_LIBRARY = {"CRIME", "insecure renegotiation", "client-driven renegotiation"}


def attack(raw: Raw, name: str, accepts: Accepts, suites: Suites) -> bool | Unknown:
    """Is the service open to this attack?  One of `facts.tls.ATTACKS`."""
    if name == "ROBOT":
        open_to = _robot(raw, suites)
    elif name == "unsignalled downgrade":
        open_to = _downgrade(raw, accepts)
    else:
        command, key, bad = _TRIALS[name]
        told = raw.get("attacks", command, key)
        open_to = told is bad if isinstance(told, bool) else raw.why("attacks", command)
        if open_to is False and name in _BY_OLD_LIBRARY and not _tried(raw, accepts):
            return NO_OLD_SUITE
    return raw.no() if open_to is False else open_to


def _tried(raw: Raw, accepts: Accepts) -> bool:
    """Could sslyze make a trial that only its old library can make, at TLS 1.2?

    It takes a refused handshake for "TLS 1.3 only", which has none of these faults.
    """
    newer = any(accepts[version] is not False for version in VERSIONS[4:])
    needed = any(accepts[version] is not False for version in VERSIONS[:5])
    return not (newer and needed) or raw.get("legacy", "TLSv1.2") == "accepted"


def _downgrade(raw: Raw, accepts: Accepts) -> bool | Unknown:
    """Is a fall-back to a lower version taken without a word?"""
    signalled = raw.get("attacks", "tls_fallback_scsv")
    if isinstance(signalled, bool):
        return not signalled
    if signalled is not None or not raw.has("attacks", "tls_fallback_scsv"):
        return raw.why("attacks", "tls_fallback_scsv")
    for version in VERSIONS[1:5]:  # there is no lower version, as far as all were tried
        fact = accepts[version]
        if isinstance(fact, Unknown):
            return fact
    return False


def _robot(raw: Raw, suites: Suites) -> bool | Unknown:
    told = raw.get("attacks", "robot", "robot_result")
    if told in ("VULNERABLE_STRONG_ORACLE", "VULNERABLE_WEAK_ORACLE"):
        return True
    if told in ("NOT_VULNERABLE_NO_ORACLE", "NOT_VULNERABLE_RSA_NOT_SUPPORTED"):
        return False
    every = [fact for fact in suites.values() if not isinstance(fact, Unknown)]
    if len(every) == len(suites) and not any(
        suite.startswith("TLS_RSA_") for fact in every for suite in fact
    ):
        return False  # it needs a key exchange by RSA
    return INCONSISTENT if told == "UNKNOWN_INCONSISTENT_RESULTS" else raw.why("attacks", "robot")
