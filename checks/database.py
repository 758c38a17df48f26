"""Databases as seen from the host that runs them: by their sockets and their own settings.

No database is logged in to, so an account with an empty password inside a database is not seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from checks import Severity, Verdict, check, failed, not_applicable, passed
from facts.base import Unknown, need
from facts.declared import Target
from facts.host.database import Database, DatabaseFacts, served
from facts.host.sockets import Socket

NONE = "No database runs on the host"


@check(Severity.HIGH)
def listen(database: DatabaseFacts, target: Target) -> Verdict:
    """MySQL/MariaDB, PostgreSQL, MongoDB and Redis listen on loopback or a declared internal
    address.

    Why: a database that listens everywhere is one firewall mistake away from everybody. Robots
        find it within minutes.
    Fix: bind it to 127.0.0.1; where another host needs it, to the inner address, and declare that
        network in the inventory (inside: internal).
    """
    databases = need(database.databases)
    wrong, unknown = [], []
    for one in databases:
        sockets = served(one)
        if isinstance(sockets, Unknown):
            unknown.append(sockets)
        else:
            wrong += [s for s in sockets if not _internal(s.address, target.says.internal)]
    if wrong:
        return failed("A database listens to other networks", sockets=_named(wrong))
    for why in unknown:
        need(why)
    if not databases:
        return not_applicable(NONE)
    inner = [s for one in databases for s in need(served(one))]
    if inner:
        return passed(
            "The databases listen on declared internal networks alone",
            sockets=_named(inner), declared=list(target.says.internal),
        )  # fmt: skip
    return passed("The databases listen on loopback alone", databases=_engines(databases))


@check(Severity.CRITICAL)
def auth(database: DatabaseFacts) -> Verdict:
    """No trust or empty-password access in the configuration.

    Why: who gets as far as the database's port, even through a flaw in the site, reads and
        changes every article and account, and needs no password.
    Fix: MySQL: remove skip-grant-tables. PostgreSQL: put scram-sha-256 (or peer for local) in
        place of trust and ident in pg_hba.conf. Redis: set requirepass. MongoDB: set
        security.authorization: enabled. Then restart it.
    """
    databases = need(database.databases)
    open_ = {one.engine: list(d) for one in databases if not isinstance(d := one.doors, Unknown)
             and d}  # fmt: skip
    if open_:
        return failed("A database lets in without a password", doors=open_)
    for one in databases:
        need(one.doors)
    if not databases:
        return not_applicable(NONE)
    return passed("Every database asks who comes", databases=_engines(databases))


@check(Severity.MEDIUM)
def tls(database: DatabaseFacts) -> Verdict:
    """TLS is on where the database serves other hosts.

    Why: without TLS, passwords and articles that are not yet published pass the network in clear.
    Fix: give the database a certificate, switch TLS on, and require it of accounts that come from
        other hosts.
    """
    databases = need(database.databases)
    serving, unknown = [], []
    for one in databases:
        sockets = served(one)
        if isinstance(sockets, Unknown):
            unknown.append(sockets)
        elif sockets:
            serving.append(one)
    plain = [one.engine for one in serving if one.tls is False]
    if plain:
        return failed("A database serves other hosts without TLS", databases=plain)
    for why in unknown:
        need(why)
    for one in serving:
        need(one.tls)
    if not databases:
        return not_applicable(NONE)
    if not serving:
        return not_applicable("The databases serve this host alone")
    return passed("TLS is on where other hosts are served", databases=_engines(serving))


def _internal(address: str, networks: Iterable[str]) -> bool:
    """Is this one address of a declared network?  Everywhere is none."""
    try:
        own = ip_address(address.partition("%")[0].removeprefix("::ffff:"))
        return not own.is_unspecified and any(own in ip_network(n) for n in networks)
    except ValueError:
        return False


def _named(sockets: Iterable[Socket]) -> list[str]:
    return [f"{s.address}:{s.port}" for s in sockets][:20]


def _engines(databases: Iterable[Database]) -> list[str]:
    return [one.engine for one in databases]
