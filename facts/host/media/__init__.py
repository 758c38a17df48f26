"""The streaming servers that run on a host, by their own settings: who may publish, who may play,
which pages are open, where they listen.

Their settings hold passwords, stream keys and addresses with tokens: none of them gets into the
facts, which say what is asked, and not by which word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from facts.base import NOT_GATHERED, Unknown
from facts.declared import Look
from facts.host import packages, processes
from facts.host.asks import Answers, Ask
from facts.host.media import icecast, mediamtx, nginx_rtmp, places, shoutcast, srs
from facts.host.media.mapping import played, server_of
from facts.host.media.model import Door, Item, Page, Server, open_to_all, unread
from facts.host.media.openings import playable, takers
from facts.host.system import SystemFacts

READERS = {"icecast": icecast, "mediamtx": mediamtx, "srs": srs, "shoutcast": shoutcast}
PACKAGES = {
    "icecast": ("icecast2", "icecast", "icecast-kh"),
    "nginx-rtmp": ("libnginx-mod-rtmp", "nginx-mod-rtmp", "nginx-mod-http-rtmp"),
    "mediamtx": ("mediamtx",),
    "srs": ("srs",),
    "shoutcast": ("shoutcast",),
}  # fmt: skip
OTHERS = {"wowza": ("WowzaStreamingEngine", "com.wowza.wms")}
OF_PACKAGES = ("/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/")
NOT_READ = "The settings of this streaming server are not read by this version"


@dataclass(frozen=True)
class MediaInside:
    """The streaming servers of one host."""

    servers: tuple[Server, ...] | Unknown = NOT_GATHERED


def asks(_look: Look) -> tuple[Ask, ...]:
    """Every question of this area."""
    return places.ASKS


def read(answers: Answers, system: SystemFacts) -> MediaInside:
    """Each server that runs, and what its settings say."""
    alive = processes.read(answers)
    started = places.running(answers)
    for part in (alive, started):
        if isinstance(part, Unknown):
            return MediaInside(part)
    assert not isinstance(alive, Unknown) and not isinstance(started, Unknown)
    files = places.Files(answers)
    installed = packages.read(answers, system)
    found = [
        _versioned(_one(process, files), installed, process.program)
        for process in started
        if process.product in READERS
    ]
    own = nginx_rtmp.read(places.nginx_settings(answers, started))
    if own is not None:
        programs = [p.program for p in started if p.product == "nginx" and p.program]
        found.append(_versioned(own, installed, *programs))
    found += [
        unread(product, Unknown(NOT_READ, product))
        for product, marks in OTHERS.items()
        if any(mark in process.args for process in alive for mark in marks)
    ]
    return MediaInside(tuple(dict.fromkeys(found)))


def at(inside: MediaInside | Unknown, url: str, port: int) -> Server | Unknown:
    """The server of this host that serves a stream, by the port in its settings."""
    return inside if isinstance(inside, Unknown) else server_of(inside.servers, url, port)


def _one(process: places.Running, files: places.Files) -> Server:
    path = places.config_of(process, files)
    if isinstance(path, Unknown):
        return unread(process.product, path)
    server: Server = READERS[process.product].read(files.text(path), path)
    return server


def _versioned(
    server: Server, installed: Mapping[str, packages.Package] | Unknown, *programs: str
) -> Server:
    """With its package's version, where it is one, and runs from where packages put programs."""
    if isinstance(installed, Unknown):
        return replace(server, version=installed, packaged=installed)
    system = all("/" not in one or one.startswith(OF_PACKAGES) for one in programs)
    for name in PACKAGES.get(server.product, ()):
        if name in installed and system:
            return replace(server, version=installed[name].version[:100], packaged=True)
    elsewhere = Unknown("The streaming server is no package of the system", server.product)
    return replace(server, version=elsewhere, packaged=False)


__all__ = [
    "Door",
    "Item",
    "MediaInside",
    "Page",
    "Server",
    "asks",
    "at",
    "open_to_all",
    "playable",
    "played",
    "read",
    "server_of",
    "takers",
]
