"""What a site answers on paths that should not be there, or should.  Trials, one for each path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from facts.base import NOT_GATHERED, Unknown
from facts.http import Answer
from facts.leaks import leaks
from facts.security_txt import SecurityTxt
from facts.signatures import Signature

REFUSING = (429, 503)  # answers of a server that has had enough of us
_BLOCKING = (403, 406)  # where a path that cannot exist was answered otherwise before
OUT_OF_ORDER = (502, 504)

ODD_REQUESTS: tuple[str, ...] = (  # harmless requests that a site answers with an error page
    "missing-file",
    "missing-folder",
    "missing-php",
    "missing-aspx",
    "odd-encoding",
    "long-query",
)


@dataclass(frozen=True)
class PathFacts:
    """What was tried on one site.  No body is kept: it may hold secrets."""

    observed_at: datetime
    base: str  # scheme, name and port that were asked, after the site's own redirect
    files: Mapping[str, bool | Unknown]  # facts.signatures.FILES: the thing itself was served
    listings: Mapping[str, bool | Unknown]  # FOLDERS
    status_pages: Mapping[str, bool | Unknown]  # STATUS_PAGES
    errors: Mapping[str, bool | Unknown]  # ODD_REQUESTS: the answer shows inner workings
    seen: Mapping[str, str] = field(default_factory=dict)  # a true trial → its path and kind
    security_txt: SecurityTxt | Unknown | None = NOT_GATHERED  # None: there is none


def refusal(answer: Answer | Unknown, missing: Answer) -> Unknown | None:
    """Has the server had enough of us?  Judged by a path that cannot exist, asked again.

    `missing` is the answer that it gave for such a path in the beginning.
    """
    if isinstance(answer, Unknown):
        return answer
    blocked = answer.status in _BLOCKING and answer.status != missing.status
    if blocked or answer.status in REFUSING:
        return Unknown("The server began to refuse the scanner", f"HTTP {answer.status}")
    return None


def turned_away(front: Answer, missing: Answer) -> bool:
    """Does the site refuse us from the start?  By its start page and a path that cannot exist."""
    return (
        front.status in REFUSING
        or missing.status in REFUSING
        or (front.status == missing.status and front.status in _BLOCKING)
    )


def read_trial(
    signature: Signature, answer: Answer | Unknown, missing: Answer | Unknown
) -> bool | Unknown:
    """Did the path serve the thing?  `missing` is the answer for a path that cannot exist.

    What shows the same marks everywhere is no find.  A refusal leaves it unknown.
    """
    if isinstance(answer, Unknown):
        return answer
    if answer.status in REFUSING:
        return Unknown("The server refused to answer further", f"HTTP {answer.status}")
    if answer.status in OUT_OF_ORDER:
        return Unknown("The server was out of order", f"HTTP {answer.status}")
    if not signature.shows(answer):
        return False
    return not (isinstance(missing, Answer) and signature.shows(missing))


def read_leaks(answer: Answer | Unknown, front: Answer | Unknown) -> tuple[str, ...] | Unknown:
    """The inner workings that an error page shows; none where it showed the start page instead.

    What a start page of 200 shows as well is an article's text, and no fault.
    """
    if isinstance(answer, Unknown):
        return answer
    usual = leaks(front) if isinstance(front, Answer) and answer.status < 400 else ()
    return tuple(kind for kind in leaks(answer) if kind not in usual)
