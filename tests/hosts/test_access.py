"""Access on real hosts: what passes, what fails, why, and what its remedies mend."""

from __future__ import annotations

import pytest

from checks import Status
from tests.hosts.access_hosts import BAD, GOOD, MATCH
from tests.lab.hosts import Spec
from tests.lab.judged import compare, fixed, gathered, judged, truth


@pytest.fixture(scope="module")
def hosts(lab):
    return lab.start_many(
        {"access-good": GOOD, "access-bad": BAD, "access-match": Spec("d13", MATCH)}
    )


@pytest.fixture(scope="module")
def facts(hosts):
    return {name: gathered(host) for name, host in hosts.items()}


@pytest.mark.parametrize("name", ["access-good", "access-bad", "access-match"])
def test_the_truth(facts, name):
    compare(judged(facts[name], "access"), truth("access")[name])


def test_without_sudo(hosts):
    found = judged(gathered(hosts["access-good"], sudo=False), "access")
    compare(found, truth("access")["access-good without sudo"])


def test_the_reasons(facts):
    found = judged(facts["access-bad"], "access")
    evidence = {name.removeprefix("access."): dict(f.evidence) for name, f in found.items()}
    assert evidence["uid-zero"]["accounts"] == ["toor"]
    assert sorted(evidence["empty-passwords"]["accounts"]) == ["minh: empty", "toor: md5"]
    assert evidence["defaults"]["accounts"] == ["admin"]
    assert evidence["dormant"]["accounts"] == ["huy"]
    assert evidence["sudo"]["rules"] == ["huy"]
    assert evidence["keys"]["weak_keys"] == ["/home/huy/.ssh/authorized_keys: ssh-rsa 1024"]
    assert len(evidence["keys"]["files"]) == 2
    opened = judged(facts["access-match"], "access")
    assert dict(opened["access.root-login"].evidence)["scopes"] == ["address 10.0.0.0/8"]
    assert dict(opened["access.ssh-passwords"].evidence)["scopes"] == ["address 10.0.0.0/8"]


def test_no_secret_gets_into_the_facts(facts):
    for host in facts.values():
        told = "".join(part for part in host.parts.values() if isinstance(part, str))
        assert not [word for word in ("canary", "$y$", "$6$", "AAAA") if word in told]


MENDED = (
    "root-login", "empty-passwords", "uid-zero", "defaults", "dormant", "sudo", "keys",
    "lockout", "password-policy", "admin-passwords", "idle-timeout", "ssh-sources",
    "ssh-passwords",
)  # fmt: skip


def test_fix_then_pass(hosts):
    host = hosts["access-bad"]
    for name in MENDED:
        fixed(host, f"access.{name}", {"GROUPS_ALLOWED": "sudo scan", "UNUSED": "huy"})
    host.sh("sleep 1; systemctl is-active ssh")  # it closes its door while it reads them anew
    found = judged(gathered(host), "access")
    left = {name: found[f"access.{name}"] for name in MENDED
            if found[f"access.{name}"].status is not Status.PASS}  # fmt: skip
    assert not left
