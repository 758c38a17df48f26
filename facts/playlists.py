"""Playlists of HLS and manifests of DASH, written by strangers: what they name.  Pure, bounded.

HLS is RFC 8216 (m3u8 reads it); DASH is ISO/IEC 23009-1, with the licence addresses of the
DASH-IF guidelines.  A URL is absolute here; one that is no URL at all makes `odd` true.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from m3u8.parser import parse

from facts.base import Unknown
from facts.manifest_clock import Clock
from facts.urls import absolute

LONGEST = 512 * 1024  # characters of a playlist that is read
LINES = 20_000
LINE = 8_000  # characters
KEYS = 500  # lines that name a key
LISTED = 200  # lines of a radio's list
URLS = 4_000  # of one kind that are kept

TOO_LONG = Unknown("The playlist is too long to be read")
NOT_READ = Unknown("The playlist was not understood")

IDENTITY = ("", "identity")  # a key that is a file of 16 bytes
PROTECTION = {  # the DRM systems by the names that playlists use
    "com.apple.streamingkeydelivery": "FairPlay",
    "com.microsoft.playready": "PlayReady",
    "urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed": "Widevine",
    "urn:uuid:9a04f079-9840-4286-ab92-e65be0885f95": "PlayReady",
    "urn:uuid:94ce86fb-07ff-4f43-adb8-93d2fa968ca2": "FairPlay",
    "urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e": "ClearKey",
}


@dataclass(frozen=True)
class Playlist:
    """What one playlist names, newest last."""

    playlists: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()  # files of AES keys
    licences: tuple[str, ...] = ()
    drm: tuple[str, ...] = ()
    live: bool = False  # it says that it goes on
    target: float = 0.0  # seconds that a segment lasts
    sample: str = ""  # a segment that should be there now
    position: str = ""  # another one when the programme has gone on; "": it does not show that
    clock: Clock | None = None  # counts the segments, where the playlist does not
    odd: bool = False  # an address in it was not understood


def looks_like_hls(text: str) -> bool:
    """Does it begin as a playlist of HLS must?"""
    return text.lstrip("\ufeff").startswith("#EXTM3U")


def looks_like_list(text: str, kind: str) -> bool:
    """Is it a list of addresses, as radios hand out to players: M3U without HLS, or PLS?

    `kind` is its media type.
    """
    plain = text.lstrip("\ufeff \r\n")
    if looks_like_hls(plain):
        return "#EXT-X-" not in text
    listed = any(word in kind.lower() for word in ("mpegurl", "scpls"))
    return plain.lower().startswith("[playlist]") or (listed and plain[:4].lower() == "http")


def read_list(text: str, url: str) -> tuple[str, ...]:
    """The addresses in such a list."""
    lines = [line.strip()[:LINE] for line in text.splitlines()[:LISTED]]
    pls = [line.partition("=")[2] for line in lines if re.match(r"(?i)file\d{0,3}\s*=", line)]
    m3u = [line for line in lines if line and line[0] not in "#["]
    return joined(url, pls or m3u)[0]


def read_hls(text: str, url: str) -> Playlist | Unknown:
    """A master or media playlist that was found at `url`."""
    text = text.lstrip("\ufeff")
    if not looks_like_hls(text):
        return NOT_READ
    lines = text.splitlines() if len(text) <= LONGEST else []
    if not lines or len(lines) > LINES or max(map(len, lines)) > LINE:
        return TOO_LONG
    if sum("-KEY:" in line for line in lines) > KEYS:
        return TOO_LONG
    try:
        data: dict[str, Any] = parse("\n".join(lines))
        return _hls(data, url)
    except Exception:  # noqa: BLE001  # m3u8 is not written for hostile playlists: it raises anything
        return NOT_READ


def _hls(data: dict[str, Any], url: str) -> Playlist:
    """The dictionary that m3u8 makes, as a playlist."""
    named = [*data["playlists"], *data["media"], *data["iframe_playlists"]]
    playlists, odd = joined(url, [one["uri"] for one in named if one.get("uri")])
    maps = [one["uri"] for one in data["segment_map"] if one.get("uri")]
    files = [one["uri"] for one in data["segments"] if one.get("uri")]
    pieces = [part["uri"] for one in data["segments"] for part in one.get("parts") or ()]
    segments, odd_segments = joined(url, [*maps, *pieces, *files])
    keys, drm = _keys([*data["session_keys"], *data["keys"]])
    key_urls, odd_keys = joined(url, keys)
    target = float(data.get("targetduration") or 0)
    first = int(data.get("media_sequence") or 0)
    ended = bool(data["is_endlist"]) or str(data["playlist_type"]).lower() == "vod"
    return Playlist(
        playlists,
        segments,
        key_urls,
        drm=drm,
        live=not playlists and not ended,
        target=target if 0 < target < 86_400 else 0.0,
        sample=segments[-1] if files and segments else "",
        position=f"{first + len(files)} {files[-1]}"[:500] if files else "",
        odd=odd or odd_segments or odd_keys,
    )


def _keys(named: list[dict[str, Any] | None]) -> tuple[list[str], tuple[str, ...]]:
    """The keys that are files, and the systems of those that are not."""
    files, drm = [], []
    for key in named:
        if not key:  # m3u8's word for segments without one
            continue
        way = str(key.get("keyformat") or "").strip().lower()
        if str(key.get("method") or "").upper() == "NONE":
            continue
        if way in IDENTITY and key.get("uri"):
            files.append(str(key["uri"]))
        else:
            drm.append(PROTECTION.get(way, way[:100]))
    return files, tuple(dict.fromkeys(drm))


def joined(base: str, references: list[str]) -> tuple[tuple[str, ...], bool]:
    """The references as absolute URLs, each once, the newest kept; was one not understood?"""
    found = [absolute(base, one) for one in references]
    return tuple(dict.fromkeys(one for one in found if one))[-URLS:], "" in found
