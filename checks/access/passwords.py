"""Passwords: what they must be, how long they live, and what is done against guessing."""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, passed
from checks.access.people import SHOWN, accounts, administrators, by_password
from checks.access.ways import has_mfa
from facts.base import Undecided, Unknown, need
from facts.declared import Target
from facts.host.access import AccessFacts
from facts.host.access.accounts import EMPTY, LOCKED, WEAK
from facts.host.system import SystemFacts

KINDS = {LOCKED, "sha256", "sha512", "yescrypt", "scrypt", "bcrypt", "sha1"}
USUAL = {
    "admin", "administrator", "test", "tester", "testuser", "oracle", "ubuntu", "debian", "centos",
    "rocky", "almalinux", "ec2-user", "cloud-user", "opc", "vagrant", "pi", "guest", "user",
    "demo", "support", "operator", "ftpuser", "www", "webadmin", "webmaster", "tomcat", "nagios",
    "zabbix", "jenkins", "ansible", "docker", "mysql", "postgres",
}  # fmt: skip


@check(Severity.HIGH)
def password_policy(
    host: AccessFacts,
    system: SystemFacts,
    target: Target,
    *,
    min_length: int = 8,
    min_length_without_mfa: int = 14,
    classes: int = 4,
) -> Verdict:
    """PAM enforces long passwords: 8 characters with two factors, else 14 of 4 kinds.

    Where a bastion with two factors is declared, 8 characters do.

    Why: short passwords are guessed by machines in hours; a second factor makes up for length.
    Fix: install libpam-pwquality (Debian) and set minlen = 14 and minclass = 4 in
        /etc/security/pwquality.conf; a positive credit shortens the minimum, so leave them at 0.
    """
    need(system.clock)  # whose accounts have ended decides who counts for two factors
    policy = need(host.pam.policy)
    seen = {"length": policy.length, "classes": policy.classes}
    if policy.length >= min_length_without_mfa and policy.classes >= classes:
        return passed("PAM enforces long passwords of several kinds of characters", **seen)
    if policy.length < min(min_length, min_length_without_mfa):
        return failed("PAM does not enforce long passwords", **seen, minimum=min_length)
    if policy.length >= min_length and target.says.bastion:
        return passed(
            "PAM enforces passwords that are long enough with two factors; the bastion is declared",
            **seen,
            declared=[str(target.says.bastion.on), target.says.bastion.evidence],
        )
    second = has_mfa(host, system)
    if need(second) and policy.length >= min_length:
        return passed("PAM enforces passwords that are long enough with two factors", **seen)
    return failed(
        "PAM does not enforce the passwords that are needed without a second factor",
        **seen,
        minimum=min_length_without_mfa,
    )


@check(Severity.HIGH)
def admin_passwords(
    host: AccessFacts, system: SystemFacts, *, max_age_days: int = 60, history: int = 10
) -> Verdict:
    """Administrators' passwords change at least every 60 days and the last 10 are barred.

    Accounts without a password, with keys only, do not count.

    Why: a stolen password works until it is changed, and one that comes back was never changed.
    Fix: run "chage -M 60 NAME" for each administrator who has a password, and add pam_pwhistory
        with remember=10 and use_authtok to the password stack. Or lock the password (usermod -p
        '*' NAME) of those who have a key.
    """
    now = need(system.clock)
    ours = [account for account in administrators(host) if by_password(account, now)]
    if not ours:
        return passed("No administrator has a password")
    old = [account.name for account in ours if _too_old(account.max_age, max_age_days)]
    if old:
        return failed("Administrators' passwords need not be changed in time",
                      accounts=old[:SHOWN], limit_days=max_age_days)  # fmt: skip
    for account in ours:
        need(account.max_age)
    kept = need(host.pam.history)
    if kept < history:
        return failed("Old passwords may be used again", history=kept, minimum=history)
    return passed("Administrators' passwords change in time, and old ones are barred",
                  accounts=[a.name for a in ours][:SHOWN], history=kept)  # fmt: skip


def _too_old(age: int | Unknown, most: int) -> bool:
    return not isinstance(age, Unknown) and not 0 <= age <= most


@check(Severity.HIGH)
def lockout(host: AccessFacts, *, attempts: int = 10) -> Verdict:
    """PAM locks an account after at most 10 failures, over SSH and at the console.

    Why: without an end to trying, every password is found one day.
    Fix: use pam_faillock: preauth before pam_unix, authfail after it, and in the account stack;
        set deny = 5 and unlock_time = 900 in /etc/security/faillock.conf. Keep a root session
        open while you change PAM.
    """
    limits = need(host.pam.attempts)
    for scope in need(host.sshd.scopes()):
        if (scope.settings.get("usepam") == "no"
                and scope.settings.get("passwordauthentication", "yes") != "no"):  # fmt: skip
            return failed("The SSH server asks for passwords without PAM, so nothing locks")
    free = [service for service, limit in limits.items()
            if not isinstance(limit, Unknown) and not 0 < limit <= attempts]  # fmt: skip
    if free:
        return failed("An account is not locked after failures", services=free, attempts=attempts)
    if not limits:
        raise Undecided("The host's PAM settings were not understood")
    return passed("An account is locked after failures",
                  attempts=max(need(limit) for limit in limits.values()))  # fmt: skip


@check(Severity.CRITICAL)
def empty_passwords(host: AccessFacts) -> Verdict:
    """No account has an empty password or a weak hash (DES, MD5).

    Why: an empty password is an open door, and passwords behind old hashes are found in minutes
        by whoever gets a copy of them.
    Fix: lock the account (passwd -l NAME), or give it a new password; today's hash (yescrypt,
        SHA-512) is used then.
    """
    known = accounts(host)
    weak = [f"{a.name}: {a.password}" for a in known if a.password in {EMPTY, *WEAK}]
    if weak:
        return failed("Accounts have no password, or a weak hash", accounts=weak[:SHOWN])
    for account in known:
        if need(account.password) not in KINDS:
            raise Undecided("A password's hash is of a kind that press-scan does not know",
                            account.name[:40])  # fmt: skip
    return passed("No account has an empty password or a weak hash", accounts=len(known))


@check(Severity.HIGH)
def defaults(host: AccessFacts, system: SystemFacts) -> Verdict:
    """No vendor default or shared account (admin, test, oracle, ubuntu, pi) has a password.

    Why: these names are the first that attackers try, often with a password that is known, and a
        shared account never shows who it was.
    Fix: make an account for each person, and lock the shared one (passwd -l NAME), or remove it.
    """
    found, unsure, now = [], None, need(system.clock)
    for account in accounts(host):
        if account.name.lower() in USUAL:
            try:
                if by_password(account, now):
                    found.append(account.name)
            except Undecided as reason:
                unsure = reason
    if found:
        return failed("Default or shared accounts can log in by password", accounts=found[:SHOWN])
    if unsure:
        raise unsure
    for account in accounts(host):
        need(account.password)
    return passed("No default or shared account can log in by password")
