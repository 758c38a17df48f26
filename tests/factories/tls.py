"""A TLS service that is kept well."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from facts.tls import ATTACKS, CURVES, PUBLIC_STORES, VERSIONS, WEAK, Certificate, Chain, TlsFacts
from tests.factories import GOOD

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TLS12 = ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")
TLS13 = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")

LEAF = Certificate(
    subject="CN=www.bao.test",
    issuer="CN=E7,O=Let's Encrypt,C=US",
    names=("bao.test", "www.bao.test"),
    addresses=(),
    key_type="ec",
    key_bits=256,
    curve="secp256r1",
    digest="sha384",
    not_before=datetime(2026, 10, 20, 3, 0, tzinfo=UTC),
    not_after=datetime(2027, 1, 18, 2, 59, 59, tzinfo=UTC),
    self_signed=False,
    sha256="11" * 32,
)
INTERMEDIATE = replace(
    LEAF,
    subject="CN=E7,O=Let's Encrypt,C=US",
    issuer="CN=ISRG Root X1,O=Internet Security Research Group,C=US",
    names=(),
    key_bits=384,
    curve="secp384r1",
    digest="sha256",
    not_after=datetime(2027, 3, 12, 23, 59, 59, tzinfo=UTC),
    sha256="22" * 32,
)
CHAIN = Chain(
    certificates=(LEAF, INTERMEDIATE),
    trusted=dict.fromkeys(PUBLIC_STORES, True),
    ordered=True,
    complete=True,
)

GOOD[TlsFacts] = TlsFacts(
    observed_at=AT,
    name="www.bao.test",
    accepts={version: version in ("TLSv1.2", "TLSv1.3") for version in VERSIONS},
    suites={**dict.fromkeys(VERSIONS, ()), "TLSv1.2": TLS12, "TLSv1.3": TLS13},
    weak=dict.fromkeys(WEAK, False),
    forward=dict.fromkeys(TLS12, True),
    curves={curve: curve in {"X25519", "secp256r1", "secp384r1"} for curve in CURVES},
    dh_bits={},
    attacks=dict.fromkeys(ATTACKS, False),
    chains=(CHAIN,),
)


def tls(**changes: object) -> TlsFacts:
    """The good service, changed."""
    return replace(GOOD[TlsFacts], **changes)


def certified(chain: dict[str, object] | None = None, **leaf: object) -> TlsFacts:
    """The good service with another leaf; `chain` changes what is around it."""
    changed = replace(LEAF, **leaf)
    return tls(
        chains=(replace(CHAIN, **{"certificates": (changed, INTERMEDIATE), **(chain or {})}),)
    )
