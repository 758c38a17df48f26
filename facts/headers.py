"""Security headers, each read as browsers do.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from facts.http import Answer

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

SAFE_REFERRERS = frozenset(
    [
        "no-referrer",
        "same-origin",
        "origin",
        "strict-origin",
        "origin-when-cross-origin",
        "strict-origin-when-cross-origin",
    ]
)
_REFERRERS = SAFE_REFERRERS | {"unsafe-url", "no-referrer-when-downgrade"}
_OLD_REFERRERS = {
    "never": "no-referrer",
    "always": "unsafe-url",
    "default": "strict-origin-when-cross-origin",
    "origin-when-crossorigin": "origin-when-cross-origin",
}

# Headers whose value names a product; a version there helps whoever looks for a known hole.
_PRODUCT_HEADERS = frozenset(
    [
        "server",
        "x-powered-by",
        "x-powered-cms",
        "x-generator",
        "via",
        "x-content-encoded-by",
        "liferay-portal",
        "x-servlet-engine",
        "servlet-engine",
        "x-turbo-charged-by",
        "x-redirect-by",
        "x-cms",
        "x-page-speed",
        "x-mod-pagespeed",
        "x-powered-by-plesk",
        "x-drupal-version",
        "x-engine",
        "x-framework",
    ]
)
# Headers that hold nothing but a version.
_VERSION_HEADERS = frozenset(
    [
        "x-aspnet-version",
        "x-aspnetmvc-version",
        "x-umbraco-version",
        "x-owa-version",
        "x-php-version",
        "x-jenkins",
        "x-hudson",
        "microsoftsharepointteamservices",
        "x-dnn-version",
        "x-joomla-version",
        "x-wordpress-version",
        "x-mod-pagespeed",
        "x-page-speed",
    ]
)
_VERSION = re.compile(
    r"[/ (]v?\d+(?:\.\w+)*[a-z]?(?!\w)|[-_]v?\d+(?:\.\d+)+|-\d+[cg]\b", re.IGNORECASE
)
_VIA_PROTOCOL = re.compile(r"(?:^|,)\s{0,9}(?:http/)?[\d.]{1,9}(?=\s)", re.IGNORECASE)
_NO_PRODUCT = re.compile(r"EC(?:Acc|S|D)\s\(")  # a delivery network's server number

_LONGEST = 4096  # characters of a header that are read


@dataclass(frozen=True)
class Hsts:
    """A valid Strict-Transport-Security header."""

    max_age: int  # seconds; 0 takes the protection away
    subdomains: bool = False
    preload: bool = False


def read_hsts(values: Sequence[str]) -> Hsts | None:
    """What browsers take from an HTTPS answer's headers (RFC 6797, 6.1 and 8.1), or None.

    Only the first header counts; a directive said twice or a max-age that is no number spoils it.
    """
    said: dict[str, str] = {}
    if not values or len(values[0]) > _LONGEST:
        return None
    for part in values[0].split(";"):
        name, _, value = (text.strip() for text in part.partition("="))
        if not name:
            continue
        if not _TOKEN.fullmatch(name) or name.lower() in said:
            return None
        said[name.lower()] = value
    age = said.get("max-age", "")
    if len(age) > 1 and age[0] == age[-1] == '"':
        age = age[1:-1]
    if not (age.isascii() and age.isdigit()):
        return None
    return Hsts(min(int(age[:18]), 10**12), "includesubdomains" in said, "preload" in said)


def nosniff(values: Sequence[str]) -> bool:
    """Does X-Content-Type-Options stop sniffing?  Its first word counts (Fetch, 3.6)."""
    return ",".join(values).split(",")[0].strip().lower() == "nosniff"


def referrer_policy(headers: Iterable[str], metas: Iterable[str] = ()) -> str:
    """The policy in force: the last word that browsers know; a page's meta element goes last.

    "" when there is none.
    """
    policy = ""
    for word in ",".join(headers)[:_LONGEST].lower().split(","):
        policy = word.strip() if word.strip() in _REFERRERS else policy
    for meta in metas:
        word = meta.strip().lower()
        word = _OLD_REFERRERS.get(word, word)
        policy = word if word in _REFERRERS else policy
    return policy


def frame_options(values: Sequence[str]) -> bool:
    """Does X-Frame-Options limit framing?  As the HTML standard reads it (7.4.2.2).

    ALLOW-FROM and other words are ignored by browsers; several contradicting values block.
    """
    words = {word.strip().lower() for word in ",".join(values)[:_LONGEST].split(",")} - {""}
    if len(words) > 1:
        return bool(words & {"deny", "allowall", "sameorigin"})
    return bool(words & {"deny", "sameorigin"})


def versions(answers: Iterable[Answer]) -> tuple[str, ...]:
    """The headers that give a product's version away, as `Server: nginx/1.18.0`, each once."""
    told: dict[str, None] = {}
    for answer in answers:
        for name, value in answer.headers:
            if _tells(name.lower(), value[:500]):
                told[f"{name}: {value[:120]}"] = None
    return tuple(told)


def _tells(name: str, value: str) -> bool:
    if name in _VERSION_HEADERS:
        return any(letter.isdigit() for letter in value)
    if name not in _PRODUCT_HEADERS or _NO_PRODUCT.match(value):
        return False
    if name == "via":
        value = _VIA_PROTOCOL.sub("", value)
    return _VERSION.search(value) is not None
