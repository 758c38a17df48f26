"""Ask a site for what it should not show, politely: about seventy small requests.

A path that cannot exist is asked first, and again after every few: should the server begin to
refuse us, then what it said meanwhile proves nothing.  No body is kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from facts.base import Undecided, Unknown
from facts.declared import Target
from facts.http import Answer
from facts.paths import ODD_REQUESTS, PathFacts, read_leaks, read_trial, refusal, turned_away
from facts.security_txt import PLACES, SecurityTxt, read_security_txt
from facts.signatures import FILES, FOLDERS, LISTING, LOOKED_AT, STATUS_PAGES, Signature
from scanner.probes.front import follow, start
from scanner.probes.http_session import Session
from scanner.reach import Reach

BETWEEN = 18  # trials between two looks whether the server still talks to us
ERROR_PAGE = 64 * 1024  # bytes read of an error page
SMALL = 32 * 1024  # bytes read of a security.txt
LONG = 6000  # characters of a query that is too long for many servers

_BROKEN_OFF = "The connection was broken off"

Facts = dict[str, bool | Unknown]


@dataclass(frozen=True)
class _Trial:
    """One path to ask for, and where its outcome is written down."""

    group: str
    key: str
    path: str
    signature: Signature
    like: Answer | Unknown  # the answer for something that cannot exist


@dataclass
class _Visit:
    """What is known so far of one site."""

    session: Session
    base: str
    front: Answer
    missing: Answer
    facts: dict[str, Facts] = field(
        default_factory=lambda: {"file": {}, "listing": {}, "status": {}}
    )
    errors: Facts = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    stopped: Unknown | None = None


def gather(target: Target, reach: Reach) -> PathFacts:
    """Try the well-known paths of one site.

    Raises `Absent` when nothing listens, `Undecided` when the site refuses us from the start.
    """
    with Session(target, reach) as session:
        front = start(session, target.url)
        missing = session.try_ask(_nowhere(front.base, ".html"), most=ERROR_PAGE)
        if isinstance(missing, Unknown):
            raise Undecided(missing.unknown, missing.detail)
        if turned_away(front.answer, missing):
            raise Undecided("The site refuses the scanner", f"HTTP {missing.status}")
        visit = _Visit(session, front.base, front.answer, missing)
        contact = _security_txt(visit)
        _errors(visit)
        _trials(visit, target)
    return PathFacts(
        observed_at=datetime.now(UTC),
        base=visit.base,
        files=visit.facts["file"],
        listings=visit.facts["listing"],
        status_pages=visit.facts["status"],
        errors=visit.errors,
        seen=visit.seen,
        security_txt=contact,
    )


def _nowhere(base: str, ending: str) -> str:
    """An address that cannot exist."""
    return f"{base}/press-scan-{secrets.token_hex(8)}{ending}"


def _security_txt(visit: _Visit) -> SecurityTxt | Unknown | None:
    for place in PLACES:
        found = follow(visit.session, f"{visit.base}{place}", most=SMALL)
        if isinstance(found, Unknown):
            return found
        refused = refusal(found.answer, found.answer)
        if refused is not None:
            return refused
        if file := read_security_txt(found.answer):
            return file
    return None


def _errors(visit: _Visit) -> None:
    """Ask what has no answer, and look at the error pages."""
    urls = {
        "missing-folder": _nowhere(visit.base, "/"),
        "missing-php": _nowhere(visit.base, ".php"),
        "missing-aspx": _nowhere(visit.base, ".aspx"),
        "odd-encoding": f"{visit.base}/%ff",
        "long-query": f"{visit.base}/?press-scan={'a' * LONG}",
    }
    for name in ODD_REQUESTS:
        url = urls.get(name)
        answer = visit.session.try_ask(url, most=ERROR_PAGE) if url else visit.missing
        kinds = read_leaks(answer, visit.front)
        if isinstance(kinds, Unknown):
            silent = kinds.unknown == _BROKEN_OFF  # hung up on: no page, nothing shown
            visit.errors[name] = False if silent and _check(visit) is None else kinds
            continue
        visit.errors[name] = bool(kinds)
        if kinds:
            visit.seen[name] = ", ".join(kinds)


def _trials(visit: _Visit, target: Target) -> None:
    folder = visit.session.try_ask(_nowhere(visit.base, "/"), most=LOOKED_AT)
    waiting = _list(target, visit.missing, folder)
    while batch := list(islice(waiting, BETWEEN)):
        outcomes = [_try(visit, trial) for trial in batch]
        if visit.stopped is None:
            visit.stopped = _check(visit)
        for trial, outcome in zip(batch, outcomes, strict=True):
            doubt = visit.stopped if outcome is False else None
            visit.facts[trial.group][trial.key] = outcome if doubt is None else doubt


def _list(target: Target, missing: Answer, folder: Answer | Unknown) -> Iterator[_Trial]:
    """Every trial; what alarms a firewall comes last."""
    name = target.name.lower().strip("[]").removeprefix("www.")
    blanks = {"name": name, "label": name.partition(".")[0]}
    for path in FOLDERS:
        yield _Trial("listing", path, path, LISTING, folder)
    for group, table in (("status", STATUS_PAGES), ("file", FILES)):
        for key, signature in table.items():
            yield _Trial(group, key, _filled(key, blanks), signature, missing)


def _filled(key: str, blanks: Mapping[str, str]) -> str:
    for blank, value in blanks.items():
        key = key.replace(f"{{{blank}}}", value)
    return key


def _try(visit: _Visit, trial: _Trial) -> bool | Unknown:
    """One trial.  Where nobody answers, it is asked at once whether anybody still does."""
    if visit.stopped is not None:
        return visit.stopped
    some = {"Range": f"bytes=0-{LOOKED_AT - 1}"}
    answer = visit.session.try_ask(f"{visit.base}{trial.path}", most=LOOKED_AT, headers=some)
    if isinstance(answer, Unknown):
        visit.stopped = _check(visit)
    outcome = read_trial(trial.signature, answer, trial.like)
    if outcome is True:
        visit.seen[trial.key] = f"{trial.path} ({trial.signature.kind})"
    return outcome


def _check(visit: _Visit) -> Unknown | None:
    """Does the server still talk to us as in the beginning?  None when it does."""
    again = visit.session.try_ask(_nowhere(visit.base, ".html"), most=LOOKED_AT)
    return refusal(again, visit.missing)
