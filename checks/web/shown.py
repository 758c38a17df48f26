"""What a site showed, for the checks beside this file; no check of its own."""

from __future__ import annotations

from collections.abc import Iterator

from facts.base import Undecided, Unknown, need
from facts.http import Answer
from facts.site import Page, SiteFacts
from facts.urls import onward

LISTED = 10  # things that a finding names

LEADS_AWAY = "The site only leads to another one"


def answer(site: SiteFacts) -> Answer:
    """The front page's answer.

    Raises `Undecided` when there is none, or when it is that of a broken or blocking server, whose
    headers say nothing of the site's own.
    """
    front = need(site.front)
    if out_of_order(front):
        raise Undecided("The site did not show its page", f"HTTP {front.status}")
    return front


def out_of_order(one: Answer) -> bool:
    """Is it an answer of a broken server, or of a firewall that stops the scanner?"""
    challenged = "challenge" in one.header("cf-mitigated").lower()
    return one.status >= 500 or one.status == 429 or challenged


def leads_away(front: Answer) -> str:
    """Where a front page that is only a redirect to another site leads, or ""."""
    return onward(front)


def front_page(site: SiteFacts) -> Page:
    """The front page's markup, whatever its status.  Raises `Undecided` when it was not read."""
    url = need(site.front).url
    return need(site.pages.get(url, Unknown("This was not tried", url)))


def pages(site: SiteFacts) -> Iterator[Page]:
    """Every page that was shown and read, the front page among them."""
    for page in site.pages.values():
        if isinstance(page, Page) and 200 <= page.status < 300:
            yield page


def all_read(site: SiteFacts) -> None:
    """Raises `Undecided` unless the front page was shown, and each page was read to its end."""
    front = answer(site)
    if not 200 <= front.status < 300:
        raise Undecided("The site did not show its page", f"HTTP {front.status}")
    front_page(site)
    for page in site.pages.values():
        if need(page).cut:
            raise Undecided("The page is longer than what is read of it", need(page).url)
