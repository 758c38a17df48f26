"""What a domain publishes, and what its name servers tell strangers."""

from __future__ import annotations

from collections.abc import Iterable

from checks import Severity, Verdict, check, failed, not_applicable, passed
from facts.base import Unknown, found, need
from facts.declared import Target, Vantage
from facts.zone import Served, Signed, ZoneFacts, issuers, networks

NO_SERVERS = Unknown("The resolver names no name server of this domain")


def _open(ways: Iterable[tuple[Served, bool | Unknown]]) -> list[str]:
    """The servers of which it is true; all must be known where it is true of none."""
    trials = {f"{one.server} ({one.address})": fact for one, fact in ways}
    if not trials:
        need(NO_SERVERS)
    return found(trials, trials)


@check(Severity.HIGH)
def transfer(zone: ZoneFacts) -> Verdict:
    """No name server gives the whole zone to a stranger.

    Why: the list of all names shows an attacker every server that you have, the forgotten and the
        inner ones too.
    Fix: allow transfers to your own second servers alone, by address and by key (TSIG).
    """
    servers = _open((one, one.transfer) for one in zone.served)
    if servers:
        return failed("A name server gives the whole zone to strangers", servers=servers)
    return passed("No name server gives the zone to strangers", asked=len(zone.served))


@check(Severity.MEDIUM)
def recursion(zone: ZoneFacts, target: Target) -> Verdict:
    """The name servers of the domain do not look other names up for strangers.

    Why: a server that looks up any name for anybody is turned on others with forged senders, and
        its store of answers can be poisoned: then readers are led to a false site.
    Fix: switch recursion off on the servers that publish your zones; colleagues use another
        resolver, which only your own networks reach.
    """
    if target.vantage is Vantage.INTERNAL:
        return not_applicable("From inside, a name server may look names up for colleagues")
    servers = _open((one, one.recursion) for one in zone.served)
    if servers:
        return failed("A name server looks names up for strangers", servers=servers)
    return passed("The name servers look nothing up for strangers", asked=len(zone.served))


@check(Severity.HIGH)
def dangling(zone: ZoneFacts) -> Verdict:
    """No alias, name server or mail server of the domain points at a name that no longer exists.

    Why: whoever registers the missing name takes over a part of your domain: readers and their
        passwords go to a stranger's server under your own name.
    Fix: take the record out, or point it at what is there now; look through the zone whenever a
        service is given up.
    """
    if not zone.dangling:
        need(NO_SERVERS)
    gone = found(zone.dangling, zone.dangling)
    if gone:
        points = [f"{name} → {zone.ends.get(name, name)}" for name in gone]
        return failed("A record points at a name that no longer exists", records=points)
    return passed("Nothing that was looked at points at a missing name", names=len(zone.dangling))


@check(Severity.LOW)
def dnssec(zone: ZoneFacts) -> Verdict:
    """The domain is signed, and its signatures are valid.

    Why: without signatures, a forged answer leads readers to a false site, and nobody notices.
    Fix: switch DNSSEC on with the host of your domain, and hand the DS record to the registrar;
        with BIND one line does the signing (dnssec-policy default).
    """
    signed = need(zone.signed)
    if signed is Signed.VALID:
        return passed("The domain is signed, and the signatures are valid", zone=zone.apex)
    if signed is Signed.UNSIGNED:
        return failed("The domain is not signed", zone=zone.apex)
    if signed is Signed.NO_DS:
        return failed("The zone has keys, but no DS record in the zone above", zone=zone.apex)
    return failed("The domain's signatures are not valid", zone=zone.apex)


@check(Severity.LOW)
def caa(zone: ZoneFacts) -> Verdict:
    """A CAA record limits who may issue certificates for the domain.

    Why: without it, any of hundreds of authorities may issue a certificate in your name, also by
        a mistake or to a deceiver.
    Fix: name your authority, such as: example.vn. CAA 0 issue "letsencrypt.org".
    """
    records = need(zone.caa)
    named = issuers(records)
    if named:
        return passed("A CAA record limits who issues certificates", issuers=list(named))
    if records:
        return failed(
            "The CAA records do not say who may issue certificates", records=list(records)
        )
    return failed("The domain has no CAA record")


@check(Severity.LOW)
def redundancy(zone: ZoneFacts) -> Verdict:
    """The domain has at least two name servers, on two networks.

    Why: when the only name server or its line fails, site, streams and mail are all gone at once.
    Fix: have a second name server elsewhere publish the zone; most providers offer it.
    """
    if not zone.servers:
        need(NO_SERVERS)
    working = {name: _working(zone, name) for name in zone.servers}
    known = [name for name, works in working.items() if works is True]
    lie = networks(tuple(address for name in known for address in _addresses(zone, name)))
    if len(known) >= 2 and len(lie) >= 2:
        return passed("There are several name servers, on several networks", networks=len(lie))
    for works in working.values():
        need(works)
    if len(known) < 2:
        return failed("The domain has fewer than two working name servers", servers=known)
    return failed("All name servers stand on one network", servers=known, networks=sorted(lie))


def _addresses(zone: ZoneFacts, name: str) -> tuple[str, ...]:
    places = zone.servers[name]
    return () if isinstance(places, Unknown) else places


def _working(zone: ZoneFacts, name: str) -> bool | Unknown:
    """Has it an address that serves the domain, as far as that could be asked?"""
    places = zone.servers[name]
    if isinstance(places, Unknown) or not places:
        return places if isinstance(places, Unknown) else False
    told = [one.authoritative for one in zone.served if one.server == name]
    if not told or any(fact in {True, None} for fact in told if not isinstance(fact, Unknown)):
        return True
    return next((fact for fact in told if isinstance(fact, Unknown)), False)


@check(Severity.INFO)
def ipv6(zone: ZoneFacts) -> Verdict:
    """The sites and streams under the domain answer over IPv6.

    Why: many phones reach the net over IPv6 first, and the state asks for it in its programme of
        digital transformation.
    Fix: ask your provider for IPv6, let the servers listen on it, and publish AAAA records.
    """
    if not zone.ipv6:
        return not_applicable("No site or stream of this system lies under the domain")
    old = [name for name, fact in zone.ipv6.items() if fact is False]
    if old:
        return failed("It does not answer over IPv6", services=old)
    for fact in zone.ipv6.values():
        need(fact)
    return passed("All answer over IPv6", services=sorted(zone.ipv6))
