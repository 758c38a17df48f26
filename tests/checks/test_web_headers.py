"""Verdicts on headers and cookies."""

from __future__ import annotations

import pytest

from checks import Status
from checks.web import headers
from facts.base import Undecided, Unknown
from facts.http import Answer
from facts.site import Cookie
from tests.factories.site import SESSION, URL, answer, fronted, page, site

PASS, FAIL, NONE = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE
LATE = Unknown("No answer in time")
OF_FRONT = (headers.csp, headers.frame, headers.content_type, headers.referrer)
ALL = (*OF_FRONT, headers.hsts, headers.cookies, headers.banner)
AWAY = Answer(URL, 301, (("Location", "https://khac.example.net/"),))


def status(check, facts, **params):
    return check(facts, **params).status


@pytest.mark.parametrize("check", ALL)
def test_the_good_site_passes(check):
    assert status(check, site()) is PASS


@pytest.mark.parametrize("check", ALL)
def test_no_answer_is_undecided(check):
    with pytest.raises(Undecided):
        check(site(front=LATE, secure=LATE, cookies=LATE, answers=(), pages={}))


@pytest.mark.parametrize("check", ALL)
@pytest.mark.parametrize(
    "front",
    [
        Answer(URL, 503, ()),
        Answer(URL, 429, ()),
        Answer(URL, 403, (("cf-mitigated", "challenge"),)),
    ],
)
def test_a_broken_or_blocking_server_is_undecided(check, front):
    with pytest.raises(Undecided):
        check(fronted(front, cookies=()))


@pytest.mark.parametrize("check", OF_FRONT)
def test_a_site_that_only_leads_away_has_no_page_to_judge(check):
    assert status(check, fronted(AWAY)) is NONE


HSTS = [
    (("max-age=15552000",), PASS),
    (('MAX-AGE="31536000" ; includeSubDomains',), PASS),
    (("max-age=31536000; preload; anything=else",), PASS),
    (("max-age=31536000;;",), PASS),
    (("max-age=15551999",), FAIL),
    (("max-age=0; includeSubDomains",), FAIL),
    (("max-age=-1",), FAIL),
    (("max-age=x",), FAIL),
    (("max-age=31536000; max-age=31536000",), FAIL),
    (("max-age=31536000; includeSubDomains; includesubdomains",), FAIL),
    (("max-age=31536000, max-age=31536000",), FAIL),
    (("includeSubDomains",), FAIL),
    (("",), FAIL),
    ((), FAIL),
    (("max-age=0", "max-age=31536000"), FAIL),
    (("max-age=31536000", "max-age=0"), PASS),
    (("max-age=" + "9" * 5000,), FAIL),
    (("max-age=" + "9" * 30,), PASS),
]


@pytest.mark.parametrize(("values", "expected"), HSTS)
def test_hsts(values, expected):
    lines = tuple(("strict-transport-security", value) for value in values)
    assert status(headers.hsts, fronted(answer(Strict_Transport_Security=None, lines=lines))) is (
        expected
    )


def test_hsts_needs_https_and_a_profile_may_ask_for_more():
    assert status(headers.hsts, site(secure=None)) is FAIL
    assert status(headers.hsts, site(), max_age=63072000) is FAIL
    assert status(headers.hsts, fronted(answer(301, Location="https://x.example.net/"))) is PASS


CSP = [
    ("default-src 'self'", PASS),
    ("script-src 'self' 'nonce-abc123'", PASS),
    ("script-src 'unsafe-inline' 'nonce-abc123'", PASS),
    ("script-src 'unsafe-inline' 'sha256-AAAA='", PASS),
    ("script-src 'unsafe-inline' 'strict-dynamic' https:", PASS),
    ("default-src 'unsafe-inline'; script-src 'self'", PASS),
    ("SCRIPT-SRC 'SELF'", PASS),
    ("script-src 'self' 'wasm-unsafe-eval'", PASS),
    ("default-src 'self', script-src 'unsafe-inline' 'unsafe-eval' *", PASS),
    ("script-src 'none'; script-src *", PASS),
    ("default-src 'self' 'unsafe-inline'", FAIL),
    ("script-src 'self' 'UNSAFE-INLINE'", FAIL),
    ("script-src 'self' 'unsafe-eval'", FAIL),
    ("script-src 'self'; script-src-elem 'unsafe-inline'", FAIL),
    ("script-src 'self'; script-src-attr 'unsafe-inline'", FAIL),
    ("script-src 'unsafe-inline' 'nonce-'", FAIL),
    ("script-src *", FAIL),
    ("script-src 'self' https:", FAIL),
    ("script-src data:", FAIL),
    ("script-src-elem 'self'", FAIL),
    ("frame-ancestors 'self'", FAIL),
    ("upgrade-insecure-requests", FAIL),
    ("style-src 'self'; img-src *", FAIL),
    ("", FAIL),
    (None, FAIL),
]


