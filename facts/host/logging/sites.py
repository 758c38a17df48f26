"""Each virtual host and stream that runs here, and where it writes its logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from facts.base import Unknown
from facts.host import apache, nginx, processes
from facts.host.asks import Answers
from facts.host.logging.files import LogFile

OTHERS = {  # web and streaming servers that run, and whose settings are not read
    "lighttpd": "lighttpd", "caddy": "Caddy", "litespeed": "LiteSpeed",
    "openlitespeed": "LiteSpeed",
    "lshttpd": "LiteSpeed", "mediamtx": "MediaMTX", "srs": "SRS", "traefik": "Traefik",
    "WowzaStreamingE": "Wowza", "haproxy": "HAProxy", "h2o": "H2O",
}  # fmt: skip


@dataclass(frozen=True)
class Site:
    """One virtual host."""

    server: str  # nginx, Apache, Icecast, or one whose settings are not read
    name: str
    access: bool | Unknown  # requests are recorded
    errors: bool | Unknown
    access_logs: tuple[str, ...] = ()
    error_logs: tuple[str, ...] = ()


def read(answers: Answers, files: tuple[LogFile, ...] | Unknown) -> tuple[Site, ...] | Unknown:
    """Every virtual host of each server that runs."""
    listed = processes.read(answers)
    if isinstance(listed, Unknown):
        return listed
    found: list[Site] = []
    if processes.running(listed, ("nginx",)) is True:
        found += _nginx(answers)
    if processes.running(listed, apache.PROGRAMS) is True:
        found += _apache(answers)
    if processes.running(listed, ("icecast2", "icecast")) is True:
        found.append(_icecast(files))
    for program, name in OTHERS.items():
        if processes.running(listed, (program,)) is True:
            why = Unknown("This server's settings are not among those that press-scan reads", name)
            found.append(Site(name, name, why, why))
    return tuple(found[:500])


def _nginx(answers: Answers) -> list[Site]:
    read_ = nginx.read(answers)
    if isinstance(read_, Unknown):
        return [Site("nginx", "nginx", read_, read_)]
    if read_ is None:
        return []
    return [
        Site(
            server="nginx" if one.kind == "http" else f"nginx {one.kind}",
            name=_name(one.names, one.listens),
            access=bool(one.access_logs),
            errors=bool(one.error_logs),
            access_logs=tuple(_absolute(path, "/var/log/nginx") for path in one.access_logs),
            error_logs=tuple(_absolute(path, "/var/log/nginx") for path in one.error_logs),
        )
        for one in read_.servers
        if one.kind in {"http", "rtmp"}
    ]


def _apache(answers: Answers) -> list[Site]:
    read_ = apache.read(answers)
    if isinstance(read_, Unknown):
        return [Site("Apache", "Apache", read_, read_)]
    if read_ is None:
        return []
    return [
        Site(
            server="Apache",
            name=_name(one.names, one.addresses),
            access=bool(one.access_logs),
            errors=bool(one.error_logs),
            access_logs=tuple(_absolute(path, "/var/log/httpd") for path in one.access_logs),
            error_logs=tuple(_absolute(path, "/var/log/httpd") for path in one.error_logs),
        )
        for one in read_.hosts
    ]


def _icecast(files: tuple[LogFile, ...] | Unknown) -> Site:
    """Icecast: its logs are there."""
    if isinstance(files, Unknown):
        return Site("Icecast", "Icecast", files, files)
    there: Mapping[str, bool] = {
        kind: any(f.path == f"/var/log/icecast2/{kind}.log" for f in files)
        for kind in ("access", "error")
    }
    vague = Unknown("This server's settings are not among those that press-scan reads", "Icecast")
    return Site(
        "Icecast",
        "Icecast",
        there["access"] or vague,
        there["error"] or vague,
        ("/var/log/icecast2/access.log",),
        ("/var/log/icecast2/error.log",),
    )


def _name(names: tuple[str, ...], listens: tuple[str, ...]) -> str:
    real = [name for name in names if name not in {"_", '""', ""}]
    where = listens[0].split()[0] if listens and listens[0].split() else ""
    return (f"{real[0]} ({where})" if real and where else real[0] if real else where)[:120]


def _absolute(path: str, folder: str) -> str:
    """A path as written, or by the server's own folder of logs where it is relative."""
    if path.startswith(("/", "|", "syslog:", "stderr", "memory:")):
        return path
    return f"{folder}/{path.rpartition('/')[2]}"
