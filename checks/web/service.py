"""How a site's server behaves: plain HTTP, foreign origins, methods, what stands before it."""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, passed
from checks.web.shown import LISTED, answer
from facts.base import Undecided, Unknown, need
from facts.firewalls import firewalls
from facts.site import CorsTrial, PlainOutcome, PlainTrial, SiteFacts
from facts.urls import same_site, secure

ORIGINS = ("foreign", "null", "look-alike")
WRITING = ("PUT", "DELETE")


@check(Severity.HIGH)
def https(site: SiteFacts) -> Verdict:
    """Plain HTTP is absent, or answers with a redirect to HTTPS of the same site in one hop.

    Why: over plain HTTP, everybody on the way can read and change what readers see, and what
    editors type.
    Fix: let port 80 do nothing but redirect: nginx `return 301 https://$host$request_uri;`, Apache
    `Redirect permanent / https://www.example.vn/`.  Redirect to the same name first, and from
    there to another one.
    """
    trials = {url: need(trial) for url, trial in site.plain.items() if _known(trial)}
    heard = [
        trial
        for trial in trials.values()
        if trial.counts and trial.outcome is PlainOutcome.ANSWERED and trial.hops
    ]
    loose = [trial for trial in heard if not _leads(trial) and not _broken(trial)]
    steps = [[f"{hop.status} {hop.url} → {hop.location}" for hop in t.hops] for t in loose]
    if any(not trial.hops[0].location for trial in loose):
        return failed("The site answers over plain HTTP", steps=steps[:LISTED])
    if loose:
        return failed(
            "Plain HTTP does not lead straight to HTTPS of the site", steps=steps[:LISTED]
        )
    for trial in site.plain.values():
        need(trial)
    if not site.plain:
        raise Undecided("This was not tried", "http")
    for trial in heard:
        if not _leads(trial):
            raise Undecided("The site did not show its page", f"HTTP {trial.hops[0].status}")
    if need(site.secure) is None:
        return failed("The site has no HTTPS")
    seen = {url: str(trial.outcome) for url, trial in trials.items() if trial.counts}
    if heard:
        return passed("Plain HTTP leads straight to HTTPS", plain=seen)
    return passed("Plain HTTP is not offered", plain=seen)


@check(Severity.HIGH)
def cors(site: SiteFacts) -> Verdict:
    """No wildcard or reflected origin is allowed together with credentials.

    Why: any site that a logged-in editor opens could read the CMS with his rights.  Tried on the
    front page with a foreign origin, with `null`, and with a name that begins like the site's own.
    Fix: allow only origins from a fixed list, compared as a whole; never copy the request's Origin
    into `Access-Control-Allow-Origin` beside `Access-Control-Allow-Credentials: true`.
    """
    open_to = {
        kind: trial.allow_origin
        for kind, trial in site.cors.items()
        if isinstance(trial, CorsTrial) and _opens(trial)
    }
    if open_to:
        return failed("Strangers' pages may read answers with a reader's rights", origins=open_to)
    answer(site)
    for kind in ORIGINS:
        need(site.cors.get(kind, Unknown("This was not tried", kind)))
    return passed("Strangers' pages may not read answers with a reader's rights")


@check(Severity.MEDIUM)
def methods(site: SiteFacts) -> Verdict:
    """TRACE is refused; PUT and DELETE are not offered on the site's root.

    Why: TRACE sends cookies back to where scripts can read them; PUT and DELETE, left open, let
    anybody change the site.  PUT and DELETE were not sent: the server's Allow header is believed.
    Fix: Apache `TraceEnable off`, and `Dav` only where it is needed; IIS: request filtering of
    verbs; nginx refuses TRACE by itself, and PUT without `dav_methods`.
    """
    offered = () if isinstance(site.allow, Unknown) else site.allow
    writing = [method for method in WRITING if method in offered]
    if site.trace is True:
        return failed("TRACE is answered", allow=list(offered)[:LISTED])
    if writing:
        return failed("Methods that write are offered on the root", methods=writing)
    need(site.trace)
    need(site.allow)
    answer(site)
    return passed("TRACE is refused, and no method that writes is offered", allow=list(offered))


@check(Severity.INFO)
def waf(site: SiteFacts) -> Verdict:
    """A web application firewall is seen in front of the site.

    Why: a firewall stops the common attacks while a hole in the CMS is not yet mended.  It is
    looked for in the headers and cookies of ordinary answers; no attack is sent.
    Fix: put the site behind a web application firewall: ModSecurity with the OWASP Core Rule Set,
    an appliance, or a delivery network's.  For one that leaves no mark, enter an attestation.
    """
    if seen := firewalls(need(site.answers)):
        return passed("A web application firewall is seen", firewalls=list(seen)[:LISTED])
    need(site.front)
    return failed("No web application firewall is seen")


def _known(trial: PlainTrial | Unknown) -> bool:
    return not isinstance(trial, Unknown)


def _broken(trial: PlainTrial) -> bool:
    status = trial.hops[0].status
    return status >= 500 or status == 429


def _leads(trial: PlainTrial) -> bool:
    """Is the first answer a redirect to HTTPS of the same site?"""
    first = trial.hops[0]
    return secure(first.location) and same_site(first.location, first.url)


def _opens(trial: CorsTrial) -> bool:
    return trial.credentials and trial.allow_origin in ("*", trial.origin)
