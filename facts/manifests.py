"""Manifests of DASH (MPD), written by strangers: the playlists' twin.  Pure, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError  # only types; defusedxml parses

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from facts.base import Unknown
from facts.manifest_clock import NUMBER, Clock, seconds_since_1970
from facts.playlists import LONGEST, NOT_READ, PROTECTION, TOO_LONG, URLS, Playlist, joined
from facts.urls import absolute

REPRESENTATIONS = 200
BASES = 4  # alternative BaseURLs of one element
LEVELS = ("Period", "AdaptationSet", "Representation")
ENTRIES = 5_000  # of one timeline

_FIELD = re.compile(r"\$(RepresentationID|Bandwidth|Number|Time)?(?:%0(\d{1,2})d)?\$")
_LASTS = re.compile(
    r"P(?:(\d{1,4})D)?T?(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?"
)
_CLEAR = "urn:mpeg:dash:mp4protection:2011"  # says only that something is encrypted


def looks_like_dash(text: str) -> bool:
    """Is its first element an MPD?"""
    return re.search(r"<(?:[\w.-]{1,50}:)?MPD[\s>]", text[:4000]) is not None


def read_dash(text: str, url: str) -> Playlist | Unknown:
    """A manifest that was found at `url`."""
    if len(text) > LONGEST:
        return TOO_LONG
    try:
        root = fromstring(text.lstrip("\ufeff").encode("utf-8", "replace"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return NOT_READ
    if _name(root) != "MPD":
        return NOT_READ
    return _Reader(root, url).playlist()


@dataclass(frozen=True)
class _Timeline:
    """The last segment that a template names."""

    number: int
    time: int
    known: bool  # a timeline names it


class _Reader:
    def __init__(self, root: Element, url: str) -> None:
        self._root = root
        self._url = url
        self._segments: list[str] = []
        self._places: list[str] = []
        self._sample = ""
        self._clock: Clock | None = None
        self._odd = False

    def playlist(self) -> Playlist:
        """What the manifest names."""
        self._walk(self._root, [self._url], ())
        others = [one.get("{http://www.w3.org/1999/xlink}href", "") for one in self._root.iter()]
        others += [(one.text or "").strip() for one in _under(self._root, "Location")]
        more, odd = joined(
            self._url, [one for one in others if one and "resolve-to-zero" not in one]
        )
        licences, odd_licences = joined(self._url, list(_licences(self._root)))
        return Playlist(
            playlists=more,
            segments=tuple(dict.fromkeys(self._segments))[-URLS:],
            licences=licences,
            drm=tuple(dict.fromkeys(_systems(self._root))),
            live=self._root.get("type") == "dynamic",
            target=self._target(),
            sample=self._sample,
            position=" ".join(dict.fromkeys(self._places))[:2000],
            clock=None if self._places else self._clock,
            odd=self._odd or odd or odd_licences,
        )

    def _target(self) -> float:
        """Seconds after which something new should be there."""
        said = (self._root.get("maxSegmentDuration", ""), self._root.get("minimumUpdatePeriod", ""))
        return next((seconds for seconds in map(_seconds, said) if seconds), 0.0)

    def _walk(self, element: Element, bases: list[str], above: tuple[Element, ...]) -> None:
        """Each representation, with the base URLs and templates that it inherits."""
        stack = [(element, bases, above)]
        seen = 0
        while stack:
            one, bases, above = stack.pop()
            bases = self._based(one, bases)
            path = (*above, one)
            if _name(one) == "Representation":
                seen += 1
                if seen > REPRESENTATIONS:
                    self._odd = True
                    return
                self._represent(path, bases)
                continue
            inner = [child for child in reversed(one) if _name(child) in LEVELS and len(path) < 4]
            stack += [(child, bases, path) for child in inner]

    def _based(self, element: Element, bases: list[str]) -> list[str]:
        own = [(child.text or "").strip() for child in element if _name(child) == "BaseURL"][:BASES]
        if not own:
            return bases
        found = [absolute(base, one) for one in own for base in bases][:BASES]
        self._odd = self._odd or "" in found
        return [one for one in found if one] or bases

    def _represent(self, path: tuple[Element, ...], bases: list[str]) -> None:
        template = _inherited(path, "SegmentTemplate")
        names, sure = ([], 0) if template is None else self._templated(template, path)
        for part in (_nearest(path, "SegmentList"), _nearest(path, "SegmentBase")):
            more = [] if part is None else self._listed(part)
            names, sure = names + more, sure + len(more)
        for base in bases:
            found = [absolute(base, name) for name in names] or [base]
            self._odd = self._odd or "" in found
            self._segments += [one for one in found if one]
            self._sample = self._sample or found[(sure or 1) - 1]
            if template is not None and self._clock is None:
                self._clock = self._counted(template, path, base)

    def _templated(
        self, template: dict[str, object], path: tuple[Element, ...]
    ) -> tuple[list[str], int]:
        """The names of its segments; how many of them must be there now.

        Where no timeline counts them, the clock decides which: then the initialization alone.
        """
        line = template.get("SegmentTimeline")
        first = _number(str(template.get("startNumber", "1")), 1)
        last = _last(line, first) if isinstance(line, Element) else _Timeline(first, 0, known=False)
        if last.known:
            self._places.append(f"{last.number}/{last.time}")
        live = self._root.get("type") == "dynamic"
        fields = {
            **_fields_of(path),
            "Number": str(last.number),
            "Time": str(last.time),
        }
        wanted = [str(template[one]) for one in ("initialization", "media") if template.get(one)]
        sure = wanted[:1] if live and not last.known else wanted
        return [_filled(one, fields) for one in wanted], len(sure)

    def _counted(
        self, template: dict[str, object], path: tuple[Element, ...], base: str
    ) -> Clock | None:
        """The clock that counts this template's segments, in a manifest of one period."""
        media = str(template.get("media", ""))
        places = [one for one in _FIELD.finditer(media) if one[1] == "Number"]
        began = seconds_since_1970(self._root.get("availabilityStartTime", ""))
        scale = _number(str(template.get("timescale", "1")), 0)
        lasts = _number(str(template.get("duration", "0")), 0)
        if not places or began is None or scale <= 0 or lasts <= 0 or self._periods() != 1:
            return None
        fields = {"Number": NUMBER, "Time": "0", **_fields_of(path)}
        return Clock(
            began + _seconds(path[1].get("start", "")),
            lasts / scale,
            _number(str(template.get("startNumber", "1")), 1),
            absolute(base, _filled(media, fields)),
            min(int(places[0][2] or 0), 20),
        )

    def _periods(self) -> int:
        return sum(_name(one) == "Period" for one in self._root)

    def _listed(self, part: Element) -> list[str]:
        named = [one.get("sourceURL", "") for one in part if _name(one) == "Initialization"]
        media = [one.get("media", "") for one in part if _name(one) == "SegmentURL"][-URLS:]
        if media:
            self._places.append(f"{part.get('startNumber', '')} {len(media)} {media[-1][:200]}")
        return [one for one in (*named, *media) if one]


