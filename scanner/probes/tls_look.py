"""One TLS service looked at with hellos made by hand: versions, suites, groups, old faults.

A ServerHello says what the server chose; what it chose is left out of the next offer, until it
wants nothing more.  So a version costs a connection for each suite that it accepts, and a few for
the no at the end; nothing is encrypted.  The report has the shape that `facts/tls_report.py` reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from ssl import DER_cert_to_PEM_cert
from typing import Any

from scanner.probes import tls_old_faults
from scanner.probes.tls_exchange import PATIENCE, Broken, Silence
from scanner.probes.tls_line import Line
from scanner.probes.tls_names import GROUPS, TLS12, TLS13, VERSIONS, exchange, suites, suites_of
from scanner.probes.tls_shakes import chain_of
from scanner.probes.tls_wire import (
    INAPPROPRIATE_FALLBACK,
    PROTOCOL_VERSION,
    Flight,
    Nonsense,
    Offer,
    group_names,
    sslv2_hello,
    sslv2_suites,
)

CHUNK = 90  # suites of one hello: some old servers read no more than 128
SMALL = 20  # for those that hang on a long one
NAMES = tuple(VERSIONS)
CHAINS = 8  # of one service that are looked at; an honest one has one for each kind of key
OLD = ("SSLv3", "TLSv1.0", "TLSv1.1")


@dataclass
class Seen:
    """What one version accepted: each suite with the flight that said so."""

    flights: dict[int, Flight] = field(default_factory=dict)
    refused: int = 0
    unanswered: int = 0

    def told(self) -> dict[str, object]:
        """As the report has it."""
        accepted = [
            {"name": suites()[suite], "key": key_of(flight)}
            for suite, flight in self.flights.items()
        ]
        return {"accepted": accepted, "refused": self.refused, "unanswered": self.unanswered}

    @property
    def word(self) -> str:
        """In one word."""
        if self.flights:
            return "accepted"
        return "unanswered" if self.unanswered else "refused"


def key_of(flight: Flight) -> dict[str, object] | None:
    """The key exchange of a flight as JSON."""
    if flight.dh_prime:
        return {"type": "DH", "bits": flight.dh_prime}
    name = group_names(flight.version).get(flight.group)
    return {"type": "ECDH", "curve": name} if name else None


class Look:
    """The trials of one service; `report` grows with each that ends."""

    def __init__(self, line: Line, report: dict[str, Any]) -> None:
        self._line, self._report = line, report
        self._seen: dict[str, Seen] = {}

    async def run(self) -> None:
        """Make every trial.  One's failure is that trial's."""
        await self._versions(CHUNK)
        if not any(seen.flights for seen in self._seen.values()):
            await self._versions(SMALL)
        trials: list[Awaitable[None]] = [
            self._every_curve(),
            self._certificates(),
            self._try("attacks", "tls_fallback_scsv", self._scsv()),
        ]
        old = self._highest()
        modern = bool(self._of("TLSv1.3").flights)
        if old:
            trials += tls_old_faults.trials(self._line, *old, self._try, modern=modern)
        elif modern:
            self._report["attacks"] = tls_old_faults.nothing_old()
        self._report["legacy"] = {"TLSv1.2": "accepted"}  # nothing here needs the old library
        await asyncio.gather(*trials)
        self._report["alive"] = await self._alive()

    def _of(self, version: str) -> Seen:
        return self._seen.get(version, Seen())

    def _note(self, part: str, name: str, value: object) -> None:
        # a new mapping each time: the old one may be being written down
        self._report[part] = {**self._report.get(part, {}), name: value}

    async def _try(self, part: str, name: str, trial: Awaitable[object]) -> None:
        value = await self._safe(trial)
        if value is not ...:
            self._note(part, name, value)

    async def _safe(self, trial: Awaitable[object]) -> object:
        try:
            return await trial
        except Exception as error:  # noqa: BLE001  # told as what it is
            return {"error": type(error).__name__, "detail": str(error)[:200]}

    # -- versions and suites

    async def _versions(self, chunk: int) -> None:
        trials = [self._version(name, chunk) for name in VERSIONS]
        await asyncio.gather(self._try("suites", "SSLv2", self._sslv2()), *trials)
        best = [name for name in VERSIONS if self._of(name).flights]
        if best:
            self._report["first"] = best[-1]

    async def _version(self, name: str, chunk: int) -> None:
        async def enumerate_it() -> object:
            seen = self._seen[name] = await self._enumerate(VERSIONS[name], chunk)
            if name in OLD:
                self._note("offers", name, seen.word)
            return seen.told()

        await self._try("suites", name, enumerate_it())

    async def _enumerate(self, version: int, chunk: int) -> Seen:
        """Every suite that this version accepts.  Raises `Nonsense` for a server that lies."""
        seen, every = Seen(), suites_of(version)
        groups = tuple(group_names(version))
        for start in range(0, len(every), chunk):
            rest = list(every[start : start + chunk])
            while rest:
                try:
                    flight = await self._ask(Offer(version, rest, groups, self._line.name))
                except (Silence, Broken):
                    seen.unanswered += len(every) - start if not seen.flights else len(rest)
                    if not seen.flights:
                        return seen
                    break
                if flight.version != version:  # a lower version is a no, too
                    seen.refused += len(rest)
                    if not seen.flights and (flight.accepted or flight.alert == PROTOCOL_VERSION):
                        seen.refused = len(every)
                        return seen
                    break
                if flight.suite not in rest:
                    raise Nonsense("a suite that was not offered")
                seen.flights[flight.suite] = flight
                rest.remove(flight.suite)
        return seen

    async def _ask(self, offer: Offer) -> Flight:
        flight = await self._line.ask(offer)
        if flight.accepted and flight.version > offer.version:
            raise Nonsense("a version that was not offered")
        return flight

    async def _sslv2(self) -> object:
        """The suites that an SSLv2 server lists; most servers end the connection."""
        answer = b""
        try:
            async with self._line.open() as sock, asyncio.timeout(PATIENCE):
                await self._line.send(sock, sslv2_hello())
                while (told := sslv2_suites(answer)) is None:
                    more = await self._line.read(sock)
                    if not more:
                        break
                    answer += more
        except Nonsense:
            told = None
        except (Silence, Broken):
            self._note("offers", "SSLv2", "unanswered")
            return ...
        self._note("offers", "SSLv2", "accepted" if told else "refused")
        accepted = [{"name": name, "key": None} for name in told or ()]
        return {"accepted": accepted, "refused": 8 - len(accepted), "unanswered": 0}

    # -- groups

    async def _every_curve(self) -> None:
        await self._try("curves", "TLSv1.3", self._curves("TLSv1.3"))
        for name in reversed(NAMES[:4]):  # a server has one list for all that are older
            if any(exchange(suite) == "ECDHE" for suite in self._of(name).flights):
                await self._try("curves", name, self._curves(name))
                return

    def _known_curves(self) -> set[str]:
        """Those that were seen to work."""
        told = self._report.get("curves", {}).get("TLSv1.3", {})
        taken = [
            (one.version, one.group) for s in self._seen.values() for one in s.flights.values()
        ]
        return {name for name, works in told.items() if works is True} | {
            group_names(version).get(group, "") for version, group in taken
        }

    async def _curves(self, version: str) -> object:
        """Which groups does a server take?  What it took is left out of the next offer."""
        flights = self._of(version).flights
        offered = [s for s in flights if exchange(s) == "ECDHE" or version == "TLSv1.3"]
        if not offered:
            return ...
        rsa = [s for s in offered if "_RSA_" in suites()[s] or "_anon_" in suites()[s]]
        names = group_names(VERSIONS[version])
        # before TLS 1.3 a client that does not know the certificate's curve is refused
        must = () if rsa or version == "TLSv1.3" else await self._own_group(flights, names)
        known = self._known_curves()
        told = {name: name in known for name in GROUPS.values()}
        rest = [number for number in names if number not in must and names[number] not in known]
        while rest or must:
            offer = Offer(VERSIONS[version], rsa or offered, [*rest, *must], self._line.name)
            flight = await self._ask(offer)
            if not flight.accepted or flight.group not in offer.groups:
                break
            told[names[flight.group]] = True
            if flight.group in must:
                break
            rest.remove(flight.group)
        return told

    async def _own_group(self, flights: dict[int, Flight], names: Any) -> tuple[int, ...]:
        """The curve of the first certificate's key."""
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
        from cryptography.x509 import load_der_x509_certificate

        sent = next((one.certificates for one in flights.values() if one.certificates), ())
        if sent:
            key = load_der_x509_certificate(sent[0]).public_key()
            if isinstance(key, EllipticCurvePublicKey):
                return tuple(number for number, name in names.items() if name == key.curve.name)
        return ()

    # -- certificates

    async def _certificates(self) -> None:
        """Each chain that is sent: before TLS 1.3 in the clear, then in one real handshake."""
        chains: list[list[str]] = []
        failed: object = None
        if self._of("TLSv1.3").flights:
            told = await self._safe(self._in_thread(chain_of, TLS13))
            chains += [told] if isinstance(told, list) else []
            failed = None if isinstance(told, list) else told
        for suite, flight in self._by_age():
            if flight.certificates and "anon" not in suites()[suite]:
                chain = [DER_cert_to_PEM_cert(one) for one in flight.certificates]
                chains += [chain] * (chain not in chains)
        self._report["pem"] = chains[:CHAINS]
        anonymous = all("anon" in suites()[suite] for suite, _ in self._by_age())
        if not chains and (failed or not anonymous):
            self._report["pem_error"] = failed or {"error": "Nonsense", "detail": ""}

    def _by_age(self) -> list[tuple[int, Flight]]:
        """The flights that may hold certificates, of the newest version first."""
        names = [name for name in reversed(NAMES) if VERSIONS[name] <= TLS12]
        return [pair for name in names for pair in self._of(name).flights.items()]

    async def _in_thread(self, work: Callable[..., object], version: int) -> object:
        async with self._line.open() as sock:
            sock.setblocking(True)
            return await asyncio.to_thread(work, sock, version, self._line.name)

    # -- what old faults need

    def _highest(self) -> tuple[int, Sequence[int]] | None:
        """The highest version below TLS 1.3 that is accepted, with its suites."""
        for name in reversed(NAMES):
            if VERSIONS[name] <= TLS12 and self._of(name).flights:
                return VERSIONS[name], tuple(self._of(name).flights)
        return None

    async def _scsv(self) -> object:
        """Is a fall-back to a lower version noticed (RFC 7507)?  None: there is no lower one."""
        offered = [n for n in VERSIONS if VERSIONS[n] <= TLS12 and self._of(n).flights]
        if len(offered) < 2:
            return None
        lower = offered[-2]
        flights = tuple(self._of(lower).flights)
        groups = tuple(group_names(VERSIONS[lower]))
        offer = Offer(VERSIONS[lower], flights, groups, self._line.name, fallback=True)
        flight = await self._ask(offer)
        return not flight.accepted or flight.alert == INAPPROPRIATE_FALLBACK

    async def _alive(self) -> object:
        """Is the hello that was taken at first still taken?"""
        for name in reversed(NAMES):
            flights = self._of(name).flights
            if flights:
                version = VERSIONS[name]
                offer = Offer(version, tuple(flights), tuple(group_names(version)), self._line.name)
                told = await self._safe(self._ask(offer))
                return isinstance(told, Flight) and told.version == version
        return bool(self._report.get("suites", {}).get("SSLv2", {}).get("accepted"))
