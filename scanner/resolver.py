"""Look names up, at the system's resolver or at another: addresses, and any other record.

Who only wants to know what a domain publishes asks the scanner's own resolver.  It is no target;
what is asked of it is written down all the same (`scanner.reach.Reach.records`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address

import dns.exception
import dns.flags
import dns.name
import dns.nameserver
import dns.rdata
import dns.rdatatype
import dns.resolver

from facts.base import Undecided
from facts.records import Records
from scanner.scope import system_lookup

SECONDS = 10.0  # for one question, to all of the resolver's servers
PAYLOAD = 1232  # bytes of a UDP answer: what passes everywhere (DNS flag day 2020)
MOST = 200  # records of one answer that are kept


@dataclass(frozen=True)
class Resolver:
    """Where names are looked up: the system's own way, or these servers alone."""

    servers: tuple[str, ...] = ()  # addresses, or "address#port"

    def lookup(self, name: str) -> list[str]:
        """Every address of a name, IPv4 and IPv6.  Raises `OSError` when it has none."""
        if not self.servers:
            return system_lookup(name)
        found = [self.records(name, kind).values for kind in ("A", "AAAA")]
        addresses = [value for values in found for value in values]
        if not addresses:
            raise OSError(f"no address: {name}")
        return addresses

    def records(
        self, name: str, kind: str, *, unchecked: bool = False, seconds: float = SECONDS
    ) -> Records:
        """What it says of a name; `unchecked` asks it not to validate (CD).

        Raises `Undecided` when it does not answer, or answers with a failure.
        """
        resolver = self._unchecked if unchecked else self._checked
        if resolver is None:
            raise Undecided("This machine has no resolver", "/etc/resolv.conf")
        try:
            answer = resolver.resolve(
                dns.name.from_text(name), kind, raise_on_no_answer=False, lifetime=seconds,
                search=False,
            )  # fmt: skip
        except dns.resolver.NXDOMAIN:
            return Records(name, kind, (), exists=False)
        except (dns.resolver.NoNameservers, dns.resolver.YXDOMAIN) as failure:
            raise Undecided("The resolver answered with a failure", name) from failure
        except dns.exception.Timeout as late:
            raise Undecided("The resolver did not answer in time", name) from late
        except (dns.exception.DNSException, OSError, ValueError) as odd:
            raise Undecided("The name cannot be looked up", name[:300]) from odd
        values = tuple(text_of(one) for one in (answer.rrset or ())[:MOST])
        authentic = bool(answer.response.flags & dns.flags.AD)
        end = answer.canonical_name.to_text(omit_final_dot=True).lower()
        return Records(name, kind, values, True, authentic, end)

    @cached_property
    def _checked(self) -> dns.resolver.Resolver | None:
        return self._made(dns.flags.RD | dns.flags.AD)

    @cached_property
    def _unchecked(self) -> dns.resolver.Resolver | None:
        return self._made(dns.flags.RD | dns.flags.CD)

    def _made(self, flags: int) -> dns.resolver.Resolver | None:
        try:
            made = dns.resolver.Resolver(configure=not self.servers)
        except (dns.resolver.NoResolverConfiguration, OSError):
            return None
        if self.servers:
            made.nameservers = _nameservers(self.servers)
        made.use_edns(0, dns.flags.DO, PAYLOAD)
        made.set_flags(flags)
        return made


def server(text: str) -> str:
    """`9.9.9.9`, `9.9.9.9#5353`: a resolver's address.  Raises `ValueError`."""
    address, _, port = text.strip().partition("#")
    ip_address(address)
    if port and not 0 < int(port) < 65536:
        raise ValueError(text)
    return text.strip()


def text_of(record: dns.rdata.Rdata) -> str:
    """A record as a zone file writes it; a TXT record's strings in one, without quotes."""
    if record.rdtype == dns.rdatatype.TXT:
        # of a TXT record, a class that dnspython makes while it runs
        return b"".join(record.strings).decode("utf-8", "replace")  # type: ignore[attr-defined]
    return str(record.to_text())


def _nameservers(servers: Sequence[str]) -> list[dns.nameserver.Nameserver]:
    parts = [one.partition("#") for one in servers]
    return [dns.nameserver.Do53Nameserver(place, int(port or 53)) for place, _, port in parts]


__all__ = ["Resolver", "server", "text_of"]
