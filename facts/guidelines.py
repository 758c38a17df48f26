"""Mozilla's recommendations for TLS servers: ours, and the reader of the published ones.  Pure.

Ours are the facts of https://ssl-config.mozilla.org/guidelines/, 6.0 for modern and intermediate,
5.8 for old (6.0 has it no more), both of 2026-04-06.  X25519MLKEM768 is allowed there and never
missed: our TLS library does not know it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facts.tls import MODERN, VERSIONS
from facts.versions import Version

TABLE = "tls"  # what our own are called among a run's data
DATED = "2026-04-06"
CONFIGS = ("modern", "intermediate", "old")

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
_CURVES = frozenset({"X25519", "secp256r1", "secp384r1"})
_KEY_CURVES = frozenset({"secp256r1", "secp384r1"})
_SOUND = frozenset({"sha256", "sha384", "sha512"})


@dataclass(frozen=True)
class Guideline:
    """One recommendation: everything that may be accepted, and no more."""

    version: str
    versions: tuple[str, ...]  # of the protocol
    suites: frozenset[str]
    keys: frozenset[str]  # at least one certificate has a key of one of these kinds
    days: int  # the longest life of a public certificate
    curves: frozenset[str] = _CURVES
    key_curves: frozenset[str] = _KEY_CURVES
    digests: frozenset[str] = _SOUND
    rsa_bits: int = 2048
    table: str = TABLE


GUIDELINES: Mapping[str, Guideline] = {
    "modern": Guideline("6.0", ("TLSv1.3",), frozenset(_TLS13), frozenset({"ec"}), 90),
    "intermediate": Guideline(
        "6.0", MODERN, frozenset(_AEAD + _TLS13), frozenset({"ec", "rsa"}), 366
    ),
    "old": Guideline(
        "5.8", VERSIONS[2:], frozenset(_AEAD + _OLD + _TLS13), frozenset({"rsa"}), 366
    ),
}

_VERSION_NAMES = {"TLSv1": "TLSv1.0"}
_CURVE_NAMES = {"prime256v1": "secp256r1"}
_KEY_NAMES = {"ecdsa": "ec", "rsa": "rsa"}
_MOST = 200  # names of one kind
_SUITE = re.compile(r"TLS_[A-Z0-9_]{4,80}")
_CURVE = re.compile(r"[A-Za-z0-9]{3,40}")


def read_guidelines(data: Any, table: str) -> dict[str, Guideline]:
    """The configurations of one published guideline: `{version, configurations: {NAME: {...}}}`.

    Raises `ValueError`, `KeyError`, `TypeError` or `AttributeError` for what is not understood:
    a recommendation that is read in part would fail, or pass, the wrong servers.
    """
    version = str(data["version"])
    Version(version)
    found = {
        name: _guideline(version, config, table)
        for name, config in data["configurations"].items()
        if name in CONFIGS
    }
    for name in ("modern", "intermediate"):
        if not set(found[name].versions) <= set(MODERN):
            raise ValueError(f"{name} allows an old protocol")
    return found


def newer(ours: Mapping[str, Guideline], theirs: Mapping[str, Guideline]) -> dict[str, Guideline]:
    """Each configuration in its newest version."""
    found = dict(ours)
    for name, one in theirs.items():
        if name not in found or Version(found[name].version) < Version(one.version):
            found[name] = one
    return found


def _guideline(version: str, config: Mapping[str, Any], table: str) -> Guideline:
    versions = {_VERSION_NAMES.get(one, one) for one in _names(config, "tls_versions")}
    if not versions <= set(VERSIONS):
        raise ValueError("a protocol that is not known")
    suites = (*_names(config["ciphers"], "iana", least=0), *_names(config, "ciphersuites"))
    curves = _names(config, "tls_curves"), _names(config, "certificate_curves")
    if not all(map(_SUITE.fullmatch, suites)):
        raise ValueError("a cipher suite is none")
    if not all(_CURVE.fullmatch(curve) for group in curves for curve in group):
        raise ValueError("a curve is none")
    days, bits = config["maximum_certificate_lifespan"], config.get("rsa_key_size") or 2048
    if not 1 <= int(days) <= 10_000 or not 1024 <= int(bits) <= 65_536:
        raise ValueError("a number that makes no sense")
    return Guideline(
        version,
        tuple(one for one in VERSIONS if one in versions),
        frozenset(suites),
        frozenset(_KEY_NAMES[kind] for kind in _names(config, "certificate_types")),
        int(days),
        curves=_curves(curves[0]),
        key_curves=_curves(curves[1]),
        digests=frozenset(map(_digest, _names(config, "certificate_signatures"))),
        rsa_bits=int(bits),
        table=table,
    )


def _curves(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_CURVE_NAMES.get(one, one) for one in names)


def _names(config: Mapping[str, Any], key: str, *, least: int = 1) -> tuple[str, ...]:
    """A list of names.  Raises `ValueError` for anything else."""
    said = config[key]
    good = isinstance(said, list) and all(isinstance(one, str) for one in said)
    if not good or not least <= len(said) <= _MOST:
        raise ValueError(f"{key} is no list of names")
    return tuple(said)


def _digest(signature: str) -> str:
    """`sha256` of `ecdsa-with-SHA256`."""
    found = re.search(r"sha\d{3}", signature[:100].lower())
    if found is None:
        raise ValueError("a signature that is not known")
    return found[0]
