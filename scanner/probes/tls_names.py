"""The numbers and names of TLS: suites, groups, versions, signature algorithms (IANA, RFC 8447)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

SSLV3, TLS10, TLS11, TLS12, TLS13 = 0x0300, 0x0301, 0x0302, 0x0303, 0x0304

VERSIONS: Mapping[str, int] = {
    "SSLv3": SSLV3,
    "TLSv1.0": TLS10,
    "TLSv1.1": TLS11,
    "TLSv1.2": TLS12,
    "TLSv1.3": TLS13,
}

# Groups of an elliptic-curve exchange, by their names in `facts.tls.CURVES`.
GROUPS: Mapping[int, str] = {
    29: "X25519", 23: "secp256r1", 24: "secp384r1", 25: "secp521r1", 30: "X448",
    26: "brainpoolP256r1", 27: "brainpoolP384r1", 28: "brainpoolP512r1", 22: "secp256k1",
    1: "sect163k1", 2: "sect163r1", 3: "sect163r2", 4: "sect193r1", 5: "sect193r2",
    6: "sect233k1", 7: "sect233r1", 8: "sect239k1", 9: "sect283k1", 10: "sect283r1",
    11: "sect409k1", 12: "sect409r1", 13: "sect571k1", 14: "sect571r1", 15: "secp160k1",
    16: "secp160r1", 17: "secp160r2", 18: "secp192k1", 19: "secp192r1", 20: "secp224k1",
    21: "secp224r1",
}  # fmt: skip

# TLS 1.3 has its own numbers for three of them, and forbids the old ones (RFC 8446, RFC 8734).
GROUPS13: Mapping[int, str] = {
    **{number: GROUPS[number] for number in (29, 23, 24, 25, 30)},
    31: "brainpoolP256r1",
    32: "brainpoolP384r1",
    33: "brainpoolP512r1",
}

# Every pair of a key and a digest that a certificate of today or of long ago needs.
SIGNATURES = (
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B,
    0x081A, 0x081B, 0x081C, 0x0401, 0x0501, 0x0601, 0x0303, 0x0301, 0x0302, 0x0402, 0x0502,
    0x0602, 0x0203, 0x0201, 0x0202, 0x0101,
)  # fmt: skip

SSLV2_SUITES: Mapping[bytes, str] = {
    b"\x01\x00\x80": "SSL_CK_RC4_128_WITH_MD5",
    b"\x02\x00\x80": "SSL_CK_RC4_128_EXPORT40_WITH_MD5",
    b"\x03\x00\x80": "SSL_CK_RC2_128_CBC_WITH_MD5",
    b"\x04\x00\x80": "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5",
    b"\x05\x00\x80": "SSL_CK_IDEA_128_CBC_WITH_MD5",
    b"\x06\x00\x40": "SSL_CK_DES_64_CBC_WITH_MD5",
    b"\x07\x00\xc0": "SSL_CK_DES_192_EDE3_CBC_WITH_MD5",
    b"\x08\x00\x80": "SSL_CK_RC4_64_WITH_MD5",
}

_NEW = ("GCM", "CCM", "CCM_8", "SHA256", "SHA384", "SM3")  # ends of names that begin at TLS 1.2


@cache
def suites() -> Mapping[int, str]:
    """Every suite that is asked for: its number and its name, the usual ones first."""
    text = (files("scanner") / "data" / "tls-suites.txt").read_text("ascii")
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return {int(number, 16): name for number, name in lines}


@cache
def suites_of(version: int) -> Sequence[int]:
    """The suites that belong to this version of the protocol."""
    if version == TLS13:
        return tuple(number for number, name in suites().items() if "_WITH_" not in name)
    old = [number for number, name in suites().items() if "_WITH_" in name]
    if version == TLS12:
        return tuple(old)
    return tuple(number for number in old if not suites()[number].endswith(_NEW))


def exchange(suite: int) -> str:
    """How keys are exchanged: `ECDHE`, `DHE`, `RSA` or another; anonymous ones count as theirs."""
    name = suites().get(suite, "")
    if "_ECDHE_" in name or "_ECDH_anon_" in name:
        return "ECDHE"
    if "_DHE_" in name or "_DH_anon_" in name:
        return "DHE"
    return "RSA" if name.startswith(("TLS_RSA_", "SSL_RSA_")) else ""
