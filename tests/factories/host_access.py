"""A host that administrators enter with a key and a code, and whose accounts are a directory's."""

from __future__ import annotations

from dataclasses import replace

from facts.host.access import AccessFacts, Central
from facts.host.access.accounts import Account
from facts.host.access.idle import Idle
from facts.host.access.keys import Key, Keys, Place
from facts.host.access.policy import PamFacts, Policy
from facts.host.access.sudoers import Rule
from facts.host.sshd import Block, Sshd
from tests.factories import GOOD
from tests.factories.host_system import OBSERVED

NOW = int(OBSERVED.timestamp())
TODAY = NOW // 86400

SETTINGS = {
    "port": "22",
    "permitrootlogin": "no",
    "passwordauthentication": "no",
    "kbdinteractiveauthentication": "yes",
    "pubkeyauthentication": "yes",
    "gssapiauthentication": "no",
    "hostbasedauthentication": "no",
    "usepam": "yes",
    "authenticationmethods": "publickey,keyboard-interactive",
    "allowgroups": "sudo scan",
    "authorizedkeysfile": ".ssh/authorized_keys",
    "authorizedkeyscommand": "none",
}


def account(name: str = "an", **changes: object) -> Account:
    """A person who logged in yesterday."""
    good = Account(name, 1001, f"/home/{name}", True, ("sudo", name), "yescrypt", TODAY - 30, 60,
                   -1, NOW - 86400)  # fmt: skip
    return replace(good, **changes)


ROOT = Account("root", 0, "/root", True, ("root",), "locked", TODAY - 200, -1, -1, 0)
SCAN = Account("scan", 1000, "/home/scan", True, ("scan",), "locked", TODAY - 200, -1, -1, 0)

GOOD[AccessFacts] = AccessFacts(
    sshd=Sshd(Block("", SETTINGS), (), ()),
    pam=PamFacts(Policy(14, 4), 10, {"sshd": 5, "login": 5}, ("pam_google_authenticator",), (),
                 True),
    accounts=(ROOT, SCAN, account()),
    rules=(Rule("root", (), True, True), Rule("%sudo", (), True, True),
           Rule("scan", (), False, True)),
    sudo=True,
    keys=Keys(
        (Key("/home/an/.ssh/authorized_keys", "ssh-ed25519", 0, False),
         Key("/home/scan/.ssh/authorized_keys", "ssh-rsa", 3072, True)),
        (Place("/home/an/.ssh", "an", "drwx------"),
         Place("/home/an/.ssh/authorized_keys", "an", "-rw-------")),
    ),
    idle=Idle(300, True, 0),
    central=Central(("files", "sss"), {"sss": True}, ("ldap",)),
    ssh_open=False,
)  # fmt: skip


def access(**changes: object) -> AccessFacts:
    """The good facts, changed."""
    return replace(GOOD[AccessFacts], **changes)


def sshd(*blocks: Block, **settings: str) -> Sshd:
    """A server with these settings, and Match blocks."""
    return Sshd(Block("", {**SETTINGS, **settings}), blocks, ())
