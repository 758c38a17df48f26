"""Look at a domain: what it publishes, through the resolver; its name servers, directly.

Only name servers inside the authorised networks are asked themselves.  A zone that is given to us
is not read: the first records prove it, and none is kept.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex

from dns.rcode import Rcode

from facts.base import Undecided, Unknown
from facts.declared import Domain, Target
from facts.zone import Served, Signed, ZoneFacts
from scanner.probes.dns_wire import REFUSED, Reply, given, question, reply
from scanner.reach import Reach
from scanner.scope import OutOfScope

PORT = 53
WAIT = 3.0  # seconds for one answer over UDP
TRIES = 2
TRANSFER = 10.0  # seconds for a transfer to begin
MOST = 64 << 10  # bytes read of it
SERVERS = 12  # name servers, and addresses of each, that are looked at

NOT_OURS = "The name server is outside of the authorisation, and was not asked"
SILENT = "The name server did not answer"
MADE_UP = "The resolver makes addresses up; name another with --resolver"


def gather(target: Target, reach: Reach) -> ZoneFacts:
    """One domain.  Raises `Undecided` when it does not exist, or the resolver does not answer."""
    look = _Look(target.name, target.domain or Domain(), reach)
    apex = look.apex()
    names = sorted(map(_bare, look.whatever(apex, "NS") or ()))[:SERVERS]
    servers = {name: look.addresses(name) for name in names}
    honest = look.honest()
    dangling = {
        name: look.gone(name) if honest is None else honest for name in look.pointers(names)
    }
    return ZoneFacts(
        observed_at=datetime.now(UTC),
        apex=apex,
        servers=servers,
        served=tuple(look.asked(apex, servers)),
        signed=look.signed(apex),
        caa=look.caa(),
        dangling=dangling,
        ends=look.ends,
        ipv6={f"{name}:{port}": look.over_ipv6(name, port) for name, port in look.domain.services},
    )


@dataclass
class _Look:
    name: str
    domain: Domain
    reach: Reach
    ends: dict[str, str] = field(default_factory=dict)

    def apex(self) -> str:
        """The zone that the name lies in: where its SOA is."""
        for name in _upwards(self.name):
            found = self.whatever(name, "SOA")
            if found is None and name == self.name:
                raise Undecided("The domain does not exist", self.name)
            if found:
                return name
        raise Undecided("The domain does not exist", self.name)

    def whatever(self, name: str, kind: str) -> tuple[str, ...] | None:
        """Records, valid or not; None where the name does not exist."""
        try:
            found = self.reach.records(name, kind)
        except Undecided:
            found = self.reach.records(name, kind, unchecked=True)
        return found.values if found.exists else None

    def addresses(self, name: str) -> tuple[str, ...] | Unknown:
        """A name server's addresses."""
        try:
            found = [self.whatever(name, kind) or () for kind in ("A", "AAAA")]
        except Undecided as unknown:
            return Unknown(unknown.why, unknown.detail)
        return tuple(address for values in found for address in sorted(values))[:SERVERS]

    def signed(self, apex: str) -> Signed | Unknown:
        """What the resolver makes of the signatures."""
        try:
            if self.reach.records(apex, "SOA").authentic:
                return Signed.VALID
        except Undecided as failure:
            return self._bogus(apex, failure)
        try:
            validates = self.reach.records(".", "SOA").authentic
            vouched = self.reach.records(apex, "DS").values
            keys = self.reach.records(apex, "DNSKEY").values
        except Undecided as unknown:
            return Unknown(unknown.why, unknown.detail)
        if not vouched:
            return Signed.NO_DS if keys else Signed.UNSIGNED
        if not validates:
            why = "The resolver does not check signatures; name one that does with --resolver"
            return Unknown(why, apex)
        return Signed.BOGUS

    def _bogus(self, apex: str, failure: Undecided) -> Signed | Unknown:
        """It fails when it checks: because of the signatures, if it answers when it does not."""
        try:
            unchecked = self.reach.records(apex, "SOA", unchecked=True)
        except Undecided:
            return Unknown(failure.why, failure.detail)
        return Signed.BOGUS if unchecked.values else Unknown(failure.why, failure.detail)

    def caa(self) -> tuple[str, ...] | Unknown:
        """The records of the nearest name upwards that has any (RFC 8659 section 3)."""
        try:
            for name in _upwards(self.name):
                if found := self.reach.records(name, "CAA").values:
                    return tuple(sorted(found))
        except Undecided as unknown:
            return Unknown(unknown.why, unknown.detail)
        return ()

    def pointers(self, servers: list[str]) -> list[str]:
        """What points elsewhere: the system's names, name servers and mail servers."""
        try:
            mail = [
                _bare(one.rpartition(" ")[2]) for one in self.reach.records(self.name, "MX").values
            ]
        except Undecided:
            mail = []  # the mail checks say so
        listed = [*self.domain.names, f"www.{self.name}", *servers, *filter(None, sorted(mail))]
        self.ends |= {name: name for name in (*servers, *mail) if name}
        return list(dict.fromkeys(listed))

    def honest(self) -> Unknown | None:
        """Why the resolver's word is not to be had on names that are missing; None: it is.

        Some providers' resolvers lead every missing name to a page of theirs; `.invalid` never is.
        """
        never = f"press-scan-{token_hex(8)}.invalid"
        try:
            there = self.reach.records(never, "A").values
        except Undecided as unknown:
            return Unknown(unknown.why, unknown.detail)
        return Unknown(MADE_UP, there[0]) if there else None

    def gone(self, name: str) -> bool | Unknown:
        """Does it lead to a name that no longer exists?"""
        try:
            if name not in self.ends:  # a name of our own: only an alias leads elsewhere
                alias = self.reach.records(name, "CNAME").values
                if not alias:
                    return False
                self.ends[name] = _bare(alias[0])
            return not self.reach.records(name, "A").exists
        except Undecided as unknown:
            return Unknown(unknown.why, unknown.detail)

    def asked(self, apex: str, servers: dict[str, tuple[str, ...] | Unknown]) -> Iterator[Served]:
        """Each address of each name server."""
        for name, addresses in servers.items():
            if isinstance(addresses, Unknown):
                yield Served(name, "", addresses, addresses, addresses)
                continue
            for address in addresses:
                yield self._served(apex, name, address)

    def _served(self, apex: str, name: str, address: str) -> Served:
        if not self.reach.scope.in_networks(address):
            stranger = Unknown(NOT_OURS, f"{name} {address}")
            return Served(name, address, None, stranger, stranger)
        soa = self._ask(address, apex, "SOA")
        if isinstance(soa, Unknown):
            return Served(name, address, soa, self._transfer(address, apex), soa)
        root = self._ask(address, ".", "NS", recurse=True)
        recursion = root if isinstance(root, Unknown) else _recurses(root, address)
        transfer = self._transfer(address, apex)
        return Served(name, address, soa.authoritative and soa.records > 0, transfer, recursion)

    def _ask(self, address: str, name: str, kind: str, *, recurse: bool = False) -> Reply | Unknown:
        """One question, asked twice where nothing comes back."""
        packet = question(name, kind, recurse=recurse)
        for _ in range(TRIES):
            try:
                raw = self.reach.ask_udp(address, PORT, packet, timeout=WAIT)
            except OSError as error:
                return Unknown(SILENT, f"{address}: {error.strerror or type(error).__name__}")
            except OutOfScope as refused:
                return Unknown(refused.why, refused.detail)
            if raw is not None:
                told = reply(raw, packet)
                return told or Unknown("What the name server answers was not understood", address)
        return Unknown(SILENT, address)

    def _transfer(self, address: str, apex: str) -> bool | Unknown:
        """Does it give the zone?  It is hung up on as soon as that is clear."""
        packet = question(apex, "AXFR")
        raw, outcome = b"", None
        try:
            with self.reach.talk(address, PORT, timeout=WAIT, total=TRANSFER) as sock:
                sock.sendall(len(packet).to_bytes(2, "big") + packet)
                while outcome is None and len(raw) < MOST and (part := sock.recv(4096)):
                    raw += part
                    outcome = given(raw, packet)
        except ConnectionRefusedError:
            return False  # a zone goes over TCP alone
        except TimeoutError:
            outcome = given(raw, packet)
        except OSError:
            pass  # hung up on: judged by what came before
        except OutOfScope as refused:
            return Unknown(refused.why, refused.detail)
        if outcome is None and not raw:
            return Unknown("The name server did not say whether it gives the zone", address)
        return (
            Unknown("What the name server answers was not understood", address)
            if outcome is None
            else outcome
        )

    def over_ipv6(self, name: str, port: int) -> bool | Unknown:
        """Does the service answer over IPv6?"""
        try:
            addresses = self.reach.records(name, "AAAA").values
            if not addresses:
                return False
            with self.reach.talk(addresses[0], port, name=name, timeout=WAIT, total=WAIT):
                return True
        except (Undecided, OutOfScope) as unknown:
            return Unknown(unknown.why, unknown.detail)
        except OSError as error:
            if error.errno in {errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                return Unknown("The scanner's machine has no IPv6", name)
            return False


def _recurses(root: Reply, address: str) -> bool | Unknown:
    """Does it look names up, by its answer to a question that is none of its own?"""
    if not root.offers or root.code in REFUSED:
        return False
    if root.code == Rcode.NOERROR:
        return True
    return Unknown("The name server offers to look names up, and failed at it", address)


def _upwards(name: str) -> Iterator[str]:
    """The name and every one above it, but for the root."""
    labels = name.split(".")
    for at in range(len(labels)):
        yield ".".join(labels[at:])


def _bare(name: str) -> str:
    return name.rstrip(".").lower()
