"""Accounts and their rights."""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, not_applicable, passed
from checks.access.people import SHOWN, accounts, can_log_in
from facts.base import Undecided, Unknown, need
from facts.host.access import AccessFacts
from facts.host.access.accounts import Account
from facts.host.access.sudoers import Rule
from facts.host.system import SystemFacts

DAY = 86400
DIRECTORIES = {"sss", "ldap", "winbind", "ipa"}
OUTER = {"ldap", "ad", "ipa", "krb5", "proxy"}


@check(Severity.LOW)
def central(host: AccessFacts) -> Verdict:
    """Accounts come from a central directory (SSSD, LDAP, Active Directory, FreeIPA).

    Its source must stand in nsswitch.conf, and its service must run.

    Why: when somebody leaves, one change in the directory closes every host; accounts that are
        made by hand on each host are forgotten.
    Fix: join the host to your directory, with "realm join" (Active Directory),
        "ipa-client-install" (FreeIPA) or sssd and LDAP, and keep one local account for emergencies.
    """
    known = need(host.central)
    used = [source for source in known.sources if source in DIRECTORIES]
    for source in used:
        if known.runs.get(source) is True and (source != "sss" or _outer(known.providers)):
            return passed("Accounts come from a central directory", sources=[source])
    for source in used:
        need(known.runs.get(source, False))
    return failed("Accounts do not come from a central directory", sources=list(known.sources)[:8])


def _outer(providers: tuple[str, ...] | Unknown) -> bool:
    return bool(OUTER & set(need(providers)))


@check(Severity.CRITICAL)
def uid_zero(host: AccessFacts) -> Verdict:
    """Root alone has UID 0.

    Why: a second account with UID 0 is root under another name: a favourite back door.
    Fix: find out who made it. Remove the account, or give it a UID of its own and sudo.
    """
    known = accounts(host)
    others = [account.name for account in known if account.uid == 0 and account.name != "root"]
    if others:
        return failed("Other accounts have UID 0", accounts=others[:SHOWN])
    if not any(account.uid == 0 for account in known):
        raise Undecided("The host's accounts were not understood")
    return passed("Root alone has UID 0")


@check(Severity.MEDIUM)
def dormant(host: AccessFacts, system: SystemFacts, *, days: int = 45) -> Verdict:
    """No account with a shell that can log in has been unused for 45 days.

    An account that was never used counts from its last change of password, which is its creation
    at first. Root, kept for emergencies, and the account that the scanner uses do not count.

    Why: nobody notices when an account is misused that nobody uses.
    Fix: lock the account (usermod -L -e 1 NAME), or remove it when its owner has left.
    """
    now = need(system.clock)
    user = need(system.user)
    found, unsure = [], None
    for account in accounts(host):
        if account.uid == 0 or account.name == user:
            continue
        try:
            if can_log_in(host, account, now) and _unused(account, now, days):
                found.append(account.name)
        except Undecided as reason:
            unsure = reason
    if found:
        return failed(
            "Accounts that can log in are not used", accounts=found[:SHOWN], limit_days=days
        )
    if unsure:
        raise unsure
    return passed("Every account that can log in is used", limit_days=days)


def _unused(account: Account, now: int, days: int) -> bool:
    since = now - (days + 1) * DAY  # a record's time zone may be missing
    changed = account.changed
    if not isinstance(changed, Unknown) and changed * DAY >= since:
        return False
    if need(account.last) >= since:
        return False
    need(changed)
    return True


@check(Severity.HIGH)
def sudo(host: AccessFacts) -> Verdict:
    """No NOPASSWD ALL in sudo's rules; all rights go to a named group, not to single persons.

    Exact commands without a password, such as the scanner's own, are fine.

    Why: with NOPASSWD ALL whoever gets into the account is root at once. Rights of single persons
        are forgotten when they leave; a group's members are seen at a glance.
    Fix: put the administrators into the group sudo (or wheel), grant ALL to that group alone, and
        take NOPASSWD out with visudo.
    """
    if not need(host.sudo):
        return not_applicable("sudo is not installed")
    rules = need(host.rules)
    free = [rule.who for rule in rules if rule.everything and not rule.asks]
    if free:
        return failed("sudo lets do everything without a password", rules=free[:SHOWN])
    single = [rule.who for rule in rules if rule.everything and _single(rule)]
    if single:
        return failed("sudo lets single accounts do everything, not a group", rules=single[:SHOWN])
    return passed("sudo asks for a password, and lets only a named group do everything",
                  rules=[rule.who for rule in rules if rule.everything][:SHOWN])  # fmt: skip


def _single(rule: Rule) -> bool:
    """Neither root, nor a group, nor a named list of accounts."""
    return rule.who != "root" and not rule.who.startswith("%") and not rule.members
