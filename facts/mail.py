"""What a domain says of its mail, and how its mail servers treat a stranger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from facts.base import Unknown
from facts.declared import Lead


@dataclass(frozen=True)
class Exchanger:
    """One address of a mail server, asked directly."""

    server: str
    address: str
    starttls: bool | Unknown  # it offers STARTTLS
    secure: bool | Unknown  # TLS 1.2 or later was agreed on
    certificate: bool | Unknown  # it is valid, for this name, from a trusted authority
    relays: Mapping[str, bool | Unknown]  # way of putting it -> it takes a stranger's mail for one
    protocol: str = ""  # what was agreed on, where it is known
    refused: str = ""  # why the certificate is not, in the verifier's words


@dataclass(frozen=True)
class MailFacts:
    """The mail of one declared domain."""

    observed_at: datetime
    domain: str
    used: bool  # the owner says that people send mail under it; else nothing is gathered
    spf: Mapping[str, tuple[str, ...] | Unknown]  # domain -> its SPF records, and of those led to
    counts: Mapping[str, int | Unknown]  # "MX bao.test" -> records, of what the SPF records name
    dmarc: Mapping[str, tuple[str, ...] | Unknown]  # domain, and above -> its DMARC records
    dkim: Mapping[str, tuple[str, ...] | Unknown]  # selector -> its keys' records
    mta_sts: bool | Unknown  # it announces a policy of MTA-STS
    tls_rpt: bool | Unknown  # it asks for reports of failed TLS
    servers: Mapping[str, tuple[str, ...] | Unknown] | Unknown  # mail server -> its addresses
    asked: tuple[Exchanger, ...]
    leads: tuple[Lead, ...] = ()
