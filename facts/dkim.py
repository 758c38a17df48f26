"""DKIM: read the key that a selector publishes (RFC 6376, RFC 8463)."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

LONGEST = 8192
_TAG = re.compile(r"\s*([a-z][a-z0-9_]*)\s*=\s*(.*?)\s*", re.IGNORECASE | re.DOTALL)
_RSA_HEAD = bytes.fromhex("300d06092a864886f70d0101010500")  # AlgorithmIdentifier rsaEncryption


@dataclass(frozen=True)
class Key:
    """A published key."""

    kind: str = ""  # rsa, ed25519
    bits: int = 0
    revoked: bool = False  # an empty key says so
    fault: str = ""  # what can't be read


def dkim_records(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a selector's TXT records that hold a key (the version may be left out)."""
    return tuple(text for text in texts if "p" in _tags(text[:LONGEST]))


def key(record: str) -> Key:
    """Read one record; never raises."""
    if len(record) > LONGEST:
        return Key(fault=record[:60])
    tags = _tags(record)
    kind = tags.get("k", "rsa").lower()
    if tags.get("v", "DKIM1") != "DKIM1" or "p" not in tags:
        return Key(kind, fault=record[:60] or "p=?")
    written = "".join(tags["p"].split())
    if not written:
        return Key(kind, revoked=True)
    try:
        raw = b64decode(written, validate=True)
    except ValueError:
        return Key(kind, fault=written[:60])
    if kind == "ed25519":
        return Key(kind, 256) if len(raw) == 32 else Key(kind, fault=written[:60])
    bits = _rsa_bits(raw) if kind == "rsa" else 0
    return Key(kind, bits) if bits else Key(kind, fault=f"k={kind[:20]} p={written[:60]}")


def _tags(record: str) -> dict[str, str]:
    found = (_TAG.fullmatch(part) for part in record.split(";"))
    return {one[1].lower(): one[2] for one in found if one}


def _rsa_bits(raw: bytes) -> int:
    """The size of an RSA key, with its algorithm's name around it or bare; 0: none."""
    for der in (raw, _wrapped(raw)):
        try:
            loaded = load_der_public_key(der)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
        return loaded.key_size if isinstance(loaded, RSAPublicKey) else 0
    return 0


def _wrapped(raw: bytes) -> bytes:
    """A bare RSAPublicKey as a SubjectPublicKeyInfo."""
    bits = b"\x03" + _length(len(raw) + 1) + b"\x00" + raw
    body = _RSA_HEAD + bits
    return b"\x30" + _length(len(body)) + body


def _length(number: int) -> bytes:
    if number < 128:
        return bytes([number])
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(raw)]) + raw


__all__ = ["Key", "dkim_records", "key"]
