"""Marks that web application firewalls leave on ordinary answers.  Our own table of facts; pure.

Only marks of the firewall itself count: a delivery network or a balancer that may run without one
(CloudFront, Akamai's GHost, BIG-IP's persistence cookie) is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from facts.http import Answer


@dataclass(frozen=True)
class _Mark:
    product: str
    server: str = ""  # what Server, X-Powered-By or X-CDN say
    header: str = ""  # a header's name
    cookie: str = ""  # a cookie's name


_MARKS = (
    _Mark("Cloudflare", server=r"cloudflare", header=r"cf-ray", cookie=r"__cf_bm|cf_clearance"),
    _Mark("Sucuri", server=r"sucuri", header=r"x-sucuri-(id|block|cache)"),
    _Mark(
        "Imperva",
        server=r"incapsula|imperva",
        header=r"x-iinfo",
        cookie=r"(visid_incap|incap_ses|nlbi)_.*|reese84",
    ),
    _Mark("Akamai Bot Manager", cookie=r"ak_bmsc|bm_s[vz]|_abck"),
    _Mark("AWS WAF", header=r"x-amzn-waf-.*", cookie=r"aws-waf-token"),
    _Mark("F5 Advanced WAF", header=r"x-wa-info", cookie=r"TS(01)?[0-9a-f]{6,12}"),
    _Mark("FortiWeb", server=r"fortiweb", cookie=r"FORTIWAFSID|cookiesession1"),
    _Mark(
        "Barracuda", server=r"barracuda", cookie=r"barra_counter_session|BNI__BARRACUDA.*|BNES_.*"
    ),
    _Mark("Citrix Web App Firewall", cookie=r"citrix_ns_id.*|ns_af"),
    _Mark("ModSecurity", server=r"mod_security|modsecurity|NOYB"),
    _Mark("Wordfence", cookie=r"wfvt_.*|wordfence_verifiedHuman|wfwaf-authcookie-.*"),
    _Mark("NAXSI", server=r"naxsi", header=r"x-data-origin"),
    _Mark("BunkerWeb", server=r"bunkerweb|bunkerized"),
    _Mark("Wallarm", server=r"wallarm"),
    _Mark("SafeLine", server=r"safeline", cookie=r"sl-session"),
    _Mark("Imunify360", server=r"imunify360"),
    _Mark("Comodo", server=r"comodo waf"),
    _Mark("Reblaze", server=r"reblaze", cookie=r"rbzid"),
    _Mark("Radware AppWall", header=r"x-sl-compstate"),
    _Mark("Fastly Next-Gen WAF", header=r"x-sigsci-.*"),
    _Mark("DDoS-Guard", server=r"ddos-guard", cookie=r"__ddg\d+_?"),
    _Mark("Qrator", server=r"qrator"),
    _Mark("Huawei Cloud WAF", server=r"huaweicloudwaf", cookie=r"HWWAFSESID|HWWAFSESTIME"),
    _Mark("Alibaba Cloud WAF", cookie=r"acw_(tc|sc__v\d)"),
    _Mark("dotDefender", header=r"x-dotdefender-denied"),
    _Mark("DataDome", header=r"x-datadome.*", cookie=r"datadome"),
    _Mark("VNIS", server=r"vnis\b"),
    _Mark("Cloudrity", server=r"cloudrity"),
    _Mark(
        "WAF", server=r"\bwaf\b|webknight|airlock|safedog", header=r"x-waf(-.*)?|x-firewall(-.*)?"
    ),
)

_SPEAKING = ("server", "x-powered-by", "x-cdn", "x-protected-by")


def firewalls(answers: Iterable[Answer]) -> tuple[str, ...]:
    """The firewalls whose marks these answers carry, by name, each once."""
    seen: dict[str, None] = {}
    for answer in answers:
        for mark in _MARKS:
            if mark.product not in seen and _carries(answer, mark):
                seen[mark.product] = None
    return tuple(seen)


def _carries(answer: Answer, mark: _Mark) -> bool:
    for name, value in answer.headers:
        key = name.lower()
        if mark.header and re.fullmatch(mark.header, key):
            return True
        if mark.server and key in _SPEAKING and re.search(mark.server, value[:300], re.IGNORECASE):
            return True
        cookie = value.partition("=")[0].strip()[:200] if key == "set-cookie" else ""
        if mark.cookie and cookie and re.fullmatch(mark.cookie, cookie):
            return True
    return False
