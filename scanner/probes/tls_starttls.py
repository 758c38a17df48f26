"""Asks a service for TLS as its protocol does, to hear a yes or an honest no.

Each conversation is a generator that does no input or output: it says what to send and when an
answer is whole, and is handed the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

MOST = 8192  # bytes of one answer

Step = tuple[bytes, Callable[[bytes], bool]]  # what to send, and whether an answer is whole
Talk = Generator[Step, bytes, None]


class NoTls(Exception):
    """The service says clearly that it has no TLS."""


class Unclear(Exception):
    """The service said something else."""


def talk(protocol: str, name: str) -> Talk:
    """The conversation after which TLS may be spoken.  Raises `NoTls`, `Unclear`."""
    if protocol in _ASKED:
        return _simple(*_ASKED[protocol])
    if protocol == "xmpp":
        return _xmpp(name)
    return _OTHERS[protocol]()


# the greeting, what is asked, the noes, the yes
_ASKED: dict[str, tuple[bytes, bytes, tuple[bytes, ...], bytes]] = {
    "imap": (b"* OK", b". STARTTLS\r\n", (b". NO", b". BAD"), b". OK"),
    "pop3": (b"+OK", b"STLS\r\n", (b"-ERR",), b"+OK"),
    "ftp": (b"220", b"AUTH TLS\r\n", (b"500", b"502", b"504", b"530", b"534"), b"234"),
}


def _simple(greeting: bytes, question: bytes, noes: tuple[bytes, ...], yes: bytes) -> Talk:
    if not _last((yield b"", _reply)).startswith(greeting):
        raise Unclear
    _decide(_last((yield question, _reply)).upper(), noes, yes)


def _smtp() -> Talk:
    if not (yield b"", _reply).startswith(b"220"):
        raise Unclear
    offered = (yield b"EHLO press-scan.invalid\r\n", _reply).upper()
    if not offered.startswith(b"250"):
        raise Unclear
    if b"STARTTLS" not in offered:
        raise NoTls
    _decide((yield b"STARTTLS\r\n", _reply), (), b"220")


def _postgres() -> Talk:
    _decide((yield b"\x00\x00\x00\x08\x04\xd2\x16\x2f", bool), (b"N",), b"S")


def _ldap() -> Talk:
    request = b"0\x1d\x02\x01\x01w\x18\x80\x161.3.6.1.4.1.1466.20037"  # RFC 4511, 4.14
    answer = yield request, lambda told: len(told) > 1 and len(told) >= 2 + told[1]
    code = answer.partition(b"\x0a\x01")[2][:1]  # the result: an enumeration of one byte
    _decide(code, (b"\x02",), b"\x00")


def _xmpp(name: str) -> Talk:
    head = (
        "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
        f"to='{name}' version='1.0'>"
    )
    said = yield head.encode("ascii"), lambda told: b"</stream:features>" in told
    if b"</stream:features>" not in said:
        raise Unclear
    if b"urn:ietf:params:xml:ns:xmpp-tls" not in said:
        raise NoTls
    ask = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
    _decide((yield ask, lambda told: b">" in told), (b"<failure",), b"<proceed")


_OTHERS: dict[str, Callable[[], Talk]] = {"smtp": _smtp, "postgres": _postgres, "ldap": _ldap}


def _decide(answer: bytes, noes: tuple[bytes, ...], yes: bytes) -> None:
    if noes and answer.startswith(noes):
        raise NoTls
    if not answer.startswith(yes):
        raise Unclear


def _last(text: bytes) -> bytes:
    """The last line of a reply: it is what counts."""
    return text.rstrip(b"\r\n").rpartition(b"\n")[2]


def _reply(text: bytes) -> bool:
    """Is this a line, or lines up to one that is not continued (`220-`)?"""
    last = _last(text)
    return text.endswith(b"\n") and not (last[:3].isdigit() and last[3:4] == b"-")
