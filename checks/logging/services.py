"""Do the services on the host keep their own records, and is the clock right?"""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, not_applicable, passed
from facts.base import Undecided, Unknown, need
from facts.host.logging import LoggingFacts
from facts.host.logging.databases import Database
from facts.host.logging.sites import Site
from facts.host.system import SystemFacts


@check(Severity.LOW)
def dhcp(logs: LoggingFacts) -> Verdict:
    """A DHCP server on the host logs its leases.

    ISC dhcpd, Kea and dnsmasq (where it gives out addresses) are known. Their entries must really
    be in the logs.

    Why: only the leases say which machine had an address at the time of an attack.
    Fix: ISC dhcpd logs to syslog by itself: let rsyslog keep it. Kea: severity INFO for the logger
        kea-dhcp4. dnsmasq: remove quiet-dhcp.
    """
    servers = need(logs.dhcp)
    if not servers:
        return not_applicable("No DHCP server runs here")
    names = [one.kind for one in servers]
    if any(one.logs is False for one in servers):
        return failed("The DHCP server's settings keep leases out of the log", servers=names)
    if any(one.seen is False for one in servers):
        return failed("The logs hold no entry of the DHCP server", servers=names)
    for one in servers:
        need(one.logs), need(one.seen)
    return passed("The DHCP server logs its leases", servers=names)


@check(Severity.HIGH)
def web(logs: LoggingFacts) -> Verdict:
    """Each virtual host of nginx, Apache and the streaming server writes access and error logs.

    A location without an access log, such as the one for icons, is no fault, unless it is the one
    that takes all requests. A log in /dev/null is none.

    Why: attacks on a site are seen in its logs, and nowhere else.
    Fix: nginx: remove "access_log off" from server and http, name a file for error_log. Apache:
        CustomLog and ErrorLog in each VirtualHost, or once outside of them.
    """
    sites = need(logs.sites)
    if not sites:
        return not_applicable("No web or streaming server runs here")
    quiet = [_named(site) for site in sites if site.access is False]
    blind = [_named(site) for site in sites if site.errors is False]
    if quiet:
        return failed("Virtual hosts do not record requests", sites=quiet[:10], count=len(quiet))
    if blind:
        return failed("Virtual hosts do not record errors", sites=blind[:10], count=len(blind))
    for site in sites:
        need(site.access), need(site.errors)
    names = [_named(site) for site in sites]
    return passed(
        "Each virtual host records requests and errors", sites=names[:10], count=len(names)
    )


@check(Severity.MEDIUM)
def database(logs: LoggingFacts) -> Verdict:
    """The database records log-ins and errors.

    MariaDB and MySQL: the audit plug-in (CONNECT) or the general log, and an error log.
    PostgreSQL: log_connections on, log_min_messages at error or below. MongoDB: systemLog, and not
    quiet. Redis has no record of log-ins, so its errors alone count.

    Why: stolen readers' data leave by the database. Its log says which account took them.
    Fix: MariaDB: install the plug-in server_audit, set server_audit_logging=ON and
        server_audit_events=CONNECT. PostgreSQL: log_connections = on. Then restart.
    """
    bases = need(logs.databases)
    if not bases:
        return not_applicable("No database runs here")
    deaf = [one.kind for one in bases if one.errors is False]
    quiet = [one.kind for one in bases if one.logins is False]
    careless = [one.kind for one in bases if one.failures is False]
    if deaf:
        return failed("The database does not record errors", databases=deaf)
    if quiet:
        return failed("The database does not record log-ins", databases=quiet)
    if careless:
        return failed("The database does not record refused log-ins", databases=careless)
    for one in bases:
        _all_known(one)
    kinds = {one.kind: one.log or "-" for one in bases}
    return passed("The database records log-ins and errors", databases=kinds)


@check(Severity.HIGH)
def time_sync(logs: LoggingFacts, system: SystemFacts, *, seconds: int = 1) -> Verdict:
    """The clock is synchronised and its offset is under `seconds` seconds.

    A server that takes its own clock for the truth is not synchronised; nor is one that has heard
    from no time server for six hours.

    Why: logs of several machines can only be laid side by side when their clocks agree; and
        certificates and one-time passwords need the right time.
    Fix: install chrony, name two or more time servers in /etc/chrony/chrony.conf, and let it run.
    """
    clock, container = need(logs.clock), need(system.container)
    if not clock.keeper:
        if container:
            raise Undecided("A container has its carrier's clock: look on its carrier")
        return failed("Nothing keeps the clock's time")
    if not need(clock.synchronised):
        return failed("The clock is not synchronised", keeper=clock.keeper)
    offset = need(clock.offset)
    shown = {"keeper": clock.keeper, "offset_seconds": f"{offset:.6f}"}
    if offset >= seconds:
        return failed("The clock is off by too much", **shown)
    return passed("The clock is synchronised", **shown)


def _named(site: Site) -> str:
    return f"{site.server}: {site.name}"


def _all_known(one: Database) -> None:
    facts: tuple[bool | Unknown, ...] = (one.logins, one.failures, one.errors)
    for fact in facts:
        need(fact)
