"""Which accounts count: administrators, and those that can log in."""

from __future__ import annotations

from facts.base import Undecided, Unknown, need
from facts.host.access import AccessFacts
from facts.host.access.accounts import ADMIN_GROUPS, LOCKED, Account
from facts.host.access.sudoers import Rule

SHOWN = 20


def accounts(host: AccessFacts) -> tuple[Account, ...]:
    """Every account; a host without any is not understood."""
    known = need(host.accounts)
    if not known:
        raise Undecided("The host's accounts were not understood")
    return known


def administrators(host: AccessFacts) -> list[Account]:
    """UID 0, members of sudo, wheel and admin, and whom sudo lets do everything."""
    rules = need(host.rules) if need(host.sudo) else ()
    return [account for account in accounts(host) if is_admin(account, rules)]


def is_admin(account: Account, rules: tuple[Rule, ...]) -> bool:
    """Is it one?"""
    if account.uid == 0 or set(ADMIN_GROUPS) & set(account.groups):
        return True
    mine = {account.name, f"#{account.uid}", "ALL", *(f"%{group}" for group in account.groups)}
    return any(rule.everything and mine & {rule.who, *rule.members} for rule in rules)


def by_password(account: Account, now: int) -> bool:
    """Can it log in by a password?  Raises `Undecided` when that is not known."""
    return account.shell and need(account.password) != LOCKED and not _over(account, now)


def by_key(host: AccessFacts, account: Account, now: int) -> bool:
    """Has it an authorized key?  Raises `Undecided` when that is not known."""
    if not account.shell or _over(account, now):
        return False
    folder = f"{account.home.rstrip('/')}/.ssh/"
    return any(key.path.startswith(folder) for key in need(host.keys).keys)


def can_log_in(host: AccessFacts, account: Account, now: int) -> bool:
    """By a password, or by a key."""
    if not account.shell:
        return False
    if isinstance(account.password, Unknown):
        if by_key(host, account, now):
            return True
        need(account.password)
    return by_password(account, now) or by_key(host, account, now)


def _over(account: Account, now: int) -> bool:
    ends = account.expires
    return not isinstance(ends, Unknown) and 0 <= ends <= now // 86400
