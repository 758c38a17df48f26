"""Which of two package versions is newer, by dpkg's rules and by rpm's.  Pure.

Sources: deb-version(7), "Sorting algorithm"; rpm's rpmvercmp() and rpm-version(7).
"""

from __future__ import annotations

import re
from itertools import zip_longest

_MOST = 300  # characters of a version that are looked at; no packager writes more


def dpkg_compare(one: str, other: str) -> int:
    """-1, 0 or 1: is the first Debian version older, the same, or newer?"""
    left, right = _epoch(one), _epoch(other)
    if left[0] != right[0]:
        return -1 if left[0] < right[0] else 1
    for mine, yours in zip(_upstream(left[1]), _upstream(right[1]), strict=True):
        if order := _dpkg_part(mine, yours):
            return order
    return 0


def rpm_compare(one: str, other: str) -> int:
    """-1, 0 or 1 for two of rpm's EPOCH:VERSION-RELEASE; a missing epoch is 0.

    Where one of them names no release, the releases are not compared.
    """
    left, right = _epoch(one), _epoch(other)
    if left[0] != right[0]:
        return -1 if left[0] < right[0] else 1
    (version, release), (their_version, their_release) = _release(left[1]), _release(right[1])
    order = _rpm_part(version, their_version)
    if order or not release or not their_release:
        return order
    return _rpm_part(release, their_release)


def _epoch(version: str) -> tuple[int, str]:
    text = version.strip()[:_MOST]
    number, colon, rest = text.partition(":")
    if colon and re.fullmatch(r"[0-9]{1,18}", number):
        return int(number), rest
    return 0, text


def _upstream(version: str) -> tuple[str, str]:
    """Debian: the upstream version and the revision; no revision is like "0"."""
    upstream, dash, revision = version.rpartition("-")
    return (upstream, revision) if dash else (version, "0")


def _release(version: str) -> tuple[str, str]:
    upstream, dash, release = version.rpartition("-")
    return (upstream, release) if dash else (version, "")


def _weight(char: str) -> int:
    """The order of one character: `~` before the end, letters before the rest."""
    if char == "~":
        return -1
    if not char:
        return 0
    return ord(char) if char.isascii() and char.isalpha() else ord(char) + 256


def _dpkg_part(one: str, other: str) -> int:
    """Pairs of a text and a number, compared in turn."""
    mine = re.findall(r"([^0-9]*)([0-9]*)", one)
    yours = re.findall(r"([^0-9]*)([0-9]*)", other)
    for (text, number), (their_text, their_number) in zip_longest(mine, yours, fillvalue=("", "")):
        for a, b in zip_longest(text, their_text, fillvalue=""):
            if _weight(a) != _weight(b):
                return -1 if _weight(a) < _weight(b) else 1
        if order := _numbers(number, their_number):
            return order
    return 0


def _numbers(one: str, other: str) -> int:
    """Two runs of digits by their value, however long they are."""
    a, b = one.lstrip("0"), other.lstrip("0")
    return (len(a) > len(b)) - (len(a) < len(b)) or (a > b) - (a < b)


def _rpm_part(one: str, other: str) -> int:
    """rpmvercmp(): runs of digits and of letters, `~` before the end, `^` after it."""
    mine = re.findall(r"[0-9]+|[A-Za-z]+|~|\^", one)
    yours = re.findall(r"[0-9]+|[A-Za-z]+|~|\^", other)
    for a, b in zip_longest(mine, yours, fillvalue=""):
        if a == b:
            continue
        if order := _rpm_token(a, b):
            return order
    return 0


def _rpm_token(a: str, b: str) -> int:
    if "~" in (a, b):
        return -1 if a == "~" else 1
    if "^" in (a, b):  # after the end, before anything else
        if a == "^":
            return 1 if not b else -1
        return -1 if not a else 1
    if not a or not b:
        return -1 if not a else 1
    if a[0].isdigit() != b[0].isdigit():
        return 1 if a[0].isdigit() else -1
    return _numbers(a, b) if a[0].isdigit() else (a > b) - (a < b)
