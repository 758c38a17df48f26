"""Where things are: networks, hosts, names and URLs as an inventory has them, in one form.

A validator takes what a person wrote (or what was checked before) and returns the one form, or
raises `ValueError` with a `Message`.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Network, ip_address, ip_network
from typing import Annotated
from urllib.parse import SplitResult, urlsplit, urlunsplit

from pydantic import AfterValidator, BeforeValidator, Field

from facts.message import Message
from facts.stream_urls import names_passphrase
from scanner.problems import show
from scanner.scope import canonical, embedded, hosts

WIDEST = {4: 8, 6: 32}  # prefix lengths: nobody owns more
STREAMS = ("rtmp", "rtmps", "rtsp", "rtsps", "srt", "http", "https")

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)\Z")

# Names under which strangers register theirs: a pattern may not cover one of them whole.
SHARED = frozenset(
    f"{second}.vn"
    for second in (
        *("ac", "ai", "biz", "com", "edu", "gov", "health", "id"),
        *("info", "int", "io", "name", "net", "org", "pro"),
    )
)


def network(value: object) -> str:
    """A network that somebody may own, such as 203.0.113.0/24, or one address."""
    text = str(value).strip()
    try:
        net = ip_network(text, strict=False)
    except ValueError:
        raise ValueError(
            Message(
                "a network such as 203.0.113.0/24 is wanted here, not {value}", value=show(value)
            )
        ) from None
    if net.prefixlen < WIDEST[net.version]:
        raise ValueError(
            Message(
                "the network {value} is too wide: write the networks that the owner really owns",
                value=show(text),
            )
        )
    if isinstance(net, IPv6Network) and embedded(net.network_address) != net.network_address:
        raise ValueError(Message("IPv4 addresses inside IPv6: write the IPv4 network itself"))
    if not hosts(net.network_address):
        raise ValueError(Message("no host can have an address in {value}", value=show(text)))
    if "/" in text and ip_address(text.partition("/")[0]) != net.network_address:
        one = f"{text.partition('/')[0]}/{net.max_prefixlen}"
        raise ValueError(
            Message(
                "{value} is no network: write {network}, or {one} for the one address",
                value=show(text),
                network=show(str(net)),
                one=show(one),
            )
        )
    return str(net)


def host(text: str) -> str:
    """A name or an IP address, in its one form; names in lower case and punycode."""
    bare = text.strip()
    if bare.startswith("[") and bare.endswith("]"):
        bare = bare[1:-1]
    try:
        place = ip_address(bare)
    except ValueError:
        return _name(bare)
    if "%" in bare:
        raise ValueError(Message("an address with a zone (%) means another host on each machine"))
    if embedded(place) != place:
        near = show(str(embedded(place)))
        raise ValueError(Message("an IPv4 address inside IPv6: write {near}", near=near))
    if not hosts(place):
        raise ValueError(Message("no host can have the address {value}", value=show(bare)))
    return str(place)


def name_pattern(text: str) -> str:
    """A name, or `*.` and a name: every name below it."""
    bare = text.strip()
    below = bare.removeprefix("*.")
    if "*" in below or "?" in below or "[" in below:
        raise ValueError(
            Message(
                'a name such as www.example.vn is wanted here, or "*.example.vn" for all below it'
            )
        )
    name = _name(below)
    if "." not in name or (bare.startswith("*.") and name in SHARED):
        raise ValueError(
            Message("{value} takes in names of strangers: write the owner's own", value=show(bare))
        )
    return f"*.{name}" if bare.startswith("*.") else name


def domain_name(text: str) -> str:
    """A domain such as example.vn, in its one form; no address."""
    name = _name(text.strip())
    if "." not in name:
        raise ValueError(Message("{value} is no domain such as example.vn", value=show(text)))
    return name


def selector(text: str) -> str:
    """The name of a DKIM key: labels of a name."""
    name = canonical(text)
    if not name or len(name) > 100 or not all(_LABEL.match(label) for label in name.split(".")):
        raise ValueError(Message("{value} is no DKIM selector", value=show(text)))
    return name


def web_url(text: str) -> str:
    """An http or https URL, its host in the one form."""
    return _url(text, ("http", "https"))


def stream_url(text: str) -> str:
    """A stream's URL, its host in the one form; without SRT's passphrase."""
    url = _url(text, STREAMS)
    if names_passphrase(url):
        raise ValueError(
            Message("a URL must not hold a passphrase; take it out of this file: it is not needed")
        )
    return url


def _name(text: str) -> str:
    if "://" in text or "/" in text:
        near = canonical(urlsplit(text if "://" in text else f"//{text}").hostname or "") or "…"
        raise ValueError(
            Message("only the name or address is wanted here: {near}", near=show(near))
        )
    name = canonical(text)
    labels = name.split(".")
    if _NUMBER.match(labels[-1]):  # what resolvers take for an IPv4 address: 127.1, 0x7f.1
        raise ValueError(
            Message("{value} is no IP address as it is usually written", value=show(text))
        )
    if len(name) > 253 or not all(_LABEL.match(label) for label in labels):
        raise ValueError(Message("{value} is no name and no IP address", value=show(text)))
    return name


def _url(text: str, schemes: tuple[str, ...]) -> str:
    parts = _split(text.strip())
    if "@" in parts.netloc:
        raise ValueError(
            Message("a URL must not hold a user and password; take them out of this file")
        )
    if parts.scheme not in schemes or not parts.hostname:
        near = ", ".join(f"{scheme}://" for scheme in schemes)
        raise ValueError(Message("a URL is wanted here that begins with {near}", near=near))
    name = host(parts.hostname)
    where = f"[{name}]" if ":" in name else name
    port = f":{parts.port}" if parts.port else ""
    path = parts.path or ("/" if parts.scheme in {"http", "https"} else "")
    return urlunsplit((parts.scheme, where + port, path, parts.query, ""))


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        sound = parts.port != 0 and "\\" not in text and text.isprintable() and " " not in text
    except ValueError:
        sound = False
    if not sound:
        raise ValueError(Message("this is no URL that can be visited"))
    return parts


NetworkText = Annotated[str, BeforeValidator(network)]
NamePattern = Annotated[str, AfterValidator(name_pattern)]
Host = Annotated[str, AfterValidator(host)]
DomainName = Annotated[str, AfterValidator(domain_name)]
Selector = Annotated[str, AfterValidator(selector)]
WebUrl = Annotated[str, Field(max_length=2000), AfterValidator(web_url)]
StreamUrl = Annotated[str, Field(max_length=2000), AfterValidator(stream_url)]
