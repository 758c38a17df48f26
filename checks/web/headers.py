"""What a site tells browsers to do, and what it tells strangers.  Judged on the front page."""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, not_applicable, passed
from checks.web.shown import LEADS_AWAY, LISTED, answer, front_page, leads_away, out_of_order
from facts.base import Undecided, need
from facts.cookies import is_session
from facts.csp import Policy, read_policies
from facts.headers import (
    SAFE_REFERRERS,
    frame_options,
    nosniff,
    read_hsts,
    referrer_policy,
    versions,
)
from facts.site import Cookie, SiteFacts

_ANYBODY = frozenset({"*", "http:", "https:"})


@check(Severity.MEDIUM)
def hsts(site: SiteFacts, *, max_age: int = 15552000) -> Verdict:
    """The HTTPS answer carries Strict-Transport-Security with a max-age of at least `max_age` s.

    Why: without it, a reader who types the name goes over plain HTTP first, and whoever sits on
    the way (an open Wi-Fi, say) can keep him there and read or change everything.
    Fix: send `Strict-Transport-Security: max-age=31536000` on every HTTPS answer.  Begin with a
    short time, and add `includeSubDomains` once every subdomain has HTTPS.
    """
    secure = need(site.secure)  # a bare address is judged alike, though browsers heed names only
    if secure is None:
        return failed("There is no HTTPS that could be made compulsory")
    values = secure.all("Strict-Transport-Security")
    read = read_hsts(values)
    if read and read.max_age >= max_age:
        return passed("HTTPS is compulsory for long enough", max_age=read.max_age)
    if out_of_order(secure):
        raise Undecided("The site did not show its page", f"HTTP {secure.status}")
    if not values:
        return failed("Strict-Transport-Security is missing", url=secure.url)
    if read is None:
        return failed(
            "Strict-Transport-Security is not valid, and is ignored", value=values[0][:200]
        )
    return failed("HTTPS is compulsory for too short a time", max_age=read.max_age, least=max_age)


@check(Severity.MEDIUM)
def csp(site: SiteFacts) -> Verdict:
    """An enforced Content-Security-Policy lets no injected script run: no unsafe-inline and no
    unsafe-eval for scripts, and no script from just anywhere; nonces and hashes count.

    Why: should an attacker get a script into a page (a comment, an advertisement, a hole in the
    CMS), the policy is what stops it from running in every reader's browser.
    Fix: send a policy such as `default-src 'self'; object-src 'none'; base-uri 'self'`.  Give the
    inline scripts that must stay a nonce.  Try it first with Content-Security-Policy-Report-Only.
    """
    front = answer(site)
    if onto := leads_away(front):
        return not_applicable(LEADS_AWAY, location=onto)
    headers = front.all("Content-Security-Policy")
    policies = read_policies(headers)
    if not policies or _allowed(policies):
        policies += read_policies(front_page(site).policies)  # a meta element can only restrict
    if not policies:
        only = bool(front.all("Content-Security-Policy-Report-Only"))
        return failed("There is no enforced Content-Security-Policy", report_only=only)
    if all(policy.says_nothing_of_scripts() for policy in policies):
        return failed("The policy says nothing of scripts", policy=_text(policies))
    if allowed := _allowed(policies):
        return failed(
            "The policy lets injected scripts run", allows=allowed, policy=_text(policies)
        )
    return passed("The policy stops injected scripts", policy=_text(policies))


@check(Severity.LOW)
def frame(site: SiteFacts) -> Verdict:
    """Framing is limited by CSP frame-ancestors or X-Frame-Options.

    Why: another site can lay the page invisibly under its own, and readers or editors click on
    what they do not see.
    Fix: add `frame-ancestors 'self'` to the Content-Security-Policy, or send
    `X-Frame-Options: SAMEORIGIN`.  Name those who may embed the page in frame-ancestors.
    """
    front = answer(site)
    if onto := leads_away(front):
        return not_applicable(LEADS_AWAY, location=onto)
    policies = read_policies(front.all("Content-Security-Policy"))
    told = [who for policy in policies if (who := policy.frame_ancestors()) is not None]
    if told:  # browsers then ignore X-Frame-Options
        framers = [" ".join(one)[:200] for one in told]
        if any(not _ANYBODY & set(one) for one in told):
            return passed("Framing is limited", frame_ancestors=framers)
        return failed("Any site may frame the page", frame_ancestors=framers)
    values = front.all("X-Frame-Options")
    if frame_options(values):
        return passed("Framing is limited", x_frame_options=list(values)[:LISTED])
    if values:
        return failed(
            "X-Frame-Options is not one that browsers know", x_frame_options=values[0][:200]
        )
    return failed("Any site may frame the page")


