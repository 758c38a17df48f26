"""What a site's pages do: where passwords go, and what is loaded from where.

Judged on the front page and on the pages that it calls a log-in.  Scripts are not run.
"""

from __future__ import annotations

import re

from checks import Severity, Verdict, check, failed, not_applicable, passed
from checks.web.shown import LEADS_AWAY, LISTED, all_read, answer, leads_away, pages
from facts.base import need
from facts.csp import read_policies
from facts.site import Page, Resource, SiteFacts
from facts.urls import origin, secure

_INTEGRITY = re.compile(r"sha(?:256|384|512)-[A-Za-z0-9+/]{43,88}={0,2}(?:\?\S*)?")


@check(Severity.CRITICAL)
def login_https(site: SiteFacts) -> Verdict:
    """Every password form is on HTTPS and posts to HTTPS.

    Why: over plain HTTP, everybody on the way reads the password; and who can change the page can
    send the password to himself.
    Fix: redirect the whole site to HTTPS, and write form actions as paths (`/dang-nhap`) or with
    `https://`.
    """
    forms = [(page.url, form) for page in pages(site) for form in page.forms if form.password]
    bare = [
        {"page": url[:300], "action": action[:300]}
        for url, form in forms
        for action in form.actions
        if not secure(url) or action.startswith("http:")
    ]
    if bare:
        return failed("Passwords are sent without encryption", forms=bare[:LISTED])
    if onto := leads_away(answer(site)):
        return not_applicable(LEADS_AWAY, location=onto)
    all_read(site)
    if not forms:
        return not_applicable("No password form was seen", pages=len(list(pages(site))))
    where = list(dict.fromkeys(url for url, _ in forms))
    return passed("Passwords are sent over HTTPS only", pages=where[:LISTED])


@check(Severity.MEDIUM)
def mixed_content(site: SiteFacts) -> Verdict:
    """An HTTPS page loads nothing over HTTP.

    Why: whoever sits on the way can change what is loaded over HTTP: a script can then do anything
    on the page, a picture can show anything.  Browsers block much of it, and the page looks broken.
    Fix: load everything by `https://` or by a path.  For old articles,
    `Content-Security-Policy: upgrade-insecure-requests` has browsers do it.
    """
    front = answer(site)
    if onto := leads_away(front):
        return not_applicable(LEADS_AWAY, location=onto)
    https = [page for page in pages(site) if secure(page.url)]
    plain = [
        {"page": page.url[:300], "loads": one.url[:300], "by": one.tag}
        for page in https
        if not _upgraded(site, page)
        for one in page.resources
        if one.url.startswith("http:")
    ]
    if plain:
        return failed("HTTPS pages load over HTTP", found=plain[:LISTED], count=len(plain))
    if not secure(front.url):
        return not_applicable("The page is not served over HTTPS", url=front.url)
    all_read(site)
    return passed("HTTPS pages load nothing over HTTP", pages=len(https))


@check(Severity.LOW)
def sri(site: SiteFacts) -> Verdict:
    """Scripts from other origins carry integrity.

    Why: a script from elsewhere can do anything on the page.  Should the other server be broken
    into, its changed script runs in every reader's browser, unless the page says what it must be.
    Fix: add `integrity="sha384-..." crossorigin="anonymous"` to the script element, or serve the
    script from the site itself.  For scripts that change (advertisements, statistics), keep them
    off the pages where editors log in.
    """
    front = answer(site)
    if onto := leads_away(front):
        return not_applicable(LEADS_AWAY, location=onto)
    foreign = [
        one
        for page in pages(site)
        for one in page.resources
        if one.executes and origin(one.url) != origin(page.url)
    ]
    loose = list(dict.fromkeys(one.url[:300] for one in foreign if not _vouched(one)))
    if loose:
        return failed(
            "Scripts from other origins may change unseen",
            foreign_scripts=loose[:LISTED],
            count=len(loose),
        )
    all_read(site)
    if not foreign:
        return passed("No script comes from another origin")
    return passed("Scripts from other origins carry integrity", foreign_scripts=len(foreign))


def _upgraded(site: SiteFacts, page: Page) -> bool:
    """Does the page's policy turn every load over HTTP into HTTPS, or stop it?"""
    headers = [
        value
        for one in need(site.answers)
        if one.url == page.url
        for value in one.all("Content-Security-Policy")
    ]
    return any(policy.upgrades() for policy in read_policies([*headers, *page.policies]))


def _vouched(script: Resource) -> bool:
    """Has it a hash that browsers know?"""
    return any(_INTEGRITY.fullmatch(word) for word in script.integrity.split())
