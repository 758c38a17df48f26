"""What nginx asks of those who want a page of it.  Pure.

Sources: nginx.org/en/docs/http/ngx_http_access_module.html, ..._auth_basic_module.html,
..._auth_request_module.html, and `satisfy` in ngx_http_core_module.html.
"""

from __future__ import annotations

from collections.abc import Sequence

from facts.base import Unknown
from facts.host.media.model import ADDRESSES, CALLBACK, CLOSED, PASSWORD, everybody
from facts.host.nginx_tree import Directive

Levels = Sequence[Sequence[Directive]]

_PROGRAMS = ("if", "rewrite", "js_access", "perl", "secure_link", "auth_jwt", "auth_pam",
             "auth_ldap", "auth_digest", "access_by_lua", "access_by_lua_file",
             "access_by_lua_block", "rewrite_by_lua", "rewrite_by_lua_file",
             "rewrite_by_lua_block")  # fmt: skip
BY_PROGRAM = "A rule of its own decides who may see this page of the streaming server"


def guards(levels: Levels) -> tuple[str, ...] | Unknown:
    """What is asked of a stranger who wants what stands in the innermost of these blocks."""
    if any(each.name == "internal" for each in levels[-1]):
        return (CLOSED,)
    if any(each.name == "return" for block in (levels[1], levels[-1]) for each in block):
        return (CLOSED,)  # answered before the page is asked for
    verify = _nearest(levels, "ssl_verify_client")
    if verify and verify[-1].args == ("on",):
        return (CALLBACK,)
    found = [by_address(levels), _basic(levels), _request(levels)]
    asked = tuple(dict.fromkeys(word for words in found if words for word in words))
    satisfy = _nearest(levels, "satisfy")
    if satisfy and satisfy[-1].args == ("any",) and found[0] == ():
        asked = ()  # who is let in by the list need not give a password
    if not asked and (programs := _programs(levels)):
        return Unknown(BY_PROGRAM, programs[:80])
    return asked


def _nearest(levels: Levels, *names: str) -> list[Directive]:
    """A directive is inherited from outside only where the inner block has none of its own."""
    for block in reversed(levels):
        own = [each for each in block if each.name in names]
        if own:
            return own
    return []


def by_address(levels: Levels) -> tuple[str, ...] | None:
    """By allow and deny: None without a rule, () where everybody may come."""
    rules = _nearest(levels, "allow", "deny")
    some, denied = False, False
    for rule in rules:
        who = rule.args[0] if rule.args else ""
        if who == "all" or everybody(who):
            if rule.name == "allow":
                return ()
            denied = who == "all" or denied
            if who == "all":
                break
        some = some or rule.name == "allow"
    if not denied:
        return None
    return (ADDRESSES,) if some else (CLOSED,)


def _basic(levels: Levels) -> tuple[str, ...] | None:
    asked = _nearest(levels, "auth_basic")
    on = asked and asked[-1].args and asked[-1].args[0] != "off"
    return (PASSWORD,) if on and _nearest(levels, "auth_basic_user_file") else None


def _request(levels: Levels) -> tuple[str, ...] | None:
    asked = _nearest(levels, "auth_request")
    return (CALLBACK,) if asked and asked[-1].args[:1] not in {(), ("off",)} else None


def _programs(levels: Levels) -> str:
    return next((each.name for block in levels[1:] for each in block if each.name in _PROGRAMS), "")
