"""Verdicts on pages and on how the server behaves."""

from __future__ import annotations

import pytest

from checks import Status
from checks.web import content, service
from facts.base import Undecided, Unknown
from facts.http import Answer
from facts.site import CorsTrial, Form, Hop, Page, PlainOutcome, PlainTrial, Resource
from tests.factories.site import LOGIN, PLAIN, URL, answer, fronted, page, plain, site

PASS, FAIL, NONE = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE
LATE = Unknown("No answer in time")
PAGES = (content.login_https, content.mixed_content, content.sri)
SERVICE = (service.https, service.cors, service.methods, service.waf)
AWAY = Answer(URL, 301, (("Location", "https://khac.example.net/"),))
A_HASH = f"sha384-{'A' * 64}"


def status(check, facts):
    return check(facts).status


@pytest.mark.parametrize("check", PAGES + SERVICE)
def test_the_good_site_passes(check):
    assert status(check, site()) is PASS


@pytest.mark.parametrize("check", PAGES)
@pytest.mark.parametrize("code", [401, 403, 404, 503])
def test_without_a_page_its_content_is_undecided(check, code):
    with pytest.raises(Undecided):
        check(fronted(answer(code), pages={URL: Page(URL, code)}))


@pytest.mark.parametrize("check", PAGES)
def test_a_page_that_was_not_read_is_undecided(check):
    good = site().pages
    for pages in ({}, {**good, LOGIN: LATE}, {**good, URL: page(cut=True)}):
        with pytest.raises(Undecided):
            check(site(pages=pages))
    with pytest.raises(Undecided):
        check(site(front=LATE))


@pytest.mark.parametrize("check", PAGES)
def test_a_site_that_only_leads_away_has_no_page_to_judge(check):
    assert status(check, fronted(AWAY, pages={URL: Page(URL, 301)})) is NONE


LOGINS = [
    (LOGIN, (LOGIN,), PASS),
    (LOGIN, ("javascript:void(0)",), PASS),
    (LOGIN, ("http://www.example.vn/dang-nhap",), FAIL),
    (LOGIN, (LOGIN, "http://www.example.vn/khac"), FAIL),
    ("http://www.example.vn/dang-nhap", (LOGIN,), FAIL),
]


@pytest.mark.parametrize(("url", "actions", "expected"), LOGINS)
def test_login_https(url, actions, expected):
    pages = {URL: page(), url: page(url, forms=(Form("post", actions, password=True),))}
    assert status(content.login_https, site(pages=pages)) is expected


def test_login_https_without_a_password_form():
    search = Form("get", ("http://www.example.vn/tim",))
    assert status(content.login_https, site(pages={URL: page(forms=(search,))})) is NONE


def test_a_known_bare_form_fails_though_another_page_is_unknown():
    form = Form("post", ("http://www.example.vn/",), password=True)
    pages = {URL: page(forms=(form,), cut=True), LOGIN: LATE}
    verdict = content.login_https(site(pages=pages, front=LATE))
    assert verdict.status is FAIL
    assert verdict.evidence["forms"] == [{"page": URL, "action": "http://www.example.vn/"}]


def loads(*urls, tag="img"):
    return tuple(Resource(url, tag) for url in urls)


def test_mixed_content():
    good, bad = loads("https://a.example/x"), loads("http://a.example/x", "http://b.example/y")
    assert status(content.mixed_content, site(pages={URL: page(resources=good)})) is PASS
    verdict = content.mixed_content(site(pages={URL: page(resources=good + bad)}))
    assert (verdict.status, verdict.evidence["count"]) == (FAIL, 2)
    elsewhere = {URL: page(), LOGIN: page(LOGIN, resources=bad)}
    assert status(content.mixed_content, site(pages=elsewhere)) is FAIL


def test_mixed_content_that_browsers_upgrade_is_none():
    bad = loads("http://a.example/x")
    header = answer(Content_Security_Policy="upgrade-insecure-requests")
    assert status(content.mixed_content, fronted(header, pages={URL: page(resources=bad)})) is PASS
    meta = page(resources=bad, policies=("upgrade-insecure-requests",))
    assert status(content.mixed_content, site(pages={URL: meta})) is PASS


def test_mixed_content_needs_https():
    front = answer(url=PLAIN)
    pages = {PLAIN: page(PLAIN, resources=loads("http://a.example/x"))}
    assert status(content.mixed_content, fronted(front, pages=pages)) is NONE


SCRIPTS = [
    (Resource("https://www.example.vn/a.js", "script", "", False, True), PASS),
    (Resource("https://cdn.example.net/a.js", "script", A_HASH, True, True), PASS),
    (Resource("https://cdn.example.net/a.js", "script", f"x {A_HASH}", True, True), PASS),
    (Resource("https://cdn.example.net/data", "script", "", False, False), PASS),
    (Resource("https://cdn.example.net/a.css", "link"), PASS),
    (Resource("https://cdn.example.net/a.js", "script", "", False, True), FAIL),
    (Resource("https://cdn.example.net/a.js", "script", "sha384-x", False, True), FAIL),
    (Resource("https://cdn.example.net/a.js", "script", "md5-" + "A" * 64, False, True), FAIL),
    (Resource("https://www.example.vn:8443/a.js", "script", "", False, True), FAIL),
    (Resource("http://www.example.vn/a.js", "script", "", False, True), FAIL),
]