@check(Severity.LOW)
def content_type(site: SiteFacts) -> Verdict:
    """X-Content-Type-Options is nosniff.

    Why: without it, a browser may take an uploaded picture or text for a script and run it.
    Fix: send `X-Content-Type-Options: nosniff` on every answer.
    """
    front = answer(site)
    if onto := leads_away(front):
        return not_applicable(LEADS_AWAY, location=onto)
    values = front.all("X-Content-Type-Options")
    if nosniff(values):
        return passed("Browsers are told not to guess content types")
    return failed("X-Content-Type-Options: nosniff is missing", value=", ".join(values)[:200])


@check(Severity.LOW)
def referrer(site: SiteFacts) -> Verdict:
    """A Referrer-Policy is set that does not leak full URLs across origins.

    Why: the address of a preview, a draft or an internal page goes to every site that the page
    links to or loads something from.
    Fix: send `Referrer-Policy: strict-origin-when-cross-origin`, and remove a meta element that
    says otherwise.
    """
    front = answer(site)
    if onto := leads_away(front):
        return not_applicable(LEADS_AWAY, location=onto)
    values = front.all("Referrer-Policy")
    policy = referrer_policy(values, front_page(site).referrers)
    if policy in SAFE_REFERRERS:
        return passed("Full addresses stay inside the site", policy=policy)
    if policy:
        return failed("Full addresses go to other sites", policy=policy)
    return failed("There is no Referrer-Policy that browsers know", value=", ".join(values)[:200])


@check(Severity.MEDIUM)
def cookies(site: SiteFacts) -> Verdict:
    """Session cookies carry Secure, HttpOnly and SameSite (Lax or Strict).

    Why: who gets an editor's session cookie is the editor.  The three marks keep it from plain
    HTTP, from injected scripts, and from requests that other sites start.  A session cookie is one
    whose name says so (PHPSESSID, auth, token ...), or one that is hidden from scripts and ends
    with the browser; those of delivery networks, firewalls and measuring are not judged.
    Fix: PHP `session.cookie_secure=1`, `session.cookie_httponly=1`, `session.cookie_samesite=Lax`;
    ASP.NET `<httpCookies requireSSL="true" httpOnlyCookies="true" sameSite="Lax"/>`.
    """
    sessions = [cookie for cookie in need(site.cookies) if is_session(cookie)]
    if weak := {one.name: lacks for one in sessions[:50] if (lacks := _lacks(one))}:
        return failed("Session cookies are not protected", missing=weak)
    answer(site)
    if not sessions:
        return not_applicable("No session cookie was set")
    return passed("Session cookies are protected", cookies=[one.name for one in sessions][:LISTED])


@check(Severity.LOW)
def banner(site: SiteFacts) -> Verdict:
    """No header names a product's version: Server, X-Powered-By, X-Generator and their like.

    Why: robots look for versions with known holes, and attack those who show one first.
    Fix: nginx `server_tokens off;`, Apache `ServerTokens Prod`, PHP `expose_php = Off`, ASP.NET
    `<httpRuntime enableVersionHeader="false"/>`; have the server remove the other headers.
    """
    if shown := versions(need(site.answers)):
        return failed("Headers name versions", headers=list(shown)[:LISTED])
    answer(site)
    return passed("No header names a version")


def _allowed(policies: tuple[Policy, ...]) -> list[str]:
    """What every one of the policies lets through: each forbids for all."""
    tests = {
        "unsafe-inline": Policy.allows_inline,
        "unsafe-eval": Policy.allows_eval,
        "*": Policy.allows_anywhere,
    }
    return [name for name, test in tests.items() if all(test(policy) for policy in policies)]


def _text(policies: tuple[Policy, ...]) -> list[str]:
    """The policies' directives about scripts, as evidence."""
    names = ("default-src", "script-src", "script-src-elem", "script-src-attr")
    return [
        "; ".join(f"{n} {' '.join(p.directives[n])}" for n in names if n in p.directives)[:300]
        for p in policies[:LISTED]
    ]


def _lacks(cookie: Cookie) -> list[str]:
    has = {
        "Secure": cookie.secure,
        "HttpOnly": cookie.http_only,
        "SameSite": cookie.same_site in ("lax", "strict"),
    }
    return [name for name, there in has.items() if not there]
