"""MediaMTX, by mediamtx.yml.  Sources: mediamtx.org/docs, and its own mediamtx.yml (1.x).

Until 1.5 paths had users of their own (publishUser, readUser) or externalAuthenticationURL, and the
API asked nobody; since 1.6 users have permissions.  No MediaMTX was to be had for the tests: its
settings are tried as files alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from facts.base import Unknown
from facts.host.media.mediamtx_users import Users, word
from facts.host.media.model import ANY, CLOSED, Door, Item, Page, Server, host_port, unread

PRODUCT = "mediamtx"
NOT_UNDERSTOOD = Unknown("The streaming server's settings were not understood", PRODUCT)
LONGEST = 256 << 10  # characters
MOST = 2000  # paths

# protocol: the setting that switches it on, its plain and its TLS address, what says which
_DOORS = (
    ("rtsp", "rtsp", "rtspAddress", ":8554", "rtspsAddress", ":8322", "rtspEncryption"),
    ("rtmp", "rtmp", "rtmpAddress", ":1935", "rtmpsAddress", ":1936", "rtmpEncryption"),
    ("http", "hls", "hlsAddress", ":8888", "hlsAddress", ":8888", "hlsEncryption"),
    ("http", "webrtc", "webrtcAddress", ":8889", "webrtcAddress", ":8889", "webrtcEncryption"),
)
_PAGES = (
    ("api", "apiAddress", ":9997"),
    ("metrics", "metricsAddress", ":9998"),
    ("pprof", "pprofAddress", ":9999"),
)
_OLDER = {"rtspEncryption": "encryption"}  # how it was called before


def read(text: str | Unknown, config: str) -> Server:
    """What this file says."""
    if isinstance(text, Unknown):
        return unread(PRODUCT, text, config)
    try:
        found = yaml.load(text, Loader=_Loader) if len(text) <= LONGEST else None  # noqa: S506  # a safe one
        if isinstance(found, dict) and found.get("authInternalUsers", ()) is not None:
            return _server({word(key): value for key, value in found.items()}, config)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError, OverflowError):
        pass
    return unread(PRODUCT, NOT_UNDERSTOOD, config)


class _Loader(yaml.SafeLoader):
    """Without merge keys: merged again and again, they fill any memory."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Refuse what this would put in."""
        if any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value):
            raise yaml.YAMLError


def _server(settings: Mapping[str, Any], config: str) -> Server:
    users = Users.of(settings)
    paths = paths_of(settings)
    return Server(
        PRODUCT,
        config=config[:300],
        doors=_doors(settings, paths),
        items=tuple(_items(paths, users)),
        pages=_pages(settings, users),
        default_passwords=(),  # its own file has none
    )


def paths_of(settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Each path with its settings, those for all filled in; `all` and `all_others` are ANY."""
    common = settings.get("pathDefaults")
    common = common if isinstance(common, dict) else {}
    listed = settings.get("paths")
    found: dict[str, dict[str, Any]] = {}
    for name, own in list(listed.items())[:MOST] if isinstance(listed, dict) else []:
        called = word(name)[:200]
        called = ANY if called in {"all", "all_others", "~^.*$"} else called
        found[called] = {**common, **(own if isinstance(own, dict) else {})}
    return found


def _mode(value: object) -> str:
    """no, strict or optional, however it is written."""
    if isinstance(value, bool):
        return "strict" if value else "no"
    return (word(value) or "no").lower()


def _on(settings: Mapping[str, Any], name: str, default: bool) -> bool:
    value = settings.get(name)
    if value is None and settings.get(f"{name}Disable") is True:  # older
        return False
    if value is None:
        return default
    return _mode(value) not in {"no", "false", "off"}


def _doors(
    settings: Mapping[str, Any], paths: Mapping[str, Mapping[str, Any]]
) -> tuple[Door, ...] | Unknown:
    found = []
    for protocol, on, plain, plain_at, safe, safe_at, how in _DOORS:
        if not _on(settings, on, True):
            continue
        mode = _mode(settings.get(how, settings.get(_OLDER.get(how, ""))))
        safe_mode = "strict" if mode in {"strict", "yes", "true"} else mode
        wanted = [(plain, plain_at, False)] if safe_mode != "strict" else []
        wanted += [(safe, safe_at, True)] if safe_mode in {"strict", "optional"} else []
        for name, at, tls in wanted:
            place = host_port(word(settings.get(name, at)))
            if place is None:
                return NOT_UNDERSTOOD
            found.append(Door(protocol, *place, tls, takes=on != "hls"))
    if _on(settings, "srt", True):
        place = host_port(word(settings.get("srtAddress", ":8890")))
        if place is None:
            return NOT_UNDERSTOOD
        found.append(Door("srt", *place, _enciphered(paths)))
    return tuple(found)


def _enciphered(paths: Mapping[str, Mapping[str, Any]]) -> bool | Unknown:
    """Does SRT ask everybody for a passphrase?"""
    asked = {
        bool(path.get("srtPublishPassphrase")) and bool(path.get("srtReadPassphrase"))
        for path in paths.values()
    }
    if asked == {True, False}:
        return Unknown("SRT asks for a passphrase on some paths alone", PRODUCT)
    return asked == {True}


def _items(paths: Mapping[str, Mapping[str, Any]], users: Users) -> Iterator[Item]:
    for name, path in paths.items():
        taken = (word(path.get("source")) or "publisher") == "publisher"
        publish = users.asked("publish", name, path) if taken else (CLOSED,)
        yield Item(name, publish, users.asked("read", name, path))
    if ANY not in paths:
        yield Item(ANY, (CLOSED,), (CLOSED,))
    others = next((path for name, path in paths.items() if name == ANY or name[:1] == "~"), None)
    if others is not None:
        for name in users.named - set(paths):
            yield Item(
                name, users.asked("publish", name, others), users.asked("read", name, others)
            )


def _pages(settings: Mapping[str, Any], users: Users) -> tuple[Page, ...] | Unknown:
    found = []
    for name, where, at in _PAGES:
        if not _on(settings, name, False):
            continue
        place = host_port(word(settings.get(where, at)))
        if place is None:
            return NOT_UNDERSTOOD
        asks = users.asked_for_page(name, where in settings)
        found.append(Page(name, True, *place, asks))
    return tuple(found)
