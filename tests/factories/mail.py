"""A domain whose mail is in order: one mail server, which relays for nobody."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from facts.mail import Exchanger, MailFacts
from facts.smtp import NULL, PERCENT, PLAIN, ROUTE
from tests.factories import GOOD

DENIED = dict.fromkeys((NULL, PLAIN, ROUTE, PERCENT), False)
# RFC 8463, appendix A: the example's public key
ED25519 = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
SPF = {
    "bao.test": ("v=spf1 mx include:send.test -all",),
    "send.test": ("v=spf1 ip4:203.0.113.9 ~all",),
}


def rsa_record(bits: int, *, bare: bool = False) -> str:
    """A selector's record with an RSA key of this size."""
    public = rsa.RSAPublicNumbers(65537, (1 << bits) - 1).public_key()  # a modulus will do
    form = PublicFormat.PKCS1 if bare else PublicFormat.SubjectPublicKeyInfo
    return f"v=DKIM1; k=rsa; p={b64encode(public.public_bytes(Encoding.DER, form)).decode()}"


def exchanger(
    name: str = "mx.bao.test", address: str = "203.0.113.25", **changes: object
) -> Exchanger:
    """A mail server that was asked."""
    kept = Exchanger(name, address, starttls=True, secure=True, certificate=True,
                     relays=DENIED, protocol="TLSv1.3")  # fmt: skip
    return replace(kept, **changes)


GOOD[MailFacts] = MailFacts(
    observed_at=datetime(2026, 11, 23, 3, 0, tzinfo=UTC),
    domain="bao.test",
    used=True,
    spf=SPF,
    counts={"MX bao.test": 1},
    dmarc={"bao.test": ("v=DMARC1; p=reject",)},
    dkim={"k1": (ED25519,)},
    mta_sts=True,
    tls_rpt=True,
    servers={"mx.bao.test": ("203.0.113.25",)},
    asked=(exchanger(),),
)


def mail(**changes: object) -> MailFacts:
    """The good facts, otherwise changed."""
    return replace(GOOD[MailFacts], **changes)
