"""What a host shows to the network: open ports, and what the services behind them say.

`restricted` is for a profile that takes a sweep which the inventory (`ports: scan`) keeps from a
service's own ports; without it, what was not tried passes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from checks import Severity, Verdict, check, failed, not_applicable, passed
from facts.base import Undecided, Unknown, found, need
from facts.declared import Target, Vantage
from facts.ports import Port, PortFacts, numbers, ranges
from facts.products import Product, from_nmap
from facts.services import (
    ADMIN,
    DATABASES,
    FILE_SHARING,
    INSIDE,
    OPEN_DOORS,
    ROLES,
    SHARED,
    TALKATIVE,
    Known,
)
from facts.udp import UdpFacts
from facts.world import World

ROLES_UDP: Mapping[str, tuple[str, ...]] = {"dns": ("dns",)}  # by question

ENOUGH = 1000  # ports of a sweep that an inventory may ask for instead of ours
RESTRICTED = "The inventory lets only a few ports be tried"
AMPLIFIERS = ("dns", "ntp", "snmp-v1", "snmp-v2c", "ssdp", "memcached", "cldap")
ANYWHERE = ("ntp", "snmp-v1", "snmp-v2c", "memcached")  # these should not answer colleagues either


@check(Severity.HIGH)
def allowed(
    ports: PortFacts, udp: UdpFacts, target: Target, *, restricted: bool = False
) -> Verdict:
    """Every open port is allowed for the host's roles, or listed in the inventory.

    Why: a port that nobody asked for is a way in that nobody watches: forgotten test servers,
        default services, or something that an intruder left.
    Fix: stop the service, or close the port in the firewall. If it is needed, write it in the
        inventory under ports: allow, so that everybody knows who asked for it.
    """
    fine = _allowed(target)
    extra = [port.shown() for port in ports.open_ports() if port.number not in fine]
    asked = [name for name in udp.ports if not _allowed_udp(name, udp, target)]
    seen = [name for name in asked if udp.answered.get(name) is True]
    if extra or seen:
        return failed(
            "Ports are open that the inventory does not allow", ports=_once(extra), udp=seen
        )
    opened = _open(ports)
    if target.scan_ports and ports.count < ENOUGH and not restricted:
        raise Undecided(RESTRICTED, target.scan_ports)
    found(udp.answered, asked)
    return passed("Every open port is allowed", ports=_shown(opened), tried=ports.count)


@check(Severity.CRITICAL)
def admin(ports: PortFacts, udp: UdpFacts, target: Target, *, restricted: bool = False) -> Verdict:
    """No remote administration service is open to the outside, unless the inventory allows it.

    Why: SSH, Remote Desktop, VNC, IPMI and hosting panels are attacked with stolen and guessed
        passwords all day long. One success, and the attacker is the administrator.
    Fix: let administrators come through a VPN or a bastion host, and close these ports to
        everybody else in the firewall.
    """
    if target.vantage is Vantage.INTERNAL:
        return _inside()
    fine = set(target.allowed_ports)
    seen = [f"{port.number}/{name}" for port, name in ports.of(ADMIN) if port.number not in fine]
    titles = {
        port.number: ports.panels.get(str(port.number), _untried(str(port.number)))
        for port in ports.open_ports()
        if port.number in SHARED - fine
    }
    seen += [f"{n}/{title}" for n, title in titles.items() if isinstance(title, str) and title]
    ipmi = ["ipmi"] if udp.ports.get("ipmi") not in target.allowed_udp else []
    seen += ["623/ipmi (udp)"] if ipmi and udp.answered.get("ipmi") is True else []
    if seen:
        return failed("Remote administration is open to the outside", services=_once(seen))
    _open(ports)
    for title in titles.values():
        need(title)
    found(udp.answered, ipmi)
    limits = _limits(ports, restricted, ADMIN, SHARED)
    return passed("No remote administration service is open to the outside", **limits)


@check(Severity.CRITICAL)
def databases(ports: PortFacts, target: Target, *, restricted: bool = False) -> Verdict:
    """No database, cache, search or queue service is open to the outside.

    Why: these services are made for a protected network. Reached from outside, they are copied,
        wiped or held to ransom within days, often without any password.
    Fix: bind them to 127.0.0.1 or to an inner address, and close their ports in the firewall.
    """
    if target.vantage is Vantage.INTERNAL:
        return _inside()
    if seen := [f"{port.number}/{name}" for port, name in ports.of(DATABASES)]:
        return failed(
            "A database, cache, search or queue service is open to the outside",
            services=_once(seen),
        )
    _open(ports)
    limits = _limits(ports, restricted, DATABASES)
    return passed("No database, cache, search or queue service is open to the outside", **limits)


@check(Severity.CRITICAL)
def file_sharing(
    ports: PortFacts, udp: UdpFacts, target: Target, *, restricted: bool = False
) -> Verdict:
    """SMB, NFS, rsync and TFTP are not open to the outside.

    Why: file sharing is how ransomware travels, and how whole archives are copied unseen.
    Fix: close TCP 139, 445, 873 and 2049 and UDP 69 to the outside; exchange files by SFTP or
        HTTPS with log-in.
    """
    if target.vantage is Vantage.INTERNAL:
        return _inside()
    seen = [f"{port.number}/{name}" for port, name in ports.of(FILE_SHARING)]
    seen += ["69/tftp (udp)"] if udp.answered.get("tftp") is True else []
    if seen:
        return failed("File sharing is open to the outside", services=_once(seen))
    _open(ports)
    found(udp.answered, ["tftp"])
    limits = _limits(ports, restricted, FILE_SHARING)
    return passed("No file sharing is open to the outside", **limits)


@check(Severity.HIGH)
def cleartext(ports: PortFacts, udp: UdpFacts, *, restricted: bool = False) -> Verdict:
    """No service takes passwords in clear: Telnet, r-services, FTP and mail without TLS, SNMP 1/2c.

    Why: whoever sits on the way, in the same Wi-Fi or on a hacked router, reads the password and
        uses it.
    Fix: replace Telnet and r-services by SSH, FTP by SFTP or FTPS; let mail servers take log-ins
        only after STARTTLS; use SNMPv3 with authentication and encryption.
    """
    asked = _trials(ports, TALKATIVE)
    trials: dict[str, bool | Unknown] = {key: _trial(ports.cleartext, key) for key in asked}
    trials |= {name: _trial(udp.abused, name) for name in ("snmp-v1", "snmp-v2c")}
    if bad := _true(trials):
        return failed("Passwords are sent in clear", services=bad)
    _open(ports)
    found(trials, trials)
    limits = _limits(ports, restricted, TALKATIVE)
    return passed("No service that takes passwords in clear was found", asked=asked, **limits)


@check(Severity.CRITICAL)
def unauthenticated(ports: PortFacts, *, restricted: bool = False) -> Verdict:
    """Databases, caches and container services that are open ask for a log-in before they answer.

    Why: Redis, MongoDB, Elasticsearch, Memcached, CouchDB, etcd, Docker and Kubelet without a
        log-in give their data, and often the whole machine, to whoever asks.
    Fix: switch authentication on (for Redis: requirepass and protected-mode yes), bind the
        service to an inner address, and close its port in the firewall.
    """
    asked = _trials(ports, OPEN_DOORS)
    trials = {key: _trial(ports.unauthenticated, key) for key in asked}
    if bad := _true(trials):
        return failed("A service answers without log-in", services=bad)
    _open(ports)
    found(trials, trials)
    limits = _limits(ports, restricted, OPEN_DOORS)
    return passed("No service answers without log-in", asked=asked, **limits)


@check(Severity.HIGH)
def amplifiers(udp: UdpFacts, target: Target) -> Verdict:
    """No open resolver, NTP monlist, SNMP public, SSDP, Memcached-UDP or CLDAP answers strangers.

    Why: an attacker sends small questions with the victim's address as the sender; your server
        sends the large answers. It becomes a weapon in attacks on others, and your line is full.
    Fix: let the resolver answer your own networks only; close UDP 123 (mode 7), 161, 389, 1900 and
        11211 to the outside, or stop these services.
    """
    names = AMPLIFIERS if target.vantage is Vantage.EXTERNAL else ANYWHERE
    trials = {name: _trial(udp.abused, name) for name in names}
    if bad := _true(trials):
        return failed("A UDP service answers strangers, and can be turned on others", services=bad)
    found(trials, trials)
    silent = [name for name in names if name in udp.silent]
    there = need(udp.reachable)
    if silent and not there:
        raise Undecided("Nothing answered; the scanner may be blocked", ", ".join(silent))
    return passed("No UDP service that can be turned on others answered", silent=silent)


@check(Severity.HIGH)
def supported(ports: PortFacts, world: World) -> Verdict:
    """The versions that services show are inside their makers' or distributions' support.

    Why: after the end of support nobody mends new holes any more, and attackers know it.
    Fix: update to a supported release, or move the service to a host that has one.
    """
    shown = [_product(port) for port in ports.open_ports()]
    products = [p for p in shown if p is not None and not isinstance(p, Unknown) and p.version]
    outlook = world.outlook(dict.fromkeys(products), ports.observed_at)
    if outlook.ended:
        ended = [support.evidence() for support in outlook.ended]
        return failed("Services are out of support", services=ended)
    _open(ports)
    for product in shown:
        need(product)
    if not products:
        return not_applicable("No open port shows the version of its service")
    outlook.decide()
    fine = [support.evidence() for support in outlook.supported]
    return passed("The services that show a version are supported", services=fine)


@check(Severity.MEDIUM)
def drift(ports: PortFacts, *, baseline: PortFacts | None = None) -> Verdict:
    """No port is open that was closed in the accepted baseline run.

    Why: a port that opens between two looks is a change that somebody made: planned, by mistake,
        or an intruder.
    Fix: find out who opened it. If it is right, accept this run as the new baseline; if not,
        close it.
    """
    if baseline is None:
        return not_applicable("No baseline run is accepted")
    _open(baseline)
    before = {port: baseline.state(port.number) for port in _open(ports)}
    new = [port.shown() for port, state in before.items() if state in ("closed", "filtered")]
    untried = [port.shown() for port, state in before.items() if not state]
    if new:
        return failed("Ports are open that were closed in the baseline run", ports=_once(new))
    if untried:
        raise Undecided("Open ports were not tried in the baseline run", ", ".join(untried[:20]))
    return passed("No port is open that was closed in the baseline run", ports=_shown(before))


def _open(ports: PortFacts) -> tuple[Port, ...]:
    """The open ports.  Raises `Undecided` when the host did not answer on any port at all."""
    opened = need(ports.open)
    answered = need(ports.answered)
    if not answered:
        raise Undecided("Nothing answered; the scanner may be blocked", f"{ports.count} ports")
    return opened


def _limits(
    ports: PortFacts, restricted: bool, table: Mapping[str, Known], more: Iterable[int] = ()
) -> dict[str, str]:
    """These services' own ports that were not tried, for the evidence.

    Raises `Undecided` when there are some, unless the profile takes a `restricted` sweep.
    """
    own = {number for known in table.values() for number in known.ports} | set(more)
    left = ranges(own - numbers(ports.tried))
    if left and not restricted:
        raise Undecided("Not all ports of these services were tried", left)
    return {"untried": left} if left else {}


def _inside() -> Verdict:
    return not_applicable("Seen from the inner network; this is about what the outside can reach")


def _allowed(target: Target) -> set[int]:
    roles = set(target.roles)
    tables = [ROLES] if target.vantage is Vantage.EXTERNAL else [ROLES, INSIDE]
    implied = {port for table in tables for role in roles for port in table.get(role, ())}
    return implied | set(target.allowed_ports)


def _allowed_udp(name: str, udp: UdpFacts, target: Target) -> bool:
    implied = any(name in ROLES_UDP.get(role, ()) for role in target.roles)
    return implied or udp.ports.get(name) in target.allowed_udp


def _trials(ports: PortFacts, table: Mapping[str, Known]) -> list[str]:
    """The questions that the open ports call for: `6379/redis`."""
    plain = table is TALKATIVE  # behind TLS nothing goes in clear
    return [f"{port.number}/{name}" for port, name in ports.of(table) if not (plain and port.tls)]


def _trial(trials: Mapping[str, bool | Unknown], key: str) -> bool | Unknown:
    return trials.get(key, _untried(key))


def _untried(key: str) -> Unknown:
    return Unknown("This was not tried", key)


def _product(port: Port) -> Product | Unknown | None:
    """The product that a port's service names; None when it names none."""
    for fact in (port.product, port.version, port.extra):
        if isinstance(fact, Unknown):
            return fact
    return from_nmap(str(port.product), str(port.version), str(port.extra))


def _true(trials: Mapping[str, bool | Unknown]) -> list[str]:
    return [key for key, fact in trials.items() if fact is True]


def _shown(ports: Iterable[Port]) -> list[str]:
    return [port.shown() for port in ports][:50]


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))[:50]