@pytest.mark.parametrize(("value", "expected"), CSP)
def test_csp(value, expected):
    assert status(headers.csp, fronted(answer(Content_Security_Policy=value))) is expected


def test_csp_that_only_reports_does_not_count():
    front = answer(Content_Security_Policy=None, Content_Security_Policy_Report_Only="script-src a")
    verdict = headers.csp(fronted(front))
    assert (verdict.status, verdict.evidence) == (FAIL, {"report_only": True})


def test_csp_in_a_meta_element_and_in_several_headers():
    weak, strong = "script-src 'self' 'unsafe-inline'", "script-src 'self'"
    bare = fronted(answer(Content_Security_Policy=None), pages={URL: page(policies=(strong,))})
    assert status(headers.csp, bare) is PASS
    both = fronted(answer(Content_Security_Policy=weak), pages={URL: page(policies=(strong,))})
    assert status(headers.csp, both) is PASS
    two = answer(Content_Security_Policy=weak, lines=(("content-security-policy", strong),))
    assert status(headers.csp, fronted(two)) is PASS
    none = fronted(answer(Content_Security_Policy=weak), pages={URL: page(policies=(weak,))})
    assert status(headers.csp, none) is FAIL


def test_csp_is_undecided_while_the_page_may_hold_a_better_one():
    with pytest.raises(Undecided):
        headers.csp(fronted(answer(Content_Security_Policy=None), pages={URL: LATE}))
    assert status(headers.csp, fronted(answer(), pages={})) is PASS


FRAME = [
    ("default-src 'self'; frame-ancestors 'none'", None, PASS),
    ("frame-ancestors 'self' https://doitac.example.vn", None, PASS),
    ("frame-ancestors", None, PASS),
    ("frame-ancestors *", "DENY", FAIL),
    ("frame-ancestors https:", "DENY", FAIL),
    ("frame-ancestors *, frame-ancestors 'self'", None, PASS),
    ("default-src 'none'", None, FAIL),
    (None, "deny", PASS),
    (None, " SAMEORIGIN ", PASS),
    (None, "SAMEORIGIN, SAMEORIGIN", PASS),
    (None, "ALLOW-FROM https://a.example", FAIL),
    (None, "allowall", FAIL),
    (None, "", FAIL),
    (None, None, FAIL),
]


@pytest.mark.parametrize(("policy", "options", "expected"), FRAME)
def test_frame(policy, options, expected):
    front = answer(Content_Security_Policy=policy, X_Frame_Options=options)
    assert status(headers.frame, fronted(front)) is expected


def test_frame_ancestors_in_a_meta_element_is_ignored():
    front = answer(Content_Security_Policy=None, X_Frame_Options=None)
    meta = {URL: page(policies=("frame-ancestors 'self'",))}
    assert status(headers.frame, fronted(front, pages=meta)) is FAIL


@pytest.mark.parametrize(
    ("value", "expected"),
    [("nosniff", PASS), ("NoSniff, nosniff", PASS), ("no-sniff", FAIL), ("x, nosniff", FAIL),
     ("", FAIL), (None, FAIL)],
)  # fmt: skip
def test_content_type(value, expected):
    front = answer(X_Content_Type_Options=value)
    assert status(headers.content_type, fronted(front)) is expected


REFERRER = [
    ("no-referrer", (), PASS),
    ("no-referrer, strict-origin-when-cross-origin", (), PASS),
    ("Strict-Origin, not-known-yet", (), PASS),
    ("same-origin", ("origin-when-crossorigin",), PASS),
    (None, ("never",), PASS),
    ("unsafe-url", (), FAIL),
    ("no-referrer, unsafe-url", (), FAIL),
    ("no-referrer-when-downgrade", (), FAIL),
    ("no-referrer", ("always",), FAIL),
    ("nonsense", (), FAIL),
    ("", (), FAIL),
    (None, (), FAIL),
]


