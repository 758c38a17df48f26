"""Promises that every check keeps, present and future."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Union, get_args, get_origin, get_type_hints

import pytest

import checks
from checks import Status
from checks.words import words
from facts.base import Unknown
from facts.declared import Declared, Kind, Streaming, Target
from facts.host.areas import areas
from facts.world import World
from scanner import profile
from scanner.judge import BROKE, judge
from scanner.probes import table
from tests.factories import GOOD

BLANK = Unknown("blank")
GIVEN = {Target, World}
TARGET = Target(
    kind=Kind.SITE,
    name="www.bao.test",
    address="127.0.0.1",
    port=443,
    url="https://www.bao.test/",
    roles=("web",),
    allowed_ports=(22, 80, 443),
    declared=True,
    says=Declared(internal=("10.10.0.0/16",)),
    stream=Streaming("ingest"),
)
ALL = list(checks.load().values())
OURS = [check for check in ALL if check.module.startswith("checks.")]
EACH = pytest.mark.parametrize("check", OURS, ids=lambda check: check.id)

# What passes on good facts by not applying: there is no accepted baseline, no version is shown.
NOT_APPLICABLE = {"ports.drift", "streaming.supported"}
PUBLIC = {"streaming.live", "streaming.redundancy"}  # of a public programme alone

IDS = {
    "access": {
        "root-login",
        "ssh-passwords",
        "mfa",
        "password-policy",
        "admin-passwords",
        "central",
        "lockout",
        "idle-timeout",
        "empty-passwords",
        "uid-zero",
        "dormant",
        "defaults",
        "sudo",
        "ssh-sources",
        "keys",
    },
    "malware": {
        "scanner",
        "signatures",
        "real-time",
        "behaviour",
        "integrity",
        "web-shells",
    },
    "database": {"listen", "auth", "tls"},
    "cms": {
        "installer",
        "admin-exposed",
        "debug",
        "user-listing",
        "legacy-api",
        "registration",
        "version-hidden",
        "supported",
        "exploited",
        "extensions",
    },
    "dns": {"transfer", "recursion", "dangling", "dnssec", "caa", "redundancy", "ipv6"},
    "mail": {"open-relay", "spf", "dmarc", "starttls", "dkim"},
    "streaming": {
        "management",
        "listing",
        "supported",
        "banner",
        "publish-auth",
        "read-auth",
        "encrypted",
        "key-delivery",
        "playlist-origin",
        "cors",
        "live",
        "redundancy",
    },
    "tls": {
        "protocols",
        "tls13",
        "ciphers",
        "forward-secrecy",
        "dh-size",
        "cert-trusted",
        "cert-name",
        "cert-expiry",
        "cert-key",
        "cert-signature",
        "cert-chain",
        "known-attacks",
        "mozilla-config",
    },
    "web": {
        "https",
        "hsts",
        "csp",
        "frame",
        "content-type",
        "referrer",
        "cookies",
        "login-https",
        "mixed-content",
        "sri",
        "cors",
        "banner",
        "methods",
        "listing",
        "exposed-files",
        "status-pages",
        "errors",
        "libraries",
        "server-supported",
        "security-txt",
        "waf",
    },
    "ports": {
        "allowed",
        "admin",
        "databases",
        "cleartext",
        "file-sharing",
        "unauthenticated",
        "amplifiers",
        "supported",
        "drift",
    },
    "ssh-service": {"algorithms", "passwords", "supported"},
    "backup": {
        "scheduled",
        "recent",
        "covers",
        "offsite",
        "encrypted",
        "retention",
        "verified",
        "permissions",
    },
    "patching": {
        "os-supported",
        "security-updates",
        "exploited",
        "metadata-fresh",
        "managed",
        "automatic",
        "reboot",
        "repositories",
        "runtimes",
    },
    "hardening": {
        "firewall",
        "services",
        "intrusion",
        "mandatory-access",
        "monitoring",
        "connections",
        "auto-login",
        "outbound",
        "kernel",
        "code-secrets",
        "password-hashes",
        "secrets",
        "web-root",
    },
    "logging": {
        "running",
        "process",
        "dhcp",
        "remote",
        "retention",
        "logins",
        "privileged",
        "audit",
        "web",
        "database",
        "time-sync",
        "permissions",
    },
}


def known_of(check):
    """The good facts that a check reads, of its target and elsewhere on the asset."""
    elsewhere = [kind for kind in check.elsewhere.values() if kind in GOOD]
    kinds = (*check.reads.values(), *elsewhere)
    return {kind: GOOD[kind] for kind in kinds if kind not in GIVEN}


def finding(check, known):
    """What the check finds; all that it says is there in Vietnamese."""
    target = replace(TARGET, stream=Streaming("public")) if check.id in PUBLIC else TARGET
    found = judge(check, check.params, target, known, GOOD[World])
    language = words("vi")
    assert found.reason in language.says or found.reason == BLANK.unknown
    assert set(found.evidence) <= set(language.evidence)
    return found


def status(check, known):
    return finding(check, known).status


def is_optional_unknown(hint):
    return get_origin(hint) in (Union, types.UnionType) and Unknown in get_args(hint)


def every(value, change):
    """Each copy of `value` in which one yes-or-no fact, however deep, went through `change`."""
    if isinstance(value, bool):
        yield change(value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from ({**value, key: new} for new in every(item, change))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from ((*value[:i], new, *value[i + 1 :]) for new in every(item, change))
    elif is_dataclass(value):
        hints = get_type_hints(type(value))
        for field in fields(value):
            old = getattr(value, field.name)
            if isinstance(old, bool) and not is_optional_unknown(hints[field.name]):
                continue  # always known, by its type
            for new in every(old, change):
                yield replace(value, **{field.name: new})


ODD = {
    str: ("", " ", "\x00\x1b[31m\u202e", "\ud800", "x" * 5000, "9" * 400, "http://[", "1.2.3-½"),
    int: (0, -1, 1 << 70),
}


def oddities(value):
    """Each copy of `value` in which one text or number, however deep, is an odd one."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from ({**value, key: new} for new in oddities(item))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from ((*value[:i], new, *value[i + 1 :]) for new in oddities(item))
    elif is_dataclass(value):
        for field in fields(value):
            for new in oddities(getattr(value, field.name)):
                yield replace(value, **{field.name: new})
    else:
        yield from ODD.get(type(value), ())


