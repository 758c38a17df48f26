from datetime import date

import pytest

from checks import Status, ssh_service
from facts.base import Undecided, Unknown
from facts.ssh import methods
from facts.support import Cycle
from tests.factories.ssh import offering, ssh
from tests.factories.world import world

PASS, FAIL, ERROR = Status.PASS, Status.FAIL, Undecided
WHY = Unknown("It was not learnt")


def judged(check, *args):
    try:
        return check(*args).status
    except Undecided:
        return Undecided


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        (ssh(), PASS),
        (offering(kex=("curve25519-sha256", "diffie-hellman-group1-sha1")), FAIL),
        (offering(kex=("diffie-hellman-group-exchange-sha1",)), FAIL),
        (offering(kex=("gss-gex-sha1-toWM5Slw5Ew8Mqkay+al2g==",)), FAIL),
        (offering(kex=("diffie-hellman-group14-sha1", "ecdh-sha2-nistp521")), PASS),
        (offering(host_keys=("ssh-rsa", "rsa-sha2-256")), FAIL),
        (offering(host_keys=("ssh-dss",)), FAIL),
        (offering(host_keys=("ssh-rsa-cert-v01@openssh.com",)), FAIL),
        (offering(host_keys=("rsa-sha2-256-cert-v01@openssh.com",)), PASS),
        (offering(host_keys=("ecdsa-sha2-nistp256", "sk-ssh-ed25519@openssh.com")), PASS),
        (offering(ciphers=("3des-cbc", "aes128-ctr")), FAIL),
        (offering(ciphers=("arcfour256",)), FAIL),
        (offering(ciphers=("blowfish-cbc",)), FAIL),
        (offering(ciphers=("cast128-cbc",)), FAIL),
        (offering(ciphers=("none",)), FAIL),
        (offering(ciphers=("aes128-cbc", "aes256-gcm@openssh.com")), PASS),
        (offering(macs=("hmac-md5",)), FAIL),
        (offering(macs=("hmac-md5-96-etm@openssh.com",)), FAIL),
        (offering(macs=("hmac-sha1-96",)), FAIL),
        (offering(macs=("hmac-sha1", "umac-64@openssh.com")), PASS),
        (ssh(banner="SSH-1.99-Cisco-1.25"), FAIL),
        (ssh(offers=WHY), ERROR),
        (ssh(banner=WHY), ERROR),
    ],
)
def test_algorithms(facts, status):
    assert judged(ssh_service.algorithms, facts) is status


def test_the_evidence_names_the_broken_ones_only():
    facts = offering(ciphers=("3des-cbc", "aes128-ctr"), macs=("hmac-md5",))
    assert ssh_service.algorithms(facts).evidence == {"ciphers": ["3des-cbc"], "macs": ["hmac-md5"]}


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        (ssh(), PASS),
        (ssh(methods=methods(["publickey", "password"])), FAIL),
        (ssh(methods=methods(["keyboard-interactive"])), FAIL),
        (ssh(methods=methods(["none"])), FAIL),  # no log-in at all
        (ssh(methods=methods(["publickey", "gssapi-with-mic"])), PASS),
        (ssh(methods=methods(None)), ERROR),
        (ssh(methods={"publickey": True}), ERROR),  # the others were not tried
        (ssh(methods={"password": True, "keyboard-interactive": WHY}), FAIL),
    ],
)
def test_passwords(facts, status):
    assert judged(ssh_service.passwords, facts) is status


@pytest.mark.parametrize(
    ("banner", "status"),
    [
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3", PASS),
        ("SSH-2.0-OpenSSH_10.0", PASS),
        ("SSH-2.0-OpenSSH_9.0", FAIL),  # its maker supports 10 only
        ("SSH-2.0-Cisco-1.25", ERROR),
        ("SSH-2.0-dropbear_2022.83", ERROR),
        (WHY, ERROR),
    ],
)
def test_supported(banner, status):
    assert judged(ssh_service.supported, ssh(banner=banner), world()) is status


def test_a_distribution_that_ended_fails_its_ssh():
    ended = world(cycles={"debian": (Cycle("12", date(2025, 1, 1)),)})
    assert judged(ssh_service.supported, ssh(), ended) is FAIL
