"""URLs, charsets, cookies, policies, headers: good ones, odd ones, and anything at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from facts import csp, headers, urls
from facts.charset import decode
from facts.cookies import is_session, mask, read_cookie, read_cookies
from facts.firewalls import firewalls
from facts.http import Answer
from facts.logins import login_links
from facts.site import Cookie, Link

PAGE = "https://www.bao.test/tin/"
TEXTS = some.text(max_size=120)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("a?b#c", "https://www.bao.test/tin/a?b"),
        ("//x.test/y", "https://x.test/y"),
        ("HTTPS://X.test/", "https://X.test/"),
        (" \n/a\t\nb ", "https://www.bao.test/ab"),
        (r"\\x.test\y", "https://x.test/y"),
        (r"http:\\x.test\y?a\b", r"http://x.test/y?a\b"),
        ("", PAGE),
        ("#top", PAGE),
        ("javascript:void(0)", "javascript:void(0)"),
        ("http://[bad", ""),
    ],
)
def test_absolute(reference, expected):
    assert urls.absolute(PAGE, reference) == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://bao.test/", "https://www.bao.test:8443/x", True),
        ("http://BAO.test./", "https://bao.test", True),
        ("http://báo.test/", "https://www.xn--bo-mia.test/", True),
        ("http://bao.test/", "https://m.bao.test/", False),
        ("http://bao.test/", "https://bao.test.evil.test/", False),
        ("http://bao.test@evil.test/", "https://bao.test/", False),
        ("ftp://bao.test/", "https://bao.test/", False),
        ("", "", False),
        ("http://[::1]:80/", "https://[::1]/", True),
    ],
)
def test_same_site(one, other, same):
    assert urls.same_site(one, other) is same


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://bao.test/", ("http://bao.test/",)),
        ("https://bao.test:443/a?b#c", ("http://bao.test/a?b",)),
        ("https://bao.test:8443", ("http://bao.test:8443/", "http://bao.test/")),
        ("https://[::1]:8443/", ("http://[::1]:8443/", "http://[::1]/")),
        ("http://bao.test:8080/", ("http://bao.test:8080/",)),
        ("ftp://bao.test/", ()),
    ],
)
def test_plain_urls(url, plain):
    assert urls.plain_urls(url) == plain


@given(TEXTS, TEXTS)
def test_any_url_is_taken_apart(one, other):
    for url in (one, f"https://{one}", f"https://bao.test:{one}/"):
        urls.absolute(url, other)
        urls.same_site(url, other)
        urls.plain_urls(url)
        urls.origin(url)
        urls.onward(Answer(url, 301, (("Location", other),)))
        assert urls.port(url) >= 0


@pytest.mark.parametrize(
    ("raw", "kind", "text"),
    [
        ("Đăng nhập".encode(), "text/html", "Đăng nhập"),
        ("Đăng nhập".encode("utf-16"), "text/html", "Đăng nhập"),
        ("\ufeffĐ".encode(), "text/html; charset=iso-8859-1", "Đ"),
        ("Ð".encode("cp1252"), "text/html; charset=ISO-8859-1", "Ð"),
        ("Đ".encode("cp1258"), "text/html; charset='windows-1258'", "Đ"),
        (b"<meta charset=windows-1258>" + "Đ".encode("cp1258"), "text/html", None),
        (b"\xff", "text/html", "\ufffd"),
        (b"abc", "text/html; charset=punycode", "abc"),
        (b"abc", "text/html; charset=hex", "abc"),
        (b"abc", "text/html; charset=no-such", "abc"),
        (b"", "", ""),
    ],
)
def test_charset(raw, kind, text):
    assert decode(raw, kind).endswith("Đ") if text is None else decode(raw, kind) == text


@given(some.binary(max_size=200), TEXTS)
def test_any_bytes_are_decoded(raw, kind):
    assert isinstance(decode(raw, kind), str)
    assert isinstance(decode(raw, f"text/html; charset={kind}"), str)
    assert isinstance(decode(b"<meta charset=" + raw, ""), str)


def test_cookie():
    read = read_cookie("a=b=c; PATH=/; secure ; HttpOnly; SameSite=LAX; Max-Age=60", PAGE)
    assert read == Cookie("a", PAGE, True, True, "lax", True)
    assert read_cookie("a=1", PAGE) == Cookie("a", PAGE)


@pytest.mark.parametrize("value", ["", ";", "=b", "a", "a=; Max-Age=0", "a=; Expires=Thu, 1970"])
def test_what_sets_no_cookie(value):
    assert read_cookie(value, PAGE) is None


@pytest.mark.parametrize(
    ("value", "masked"),
    [("a=b; Secure", "a=…; Secure"), ("a=", "a="), ("a", "a"), ("", ""), ("a=b=c", "a=…")],
)
def test_a_cookie_is_kept_without_its_value(value, masked):
    assert mask(value) == masked


@given(TEXTS)
def test_any_cookie_is_read(value):
    masked = mask(value)
    read = read_cookie(value, PAGE)
    assert (read_cookie(masked, PAGE) is None) == (read is None)
    if read:
        is_session(read)


def test_equal_cookies_are_kept_once():
    lines = (("set-cookie", "a=1"), ("Set-Cookie", "a=2"), ("Set-Cookie", "a=3; Secure"))
    assert len(read_cookies([Answer(PAGE, 200, lines)] * 3)) == 2


SESSIONS = [
    "PHPSESSID",
    "JSESSIONID",
    "ASP.NET_SessionId",
    "ASPSESSIONIDAB",
    ".ASPXAUTH",
    "connect.sid",
    "sessionid",
    "laravel_session",
    "ci_session",
    "wordpress_logged_in_abc",
    "wordpress_sec_abc",
    "SESSabcdef",
    ".DOTNETNUKE",
    "nv4c_abc_sess",
    "__Host-session",
    "access_token",
    "jwt",
    "0123456789abcdef0123456789abcdef",
    "auth",
    "sid",
    "remember_me",
    "SSESS49960de5880e8c687434170f6476605b",
    "fe_typo_user",
    "sso_ticket",
    "my_app.sid",
]
OTHERS = [
    "_ga",
    "_gid",
    "_fbp",
    "__cf_bm",
    "cf_clearance",
    "AWSALB",
    "BIGipServerpool",
    "TS01abcdef12",
    "incap_ses_1_2",
    "visid_incap_1",
    "ak_bmsc",
    "XSRF-TOKEN",
    "csrftoken",
    "lang",
    "theme",
    "seen",
    "wordpress_test_cookie",
    "COOKIE_SUPPORT",
    "GUEST_LANGUAGE_ID",
    "inside",
    "author",
    "__RequestVerificationToken",
    "acw_tc",
]


@pytest.mark.parametrize("name", SESSIONS)
def test_session_cookies_by_name(name):
    assert is_session(Cookie(name, PAGE, lasting=True))


@pytest.mark.parametrize("name", OTHERS)
def test_cookies_that_carry_no_session(name):
    assert not is_session(Cookie(name, PAGE))


@given(TEXTS)
def test_any_header_is_read(value):
    headers.read_hsts([value])
    headers.nosniff([value])
    headers.frame_options([value])
    headers.versions([Answer(PAGE, 200, (("Server", value), ("Via", value)))])
    firewalls([Answer(PAGE, 200, ((value, value), ("Set-Cookie", value)))])
    assert headers.referrer_policy([value], [value]) in {
        "", "unsafe-url", "no-referrer-when-downgrade", *headers.SAFE_REFERRERS,
    }  # fmt: skip


SOURCES = some.sampled_from(
    ["'self'", "'unsafe-inline'", "'unsafe-eval'", "'nonce-abc'", "'strict-dynamic'", "*", "https:"]
)


@given(some.text(alphabet="script-src 'unsafe-inline';,*", max_size=80))
def test_any_policy_is_read(text):
    for policy in csp.read_policies([text]):
        policy.allows_inline()
        policy.allows_eval()
        policy.allows_anywhere()


@given(some.lists(SOURCES, max_size=5), some.lists(SOURCES, max_size=5))
def test_a_directive_of_its_own_replaces_the_default(default, script):
    (alone,) = csp.read_policies([f"script-src {' '.join(script)}"])
    (both,) = csp.read_policies([f"default-src {' '.join(default)}; script-src {' '.join(script)}"])
    for test in ("allows_inline", "allows_eval", "allows_anywhere"):
        assert getattr(alone, test)() == getattr(both, test)()


def test_links_that_look_like_a_log_in():
    links = [
        Link(f"https://www.bao.test{path}", text)
        for path, text in [
            ("/", "Trang chủ"),
            (
                "/cach-dang-nhap-vneid-123.html",
                "Cách đăng nhập VNeID bằng điện thoại của người thân",
            ),
            ("/tai-khoan", "Đăng nhập"),
            ("/dang-xuat?next=login", "Đăng nhập"),
            ("/wp-login.php", ""),
            ("/index.php?nv=users&op=login", "Đăng nhập"),
            ("/wp-login.php", "lần hai"),
            ("/Qu%E1%BA%A3n-tr%E1%BB%8B/", ""),
        ]
    ]
    links.append(Link("https://khac.test/login", "Login"))
    found = [link.url.removeprefix("https://www.bao.test") for link in login_links(links, PAGE, 3)]
    assert found == ["/index.php?nv=users&op=login", "/wp-login.php", "/Qu%E1%BA%A3n-tr%E1%BB%8B/"]
    assert len(login_links(links, PAGE, 9)) == 4


@given(TEXTS, TEXTS)
def test_any_link_is_looked_at(path, text):
    login_links([Link(f"https://www.bao.test/{path}", text)], PAGE, 3)
