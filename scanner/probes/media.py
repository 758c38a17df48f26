"""Ask the doors of a streaming host for the pages by which such servers are run and watched.

A few GET requests at each: a path that cannot exist first, then those that fit the server.  When
it begins to refuse us, what it said meanwhile proves nothing.  No page is kept.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from facts.base import Undecided, Unknown
from facts.declared import Doors, Target
from facts.http import Answer
from facts.media_pages import ASKS, LOOKED_AT, OWN_PORTS, paths_of, read_page
from facts.media_server import TEXT, Door, MediaServerFacts, Shown, read_rtsp, read_shown, told
from facts.paths import REFUSING, refusal
from scanner.probes.http_session import Session
from scanner.probes.talk import TOTAL, WAIT
from scanner.reach import Reach
from scanner.scope import OutOfScope

REQUESTS = 60  # of one host, whatever its doors are; usual are 20 to 30
STRANGE = "What answers there is not HTTP as it should be"
ENOUGH = "The limit of requests to one host was reached"
CLOSED = ("The connection was refused", "The answer's headers have no end")
SILENT = "No answer in time"
OTHER = {  # what a door says that speaks something else than HTTP
    "The connection was broken off",
    "The answer was not HTTP, or the connection failed",
    "The TLS handshake failed",
}
USUAL = (80, 443, 8080, 8443)  # where silence may be a web server's
NOTHING = ("", ASKS)


def gather(target: Target, reach: Reach) -> MediaServerFacts:
    """Every door of one host.  Raises `Undecided` when the host answers nowhere at all."""
    doors = target.doors or Doors()
    reach.scope.permit(target.address, target.name)  # not authorised: no question at all
    visit = _Visit(target, reach, REQUESTS)
    web = tuple(visit.door(url) for url in doors.urls if not url.startswith("rtsp:"))
    others = tuple(visit.rtsp(url) for url in doors.urls if url.startswith("rtsp:"))
    if not (doors.answered or visit.answered):
        raise Undecided("Nothing answered; the scanner may be blocked", target.address)
    return MediaServerFacts(datetime.now(UTC), web, doors.untried, others)


@dataclass
class _Visit:
    """What is left of the budget, and whether anything answered."""

    target: Target
    reach: Reach
    left: int
    answered: bool = False

    @property
    def web(self) -> frozenset[int]:
        """The ports where a web server is known, or usual, to be."""
        known = self.target.doors.web if self.target.doors else ()
        return frozenset((*OWN_PORTS, *known))

    def door(self, url: str) -> Door:
        """One door: is a web server there, and what does it show?"""
        found = self._door(url)
        if found is None and url.startswith("http:"):  # it may be TLS
            secure = self._door("https" + url.removeprefix("http"))
            found = secure if secure and secure.web is True else None
        # where a web server was, what is none now is not known: it may be too busy, or an old
        # SHOUTcast, which answers with ICY instead of HTTP and may have its pages all the same
        other = Unknown(STRANGE, url) if _port(url) in self.web else False
        return found or Door(url, _port(url), web=other)

    def rtsp(self, url: str) -> Door:
        """The version that a server of RTSP names in its answer to OPTIONS."""
        words = f"OPTIONS {url}/ RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: {self.reach.agent}\r\n\r\n"
        try:
            server = read_rtsp(self._said(url, words.encode("ascii", "replace")))
        except (Undecided, OutOfScope) as refused:
            return Door(url, _port(url), web=Unknown(refused.why, refused.detail))
        self.answered |= server is not None
        name = server or ""
        shown = tuple(Shown(product, f"{url} Server") for product in told(name))
        return Door(url, _port(url), server is not None, server=name[:TEXT], shown=shown)

    def _said(self, url: str, words: bytes) -> bytes:
        """The head of an answer; nothing where nothing answers."""
        raw = b""
        talk = self.reach.talk(
            self.target.address, _port(url), name=self._name(url), timeout=WAIT, total=TOTAL
        )
        with suppress(OSError), talk as sock:
            sock.sendall(words)
            while b"\r\n\r\n" not in raw and len(raw) < LOOKED_AT:
                if not (part := sock.recv(4096)):
                    break
                raw += part
        return raw

    def _door(self, url: str) -> Door | None:
        """None: it speaks something else."""
        with Session(replace(self.target, name=self._name(url)), self.reach) as session:
            missing = self._ask(session, _nowhere(url))
            if isinstance(missing, Answer):
                self.answered = True
                if url.startswith("http:") and missing.status == 400 and "HTTPS" in missing.body:
                    return None
                if missing.status in REFUSING:
                    why = Unknown("The site refuses the scanner", f"HTTP {missing.status}")
                    return Door(url, _port(url), web=why)
                return self._tried(session, url, missing)
            self.answered |= missing.unknown in {*OTHER, *CLOSED}
            if missing.unknown in OTHER:
                return None
            silent = missing.unknown == SILENT and _port(url) not in {*USUAL, *self.web}
            closed = missing.unknown in CLOSED or silent
            return Door(url, _port(url), web=False if closed else missing)

    def _tried(self, session: Session, url: str, missing: Answer) -> Door:
        server = missing.header("Server")[:TEXT]
        trials: dict[str, str | Unknown] = {}
        shown = list(read_shown(url, "", "", missing))
        for path in paths_of(_port(url), server):
            answer = self._ask(session, f"{url}{path}")
            page = trials[path] = read_page(path, answer, missing)
            if isinstance(answer, Answer) and isinstance(page, str):
                shown += read_shown(url, page, path, answer)
        stopped = refusal(self._ask(session, _nowhere(url)), missing)
        if stopped is not None:
            trials = {path: stopped if page in NOTHING else page for path, page in trials.items()}
        return Door(url, _port(url), True, trials, server, tuple(dict.fromkeys(shown)))

    def _ask(self, session: Session, url: str) -> Answer | Unknown:
        if self.left == 0:
            return Unknown(ENOUGH, str(REQUESTS))
        self.left -= 1
        return session.try_ask(url, most=LOOKED_AT)

    def _name(self, url: str) -> str:
        """The name in a URL; an address of ours is asked by the target's own name."""
        name = (urlsplit(url).hostname or "").lower()
        return name or self.target.name


def _port(url: str) -> int:
    return urlsplit(url).port or 0


def _nowhere(url: str) -> str:
    """An address that cannot exist."""
    return f"{url}/press-scan-{secrets.token_hex(8)}"
