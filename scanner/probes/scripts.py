"""Fetch a site's start page and its own scripts, and tell which libraries they are.

Other sites' scripts are out of scope: they are known by their addresses alone.
"""

from __future__ import annotations

from datetime import UTC, datetime

from facts.base import Unknown
from facts.declared import Target
from facts.http import Answer
from facts.libraries import Library, by_address, by_text, merged
from facts.products import from_headers
from facts.scripts import ScriptFacts, inline_scripts, script_sources
from facts.urls import onward, same_site
from scanner.probes.front import Front, follow, start
from scanner.probes.http_session import Session
from scanner.reach import Reach

MOST_FETCHED = 15  # scripts of one page
SIZE = 300_000  # bytes of one script

_NOT_READ = "The start page could not be read"


def gather(target: Target, reach: Reach) -> ScriptFacts:
    """The start page's software and libraries.

    Raises `Absent` when nothing listens, `Undecided` when nobody answers properly.
    """
    with Session(target, reach) as session:
        front = start(session, target.url)
        page, url = front.answer, front.answer.url
        software = from_headers(pair for answer in (*front.hops, page) for pair in answer.headers)
        at = datetime.now(UTC)
        onto = onward(page)
        if onto and not same_site(onto, url):  # readers load nothing here
            return ScriptFacts(at, url, software, {}, (), ())
        if page.status != 200:
            unread = Unknown(_NOT_READ, f"HTTP {page.status}")
            return ScriptFacts(at, url, software, unread, (), unread)
        sources = script_sources(page.body, url)
        own = [source for source in sources if same_site(source, url)]
        foreign = tuple(source for source in sources if source not in own)
        found = list(by_text(inline_scripts(page.body), url))
        scripts: dict[str, bool | Unknown] = {}
        cut = []
        for source in sorted(own, key=lambda source: by_address(source) is None):
            script = _fetch(session, source, len(scripts))
            scripts[source] = not isinstance(script, Unknown) or script
            if isinstance(script, Answer):
                found += _libraries(script, source)
                cut += [source] if script.truncated else []
    found += [library for source in foreign if (library := by_address(source))]
    return ScriptFacts(at, url, software, scripts, foreign, merged(found), tuple(cut))


def _fetch(session: Session, source: str, before: int) -> Answer | Unknown | None:
    """A script, None when there is none, or why it could not be read."""
    if before >= MOST_FETCHED:
        return Unknown("The page loads more scripts than are read", str(MOST_FETCHED))
    got = follow(session, source, most=SIZE)
    if isinstance(got, Unknown):
        return got
    return _script(got)


def _script(got: Front) -> Answer | Unknown | None:
    answer = got.answer
    if answer.status in (404, 410) or answer.body.lstrip()[:1] == "<":  # nothing, or a page
        return None
    if answer.status != 200:
        return Unknown("A script could not be read", f"HTTP {answer.status}")
    return answer


def _libraries(script: Answer, source: str) -> tuple[Library, ...]:
    """What a script is, by its text, and by its name where its text does not say."""
    named = by_address(source)
    said = by_text(script.body, source)
    return merged([*said, *([named] if named and named.name not in {s.name for s in said} else [])])
