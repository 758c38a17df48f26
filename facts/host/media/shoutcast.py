"""SHOUTcast, by sc_serv.conf.  Source: the DNAS Server 2 manual, "Configuration File".

A stream without a password of its own has the common one; the server does not start without.
No SHOUTcast was to be had for the tests: its settings are tried as files alone.
"""

from __future__ import annotations

import re

from facts.base import Unknown
from facts.host.media.model import (
    ANY,
    CLOSED,
    DEFAULT,
    PASSWORD,
    Door,
    Item,
    Page,
    Server,
    host_port,
    unread,
)

PRODUCT = "shoutcast"
NOT_UNDERSTOOD = Unknown("The streaming server's settings were not understood", PRODUCT)
MAKERS = {"changeme", "testing", "goaway", "hackme", "letmein", "password", "admin", "shoutcast"}
_PASSWORDS = re.compile(r"(?:stream)?(?:admin)?password(?:_[0-9]{1,6})?")


def read(text: str | Unknown, config: str) -> Server:
    """What this file says."""
    if isinstance(text, Unknown):
        return unread(PRODUCT, text, config)
    settings = _settings(text)
    port = host_port(settings.get("portbase", "8000"))
    words = {name: word for name, word in settings.items() if _PASSWORDS.fullmatch(name) and word}
    if port is None or not words or "include" in settings:
        return unread(PRODUCT, NOT_UNDERSTOOD, config)
    sources = {name: word for name, word in words.items() if "admin" not in name}
    admins = [word for name, word in words.items() if "admin" in name] or list(sources.values())
    tls = bool(settings.get("sslcertificatefile"))
    items = [_item(name.partition("_")[2], word) for name, word in sources.items()]
    return Server(
        PRODUCT,
        config=config[:300],
        doors=(Door("http", _bound(settings), port[1], tls),),
        items=tuple(items) or (Item(ANY, (CLOSED,), ()),),
        pages=(Page("admin", True, _bound(settings), port[1], _asked(admins)),),
        default_passwords=tuple(name for name, word in words.items() if word in MAKERS),
    )


def _settings(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in text.split("\n"):
        name, equals, value = line.partition("=")
        if equals and not name.lstrip().startswith((";", "#", "[")):
            found[name.strip().lower()[:60]] = value.strip()
    return found


def _bound(settings: dict[str, str]) -> str:
    place = host_port(f"[{settings.get('dstip', '') or '*'}]:1")
    return "" if place is None or place[0].lower() in {"any", "*"} else place[0]


def _asked(words: list[str]) -> tuple[str, ...]:
    return (DEFAULT,) if any(word in MAKERS for word in words) else (PASSWORD,)


def _item(number: str, word: str) -> Item:
    return Item(number or ANY, _asked([word]), ())
