"""Talk to one mail server: does it relay, and how does it do TLS?

No message is sent: after the recipients the talk is taken back (RSET) and ended (QUIT).  Both
addresses that are named are nobody's (RFC 2606).
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from secrets import token_hex

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from facts.base import Undecided, Unknown
from facts.mail import Exchanger
from facts.smtp import (
    MOST,
    NULL,
    PERCENT,
    PLAIN,
    ROUTE,
    Reply,
    denied,
    foreign,
    offers,
    relays,
    reply,
)
from scanner.probes.http_wire import permissive_context
from scanner.reach import Reach
from scanner.scope import OutOfScope

WAIT = 20.0  # seconds for one reply: some let a stranger wait before they greet
TOTAL = 60.0  # seconds for a whole talk

# DNS allows any byte in a name
HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+")

NO_IPV6 = {errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
SILENT = "The mail server did not answer; is port 25 closed on the way out?"
ODD = "What the mail server answers was not understood"
TURNED_AWAY = "The mail server turns us away"
NO_STARTTLS = Unknown("The mail server offers no STARTTLS")
NO_NAME = "No certificate can be for the mail server's name"
BROKEN_TLS = "The TLS handshake with the mail server broke off"


class Odd(Exception):
    """It answered, with what leads nowhere: the reply, or None where it is none."""

    def __init__(self, answer: Reply | None) -> None:
        super().__init__(answer)
        self.answer = answer


def exchanger(reach: Reach, name: str, address: str, domain: str, port: int, ca: str) -> Exchanger:
    """One address of a mail server, asked."""
    place = _Place(reach, name, address, port)
    try:
        with place.talk() as line:
            starttls = offers(line.greeted(), "STARTTLS")
            ways = relays(line.recipients(domain))
    except (OSError, Odd, Undecided, OutOfScope) as error:
        why = _why(error, address)
        return Exchanger(name, address, why, why, why, {PLAIN: why})
    if not starttls:
        return Exchanger(name, address, False, NO_STARTTLS, NO_STARTTLS, ways)
    if not HOST.fullmatch(name):
        why = Unknown(NO_NAME, name[:200])
        return Exchanger(name, address, True, why, why, ways)
    secure, certificate, protocol, refused = place.tls(ca)
    return Exchanger(name, address, True, secure, certificate, ways, protocol, refused)


def _why(error: Exception, address: str) -> Unknown:
    if isinstance(error, Undecided | OutOfScope):
        return Unknown(error.why, error.detail)
    if isinstance(error, Odd):
        answer = error.answer
        return Unknown(TURNED_AWAY, answer.short) if answer else Unknown(ODD, address)
    if isinstance(error, OSError) and error.errno in NO_IPV6:
        return Unknown("The scanner's machine has no IPv6", address)
    said = getattr(error, "strerror", "") or type(error).__name__
    return Unknown(SILENT, f"{address}: {said}")


@dataclass
class _Line:
    """An open talk."""

    sock: socket.socket
    agent: str
    ends: float  # monotonic seconds

    def hear(self) -> Reply:
        """One whole reply.  Raises `Odd`, or `OSError`."""
        raw = b""
        ends = min(self.ends, time.monotonic() + WAIT)
        while len(raw) <= MOST:
            if raw.endswith(b"\n"):
                if found := reply(raw):
                    return found
                if _hopeless(raw):
                    break
            left = ends - time.monotonic()
            if left <= 0:
                raise TimeoutError("no whole reply in time")
            self.sock.settimeout(left)
            part = self.sock.recv(4096)
            if not part:
                raise ConnectionResetError("hung up")
            raw += part
        raise Odd(None)

    def ask(self, words: str) -> Reply:
        """Say a line, hear the reply."""
        self.sock.settimeout(WAIT)
        self.sock.sendall(words.encode("ascii", "replace") + b"\r\n")
        return self.hear()

    def greeted(self) -> Reply:
        """Hear the greeting, and say who asks; the extensions."""
        greeting = self.hear()
        if greeting.code != 220:
            raise Odd(greeting)
        own = self.sock.getsockname()[0]
        told = self.ask(f"EHLO [IPv6:{own}]" if ":" in own else f"EHLO [{own}]")
        if told.code != 250:
            raise Odd(told)
        return told

    def recipients(self, domain: str) -> dict[str, Reply | Unknown]:
        """Ask for a stranger's mail to be taken for another, in a few ways; then take it back.

        The first two ways must be answered.  The others count only where the answer is clear.
        """
        there, here = foreign(domain)
        told: dict[str, Reply | Unknown] = {}
        try:
            self.ask(f"NOOP {self.agent[:400]}")  # who asks; a line has 512 characters at most
            for way, sender in ((NULL, ""), (PLAIN, f"press-scan@{here}")):
                begun = self.ask(f"MAIL FROM:<{sender}>")
                taken = begun.code < 400
                told[way] = self.ask(f"RCPT TO:<press-scan@{there}>") if taken else begun
                if taken and way == PLAIN:
                    told |= self._odd_ways(domain, there)
                self.ask("RSET")
        except (OSError, Odd) as error:
            why = _why(error, "SMTP")
            told |= {way: why for way in (NULL, PLAIN) if way not in told}
        with suppress(OSError, Odd):
            self.ask("QUIT")
        return told

    def _odd_ways(self, domain: str, there: str) -> dict[str, Reply]:
        """Old ways to name a stranger as if he were the domain's own.

        A server that takes every name at its domain (and sends back later) takes `%` in one too:
        it counts only where a name that nobody has is refused.
        """
        told = {ROUTE: self.ask(f"RCPT TO:<@{domain}:press-scan@{there}>")}
        percent = self.ask(f"RCPT TO:<press-scan%{there}@{domain}>")
        if percent.code < 300:
            nobody = self.ask(f"RCPT TO:<press-scan-{token_hex(4)}@{domain}>")
            told |= {PERCENT: percent} if nobody.code >= 500 else {}
        elif percent.code >= 500:
            told[PERCENT] = percent
        clear = (one.code < 300 or one.code >= 500 or denied(one) for one in told.values())
        return {way: one for (way, one), yes in zip(told.items(), clear, strict=True) if yes}


def _hopeless(raw: bytes) -> bool:
    """Whole lines, and yet no reply to come?  Only lines that say "more follows" may go on."""
    last = raw.rstrip(b"\r\n").rpartition(b"\n")[2]
    return last[3:4] != b"-" or not last[:3].isdigit()


@dataclass
class _Place:
    reach: Reach
    name: str
    address: str
    port: int

    @contextmanager
    def talk(self) -> Iterator[_Line]:
        """A connection, cut in time.  Raises `OSError`, `Undecided`, `OutOfScope`."""
        sock = self.reach.connect(self.address, self.port, name=self.name, timeout=WAIT)
        ends = time.monotonic() + self.reach.remaining(TOTAL)
        line = _Line(sock, self.reach.agent, ends)

        def cut() -> None:
            socket.socket.shutdown(line.sock, socket.SHUT_RDWR)

        try:
            with self.reach.limit(TOTAL, cut):
                yield line
        finally:
            line.sock.close()

    def tls(self, ca: str) -> tuple[bool | Unknown, bool | Unknown, str, str]:
        """Is TLS new enough, and the certificate right?  With the protocol, and why it is not."""
        try:
            return True, True, self._handshake(_strict(ca)), ""
        except ssl.SSLCertVerificationError as refused:
            return True, False, "", refused.verify_message[:200]
        except ssl.SSLError:
            pass
        except (OSError, Odd, Undecided, OutOfScope) as error:
            why = _why(error, self.address)
            return why, why, "", ""
        try:
            old = self._handshake(permissive_context())
        except (OSError, Odd, Undecided, OutOfScope) as error:
            why = Unknown(
                BROKEN_TLS, f"{self.address}: {getattr(error, 'reason', '') or error}"[:200]
            )
            return why, why, "", ""
        return False, Unknown(BROKEN_TLS, old), old, ""

    def _handshake(self, context: ssl.SSLContext) -> str:
        with self.talk() as line:
            line.greeted()
            begun = line.ask("STARTTLS")
            if begun.code != 220:
                raise Odd(begun)
            line.sock.settimeout(WAIT)
            secure = context.wrap_socket(
                line.sock, server_hostname=self.name, do_handshake_on_connect=False
            )
            line.sock = secure
            secure.do_handshake()
            with suppress(OSError, Odd):
                line.ask("QUIT")
            return secure.version() or ""


@cache
def _strict(ca: str) -> ssl.SSLContext:
    """TLS 1.2 or later, with a certificate for this name from a public root or the owner's own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    if ca:
        context.load_verify_locations(cadata=ca)
    return context
