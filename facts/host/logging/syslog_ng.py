"""Where syslog-ng sends log-ins.  Pure.  Source: syslog-ng.conf(5), the administrator's guide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from facts.host.logging.rsyslog import Sent

DRIVERS = {"network": "tcp", "syslog": "tcp", "tcp": "tcp", "tcp6": "tcp", "udp": "udp",
           "udp6": "udp", "elasticsearch-http": "tcp", "http": "tcp", "kafka-c": "tcp"}  # fmt: skip


def destinations(files: Mapping[str, str]) -> list[Sent]:
    """Every destination on another host that a log path uses."""
    text = "\n".join(_plain(body) for body in files.values())
    known = {name: list(_remote(body)) for name, body in _blocks(text, "destination")}
    filters = dict(_blocks(text, "filter"))
    found = []
    for _, body in _blocks(text, "log"):
        covers = _covers(body, filters)
        for name in re.findall(r"\bdestination\s*\(\s*\"?([\w.-]+)\"?\s*\)", body):
            found += [Sent(h, port, protocol, covers) for h, port, protocol in known.get(name, ())]
    return found


def _plain(text: str) -> str:
    return re.sub(r"(?m)(?:^|\s)#.*$", "", text)


def _blocks(text: str, kind: str) -> Iterator[tuple[str, str]]:
    """`kind NAME { body }`, braces in braces."""
    for hit in re.finditer(rf"(?:^|[;}}\s]){kind}(?:\s+\"?([\w.-]+)\"?)?\s*\{{", text):
        deep, at = 1, hit.end()
        for mark in re.compile(r"\"[^\"]*\"|[{}]").finditer(text, at):
            deep += {"{": 1, "}": -1}.get(mark.group(), 0)
            if deep == 0:
                yield hit[1] or "", text[at : mark.start()]
                break


def _remote(body: str) -> Iterator[tuple[str, int, str]]:
    for hit in re.finditer(r"\b([a-z0-9-]+)\s*\(\s*\"([^\"]+)\"([^;]*)", body):
        if hit[1] not in DRIVERS:
            continue
        port = re.search(r"\bport\s*\(\s*\"?([0-9]{1,5})", hit[3])
        way = re.search(r"\btransport\s*\(\s*\"?(udp|tcp|tls)", hit[3])
        protocol = DRIVERS[hit[1]] if not way else "udp" if way[1] == "udp" else "tcp"
        host = re.sub(r"^https?://([^/:]+).*", r"\1", hit[2])
        usual = {"network": 514, "udp": 514, "tcp": 514, "syslog": 601}.get(hit[1], 0)
        yield host.strip("[]"), int(port[1]) if port else usual, protocol


def _covers(body: str, filters: Mapping[str, str]) -> bool | None:
    """Without a filter everything is sent; one that was not understood is not known."""
    names = re.findall(r"\bfilter\s*\(\s*\"?([\w.-]+)\"?\s*\)", body)
    tests = [filters.get(name, "?") for name in names]
    tests += [inner for _, inner in _blocks(body, "filter")]
    if not tests:
        return True
    for test in tests:
        if re.search(r"\bnot\b|\blevel\b|\bmatch\b|\bprogram\b|\bhost\b|\?", test):
            return None
        facilities = re.findall(r"\bfacility\s*\(([^)]*)\)", test)
        if not facilities:
            return None
        names = re.findall(r"\w+", " ".join(facilities))
        if not {"auth", "authpriv"} <= set(names):
            return False
    return True
