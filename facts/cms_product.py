"""How a content management system is recognised, and what is asked of it.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from facts.base import Unknown
from facts.http import Answer
from facts.paths import OUT_OF_ORDER, REFUSING

LOOKED_AT = 128 * 1024  # characters of a page
_GENERATOR = re.compile(
    r"<meta\b(?=[^>]{0,400}\bname\s{0,3}=\s{0,3}[\"']?generator\b)"
    r"[^>]{0,400}?\bcontent\s{0,3}=\s{0,3}(?:\"([^\"]{0,200})\"|'([^']{0,200})')",
    re.IGNORECASE,
)
_FIELD = r"type\s{0,3}=\s{0,3}[\"']?password"


def pattern(text: str) -> re.Pattern[str]:
    """A mark: letters' case counts for nothing."""
    return re.compile(text, re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Trial:
    """A path, and the marks by which the thing itself is known; all must be there."""

    topic: str  # admin, installer, users, legacy, debug, registration
    path: str
    marks: tuple[re.Pattern[str], ...]
    statuses: tuple[int, ...] = (200, 206)
    leads: re.Pattern[str] | None = None  # a redirect to such a place shows it too

    def shows(self, answer: Answer) -> bool:
        """Is this the thing itself?"""
        if self.leads and 300 <= answer.status < 400:
            return bool(self.leads.search(answer.header("location")[:2000]))
        if answer.status not in self.statuses or not self.marks:
            return False
        body = answer.body[:LOOKED_AT]
        return all(mark.search(body) for mark in self.marks)

    def read(self, answer: Answer | Unknown, missing: Answer | Unknown) -> bool | Unknown:
        """Did it show?  `missing` is the answer for a path that can't exist."""
        if isinstance(answer, Unknown):
            return answer
        if answer.status in REFUSING:
            return Unknown("The server refused to answer further", f"HTTP {answer.status}")
        if answer.status in OUT_OF_ORDER:
            return Unknown("The server was out of order", f"HTTP {answer.status}")
        if not self.shows(answer):
            return False
        return not (isinstance(missing, Answer) and self.shows(missing))


def ask(topic: str, path: str, *marks: str, leads: str = "", status: int = 0) -> Trial:
    """A trial as the table writes it."""
    statuses = (status,) if status else (200, 206)
    return Trial(topic, path, tuple(map(pattern, marks)), statuses,
                 pattern(leads) if leads else None)  # fmt: skip


def login(path: str, *marks: str) -> Trial:
    """A log-in for editors: a field for a password, and these marks."""
    return ask("admin", path, _FIELD, *marks)


@dataclass(frozen=True)
class Product:
    """One system.  A pattern's group `v` is a version, `root` the folder of the installation."""

    id: str
    name: str
    generator: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    cookies: str = ""
    html: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()  # (path; "" for the start page, pattern)
    exact: str = r"\d+\.\d+"  # a version that begins so names one release
    trials: tuple[Trial, ...] = ()
    components: tuple[tuple[str, str], ...] = ()  # (kind, pattern with the group `name`)

    def recognise(self, answer: Answer) -> tuple[str, str, str] | None:
        """(what gave it away, the version that it shows or "", the folder); None: it is another."""
        hits = [
            (where, hit.groupdict())
            for where, text in _parts(answer)
            for kind, mark in self._marks()
            if kind == where and (hit := pattern(mark).search(text))
        ]
        if not hits:
            return None
        versions = [groups.get("v") or "" for _, groups in hits]
        folders = [groups.get("root") or "" for _, groups in hits]
        return hits[0][0], max(versions, key=len), next(filter(None, folders), "")

    def _marks(self) -> Iterator[tuple[str, str]]:
        if self.generator:
            yield "generator", self.generator
        for name, mark in self.headers:
            yield name.lower(), mark
        if self.cookies:
            yield "cookie", self.cookies
        for mark in self.html:
            yield "page", mark


def generator(answer: Answer) -> str:
    """What the page says that made it; "" when it does not."""
    found = _GENERATOR.search(answer.body[:LOOKED_AT])
    return (found[1] or found[2] or "").strip() if found else ""


def own(answer: Answer) -> str:
    """The page with the site's own addresses made relative, so that a stranger's don't count."""
    parts = urlsplit(answer.url)
    home = rf"(?:https?:)?(?:\\?/){{2}}{re.escape(parts.netloc)}(?=[/\\\"'])"
    return re.sub(home, "", answer.body[:LOOKED_AT], flags=re.IGNORECASE)


def _parts(answer: Answer) -> Iterator[tuple[str, str]]:
    """Where marks may be, the surest first."""
    if made := generator(answer):
        yield "generator", made
    for name, value in answer.headers:
        if name.lower() == "set-cookie":
            yield "cookie", value.partition("=")[0][:100]
        else:
            yield name.lower(), value[:500]
    yield "page", own(answer)
