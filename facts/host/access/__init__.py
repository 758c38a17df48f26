"""Access: who may log in, how, from where, and what they may do then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from facts.base import NOT_GATHERED, Unknown
from facts.declared import Look
from facts.host import firewall, processes, sshd
from facts.host.access import accounts, idle, keys, pam, policy, sudoers
from facts.host.access.accounts import Account
from facts.host.access.idle import Idle
from facts.host.access.keys import Keys
from facts.host.access.policy import PamFacts
from facts.host.access.sudoers import Rule
from facts.host.asks import Answers, Ask, filled, sections
from facts.host.sshd import Sshd
from facts.host.system import SystemFacts

SSSD = Ask(
    "access.sssd",
    ("grep", "-RahiwF", "id_provider", "/etc/sssd/sssd.conf", "/etc/sssd/conf.d"),
    keep=False,
)
DAEMONS = {"sss": "sssd", "ldap": "nslcd", "winbind": "winbindd"}


@dataclass(frozen=True)
class Central:
    """A directory that accounts come from."""

    sources: tuple[str, ...]  # of nsswitch.conf's passwd: files, sss, ldap
    runs: Mapping[str, bool | Unknown]  # source -> its service runs
    providers: tuple[str, ...] | Unknown = NOT_GATHERED  # sssd's: ldap, ad, ipa, files


@dataclass(frozen=True)
class AccessFacts:
    """Who may log in, and how."""

    sshd: Sshd = field(default_factory=Sshd)
    pam: PamFacts = field(default_factory=PamFacts)
    accounts: tuple[Account, ...] | Unknown = NOT_GATHERED
    rules: tuple[Rule, ...] | Unknown = NOT_GATHERED  # of sudo
    sudo: bool | Unknown = NOT_GATHERED  # sudo is installed
    keys: Keys | Unknown = NOT_GATHERED
    idle: Idle = field(default_factory=Idle)
    central: Central | Unknown = NOT_GATHERED
    ssh_open: bool | Unknown = NOT_GATHERED  # the firewall lets everybody come to SSH's ports


def asks(_look: Look) -> tuple[Ask, ...]:
    """Every question of this area."""
    return (
        accounts.ACCOUNTS, accounts.SHADOW, accounts.LOGINS, accounts.JOURNAL, accounts.LOG,
        pam.FILES, sudoers.FILES, keys.FILES, idle.SHELLS, SSSD,
    )  # fmt: skip


def read(answers: Answers, _system: SystemFacts) -> AccessFacts:
    """What the answers say."""
    server = sshd.read(answers)
    parts = _parts(answers)
    return AccessFacts(
        sshd=_needed(server),
        pam=policy.read(pam.read(answers)),
        accounts=accounts.read(answers),
        rules=sudoers.read(answers),
        sudo=parts if isinstance(parts, Unknown) else "sudo" in parts["programs"].split(),
        keys=keys.read(answers),
        idle=idle.read(answers),
        central=parts if isinstance(parts, Unknown) else _central(parts, answers),
        ssh_open=_open(answers, server),
    )


KEPT = {
    "passwordauthentication", "kbdinteractiveauthentication", "pubkeyauthentication",
    "permitrootlogin", "permitemptypasswords", "authenticationmethods", "usepam", "port",
    "gssapiauthentication", "hostbasedauthentication", "allowusers", "allowgroups", "denyusers",
    "denygroups", "channeltimeout", "unusedconnectiontimeout", "authorizedkeysfile",
    "authorizedkeyscommand", "clientaliveinterval", "clientalivecountmax", "refuseconnection",
}  # fmt: skip


def _needed(server: Sshd) -> Sshd:
    """The settings that the checks of this area read."""
    own, blocks = server.base, server.blocks
    if not isinstance(own, Unknown):
        own = _kept(own)
    if not isinstance(blocks, Unknown):
        blocks = tuple(_kept(block) for block in blocks)
    return Sshd(own, blocks, server.others)


def _kept(block: sshd.Block) -> sshd.Block:
    settings = {k: v for k, v in block.settings.items() if k in KEPT}
    return sshd.Block(block.condition, settings)


def _parts(answers: Answers) -> dict[str, str] | Unknown:
    text = answers.text(accounts.ACCOUNTS.name)
    if isinstance(text, Unknown):
        return text
    parts = sections(text)
    whole = {"end", "programs", "/etc/nsswitch.conf"} <= set(parts)
    return parts if whole else Unknown(accounts.NOT_UNDERSTOOD)


def _central(parts: Mapping[str, str], answers: Answers) -> Central | Unknown:
    lines = [line.partition("#")[0] for line in filled(parts["/etc/nsswitch.conf"])]
    sources = next((line.partition(":")[2].split() for line in lines
                    if line.startswith("passwd:")), ["files"])  # fmt: skip
    alive = processes.read(answers)
    runs = {s: processes.running(alive, (DAEMONS[s],)) for s in sources if s in DAEMONS}
    told = answers.lines(SSSD.name, (0, 1, 2))
    providers = told if isinstance(told, Unknown) else tuple(
        sorted({line.partition("=")[2].strip()[:40] for line in told
                if line.startswith("id_provider")}))  # fmt: skip
    return Central(tuple(sources), runs, providers)


def _open(answers: Answers, server: Sshd) -> bool | Unknown:
    """May a stranger connect to one of SSH's ports?"""
    if isinstance(server.base, Unknown):
        return server.base
    wall = firewall.read(answers)
    ports = [int(p) for p in server.base.settings.get("port", "22").split() if p.isdigit()]
    found = [wall.open_to_all("tcp", port) for port in ports or [22]]
    if any(answer is True for answer in found):
        return True
    return next((answer for answer in found if isinstance(answer, Unknown)), False)
