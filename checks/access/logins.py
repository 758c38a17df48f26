"""How one logs in over SSH, and from where."""

from __future__ import annotations

from collections.abc import Iterable

from checks import Severity, Verdict, check, failed, passed
from checks.access.people import SHOWN, accounts
from checks.access.ways import for_root, has_mfa, methods, one_server, only_password, scopes
from checks.access.ways import weak_ways as weak
from facts.base import Undecided, Unknown, need
from facts.declared import Target
from facts.host.access import AccessFacts
from facts.host.access.idle import span
from facts.host.access.keys import ROOTS, Key
from facts.host.sshd import Block
from facts.host.system import SystemFacts

OWN_FILES = {".ssh/authorized_keys", ".ssh/authorized_keys2", "%h/.ssh/authorized_keys",
             "%h/.ssh/authorized_keys2", "none"}  # fmt: skip
LEAST_RSA = 2048
GLOBAL = "global"


@check(Severity.HIGH)
def root_login(host: AccessFacts) -> Verdict:
    """sshd's effective configuration refuses root log-in by password, in every Match block too.

    Why: root exists everywhere, so its password is tried day and night. A person's own account
        with a key, and sudo, also shows later who did what.
    Fix: set "PermitRootLogin no" (or prohibit-password) before every Match block in sshd_config,
        and see that no Match block allows it again. Test a second session before you close yours.
    """
    ways = need(host.sshd.ways("root", ("root",)))
    open_to = [
        way.condition or GLOBAL
        for way in ways
        if any(set(one) <= {"password", "keyboard-interactive"} for one in for_root(way.settings))
    ]
    if open_to:
        return failed("Root may log in by password over SSH", scopes=open_to[:SHOWN])
    one_server(host)
    return passed(
        "Root cannot log in by password over SSH",
        permit_root_login=ways[0].settings.get("permitrootlogin", ""),
    )


@check(Severity.HIGH)
def ssh_passwords(host: AccessFacts) -> Verdict:
    """sshd's effective configuration refuses passwords, or a second factor is required.

    Every Match block counts too.

    Why: passwords are guessed, stolen by phishing and used twice. A key cannot be guessed, and a
        second factor makes a stolen password useless.
    Fix: give everybody a key, then set "PasswordAuthentication no" and
        "KbdInteractiveAuthentication no", or ask for both with AuthenticationMethods. Keep a
        second session open until a new log-in worked.
    """
    open_to = [
        scope.condition or GLOBAL
        for scope in scopes(host)
        if any(only_password(host, scope.settings, one) for one in methods(scope.settings))
    ]
    if open_to:
        return failed("A password alone is enough to log in over SSH", scopes=open_to[:SHOWN])
    one_server(host)
    return passed("A password alone is not enough to log in over SSH")


@check(Severity.HIGH)
def mfa(host: AccessFacts, system: SystemFacts, target: Target) -> Verdict:
    """Administrators log in over SSH with two factors, or only from a declared bastion.

    Two factors are a key together with a password or a code (AuthenticationMethods), or a password
    together with a PAM module for TOTP, U2F or RADIUS that nobody may leave out (no nullok).

    Why: with one stolen key or password an administrator's whole power is lost. A second factor
        that lies elsewhere keeps the thief out.
    Fix: install libpam-google-authenticator (or your own), let every administrator enrol, add it
        to /etc/pam.d/sshd without nullok, and set
        "AuthenticationMethods publickey,keyboard-interactive" for the administrators' group.
    """
    known = has_mfa(host, system)
    if known is True:
        return passed("Administrators need two factors to log in over SSH")
    if bastion := target.says.bastion:
        return passed(
            "That administrators come only from a bastion with two factors is declared",
            declared=[str(bastion.on), bastion.evidence],
        )
    need(known)
    lenient = host.pam.lenient
    return failed(
        "Administrators can log in over SSH with one factor",
        accounts=weak(host, system)[:SHOWN],
        lenient=[] if isinstance(lenient, Unknown) else list(lenient),
    )


@check(Severity.MEDIUM)
def idle_timeout(host: AccessFacts, *, seconds: int = 300) -> Verdict:
    """An idle session ends within 300 seconds.

    What counts is what ends a session that nobody uses: a readonly TMOUT of the shell, sshd's
    ChannelTimeout for sessions, or systemd-logind's StopIdleSessionSec. ClientAliveInterval does
    not count: it ends only connections whose other end is gone.

    Why: a terminal that was left open at an unlocked desk lets anybody work as administrator.
    Fix: write "readonly TMOUT=300" and "export TMOUT" into a file of /etc/profile.d; or, with
        OpenSSH 9.2 or newer, "ChannelTimeout session=5m" and "UnusedConnectionTimeout 5m".
    """
    shell, fixed, manager = host.idle.shell, host.idle.fixed, host.idle.manager
    if not isinstance(shell, Unknown) and 0 < shell <= seconds and fixed is True:
        return passed("An idle session ends in time", shell_seconds=shell)
    if not isinstance(manager, Unknown) and 0 < manager <= seconds:
        return passed("An idle session ends in time", logind_seconds=manager)
    limits = [_channel(scope) for scope in scopes(host)]
    if all(not isinstance(n, Unknown) and 0 < n <= seconds for n in limits):
        one_server(host)
        return passed("An idle session ends in time", sshd_seconds=[need(n) for n in limits])
    need(fixed)
    return failed(
        "An idle session does not end in time",
        shell_seconds=need(shell),
        logind_seconds=need(manager),
        sshd_seconds=[need(n) for n in limits][:SHOWN],
        seconds=seconds,
    )


