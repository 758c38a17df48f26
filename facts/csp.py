"""Content-Security-Policy as browsers read it (CSP level 3).  Pure.

Every enforced policy applies: what one of them forbids is forbidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_NONCE_OR_HASH = re.compile(
    r"'(?:nonce-[\w+/-]+={0,2}|sha(?:256|384|512)-[\w+/-]+={0,2})'", re.IGNORECASE
)
_ANYWHERE = frozenset({"*", "http:", "https:", "data:"})
_LONGEST = 65536  # characters of one header that are read

_ELEMENTS = ("script-src-elem", "script-src", "default-src")
_HANDLERS = ("script-src-attr", "script-src", "default-src")
_EVAL = ("script-src", "default-src")


@dataclass(frozen=True)
class Policy:
    """One policy: its directives, each with its sources in lower case (nonces aside)."""

    directives: Mapping[str, tuple[str, ...]]

    def sources(self, *names: str) -> tuple[str, ...] | None:
        """The first of these directives that is set; None when none is: everything is allowed."""
        return next((self.directives[n] for n in names if n in self.directives), None)

    def says_nothing_of_scripts(self) -> bool:
        """Has it no directive that scripts fall under?"""
        return self.sources(*_ELEMENTS) is None

    def allows_inline(self) -> bool:
        """Do inline scripts or event handlers run, whoever wrote them into the page?"""
        return any(_all_inline(self.sources(*names)) for names in (_ELEMENTS, _HANDLERS))

    def allows_eval(self) -> bool:
        """Does text become code?"""
        sources = self.sources(*_EVAL)
        return sources is None or "'unsafe-eval'" in sources

    def allows_anywhere(self) -> bool:
        """Do scripts run from any origin at all?"""
        sources = self.sources(*_ELEMENTS)
        if sources is None:
            return True
        return "'strict-dynamic'" not in sources and bool(_ANYWHERE & set(sources))

    def frame_ancestors(self) -> tuple[str, ...] | None:
        """Who may frame the page; None when it does not say."""
        return self.sources("frame-ancestors")

    def upgrades(self) -> bool:
        """Does it turn every http: load into https:, or block it?"""
        return bool({"upgrade-insecure-requests", "block-all-mixed-content"} & set(self.directives))


def read_policies(headers: Iterable[str]) -> tuple[Policy, ...]:
    """The policies of some header or meta values; a comma separates policies in one value."""
    read = (_policy(one) for value in headers for one in value[:_LONGEST].split(","))
    return tuple(policy for policy in read if policy.directives)


def _policy(text: str) -> Policy:
    directives: dict[str, tuple[str, ...]] = {}
    for part in text.split(";"):
        name, *sources = part.split()[:1000] or [""]
        if name:  # the first of equal directives counts
            lower = (s if _NONCE_OR_HASH.fullmatch(s) else s.lower() for s in sources)
            directives.setdefault(name.lower(), tuple(lower))
    return Policy(directives)


def _all_inline(sources: tuple[str, ...] | None) -> bool:
    if sources is None:
        return True
    if "'unsafe-inline'" not in sources:
        return False
    limited = any(s == "'strict-dynamic'" or _NONCE_OR_HASH.fullmatch(s) for s in sources)
    return not limited
