"""Sender Policy Framework: read the records of a domain and reckon what they cost (RFC 7208).

What is reckoned is the longest way: a sender that no mechanism matches before `all`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

from facts.base import Unknown

MOST_LOOKUPS = 10  # RFC 7208 4.6.4: more, and receivers give up (permerror)
MOST_VOIDS = 2
MOST_HOSTS = 10  # mail servers that one `mx` may lead to
MOST_RECORDS = 40  # records that are followed, whatever they say
LONGEST = 4096  # characters of a record that is read

Texts = Mapping[str, tuple[str, ...] | Unknown]  # domain -> its SPF records
Counts = Mapping[str, int | Unknown]  # "MX bao.test" -> how many records the answer has

_VERSION = re.compile(r"v=spf1(?: |$)", re.IGNORECASE)
_MODIFIER = re.compile(r"([a-z][a-z0-9_.-]*)=(.*)", re.IGNORECASE | re.DOTALL)
_MECHANISM = re.compile(r"([-+~?]?)([a-z][a-z0-9]*)((?:[:/].*)?)", re.IGNORECASE | re.DOTALL)
_MACRO = re.compile(r"%(?:\{[slodiphcrtv]\d*r?[-.+,/_=]*\}|%|_|-)", re.IGNORECASE)
_LABEL = re.compile(r"[^.\s]{1,63}")
_CIDR = re.compile(r"(?:/(\d{1,2}))?(?://(\d{1,3}))?$")
_HOST = {"a", "mx"}
_NAMED = {"include", "exists"}  # need a name
LOOKS_UP = {"include", "a", "mx", "ptr", "exists", "redirect"}


@dataclass(frozen=True)
class Term:
    """One mechanism, or the redirect."""

    name: str  # lower case: include, a, mx, ptr, exists, ip4, ip6, all, redirect
    sign: str = "+"
    domain: str = ""  # as written, lower case; "": the domain itself
    text: str = ""

    @property
    def macro(self) -> bool:
        """Does its name depend on who sends?"""
        return "%" in self.domain


@dataclass(frozen=True)
class Policy:
    """One record, read; only what counts: nothing after `all`, no redirect beside it."""

    terms: tuple[Term, ...] = ()
    faults: tuple[str, ...] = ()  # the terms that are not valid

    @property
    def ending(self) -> str:
        """`-all`, `~all` ...; "" without any."""
        return next((f"{t.sign}all" for t in self.terms if t.name == "all"), "")

    @property
    def everybody(self) -> bool:
        """Does it let any address send?"""
        return any(_everybody(t) for t in self.terms if t.sign == "+")


@dataclass
class Reckoning:
    """What a receiver meets."""

    lookups: int = 0
    voids: int = 0
    ending: str = ""
    faults: list[str] = field(default_factory=list)  # "DOMAIN: TERM" that is not valid
    without: list[str] = field(default_factory=list)  # names led to that have no (one) record
    loops: list[str] = field(default_factory=list)
    crowded: list[str] = field(default_factory=list)  # `mx` with too many mail servers
    everybody: list[str] = field(default_factory=list)  # records that let any address send
    unknown: list[Unknown] = field(default_factory=list)  # what was not learnt, or can't be
    records: list[str] = field(default_factory=list)  # the domains whose record was read


def spf_records(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a name's TXT records that are SPF's."""
    return tuple(text for text in texts if _VERSION.match(text))


def policy(record: str) -> Policy:
    """Read one record; never raises."""
    if len(record) > LONGEST:
        return Policy(faults=(record[:60],))
    terms, faults, modifiers = [], [], dict[str, Term]()
    for word in filter(None, record.split(" ")[1:]):
        modifier = _MODIFIER.fullmatch(word)
        if modifier:
            name, value = modifier[1].lower(), modifier[2].lower()
            named = name in {"redirect", "exp"}
            if (named and (name in modifiers or not _is_name(value))) or not _macros(value):
                faults.append(word)
            modifiers[name] = Term(name, domain=value, text=word)
        elif term := _mechanism(word):
            terms.append(term)
        else:
            faults.append(word)
    last = next((i for i, term in enumerate(terms) if term.name == "all"), None)
    if last is not None:
        terms = terms[: last + 1]
    elif "redirect" in modifiers:
        terms.append(modifiers["redirect"])
    return Policy(tuple(terms), tuple(faults))


def _mechanism(word: str) -> Term | None:
    match = _MECHANISM.fullmatch(word)
    if not match:
        return None
    sign, name, rest = match[1] or "+", match[2].lower(), match[3]
    value = rest[1:].lower()
    if name == "all":
        return None if rest else Term(name, sign, text=word)
    if name in {"ip4", "ip6"}:
        good = rest.startswith(":") and _network(name, value)
        return Term(name, sign, value, word) if good else None
    if name in _HOST:
        cut = _CIDR.search(value if rest.startswith(":") else rest)
        if cut is None or int(cut[1] or 0) > 32 or int(cut[2] or 0) > 128:
            return None
        domain = cut.string[: cut.start()]
        if rest.startswith(":") != bool(domain) or (domain and not _is_name(domain)):
            return None
        return Term(name, sign, domain, word)
    if name in _NAMED or name == "ptr":
        if name == "ptr" and not rest:
            return Term(name, sign, text=word)
        return Term(name, sign, value, word) if rest[:1] == ":" and _is_name(value) else None
    return None