def _channel(scope: Block) -> int | Unknown:
    """After how long sshd ends an idle session and its connection; 0: never."""
    limits = scope.settings.get("channeltimeout", "none").split()
    spans: dict[str, int | Unknown] = {}
    for limit in limits:
        kind, equals, value = limit.partition("=")
        if equals:
            spans.setdefault(kind, span(value))
    inner = next((spans[k] for k in ("session", "session:*", "*", "global") if k in spans), 0)
    unused = scope.settings.get("unusedconnectiontimeout", "none")
    outer = 0 if unused in {"none", "0"} else span(unused)
    if isinstance(inner, Unknown) or isinstance(outer, Unknown):
        return inner if isinstance(inner, Unknown) else outer
    return inner + outer if inner and outer else 0


@check(Severity.MEDIUM)
def ssh_sources(host: AccessFacts) -> Verdict:
    """Administration is limited by AllowUsers or AllowGroups, Match Address or a firewall rule.

    Why: an SSH port that the whole Internet may try, for every account there is, waits for the
        first weak password or the next fault of the server.
    Fix: set AllowGroups to your administrators' group in sshd_config, and let the firewall accept
        SSH from your office's and VPN's addresses alone.
    """
    if host.ssh_open is False:
        return passed("The firewall limits who may come to the SSH server")
    listed = scopes(host)
    base = listed[0].settings
    named = [key for key in ("allowusers", "allowgroups")
             if all(_limits(scope.settings.get(key, "")) for scope in listed)]  # fmt: skip
    if named:
        one_server(host)
        return passed("The SSH server limits who may log in", limits=named)
    by_address = [s.condition for s in listed[1:] if "address" in s.condition.split()[::2]]
    if by_address and not methods(base):
        one_server(host)
        return passed("The SSH server lets in named addresses only", limits=by_address[:SHOWN])
    need(host.ssh_open)
    return failed("Nobody limits from where, and to which accounts, one may log in over SSH")


def _limits(value: str) -> bool:
    return bool(value) and not any(set(w.partition("@")[0]) <= {"*"} and "@" not in w
                                   for w in value.split())  # fmt: skip


@check(Severity.MEDIUM)
def keys(host: AccessFacts) -> Verdict:
    """Authorized keys are of accepted types and sizes; their files are the owner's alone.

    Accepted are Ed25519, ECDSA, security keys, and RSA of at least 2048 bits. A file or its folder
    that another account owns or may write to lets that account in.

    Why: an old short key can be broken, and whoever may write to the file of keys adds his own.
    Fix: replace DSA and short RSA keys by Ed25519 (ssh-keygen -t ed25519), give the files back to
        their owners and set mode 600, and 700 for the folder .ssh.
    """
    known = need(host.keys)
    weak_keys = [f"{key.path}: {key.type} {key.bits or ''}".strip() for key in known.keys
                 if _weak(key)]  # fmt: skip
    homes = {account.home.rstrip("/"): account for account in accounts(host)}
    loose = []
    for place in known.places:
        owner = homes.get(place.path.partition("/.ssh")[0])
        others = [part for part in (place.mode[5:6], place.mode[8:9]) if part == "w"]
        if others or (owner and place.owner not in {"root", owner.name, str(owner.uid)}):
            loose.append(f"{place.path} {place.mode} {place.owner}")
    if weak_keys or loose:
        return failed(
            "Authorized keys are weak, or others may change them",
            weak_keys=weak_keys[:SHOWN],
            files=loose[:SHOWN],
        )
    _all_seen(host)
    if any(key.type == "ssh-rsa" and key.bits <= 0 for key in known.keys):
        raise Undecided("The authorized keys were not understood")
    return passed(
        "Authorized keys are of accepted types, and their owners' alone",
        types=sorted({key.type for key in known.keys if key.type}),
    )


def _weak(key: Key) -> bool:
    return key.type == "ssh-dss" or (key.type == "ssh-rsa" and 0 < key.bits < LEAST_RSA)


def _all_seen(host: AccessFacts) -> None:
    """Could keys lie elsewhere?  Raises `Undecided`."""
    for scope in scopes(host):
        files = scope.settings.get("authorizedkeysfile", ".ssh/authorized_keys").split()
        command = scope.settings.get("authorizedkeyscommand", "none")
        if set(files) - OWN_FILES or command != "none":
            raise Undecided("Authorized keys also come from a place that press-scan does not read",
                            _joined([*files, command]))  # fmt: skip
    for account in accounts(host):
        if account.shell and not account.home.startswith((*ROOTS, "/nonexistent")):
            raise Undecided("Authorized keys also come from a place that press-scan does not read",
                            account.home[:80])  # fmt: skip


def _joined(words: Iterable[str]) -> str:
    return " ".join(word for word in words if word != "none")[:120]