@pytest.mark.parametrize(("script", "expected"), SCRIPTS)
def test_sri(script, expected):
    assert status(content.sri, site(pages={URL: page(resources=(script,))})) is expected


def gone(outcome):
    return PlainTrial(outcome)


PLAINS = [
    ({PLAIN: plain()}, PASS),
    ({PLAIN: plain(308, "https://example.vn:8443/x")}, PASS),
    ({PLAIN: gone(PlainOutcome.REFUSED)}, PASS),
    ({PLAIN: gone(PlainOutcome.FILTERED)}, PASS),
    ({PLAIN: gone(PlainOutcome.TLS_ONLY)}, PASS),
    ({PLAIN: plain(200, "")}, FAIL),
    ({PLAIN: plain(404, "")}, FAIL),
    ({PLAIN: plain(301, "http://www.example.vn/vi/")}, FAIL),
    ({PLAIN: plain(301, "https://khac.example.net/")}, FAIL),
    ({PLAIN: plain(200, ""), "http://www.example.vn:8443/": LATE}, FAIL),
    ({PLAIN: PlainTrial(PlainOutcome.ANSWERED, (Hop(PLAIN, 200),), counts=False)}, PASS),
]


@pytest.mark.parametrize(("trials", "expected"), PLAINS)
def test_https(trials, expected):
    assert status(service.https, site(plain=trials)) is expected


@pytest.mark.parametrize(
    "trials", [{}, {PLAIN: LATE}, {PLAIN: plain(503, "")}, {PLAIN: plain(), "http://x/": LATE}]
)
def test_https_is_undecided_where_plain_http_is_not_known(trials):
    with pytest.raises(Undecided):
        service.https(site(plain=trials))


def test_https_needs_https():
    assert status(service.https, site(secure=None)) is FAIL
    with pytest.raises(Undecided):
        service.https(site(secure=LATE))


def cors(**changed):
    return site(cors={**site().cors, **changed})


CORS = [
    (CorsTrial("https://a", "https://a", credentials=True), FAIL),
    (CorsTrial("https://a", "*", credentials=True), FAIL),
    (CorsTrial("null", "null", credentials=True), FAIL),
    (CorsTrial("https://a", "https://a"), PASS),
    (CorsTrial("https://a", "*"), PASS),
    (CorsTrial("https://a", "https://www.example.vn", credentials=True), PASS),
]


@pytest.mark.parametrize(("trial", "expected"), CORS)
@pytest.mark.parametrize("kind", service.ORIGINS)
def test_cors(kind, trial, expected):
    assert status(service.cors, cors(**{kind: trial})) is expected


def test_cors_a_known_hole_decides_and_an_unknown_trial_stops_a_pass():
    hole = CorsTrial("https://a", "https://a", credentials=True)
    assert status(service.cors, site(cors={"foreign": hole, "null": LATE}, front=LATE)) is FAIL
    for trials in ({}, {**site().cors, "null": LATE}):
        with pytest.raises(Undecided):
            service.cors(site(cors=trials))


METHODS = [
    (False, ("GET", "HEAD", "TRACE"), PASS),
    (False, (), PASS),
    (True, (), FAIL),
    (True, LATE, FAIL),
    (LATE, ("PUT",), FAIL),
    (False, ("DELETE", "GET"), FAIL),
]


@pytest.mark.parametrize(("trace", "allow", "expected"), METHODS)
def test_methods(trace, allow, expected):
    assert status(service.methods, site(trace=trace, allow=allow)) is expected


@pytest.mark.parametrize(("trace", "allow"), [(LATE, ()), (False, LATE), (LATE, LATE)])
def test_methods_unknown(trace, allow):
    with pytest.raises(Undecided):
        service.methods(site(trace=trace, allow=allow))


WAF = [
    ({"X_Sucuri_ID": None, "Server": "cloudflare"}, PASS),
    ({"X_Sucuri_ID": None, "Set_Cookie": "visid_incap_123=…; path=/"}, PASS),
    ({"X_Sucuri_ID": None, "X_Amzn_Waf_Action": "captcha"}, PASS),
    ({"X_Sucuri_ID": None}, FAIL),
    ({"X_Sucuri_ID": None, "Server": "AkamaiGHost"}, FAIL),
    ({"X_Sucuri_ID": None, "Set_Cookie": "BIGipServerpool=…"}, FAIL),
    ({"X_Sucuri_ID": None, "X_Text": "cloudflare"}, FAIL),
]


@pytest.mark.parametrize(("named", "expected"), WAF)
def test_waf(named, expected):
    assert status(service.waf, fronted(answer(**named))) is expected


def test_waf_without_an_answer_is_undecided():
    with pytest.raises(Undecided):
        service.waf(site(front=LATE, answers=()))
