"""What only the whole inventory tells: ids twice, addresses outside the networks, days in order.

It reads the raw data and not the model, so that it speaks even where other things are wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from facts.message import Message
from scanner.locations import network
from scanner.problems import Problem, printable, show
from scanner.scope import Address, Network, embedded
from scanner.values import day
from scanner.yamltree import Document, Step

Path = tuple[Step, ...]


def crosscheck(document: Document) -> Iterator[Problem]:
    """Every problem between values."""
    data = document.data
    permission = data.get("authorisation") if isinstance(data, Mapping) else None
    if isinstance(permission, Mapping):
        yield from _days(document, permission.get("valid"))
    yield from _twice(document, list(_entries(data, "agencies")))
    for path, agency in _entries(data, "agencies"):
        yield from _twice(document, list(_entries(agency, "systems", path)))
        for inner, system in _entries(agency, "systems", path):
            yield from _twice(document, list(_entries(system, "assets", inner)))
    networks = list(_networks(permission))
    for path, asset in assets_of(data):
        yield from _asset(document, path, asset, networks)


def assets_of(data: Any) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every asset with its path."""
    for one, agency in _entries(data, "agencies"):
        for two, system in _entries(agency, "systems", one):
            yield from _entries(system, "assets", two)


def _entries(holder: Any, key: str, path: Path = ()) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    entries = holder.get(key) if isinstance(holder, Mapping) else None
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, Mapping):
            yield (*path, key, index), entry


def _days(document: Document, valid: Any) -> Iterator[Problem]:
    if not isinstance(valid, Mapping):
        return
    first, last = _day(valid.get("from")), _day(valid.get("to"))
    if first and last and last < first:
        said = Message("the authorisation ends before it begins, on {day}", day=first)
        yield document.problem(("authorisation", "valid", "to"), said)


def _day(value: Any) -> date | None:
    try:
        return day(value)
    except ValueError:
        return None


def _twice(document: Document, entries: list[tuple[Path, Mapping[str, Any]]]) -> Iterator[Problem]:
    first: dict[str, Path] = {}
    for path, entry in entries:
        name = entry.get("id")
        if not isinstance(name, str):
            continue
        if name in first:
            at = document.place((*first[name], "id"))
            said = Message(
                "the id {id} is here twice; the first is on line {line} of {file}",
                id=show(name),
                line=at.line,
                file=printable(at.file),
            )
            yield document.problem((*path, "id"), said)
        first.setdefault(name, path)


def _asset(
    document: Document, path: Path, asset: Mapping[str, Any], networks: list[Network]
) -> Iterator[Problem]:
    own = _literal(asset.get("address"))
    for where, host in _hosts(path, asset):
        place = _literal(host)
        if place is None:
            continue
        if own is not None and place != own:
            said = Message(
                "{value} is not the asset's address, {address}: it needs an asset of its own",
                value=show(str(place)),
                address=show(str(own)),
            )
            yield document.problem(where, said)
        elif networks and not any(place.version == n.version and place in n for n in networks):
            yield document.problem(where, _outside(place, networks))


def _hosts(path: Path, asset: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """The asset's address and the hosts of its URLs, each with its path."""
    if isinstance(asset.get("address"), str):
        yield (*path, "address"), asset["address"]
    urls: Iterable[Any] = asset["urls"] if isinstance(asset.get("urls"), list) else ()
    found = [((*path, "urls", index), url) for index, url in enumerate(urls)]
    found += [((*at, "url"), stream.get("url")) for at, stream in _entries(asset, "streams", path)]
    for where, url in found:
        try:
            yield where, urlsplit(url).hostname or "" if isinstance(url, str) else ""
        except ValueError:
            continue


def _literal(text: Any) -> Address | None:
    try:
        return embedded(ip_address(text.strip())) if isinstance(text, str) else None
    except ValueError:
        return None


def _networks(permission: Any) -> Iterator[Network]:
    """The networks that are well written."""
    written = permission.get("networks") if isinstance(permission, Mapping) else None
    for text in written if isinstance(written, list) else ():
        try:
            yield ip_network(network(text))
        except ValueError:
            continue


def _outside(place: Address, networks: list[Network]) -> Message:
    same = [net for net in networks if net.version == place.version]
    if not same:
        return Message("{address} is outside the authorised networks", address=show(str(place)))
    near = min(same, key=lambda net: (int(net.network_address) ^ int(place)).bit_length())
    return Message(
        "{address} is outside the authorised networks; the nearest is {network}",
        address=show(str(place)),
        network=show(str(near)),
    )
