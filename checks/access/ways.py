"""The ways in that an SSH server leaves open: lists of methods, all of which are asked."""

from __future__ import annotations

from checks.access.people import administrators, can_log_in
from facts.base import Undecided, Unknown, need
from facts.host.access import AccessFacts
from facts.host.sshd import Block, Settings
from facts.host.system import SystemFacts

PASSWORDS = {"password", "keyboard-interactive"}
KEYS = {"publickey", "hostbased", "gssapi-with-mic"}
ROOT_BY_KEY = {"prohibit-password", "without-password", "forced-commands-only"}


def one_server(host: AccessFacts) -> None:
    """Only one SSH server may run, or what it says is not all.  Raises `Undecided`."""
    others = need(host.sshd.others)
    if others:
        raise Undecided("A second SSH server runs with settings of its own", ", ".join(others))


def scopes(host: AccessFacts) -> tuple[Block, ...]:
    """The global settings and each Match block's.  Raises `Undecided`."""
    return need(host.sshd.scopes())


def methods(settings: Settings) -> list[tuple[str, ...]]:
    """Each list of methods that lets in; sshd_config(5), AuthenticationMethods."""
    switched = {
        "publickey": settings.get("pubkeyauthentication", "yes"),
        "password": settings.get("passwordauthentication", "yes"),
        "keyboard-interactive": _kbd(settings),
        "gssapi-with-mic": settings.get("gssapiauthentication", "no"),
        "hostbased": settings.get("hostbasedauthentication", "no"),
    }
    on = {name for name, value in switched.items() if value != "no"}
    lists = settings.get("authenticationmethods", "any").split()
    if settings.get("refuseconnection") == "yes":
        return []
    if lists in ([], ["any"]):
        return [(name,) for name in sorted(on)]
    named = [tuple(part.partition(":")[0] for part in one.split(",")) for one in lists]
    return [one for one in named if set(one) <= on]


def _kbd(settings: Settings) -> str:
    """Keyboard-interactive asks PAM, and nobody else."""
    if settings.get("usepam", "yes") == "no":
        return "no"
    return settings.get("kbdinteractiveauthentication", "yes")


def for_root(settings: Settings) -> list[tuple[str, ...]]:
    """Those that let in root.  Raises `Undecided` when PermitRootLogin is not known."""
    lists = methods(settings)
    permits = settings.get("permitrootlogin")
    if permits == "no":
        return []
    without = [one for one in lists if not set(one) & PASSWORDS]
    if permits in ROOT_BY_KEY:
        return without
    if permits != "yes" and without != lists:
        raise Undecided("What the SSH server lets root do was not learnt")
    return lists


def only_password(host: AccessFacts, settings: Settings, one: tuple[str, ...]) -> bool:
    """Is a password enough for this list?  Raises `Undecided` when PAM is not known."""
    if not set(one) <= PASSWORDS:
        return False
    return settings.get("usepam", "yes") == "no" or not need(host.pam.second)


def two_factors(host: AccessFacts, settings: Settings, one: tuple[str, ...]) -> bool:
    """Does this list ask for two different things?  Raises `Undecided` when PAM is not known."""
    pam = settings.get("usepam", "yes") != "no"
    if set(one) & PASSWORDS:
        if set(one) & KEYS:
            return "password" in one or need(host.pam.asks)
        return pam and bool(need(host.pam.second))
    return False


def weak_ways(host: AccessFacts, system: SystemFacts) -> list[str]:
    """Administrators (and by which methods) whom one factor lets in.  Raises `Undecided`."""
    found, unsure = [], None
    met, now = False, need(system.clock)
    for account in administrators(host):
        if not can_log_in(host, account, now):
            continue
        met = True
        for way in need(host.sshd.ways(account.name, account.groups)):
            lists = for_root(way.settings) if account.uid == 0 else methods(way.settings)
            for one in lists:
                try:
                    if not two_factors(host, way.settings, one):
                        found.append(f"{account.name}: {','.join(one)}")
                except Undecided as reason:
                    unsure = reason
    if not met:
        found = [
            ",".join(one)
            for scope in scopes(host)
            for one in methods(scope.settings)
            if not two_factors(host, scope.settings, one)
        ]
    if not found and unsure:
        raise unsure
    return sorted(set(found))


def has_mfa(host: AccessFacts, system: SystemFacts) -> bool | Unknown:
    """Do administrators need two factors, by what was seen?"""
    try:
        weak = weak_ways(host, system)
        one_server(host)
    except Undecided as reason:
        return Unknown(reason.why, reason.detail)
    return not weak