@pytest.mark.parametrize(("value", "metas", "expected"), REFERRER)
def test_referrer(value, metas, expected):
    facts = fronted(answer(Referrer_Policy=value), pages={URL: page(referrers=metas)})
    assert status(headers.referrer, facts) is expected


def test_referrer_is_undecided_while_the_page_may_say_otherwise():
    with pytest.raises(Undecided):
        headers.referrer(site(pages={}))


COOKIES = [
    ((SESSION,), PASS),
    ((Cookie("PHPSESSID", URL, True, True, "strict"),), PASS),
    ((Cookie("PHPSESSID", URL, True, True, "none"),), FAIL),
    ((Cookie("PHPSESSID", URL, True, True, ""),), FAIL),
    ((Cookie("PHPSESSID", URL, False, True, "lax"),), FAIL),
    ((Cookie("PHPSESSID", URL, True, False, "lax"),), FAIL),
    ((Cookie("la", URL, False, True, ""),), FAIL),  # hidden from scripts, short-lived
    ((SESSION, Cookie("nv4c_x_u_sess", URL)), FAIL),
    ((Cookie("_ga", URL), Cookie("__cf_bm", URL, http_only=True), Cookie("theme", URL)), NONE),
    ((Cookie("XSRF-TOKEN", URL),), NONE),
    ((Cookie("la", URL, False, True, "", lasting=True),), NONE),
    ((), NONE),
]


@pytest.mark.parametrize(("set_", "expected"), COOKIES)
def test_cookies(set_, expected):
    assert status(headers.cookies, site(cookies=set_)) is expected


def test_cookies_that_lack_something_are_named_with_what_they_lack():
    bare = Cookie("ASP.NET_SessionId", URL, http_only=True)
    evidence = headers.cookies(site(cookies=(SESSION, bare))).evidence
    assert evidence == {"missing": {"ASP.NET_SessionId": ["Secure", "SameSite"]}}


BANNER = [
    ({}, PASS),
    ({"Server": "Apache"}, PASS),
    ({"Server": "cloudflare"}, PASS),
    ({"Server": "ECAcc (lac/55B8)"}, PASS),
    ({"X_Powered_By": "ASP.NET"}, PASS),
    ({"X_Powered_By": "Express"}, PASS),
    ({"Via": "1.1 google"}, PASS),
    ({"Via": "1.1 varnish, HTTP/2.0 abc.example.net"}, PASS),
    ({"X_Drupal_Cache_Tags": "node:12 config:3.1"}, PASS),
    ({"X_Runtime": "0.0123"}, PASS),
    ({"Server": "nginx/1.22.1"}, FAIL),
    ({"Server": "Apache/2.4.57 (Debian)"}, FAIL),
    ({"Server": "Apache (Unix) OpenSSL/1.1.1"}, FAIL),
    ({"Server": "Microsoft-IIS/10.0"}, FAIL),
    ({"Server": "Jetty(9.4.z-SNAPSHOT)"}, FAIL),
    ({"Server": "nginx + Phusion Passenger 6.0.4"}, FAIL),
    ({"Server": "Oracle-Application-Server-11g"}, FAIL),
    ({"X_Powered_By": "PHP/8.2.7"}, FAIL),
    ({"X_AspNet_Version": "4.0.30319"}, FAIL),
    ({"X_AspNetMvc_Version": "5.2"}, FAIL),
    ({"X_Generator": "Drupal 10 (https://www.drupal.org)"}, FAIL),
    ({"Via": "1.1 varnish (Varnish/6.0)"}, FAIL),
    ({"Liferay_Portal": "Liferay Portal Community Edition 6.2 CE GA4"}, FAIL),
]


@pytest.mark.parametrize(("named", "expected"), BANNER)
def test_banner(named, expected):
    assert status(headers.banner, fronted(answer(**named))) is expected


def test_a_version_shown_by_a_broken_server_is_shown_all_the_same():
    assert status(headers.banner, fronted(answer(500, Server="nginx/1.1"))) is FAIL
