"""`Set-Cookie`, read as browsers do (RFC 6265, 5.2), and which cookies carry a session.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from facts.http import Answer
from facts.site import Cookie

MASK = "…"
MOST = 100  # cookies of one visit that are kept

# Set by what stands before the site, or for measuring readers: not the site's session.
_OTHERS = re.compile(
    r"__cf|cf_|_cf|__utm|_ga|_gid|_gat|_gcl|_fb[pc]|_hj|_pk_|_pin_|__zlcmid|__gads|__gpi|_clck|_clsk"
    r"|awsalb|aws-waf|bigip|nsc_|citrix_ns|ns_af|arraffinity|applicationgatewayaffinity|serverid"
    r"|route(id)?$|ts[0-9a-f]{6,}|incap_ses|visid_incap|nlbi_|reese84|ak_bmsc|bm_s|_abck|datadome"
    r"|barra_|bni__|bnes_|fortiwafsid|cookiesession1$|hwwaf|acw_|aliyungf|__ddg|sucuri|wfvt"
    r"|xsrf|_?csrf|x-csrf|__requestverificationtoken|\.aspnetcore\.antiforgery"
    r"|cookie_?(support|consent|notice)|guest_language|lang|locale|wordpress_test_cookie|pll_",
    re.IGNORECASE,
)
_SESSION = re.compile(
    r"(__(host|secure)-)?("
    r".*sess.*|(.*[-_.])?[a-z]{0,2}sid([-_.].*)?|cfid|cftoken|.*auth(?!or).*|.*token.*|.*jwt.*"
    r"|.*login.*|.*logged.*|wordpress_sec.*|wp-postpass.*|remember.*|\.dotnetnuke"
    r"|\.aspnetcore\.(cookies|identity).*|fe_typo_user|be_typo_user|frontend|adminhtml|identity"
    r"|nv\d?[a-z]*_.*_?(sess|u_|admin).*|[0-9a-f]{32}|s?sess[0-9a-f]{32}|user(_?id|name)?|sso.*"
    r")",
    re.IGNORECASE,
)


def read_cookie(value: str, url: str) -> Cookie | None:
    """One `Set-Cookie` value, or None when browsers would ignore it."""
    pair, *attributes = value[:8192].split(";")
    name, equals, content = (part.strip() for part in pair.partition("="))
    if not name or not equals:
        return None
    said: dict[str, str] = {}
    for attribute in attributes:
        key, _, text = attribute.partition("=")
        said[key.strip().lower()] = text.strip()
    age = said.get("max-age", "")
    if not content and (age.startswith(("0", "-")) or "expires" in said):
        return None  # it takes a cookie away
    return Cookie(
        name=name[:200],
        url=url,
        secure="secure" in said,
        http_only="httponly" in said,
        same_site=said.get("samesite", "").lower()[:20],
        lasting="expires" in said or bool(age),
    )


def read_cookies(answers: Iterable[Answer]) -> tuple[Cookie, ...]:
    """Every cookie that these answers set, each differing one once."""
    seen: dict[tuple[object, ...], Cookie] = {}
    for answer in answers:
        for value in answer.all("Set-Cookie"):
            cookie = read_cookie(value, answer.url)
            if cookie and len(seen) < MOST:
                kind = (cookie.name, cookie.secure, cookie.http_only, cookie.same_site)
                seen.setdefault(kind, cookie)
    return tuple(seen.values())


def mask(value: str) -> str:
    """A `Set-Cookie` value without the cookie's own value, which may be a secret.

    An empty one stays empty, so that a cookie that is taken away still looks so.
    """
    pair, semicolon, rest = value.partition(";")
    name, equals, content = pair.partition("=")
    return f"{name}{equals}{MASK if content.strip() else ''}{semicolon}{rest}"


def is_session(cookie: Cookie) -> bool:
    """Does it carry a session, by its name; or else by being hidden from scripts and short-lived?

    Cookies of content-delivery networks, firewalls, balancers and measuring do not.
    """
    if _OTHERS.match(cookie.name):
        return False
    named = _SESSION.fullmatch(cookie.name) is not None
    return named or (cookie.http_only and not cookie.lasting)
