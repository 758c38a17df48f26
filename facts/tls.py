"""What can be known of a TLS service: each handshake tried, and the certificates it sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address

from facts.base import NOT_GATHERED, Unknown

BROKEN = ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1")
MODERN = ("TLSv1.2", "TLSv1.3")
VERSIONS = BROKEN + MODERN

# Groups of cipher suites that protect nothing, or too little.
WEAK = ("NULL", "anonymous", "EXPORT", "RC4", "DES", "3DES", "MD5")

# Attacks that each have a trial; True means that the service is open to it.
ATTACKS = (
    "Heartbleed",
    "CCS injection",
    "ROBOT",
    "CRIME",
    "insecure renegotiation",
    "client-driven renegotiation",
    "unsignalled downgrade",
)

# Curves tried, with their sizes in bits: SEC 2, RFC 5639, RFC 7748.
CURVES: Mapping[str, int] = {
    "secp160k1": 160, "secp160r1": 160, "secp160r2": 160, "sect163k1": 163, "sect163r1": 163,
    "sect163r2": 163, "secp192k1": 192, "secp192r1": 192, "sect193r1": 193, "sect193r2": 193,
    "secp224k1": 224, "secp224r1": 224, "sect233k1": 233, "sect233r1": 233, "sect239k1": 239,
    "secp256k1": 256, "secp256r1": 256, "brainpoolP256r1": 256, "X25519": 253, "sect283k1": 283,
    "sect283r1": 283, "secp384r1": 384, "brainpoolP384r1": 384, "sect409k1": 409,
    "sect409r1": 409, "X448": 448, "brainpoolP512r1": 512, "secp521r1": 521, "sect571k1": 571,
    "sect571r1": 571,
}  # fmt: skip

TOO_SMALL = 0  # bits of a group that OpenSSL 1.0.2 refuses to use

PUBLIC_STORES = ("Android", "Apple", "Java", "Mozilla", "Windows")
OWN_STORE = "inventory"  # the bundle that the inventory names for this asset


@dataclass(frozen=True)
class Certificate:
    """One certificate, as sent.  Names are lower case, as written in it (punycode)."""

    subject: str  # RFC 4514
    issuer: str
    names: tuple[str, ...]  # DNS names of the subjectAltName
    addresses: tuple[str, ...]  # IP addresses of the subjectAltName
    key_type: str  # rsa, ec, ed25519, ed448, dsa ...
    key_bits: int
    curve: str  # of an EC key: secp256r1 ...; else ""
    digest: str  # of its signature: sha256, sha1, md5 ...; "" where the algorithm has its own
    not_before: datetime
    not_after: datetime
    self_signed: bool  # its own key signed it
    sha256: str  # of its DER form, in hexadecimal


@dataclass(frozen=True)
class Chain:
    """The certificates of one answer, leaf first, and where they lead.

    `trusted` has each store that was tried: does a path lead from the leaf to one of its roots, at
    the time of the visit?  For an expired leaf: at its last moment, since its date is told by
    itself.  `complete`: is every certificate between the leaf and a root sent?
    """

    certificates: tuple[Certificate, ...]
    trusted: Mapping[str, bool | Unknown]
    ordered: bool | Unknown = NOT_GATHERED  # each is the issuer of the one before it
    complete: bool | Unknown = NOT_GATHERED
    missing: str = ""  # the issuer that was looked for and not found
    refused: str = ""  # why no store trusts it, in the words of the verifier

    @property
    def leaf(self) -> Certificate:
        """The server's own certificate."""
        return self.certificates[0]


@dataclass(frozen=True)
class TlsFacts:
    """One visit to one TLS service.

    `dh_bits` has TOO_SMALL for a group that our own library would not go on with, and a version's
    name as the key where that version's suites are not known.
    """

    observed_at: datetime
    name: str  # what was asked for: a name (sent as SNI) or an address (no SNI)
    accepts: Mapping[str, bool | Unknown]  # protocol version -> was a handshake completed?
    suites: Mapping[str, tuple[str, ...] | Unknown]  # version -> the suites that it accepted
    weak: Mapping[str, bool | Unknown]  # group of WEAK -> was one of its suites accepted?
    forward: Mapping[str, bool | Unknown] | Unknown  # each TLS 1.2 suite accepted -> is it (EC)DHE?
    curves: Mapping[str, bool | Unknown]  # curve -> was an exchange on it completed?
    dh_bits: Mapping[str, int | Unknown]  # DHE suite accepted -> size of its group, see below
    attacks: Mapping[str, bool | Unknown]  # ATTACKS -> open to it?
    chains: tuple[Chain, ...] | Unknown  # one for each certificate that it has (RSA, ECDSA)


def groups_of(suite: str) -> set[str]:
    """Which groups of WEAK a suite belongs to, by its IANA name."""
    parts = suite.split("_")
    belongs = {
        "NULL": "NULL" in parts,
        "anonymous": "anon" in parts,
        "EXPORT": any(part.startswith("EXPORT") for part in parts),
        "RC4": "RC4" in parts,
        "DES": bool({"DES", "DES40"} & set(parts)),
        "3DES": bool({"3DES", "EDE3"} & set(parts)),
        "MD5": "MD5" in parts,
    }
    if belongs["3DES"]:
        belongs["DES"] = False
    return {group for group, yes in belongs.items() if yes}


def covers(certificate: Certificate, name: str) -> bool:
    """Does the certificate's subjectAltName cover this host name or address (RFC 9525)?

    A wildcard stands for one whole label, the first; the common name counts for nothing.
    """
    wanted = address_of(name)
    if wanted is None:
        return any(_matches(pattern, name.lower().rstrip(".")) for pattern in certificate.names)
    return any(address_of(text) == wanted for text in certificate.addresses)


def address_of(name: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a service is known by; None for a name."""
    try:
        return ip_address(name)
    except ValueError:
        return None


def _matches(pattern: str, name: str) -> bool:
    pattern = pattern.lower().rstrip(".")
    if not pattern.startswith("*."):
        return bool(name) and "*" not in pattern and pattern == name
    first, dot, rest = name.partition(".")
    # a wildcard right below a top-level domain would cover everybody: no browser takes it
    return bool(first and dot) and "." in rest and pattern[2:] == rest
