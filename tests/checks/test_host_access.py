"""Access's checks, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

import checks
from checks import Status
from facts.base import Undecided, Unknown
from facts.declared import Declared, Kind, Record, Target
from facts.host.access.policy import Policy
from facts.host.access.sudoers import Rule
from facts.host.sshd import Block
from tests.factories import GOOD
from tests.factories.host_access import ROOT, SCAN, TODAY, access, account, sshd
from tests.factories.host_system import system

PAM = access().pam
HERE = Target(kind=Kind.LOGIN, name="lab")
BASTION = replace(HERE, says=Declared(bastion=Record(date(2026, 1, 5), "sổ bastion")))
LOST = Unknown("lost")
OPEN = Block("address 10.0.0.0/8", {"passwordauthentication": "yes", "permitrootlogin": "yes",
                                    "authenticationmethods": "any"})  # fmt: skip


def status(name, host, target=HERE, about=None):
    check = checks.load()[f"access.{name}"]
    given = {"host": host, "system": about or system(), "target": target}
    try:
        return check.function(**{k: v for k, v in given.items() if k in check.reads}).status
    except Undecided:
        return Status.ERROR


ROWS = [
    ("root-login", access(sshd=sshd(permitrootlogin="yes", authenticationmethods="any")), "fail"),
    ("root-login", access(sshd=sshd(OPEN)), "fail"),
    ("root-login", access(sshd=sshd(permitrootlogin="prohibit-password")), "pass"),
    ("ssh-passwords", access(sshd=sshd(OPEN), pam=replace(PAM, second=())), "fail"),
    ("ssh-passwords", access(sshd=replace(sshd(), others=("-f /x",))), "error"),
    ("mfa", access(sshd=sshd(authenticationmethods="any")), "fail"),
    ("mfa", access(sshd=sshd(authenticationmethods="publickey,publickey")), "fail"),
    ("mfa", access(pam=replace(PAM, asks=LOST)), "error"),
    ("password-policy", access(pam=replace(PAM, policy=Policy(8, 0))), "pass"),
    ("password-policy", access(pam=replace(PAM, policy=Policy(6, 4))), "fail"),
    ("password-policy",
     access(pam=replace(PAM, policy=Policy(8, 0)), sshd=sshd(authenticationmethods="any")), "fail"),
    ("admin-passwords", access(accounts=(ROOT, account(max_age=99999))), "fail"),
    ("admin-passwords", access(accounts=(ROOT, account(password="locked", max_age=-1))), "pass"),
    ("admin-passwords", access(pam=replace(PAM, history=5)), "fail"),
    ("lockout", access(pam=replace(PAM, attempts={"sshd": 5, "login": 0})), "fail"),
    ("lockout", access(pam=replace(PAM, attempts={"sshd": 5, "login": LOST})), "error"),
    ("dormant", access(accounts=(ROOT, SCAN, account(last=0, changed=TODAY - 100))), "fail"),
    ("dormant", access(accounts=(ROOT, SCAN, account(last=LOST, changed=TODAY - 100))), "error"),
    ("dormant", access(accounts=(ROOT, SCAN, account(last=0, changed=TODAY - 3))), "pass"),
    ("empty-passwords", access(accounts=(ROOT, account(password="empty"))), "fail"),
    ("empty-passwords", access(accounts=(ROOT, account(password=LOST))), "error"),
    ("uid-zero", access(accounts=(ROOT, account(uid=0))), "fail"),
    ("defaults", access(accounts=(ROOT, account("admin"))), "fail"),
    ("sudo", access(rules=(Rule("%sudo", (), True, False),)), "fail"),
    ("sudo", access(rules=(Rule("an", (), True, True),)), "fail"),
    ("sudo", access(sudo=False), "not_applicable"),
    ("ssh-sources", access(ssh_open=True, sshd=sshd(allowgroups="*")), "fail"),
    ("ssh-sources", access(ssh_open=True), "pass"),
    ("ssh-sources", access(ssh_open=LOST, sshd=sshd(allowgroups="")), "error"),
    ("keys", access(sshd=sshd(authorizedkeysfile="/etc/keys/%u")), "error"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "host", "wanted"), ROWS)
def test_a_row(name, host, wanted):
    assert status(name, host) == wanted


def test_a_declared_bastion_is_said_to_be_declared():
    verdict = checks.load()["access.mfa"].function(
        access(sshd=sshd(authenticationmethods="any")), system(), BASTION
    )
    assert verdict.status is Status.PASS
    assert verdict.evidence["declared"] == ["2026-01-05", "sổ bastion"]


def test_good():
    assert GOOD[type(access())] == access()
