"""Look at a domain's mail: what it publishes, through the resolver; its servers, directly.

Only mail servers that are authorised are asked themselves; the others are named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from facts.base import Undecided, Unknown
from facts.declared import Domain, Lead, Target
from facts.dkim import dkim_records
from facts.dmarc import asked, dmarc_records
from facts.mail import Exchanger, MailFacts
from facts.smtp import PLAIN
from facts.spf import questions, spf_records
from scanner.probes.mail_smtp import HOST, exchanger
from scanner.reach import Reach
from scanner.scope import OutOfScope

PORT = 25
SERVERS = 8  # mail servers, and addresses of each, that are looked at
QUESTIONS = 60  # that an SPF record may lead to
RECORDS = 20  # of one kind at one name that are kept
LONGEST = 8192  # characters of one

NOT_OURS = "The mail server is outside of the authorisation, and was not asked"
TOO_MANY = "There are more mail servers than are looked at"
NOT_USED = Unknown("The inventory says that nobody sends mail under this domain")

Texts = tuple[str, ...] | Unknown


def gather(target: Target, reach: Reach) -> MailFacts:
    """One domain.  Raises `Undecided` when it does not exist."""
    domain = target.domain or Domain()
    if not domain.mail:
        return _unused(target.name)
    look = _Look(target.name, reach)
    spf, counts = look.spf()
    servers = look.servers()
    return MailFacts(
        observed_at=datetime.now(UTC),
        domain=target.name,
        used=True,
        spf=spf,
        counts=counts,
        dmarc={name: look.texts(f"_dmarc.{name}", dmarc_records) for name in asked(target.name)},
        dkim={
            one: look.texts(f"{one}._domainkey.{target.name}", dkim_records)
            for one in domain.selectors
        },
        mta_sts=look.announces("_mta-sts", "v=STSv1"),
        tls_rpt=look.announces("_smtp._tls", "v=TLSRPTv1"),
        servers=servers,
        asked=tuple(look.asked(servers, target.ca)),
        leads=tuple(Lead(name, PORT, "smtp") for name in _known(servers) if HOST.fullmatch(name)),
    )


def _unused(name: str) -> MailFacts:
    now, why = datetime.now(UTC), NOT_USED
    return MailFacts(now, name, False, {}, {}, {}, {}, why, why, why, ())


def _known(servers: dict[str, Texts] | Unknown) -> tuple[str, ...]:
    return () if isinstance(servers, Unknown) else tuple(servers)


@dataclass
class _Look:
    name: str
    reach: Reach

    def _values(self, name: str, kind: str) -> tuple[str, ...]:
        return self.reach.records(name, kind).values

    def texts(self, name: str, wanted: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Texts:
        """A name's TXT records of one sort."""
        try:
            found = wanted(self._values(name, "TXT"))
        except Undecided as unknown:
            return Unknown(unknown.why, unknown.detail)
        return tuple(one[:LONGEST] for one in found[:RECORDS])

    def announces(self, label: str, version: str) -> bool | Unknown:
        """Is there a record of this version?"""
        found = self.texts(f"{label}.{self.name}", lambda texts: texts)
        if isinstance(found, Unknown):
            return found
        return any(one.replace(" ", "").startswith(version) for one in found)

    def spf(self) -> tuple[dict[str, Texts], dict[str, int | Unknown]]:
        """The domain's SPF record, and everything that it leads to."""
        texts: dict[str, Texts] = {self.name: self.texts(self.name, spf_records)}
        counts: dict[str, int | Unknown] = {}
        for _ in range(QUESTIONS):
            question = next(questions(self.name, texts, counts), None)
            if question is None:
                break
            kind, name = question
            if kind == "TXT":
                texts[name] = self.texts(name, spf_records)
            else:
                counts[f"{kind} {name}"] = self._count(kind, name)
        return texts, counts

    def _count(self, kind: str, name: str) -> int | Unknown:
        kinds = ("A", "AAAA") if kind == "A" else (kind,)
        try:
            return sum(len(self._values(name, one)) for one in kinds)
        except Undecided as unknown:
            return Unknown(unknown.why, unknown.detail)

    def servers(self) -> dict[str, Texts] | Unknown:
        """The mail servers, most wanted first, each with its addresses.

        Without any MX it is the domain itself (RFC 5321 section 5.1); `0 .` says: none at all.
        """
        try:
            found = self.reach.records(self.name, "MX")
        except Undecided as unknown:
            return Unknown(unknown.why, unknown.detail)
        if not found.exists:
            raise Undecided("The domain does not exist", self.name)
        names = [_server(one) for one in sorted(found.values, key=_preference)]
        if names == [""]:
            return {}
        if not names and isinstance(own := self._addresses(self.name), tuple) and not own:
            return {}
        wanted = list(dict.fromkeys(filter(None, names or [self.name])))
        told = {name: self._addresses(name) for name in wanted[:SERVERS]}
        return told | {name: Unknown(TOO_MANY, name) for name in wanted[SERVERS:][:1]}

    def _addresses(self, name: str) -> Texts:
        try:
            found = [self._values(name, kind) for kind in ("A", "AAAA")]
        except Undecided as unknown:
            return Unknown(unknown.why, unknown.detail)
        return tuple(address for values in found for address in sorted(values))[: SERVERS + 1]

    def asked(self, servers: dict[str, Texts] | Unknown, ca: str) -> list[Exchanger]:
        """Each address of each mail server."""
        told = []
        for name, addresses in ({} if isinstance(servers, Unknown) else servers).items():
            if isinstance(addresses, Unknown):
                told.append(_unasked(name, "", addresses))
                continue
            told += [self._asked(name, address, ca) for address in addresses[:SERVERS]]
            told += [_unasked(name, one, Unknown(TOO_MANY, name)) for one in addresses[SERVERS:]]
        return told

    def _asked(self, name: str, address: str, ca: str) -> Exchanger:
        try:
            self.reach.scope.permit(address, name)
        except OutOfScope:
            return _unasked(name, address, Unknown(NOT_OURS, f"{name} {address}"))
        return exchanger(self.reach, name, address, self.name, PORT, ca)


def _unasked(name: str, address: str, why: Unknown) -> Exchanger:
    return Exchanger(name, address, why, why, why, {PLAIN: why})


def _preference(record: str) -> tuple[int, str]:
    number, _, name = record.partition(" ")
    return (int(number) if number.isascii() and number.isdigit() else 1 << 16, name)


def _server(record: str) -> str:
    return record.rpartition(" ")[2].rstrip(".").lower()