def _fields_of(path: tuple[Element, ...]) -> dict[str, str]:
    return {
        "RepresentationID": path[-1].get("id", ""),
        "Bandwidth": path[-1].get("bandwidth", ""),
    }


def _last(line: Element, number: int) -> _Timeline:
    """The last segment of a timeline; its repeats are counted, not walked."""
    time = last = 0
    known = False
    for entry in list(line)[:ENTRIES]:
        lasts = _number(entry.get("d", ""), 0)
        time = _number(entry.get("t", ""), time)
        repeats = _number(entry.get("r", ""), 0)
        if repeats < 0:  # up to the end, which the clock decides
            return _Timeline(number, 0, known=False)
        last = time + lasts * repeats
        time = last + lasts
        number += repeats + 1
        known = True
    return _Timeline(number - 1 if known else number, last, known)


def _inherited(path: tuple[Element, ...], name: str) -> dict[str, object] | None:
    """A template's attributes and timeline: what stands lower counts first."""
    merged: dict[str, object] = {}
    found = False
    for element in path:
        for child in element:
            if _name(child) == name:
                found = True
                merged.update(child.attrib)
                merged.update({_name(one): one for one in child})
    return merged if found else None


def _nearest(path: tuple[Element, ...], name: str) -> Element | None:
    for element in reversed(path):
        for child in element:
            if _name(child) == name:
                return child
    return None


def _filled(template: str, fields: dict[str, str]) -> str:
    def fill(found: re.Match[str]) -> str:
        if found[1] is None:
            return "$" if not found[2] else found[0]
        value = fields[found[1]]
        if not found[2] or value == NUMBER:
            return value
        return value.zfill(min(int(found[2]), 20))

    return _FIELD.sub(fill, template[:2000])


def _licences(root: Element) -> Iterator[str]:
    """Where licences are asked for: `dashif:Laurl`, `ms:laurl licenseUrl=...`."""
    for one in root.iter():
        if _name(one).lower() == "laurl":
            said = (one.text or "").strip() or one.get("licenseUrl", "")
            if said:
                yield said


def _systems(root: Element) -> Iterator[str]:
    for one in _under(root, "ContentProtection"):
        scheme = one.get("schemeIdUri", "").strip().lower()
        if scheme and scheme != _CLEAR:
            yield PROTECTION.get(scheme, scheme[:100])


def _under(root: Element, name: str) -> Iterator[Element]:
    return (one for one in root.iter() if _name(one) == name)


def _name(element: Element) -> str:
    """Its name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _number(text: str, otherwise: int) -> int:
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else otherwise


def _seconds(lasts: str) -> float:
    """An ISO 8601 duration; 0 when it is none."""
    found = _LASTS.fullmatch(lasts.strip())
    if found is None:
        return 0.0
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return min(((days * 24 + hours) * 60 + minutes) * 60 + seconds, 86_400.0)
