"""What PAM demands: of new passwords, after failures, besides the password.

Each question is put to the stack: a module counts where its refusal really refuses.
Sources: pam_unix(8), pam_pwquality(8), pam_cracklib(8), pwquality.conf(5), pam_pwhistory(8),
pam_faillock(8), faillock.conf(5), pam_tally2(8).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from facts.base import NOT_GATHERED, Unknown
from facts.host.access.pam import NOT_UNDERSTOOD, Line, Pam, modules, run

PASSWORD = {"pam_unix", "pam_sss", "pam_ldap", "pam_winbind", "pam_krb5", "pam_systemd_home",
            "pam_fprintd", "pam_unix_auth", "pam_pwdfile", "pam_deny"}  # fmt: skip
SECOND = {"pam_google_authenticator", "pam_oath", "pam_u2f", "pam_radius", "pam_radius_auth",
          "pam_duo", "pam_yubico", "pam_privacyidea", "pam_2fa", "pam_securid", "pam_pkcs11",
          "pam_otpw", "pam_hotp", "pam_multiotp"}  # fmt: skip
LENIENT = {"nullok", "nouserok", "fail_open", "nullok_secure"}
ODD_QUALITY = {"pam_passwdqc", "pam_pwcheck", "pam_ad", "pam_lockout"}
FLOOR = 6  # pwquality and cracklib never accept less
CREDITS = ("dcredit", "ucredit", "lcredit", "ocredit")


@dataclass(frozen=True)
class Policy:
    """What a new password must be."""

    length: int  # characters at least; 0: nothing is demanded
    classes: int  # kinds of characters at least


@dataclass(frozen=True)
class PamFacts:
    """What PAM enforces on this host."""

    policy: Policy | Unknown = NOT_GATHERED
    history: int | Unknown = NOT_GATHERED  # old passwords that are refused
    attempts: Mapping[str, int | Unknown] | Unknown = NOT_GATHERED  # service -> failures; 0: no end
    second: tuple[str, ...] | Unknown = NOT_GATHERED  # modules that the SSH server insists on
    lenient: tuple[str, ...] | Unknown = NOT_GATHERED  # those that let pass who has none (nullok)
    asks: bool | Unknown = NOT_GATHERED  # the SSH server's PAM refuses who has neither


def read(pam: Pam | Unknown) -> PamFacts:
    """What these files come to."""
    if isinstance(pam, Unknown):
        return PamFacts(pam, pam, pam, pam, pam, pam)
    second, lenient, asks = _second(pam)
    return PamFacts(_policy(pam), _history(pam), _attempts(pam), second, lenient, asks)


def _refuses(stack: tuple[Line, ...], one: Line, code: str = "authtok_err") -> bool:
    """Does the whole stack fail when this module alone says no?"""

    def says(line: Line) -> str:
        return code if line is one or line.module == "pam_deny" else "success"

    done, asked = run(stack, says)
    return not done and one in asked


def _new_password(pam: Pam) -> tuple[Line, ...] | Unknown:
    name = next((n for n in ("passwd", "common-password", "system-auth") if pam.has(n)), "other")
    return pam.stack(name, "password")


def _policy(pam: Pam) -> Policy | Unknown:
    stack = _new_password(pam)
    if isinstance(stack, Unknown):
        return stack
    length = classes = 0
    for line in modules(stack):
        if line.module in ODD_QUALITY and _refuses(stack, line):
            return Unknown("PAM judges passwords by a module that press-scan does not know",
                           line.module)  # fmt: skip
        if line.module in {"pam_pwquality", "pam_cracklib"} and _refuses(stack, line):
            try:
                found = _quality(line, pam)
            except ValueError:
                return Unknown(NOT_UNDERSTOOD, line.module)
            length, classes = max(length, found.length), max(classes, found.classes)
        if line.module == "pam_unix" and _refuses(stack, line):
            length = max(length, _number(_arguments(line), "minlen", 6 if "obscure" in line.args
                                         else 0))  # fmt: skip
    return Policy(length, classes)


def _quality(line: Line, pam: Pam) -> Policy:
    """Its shortest password and its kinds of characters; a positive credit shortens it."""
    settings: dict[str, str] = {}
    if line.module == "pam_pwquality":
        folder = "/etc/security/pwquality.conf.d/"
        for path in [*sorted(n for n in pam.files if n.startswith(folder)),
                     "/etc/security/pwquality.conf"]:  # fmt: skip
            if f"!{path}" in pam.files:
                raise ValueError(path)
            settings |= pam.settings(path)
    given = {**settings, **_arguments(line)}
    if _number(given, "enforcing", 1) == 0:
        return Policy(0, 0)
    default = 1 if line.module == "pam_cracklib" else 0
    credited = [_number(given, name, default) for name in CREDITS]
    length = _number(given, "minlen", 9 if line.module == "pam_cracklib" else 8)
    length = max(FLOOR, length - sum(n for n in credited if n > 0))
    length = max(length, -sum(min(n, 0) for n in credited))
    return Policy(length, max(_number(given, "minclass", 0), sum(n < 0 for n in credited)))


def _history(pam: Pam) -> int | Unknown:
    stack = _new_password(pam)
    if isinstance(stack, Unknown):
        return stack
    found = [0]
    try:
        for line in modules(stack):
            if line.module == "pam_pwhistory" and _refuses(stack, line):
                path = "/etc/security/pwhistory.conf"
                if f"!{path}" in pam.files:
                    return Unknown(NOT_UNDERSTOOD, path)
                given = {**pam.settings(path), **_arguments(line)}
                found.append(_number(given, "remember", 10))
            if line.module == "pam_unix" and _refuses(stack, line):
                found.append(_number(_arguments(line), "remember", 0))
    except ValueError:
        return Unknown(NOT_UNDERSTOOD, "remember")
    return max(found)


def _attempts(pam: Pam) -> Mapping[str, int | Unknown] | Unknown:
    services = [name for name in ("sshd", "login") if pam.has(name)]
    if not services:
        return Unknown(NOT_UNDERSTOOD, "sshd")
    return {name: _limit(pam, name) for name in services}


def _limit(pam: Pam, service: str) -> int | Unknown:
    """After how many failures an account is locked; 0: never."""
    stack = pam.stack(service, "auth")
    account = pam.stack(service, "account")
    if isinstance(stack, Unknown):
        return stack
    if isinstance(account, Unknown):
        return account
    try:
        return _faillock(pam, stack, account) or _tally(stack)
    except ValueError:
        return Unknown(NOT_UNDERSTOOD, service)


def _faillock(pam: Pam, stack: tuple[Line, ...], account: tuple[Line, ...]) -> int:
    lines = [line for line in modules(stack) if line.module == "pam_faillock"]
    _, asked = run(stack, _wrong_password)
    counts = [line for line in lines if "authfail" in line.args and line in asked]
    locked, _ = run(stack, _when({"pam_faillock": "auth_err"}))
    stays, _ = run(account, _when({"pam_faillock": "perm_denied"}))
    in_account = any(line.module == "pam_faillock" for line in modules(account))
    if not counts or (locked and (stays or not in_account)):
        return 0
    path = next((a.partition("=")[2] for a in counts[0].args if a.startswith("conf=")),
                "/etc/security/faillock.conf")  # fmt: skip
    if f"!{path}" in pam.files or (path not in pam.files and "conf=" in str(counts[0].args)):
        raise ValueError(path)
    return _number({**pam.settings(path), **_arguments(counts[0])}, "deny", 3)


def _tally(stack: tuple[Line, ...]) -> int:
    for line in modules(stack):
        if line.module in {"pam_tally2", "pam_tally"}:
            _, asked = run(stack, _wrong_password)
            if line in asked and _refuses(stack, line, "auth_err"):
                return _number(_arguments(line), "deny", 0)
    return 0


def _wrong_password(line: Line) -> str:
    return "auth_err" if line.module in PASSWORD else "success"


def _when(codes: Mapping[str, str]) -> Callable[[Line], str]:
    """The right password, and what some modules say; the way of the wrong one is refused."""

    def says(line: Line) -> str:
        if line.module == "pam_deny":
            return "auth_err"
        if line.module == "pam_faillock" and "authfail" in line.args:
            return "auth_err"
        return codes.get(line.module, "success")

    return says


def _second(
    pam: Pam,
) -> tuple[tuple[str, ...] | Unknown, tuple[str, ...] | Unknown, bool | Unknown]:
    stack = pam.stack("sshd" if pam.has("sshd") else "other", "auth")
    if isinstance(stack, Unknown):
        return stack, stack, stack
    lines = [line for line in modules(stack) if line.module in SECOND]
    lax = [line for line in lines if LENIENT & set(line.args)]
    insists = [line.module for line in lines if line not in lax
               and _refuses(stack, line, "auth_err")]  # fmt: skip

    def nobody(line: Line) -> str:
        if line in lax:
            return "ignore"
        return "auth_err" if line.module in PASSWORD | SECOND else "success"

    let_in, _ = run(stack, nobody)
    return tuple(insists), tuple(line.module for line in lax), not let_in


def _arguments(line: Line) -> dict[str, str]:
    return {name: value for name, _, value in (arg.partition("=") for arg in line.args)}


def _number(settings: Mapping[str, str], name: str, default: int) -> int:
    """Raises `ValueError` where it is no number."""
    value = settings.get(name, "")
    if not value:
        return default
    if not re.fullmatch(r"[+-]?[0-9]{1,6}", value):
        raise ValueError(name)
    return int(value)