def _network(name: str, value: str) -> bool:
    try:
        (IPv4Network if name == "ip4" else IPv6Network)(value, strict=False)
    except ValueError:
        return False
    _, slash, bits = value.partition("/")
    return "%" not in value and (not slash or (bits.isascii() and bits.isdigit()))


def _everybody(term: Term) -> bool:
    if term.name == "all":
        return True
    bits = term.text.rpartition("/")[2] if "/" in term.text else ""
    return term.name in {"ip4", "ip6", "a", "mx"} and bits.isdigit() and int(bits) == 0


def _macros(text: str) -> bool:
    return "%" not in _MACRO.sub("", text)


def _is_name(text: str) -> bool:
    """A name of two labels at least, in printable ASCII, and no address; macros stand for some."""
    if not text.isascii() or not text.isprintable() or " " in text or not _macros(text):
        return False
    plain = _MACRO.sub("x", text).removesuffix(".")
    labels = plain.split(".")
    dotted = len(labels) > 1 or "%{" in text
    named = dotted and not labels[-1].isdigit()
    return named and len(plain) <= 253 and all(map(_LABEL.fullmatch, labels))


def question(term: Term, domain: str) -> tuple[str, str] | None:
    """What a receiver looks up for a mechanism, as (type of record, name), where that is known."""
    name = (term.domain or domain).removesuffix(".")
    if term.macro or term.name in {"ptr", "ip4", "ip6", "all"}:
        return None  # it depends on the sender, or nothing is looked up
    kinds = {"include": "TXT", "redirect": "TXT", "mx": "MX"}
    return kinds.get(term.name, "A"), name


def questions(domain: str, texts: Texts, counts: Counts) -> Iterator[tuple[str, str]]:
    """What is still to be looked up before everything can be reckoned."""
    for name in _read(domain, texts):
        for term in _terms(name, texts):
            asked = question(term, name)
            if asked is None:
                continue
            kind, about = asked
            known = about in texts if kind == "TXT" else f"{kind} {about}" in counts
            if not known:
                yield asked


def _read(domain: str, texts: Texts) -> Iterator[str]:
    """Every domain whose records are known, breadth first; each once."""
    waiting = [domain]
    for at in range(MOST_RECORDS):
        if at >= len(waiting):
            return
        name = waiting[at]
        yield name
        led = [question(t, name) for t in _terms(name, texts) if t.name in {"include", "redirect"}]
        waiting += [q[1] for q in dict.fromkeys(led) if q and q[1] not in waiting]


def _terms(domain: str, texts: Texts) -> tuple[Term, ...]:
    records = texts.get(domain)
    if isinstance(records, Unknown) or records is None or len(records) != 1:
        return ()
    return policy(records[0]).terms


def reckon(domain: str, texts: Texts, counts: Counts) -> Reckoning:
    """The longest way through a domain's records."""
    told = Reckoning()
    told.ending = _walk(domain, texts, counts, told, ())
    return told


def _walk(
    domain: str, texts: Texts, counts: Counts, told: Reckoning, above: tuple[str, ...]
) -> str:
    records = texts.get(domain, Unknown("This was not looked up", domain))
    if isinstance(records, Unknown):
        told.unknown.append(records)
        return ""
    if len(records) != 1:
        told.without.append(domain)
        return ""
    if len(told.records) >= MOST_RECORDS:
        return ""
    told.records.append(domain)
    read = policy(records[0])
    told.faults += [f"{domain}: {fault[:200]}" for fault in read.faults]
    if read.everybody:
        told.everybody.append(domain)
    ending = read.ending
    for term in read.terms:
        told.lookups += term.name in LOOKS_UP
        if term.name in {"include", "redirect"}:
            led = _follow(term, domain, texts, counts, told, (*above, domain))
            ending = led if term.name == "redirect" else ending
        else:
            _count(term, domain, counts, told)
    return ending


def _follow(
    term: Term, domain: str, texts: Texts, counts: Counts, told: Reckoning, above: tuple[str, ...]
) -> str:
    asked = question(term, domain)
    if asked is None:
        told.unknown.append(
            Unknown("What the SPF record includes depends on who sends", term.text[:200])
        )
        return ""
    if asked[1] in above:
        told.loops.append(asked[1])
        return ""
    return _walk(asked[1], texts, counts, told, above)


def _count(term: Term, domain: str, counts: Counts, told: Reckoning) -> None:
    asked = question(term, domain)
    if asked is None:
        return
    key = f"{asked[0]} {asked[1]}"
    number = counts.get(key, Unknown("This was not looked up", key))
    if isinstance(number, Unknown):
        told.unknown.append(number)
        return
    told.voids += number == 0
    if term.name == "mx" and number > MOST_HOSTS:
        told.crowded.append(asked[1])