def all_blank(value, hint=None):
    """The same facts with nothing known: every `X | Unknown`, however deep."""
    if is_optional_unknown(hint):
        return BLANK
    if isinstance(value, Mapping):
        inner = (get_args(hint) or (None, None))[1]
        return {key: all_blank(item, inner) for key, item in value.items()}
    if isinstance(value, tuple):
        inner = (get_args(hint) or (None,))[0]
        return tuple(all_blank(item, inner) for item in value)
    if is_dataclass(value) and not isinstance(value, Unknown):
        hints = get_type_hints(type(value))
        new = {f.name: all_blank(getattr(value, f.name), hints[f.name]) for f in fields(value)}
        return replace(value, **new)
    return value


def test_every_check_of_the_four_areas_is_there():
    wanted = {f"{area}.{name}" for area, names in IDS.items() for name in names}
    assert wanted == {check.id for check in OURS}


@EACH
def test_says_why_and_how_to_mend(check):
    assert check.title and check.why and check.fix


@EACH
def test_reads_only_facts_that_a_probe_brings(check):
    brought = {facts for probe in table().values() for facts in probe.types} | GIVEN
    assert set(check.reads.values()) <= brought


@EACH
def test_passes_on_good_facts(check):
    wanted = Status.NOT_APPLICABLE if check.id in NOT_APPLICABLE else Status.PASS
    assert status(check, known_of(check)) is wanted


@EACH
def test_nothing_known_never_passes(check):
    known = known_of(check)
    if check.elsewhere:  # either may be enough, but not none
        blank = {kind: all_blank(facts) for kind, facts in known.items()}
        assert status(check, blank) is not Status.PASS
        return
    for kind in known:
        blank = all_blank(known[kind])
        if blank != known[kind]:
            assert status(check, {**known, kind: blank}) is not Status.PASS


@EACH
def test_what_could_fail_it_must_be_known_to_pass_it(check):
    known = known_of(check)
    for kind in known:
        turned_round = every(known[kind], lambda fact: not fact)
        made_unknown = every(known[kind], lambda fact: BLANK)
        for turned, unknown in zip(turned_round, made_unknown, strict=True):
            if status(check, {**known, kind: turned}) is not Status.PASS:
                assert status(check, {**known, kind: unknown}) is not Status.PASS


@EACH
def test_odd_facts_are_judged(check):
    known = known_of(check)
    for kind in known:
        for odd in oddities(known[kind]):
            found = finding(check, {**known, kind: odd})
            assert found.reason != BROKE, (found.detail, odd)


@EACH
def test_nothing_gathered_is_an_error(check):
    assert status(check, {}) is Status.ERROR


@EACH
def test_facts_survive_being_stored(check):
    codecs = {probe.brings: probe.codec for probe in table().values()}
    codecs |= {area.brings: area.codec for area in areas().values()}
    for kind in set(check.reads.values()) & set(codecs):
        good = GOOD[kind]
        assert codecs[kind].validate_json(codecs[kind].dump_json(good)) == good


@EACH
def test_its_texts_are_there_in_vietnamese(check):
    texts = words("vi").texts.get(check.id, {})
    assert {"title", "why", "fix"} <= set(texts)
    for part, english in (("title", check.title), ("why", check.why), ("fix", check.fix)):
        assert texts[part] and texts[part] != english


@EACH
def test_it_counts_for_something_in_level_3(check):
    assert check.id in profile.load("level3", checks.load()).checks()
