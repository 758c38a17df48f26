"""The log-in probe against a real OpenSSH server: whose key, which key, and who may be asked."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from facts.base import Undecided
from facts.declared import Jump
from facts.host.asks import Ask
from scanner import known_hosts, ssh_client, ssh_keys
from scanner.probes import login
from scanner.scope import OutOfScope
from tests.lab.hostile import garbage, hostile, never_answers, reset
from tests.lab.logins import Door, door, new_key
from tests.lab.places import free_port
from tests.probes.reaches import reach

ADDRESS, BASTION = "127.77.1.1", "127.77.1.2"
PLAIN = (Ask("t.who", "id -un"), Ask("t.root", ("cat", "/etc/hostname"), plain=True))


@pytest.fixture(scope="module")
def host():
    with door(ADDRESS, keys=("ed25519", "rsa", "ecdsa")) as here:
        yield here


def put(target, questions=PLAIN):
    return login.put(target, reach("127.77.0.0/16"), questions)


def refused(target, why):
    """The visit ends with this reason, and nothing was authenticated."""
    with pytest.raises(Undecided) as caught:
        put(target)
    assert caught.value.why == why
    return caught.value.detail


def user():
    return subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout


# -- the host's key


def test_the_known_host_is_asked_in_one_login(host):
    before = host.accepted
    facts = login.gather(host.target(), reach("127.77.0.0/16"))
    assert facts.system.user == user().strip()
    assert host.accepted == before + 1
    assert not [t for t in threading.enumerate() if "paramiko" in repr(t).lower()]


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
def test_the_type_that_is_known_is_asked_for(host, kind):
    known = host.known(f"[{ADDRESS}]:{host.port} {host.host_key(kind)}\n", "one-kind")
    assert put(host.target(known_hosts=known)).text("t.who") == user()


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
def test_a_fingerprint_of_any_of_its_keys_is_enough(host, kind):
    target = host.target(known_hosts="", fingerprint=host.fingerprint(kind))
    assert put(target).text("t.who") == user()


def test_a_hashed_file_is_read(host):
    known = host.known(name="hashed")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", known], check=True, capture_output=True)
    assert ADDRESS not in Path(known).read_text()
    assert put(host.target(known_hosts=known)).text("t.who") == user()


def other_key(host):
    file = host.folder / "other-host"
    if not file.exists():
        new_key(file)
    return " ".join(Path(f"{file}.pub").read_text().split()[:2])


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("[{a}]:{p} {other}\n", known_hosts.CHANGED),
        ("[{a}]:{p} {rsa_of_another}\n", known_hosts.CHANGED),
        ("# nothing\n", known_hosts.STRANGER),
        ("{a} {own}\n", known_hosts.STRANGER),  # another port is another server
        ("[127.77.1.*]:{p},![{a}]:{p} {own}\n", known_hosts.STRANGER),
        ("[{a}]:{p} {own}\n@revoked * {own}\n", known_hosts.REVOKED),
        ("@cert-authority * {own}\n", known_hosts.AUTHORITY),
    ],
)
def test_any_other_host_is_sent_nothing(host, lines, why):
    values = {"a": ADDRESS, "p": host.port, "own": host.host_key(), "other": other_key(host)}
    values["rsa_of_another"] = "ssh-rsa " + "AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7"
    before = host.log
    known = host.known(lines.format(**values), "tampered")
    detail = refused(host.target(known_hosts=known), why)
    assert host.fingerprint() in detail or "SHA256:" in detail
    assert "publickey" not in host.log.removeprefix(before)


def test_another_fingerprint_is_refused_though_known_hosts_has_the_key(host):
    wrong = "SHA256:" + "A" * 43
    detail = refused(host.target(fingerprint=wrong), known_hosts.OTHER_FINGERPRINT)
    assert ADDRESS in detail


def test_a_known_hosts_file_that_is_not_there(host):
    assert "nowhere" in refused(host.target(known_hosts="/nowhere/kh"), known_hosts.NO_FILE)


# -- our key


def test_an_encrypted_key_opens_by_its_reference(host, monkeypatch):
    sealed = host.folder / "sealed"
    shutil.copy(host.key, sealed)
    subprocess.run(["ssh-keygen", "-q", "-p", "-N", "s3cret words", "-f", str(sealed)], check=True)
    monkeypatch.setenv("LAB_PASS", "s3cret words")
    here = host.target(key=str(sealed), passphrase="env:LAB_PASS")
    assert put(here).text("t.who") == user()
    refused(host.target(key=str(sealed)), ssh_keys.NEEDS_PASSPHRASE)
    refused(host.target(key=str(sealed), passphrase="env:LAB_NONE"), ssh_keys.NO_PASSPHRASE)
    monkeypatch.setenv("LAB_PASS", "another")
    refused(here, ssh_keys.WRONG_PASSPHRASE)


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
@pytest.mark.parametrize("passphrase", ["", "p w 12"])
@pytest.mark.parametrize("form", ["RFC4716", "PEM", "PKCS8"])
def test_every_type_and_form_of_key_loads(tmp_path, kind, passphrase, form, monkeypatch):
    file = tmp_path / "k"
    bits = ["-b", "2048"] if kind == "rsa" else []
    argv = ["ssh-keygen", "-q", "-t", kind, *bits, "-m", form, "-N", passphrase, "-f", str(file)]
    subprocess.run(argv, check=True)
    monkeypatch.setenv("LAB_PASS", passphrase or "not needed")
    (key,) = ssh_keys.from_file(str(file), "env:LAB_PASS")
    public = Path(f"{file}.pub").read_text().split()[1]
    assert key.get_base64() == public


def test_a_key_that_the_host_does_not_take(host, tmp_path):
    detail = refused(host.target(key=str(new_key(tmp_path / "k"))), ssh_client.KEY_REFUSED)
    assert ADDRESS in detail


def test_a_host_that_hangs_up_when_it_sees_the_key(tmp_path):
    with door(ADDRESS, "MaxAuthTries 1") as here:
        refused(here.target(key=str(new_key(tmp_path / "k"))), ssh_client.ENDED)


def test_files_that_are_no_keys(host, tmp_path):
    refused(host.target(key=str(tmp_path / "none")), ssh_keys.NO_KEY_FILE)
    refused(host.target(key=str(tmp_path)), ssh_keys.NO_KEY_FILE)
    odd = tmp_path / "odd"
    for content in (b"", b"hello", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", os.urandom(999)):
        odd.write_bytes(content)
        odd.chmod(0o600)
        refused(host.target(key=str(odd)), ssh_keys.BAD_KEY)
    odd.chmod(0o644)
    refused(host.target(key=str(odd)), ssh_keys.OPEN_KEY_FILE)


def test_a_certificate_beside_the_key(tmp_path):
    authority = new_key(tmp_path / "ca")
    certified = new_key(tmp_path / "k")
    config = f"TrustedUserCAKeys {authority}.pub"
    with door(ADDRESS, config) as here:
        target = here.target(key=str(certified))
        refused(target, ssh_client.KEY_REFUSED)
        argv = ["ssh-keygen", "-q", "-s", str(authority), "-I", "scan", "-n", user().strip()]
        subprocess.run([*argv, f"{certified}.pub"], check=True)
        assert put(target).text("t.who") == user()
        assert "CERT" in here.log
        (tmp_path / "k-cert.pub").write_text("ssh-ed25519-cert-v01@openssh.com AAAA\n")
        refused(target, ssh_keys.BAD_CERTIFICATE)


@pytest.fixture
def agent(tmp_path, monkeypatch):
    """An SSH agent of our own; `add` gives it a key."""
    path = tmp_path / "agent"
    argv = ["ssh-agent", "-D", "-a", str(path)]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL) as child:
        while not path.exists():
            assert child.poll() is None
        monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
        yield lambda key: subprocess.run(["ssh-add", "-q", str(key)], check=True)
        child.terminate()


def test_the_agent_is_asked_when_no_key_is_named(host, agent, tmp_path):
    refused(host.target(key=""), ssh_keys.EMPTY_AGENT)
    agent(new_key(tmp_path / "stranger"))
    refused(host.target(key=""), ssh_client.KEY_REFUSED)
    agent(host.key)
    assert put(host.target(key="")).text("t.who") == user()


def test_no_agent(host, monkeypatch, tmp_path):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    refused(host.target(key=""), ssh_keys.NO_AGENT)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "gone"))
    refused(host.target(key=""), ssh_keys.NO_AGENT)


def test_an_agent_that_hangs_is_left(host, monkeypatch, tmp_path):
    monkeypatch.setattr(ssh_keys, "AGENT_WAIT", 0.5)
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "deaf"))
        deaf.listen()
        monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "deaf"))
        refused(host.target(key=""), ssh_keys.NO_AGENT)


# -- jump hosts


@pytest.fixture(scope="module")
def bastion():
    with door(BASTION) as here:
        yield here


def through(bastion: Door, **how) -> Jump:
    usual = {"key": str(bastion.key), "known_hosts": str(bastion.folder / "known_hosts")}
    return Jump(BASTION, bastion.port, **{**usual, **how})


def test_through_a_jump_host(host, bastion):
    before = host.accepted, bastion.accepted
    assert put(host.target(jump=through(bastion))).text("t.who") == user()
    assert (host.accepted, bastion.accepted) == (before[0] + 1, before[1] + 1)


def test_the_jump_host_has_a_key_of_its_own(host, bastion):
    refused(host.target(jump=through(bastion, known_hosts="")), known_hosts.STRANGER)
    jump = through(bastion, known_hosts="", fingerprint=bastion.fingerprint())
    assert put(host.target(jump=jump)).text("t.who") == user()
    refused(host.target(jump=through(bastion, key="")), ssh_client.KEY_REFUSED)
    known = host.known("# nobody\n", "nobody")
    refused(host.target(jump=through(bastion), known_hosts=known), known_hosts.STRANGER)


def test_a_jump_host_outside_the_authorisation_is_not_contacted(host, bastion):
    away = Jump("192.0.2.1", bastion.port)
    refused(host.target(jump=away), ssh_client.NO_ADDRESS)


def test_a_host_outside_the_authorisation_is_not_asked_for(host, bastion):
    before = bastion.log
    with pytest.raises(OutOfScope):
        login.put(host.target(jump=through(bastion)), reach(f"{BASTION}/32"), PLAIN)
    assert "forward" not in bastion.log.removeprefix(before)


def test_a_jump_host_that_lets_nothing_through(host, bastion):
    with door("127.77.1.3", "AllowTcpForwarding no") as strict:
        jump = Jump(strict.address, strict.port, key=str(strict.key), known_hosts=strict.known())
        refused(host.target(jump=jump), ssh_client.NO_FORWARDING)
    gone = host.target(jump=through(bastion))
    nowhere = Door(host.folder, ADDRESS, free_port(ADDRESS)).target(jump=through(bastion))
    assert gone.login and nowhere.login
    refused(nowhere, ssh_client.NO_WAY)


# -- the network, and what is no SSH server


def test_nothing_listens(host):
    closed = Door(host.folder, ADDRESS, free_port(ADDRESS)).target()
    with pytest.raises(ConnectionRefusedError):
        put(closed)


def test_no_algorithm_in_common():
    with door(ADDRESS, "KexAlgorithms diffie-hellman-group1-sha1") as old:
        refused(old.target(), ssh_client.NO_ALGORITHM)
    with door(ADDRESS, "Ciphers 3des-cbc\nHostKeyAlgorithms ssh-ed25519") as old:
        try:
            put(old.target())
        except Undecided as error:
            assert error.why == ssh_client.NO_ALGORITHM


@pytest.mark.parametrize("behave", [garbage, reset, never_answers])
def test_strange_servers_end_in_time(host, behave, monkeypatch):
    monkeypatch.setattr(ssh_client, "TALK", 1.0)
    monkeypatch.setattr(ssh_client, "STEPS", 2.0)
    with hostile(ADDRESS, behave) as port, pytest.raises((Undecided, OSError)) as caught:
        put(Door(host.folder, ADDRESS, port).target())
    assert isinstance(caught.value, OSError) or caught.value.why in {
        ssh_client.NOT_SSH,
        ssh_client.BROKEN,
        ssh_client.SLOW,
    }


def test_more_than_a_key_is_wanted():
    with door(ADDRESS, "AuthenticationMethods publickey,publickey") as strict:
        refused(strict.target(), ssh_client.MORE_WANTED)


def test_an_account_without_a_login_declared(host):
    refused(replace(host.target(), login=None), login.NO_ACCOUNT)
