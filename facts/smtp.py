"""What a mail server's replies mean (RFC 5321, RFC 3463): above all, whether it relays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from facts.base import Unknown

MOST = 16 << 10  # bytes of one reply
# Ways to ask for a relay; as they are shown, in SMTP's own words.
NULL = "MAIL FROM:<>, RCPT TO:<user@foreign>"
PLAIN = "MAIL FROM:<user@foreign>, RCPT TO:<user@foreign>"
ROUTE = "RCPT TO:<@domain:user@foreign>"
PERCENT = "RCPT TO:<user%foreign@domain>"
FOREIGN = ("example.com", "example.org", "example.net")  # RFC 2606: nobody's

NOT_CLEAR = "The mail server refused, but not clearly because it relays for nobody"
LATER = "The mail server put us off until later"
NOT_SAID = "The mail server did not say whether it relays"

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)
_ENHANCED = re.compile(r"\b([45]\.\d{1,3}\.\d{1,3})\b")
_DENIED = re.compile(
    r"relay\w*\s+(?:access\s+)?(?:is\s+)?(?:denied|not|prohibited|disallowed|refused|forbidden)"
    r"|(?:unable|not\s+\w+|cannot|can't|won't|no|denied|refus\w+)\s+(?:to\s+|for\s+)?relay"
    r"|rcpthosts|not\s+(?:a\s+)?local\s+domain|requires?\s+authentication|not\s+authenticated"
    r"|\bauthenticat\w+\s+(?:is\s+)?required|must\s+(?:first\s+)?(?:be\s+)?authenticate",
    re.IGNORECASE,
)
# refused for who asks, who sends, or a recipient that no one has: it says nothing of relaying
_ABOUT_OTHERS = re.compile(
    r"block|blacklist|listed|spam|reputation|sender|helo|ehlo|client|reverse|\bptr\b|\bspf\b"
    r"|dmarc|grey|gray|\bdns|null\s*mx|does not accept|no such domain|domain not found|\brate"
    r"|too many|syntax|unknown user|user unknown|starttls|\btls\b|encrypt",
    re.IGNORECASE,
)
_OTHER_CODES = re.compile(r"5\.(?:1\.[0-8]|1\.10|5\.\d+|7\.(?!1\b|54\b|64\b)\d+)$")


@dataclass(frozen=True)
class Reply:
    """One whole reply; the lines of a longer one are joined by newlines."""

    code: int
    text: str = ""

    @property
    def enhanced(self) -> str:
        """Its enhanced status code: 5.7.1; "" without."""
        match = _ENHANCED.search(self.text)
        return match[1] if match else ""

    @property
    def short(self) -> str:
        """As it is shown."""
        return f"{self.code} {self.text[:120]}".strip().replace("\n", " / ")


def reply(raw: bytes) -> Reply | None:
    """The first whole reply in these bytes; None where there is none, or it is garbled."""
    texts: list[str] = []
    code = 0
    for line in raw[:MOST].split(b"\n")[:-1]:  # what follows the last line break is no whole line
        match = _LINE.fullmatch(line.rstrip(b"\r"))
        if match is None or (code and int(match[1]) != code):
            return None
        code = int(match[1])
        texts.append((match[3] or b"").decode("utf-8", "replace"))
        if match[2] != b"-":
            return Reply(code, "\n".join(texts))
    return None


def offers(ehlo: Reply, keyword: str) -> bool:
    """Is this extension among those that the server lists?"""
    lines = ehlo.text.split("\n")[1:]
    return any(line.split()[:1] == [keyword] for line in map(str.upper, lines))


def denied(answer: Reply) -> bool:
    """Does it refuse this recipient, clearly because it does not relay for strangers?"""
    if answer.code < 400:
        return False
    if _DENIED.search(answer.text):
        return True  # said in words; some say so with a code of "later" (Debian's Postfix: 454)
    if answer.code < 500 or _ABOUT_OTHERS.search(answer.text):
        return False
    if answer.code == 530:
        return True
    return answer.code in {550, 551, 553, 554} and not _OTHER_CODES.match(answer.enhanced)


def relays(replies: Mapping[str, Reply | Unknown]) -> Mapping[str, bool | Unknown]:
    """Each way of asking: was the recipient taken?

    Once one was refused because the server does not relay, any lasting refusal is a no.
    """
    clear = any(isinstance(one, Reply) and denied(one) for one in replies.values())
    return {way: _relayed(one, clear=clear) for way, one in replies.items()}


def _relayed(answer: Reply | Unknown, *, clear: bool) -> bool | Unknown:
    if isinstance(answer, Unknown):
        return answer
    if 200 <= answer.code < 300:
        return True
    if denied(answer) or (clear and answer.code >= 500):
        return False
    if 400 <= answer.code < 500:
        return Unknown(LATER, answer.short)
    return Unknown(NOT_CLEAR if answer.code >= 500 else NOT_SAID, answer.short)


def foreign(domain: str) -> tuple[str, str]:
    """Two domains that are not this one's: a sender's and a recipient's."""
    others = [one for one in FOREIGN if domain != one and not domain.endswith(f".{one}")]
    return others[0], others[1]
