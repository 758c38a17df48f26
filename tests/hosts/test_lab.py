"""The lab's hosts, and the log-in on every kind of them: what it finds, and what it leaves."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from facts.base import Unknown
from facts.declared import Look
from facts.host import areas
from scanner.batch import NEVER_CAME
from scanner.probes import login
from tests.lab.hosts import Spec
from tests.lab.hosts_session import session
from tests.lab.judged import gathered, target
from tests.lab.roots import NoLab
from tests.probes.reaches import reach

KEY_FOR_ROOT = """
mkdir -p /root/.ssh
cp /home/scan/.ssh/authorized_keys /root/.ssh/
chown -R 0:0 /root /root/.ssh && chmod 700 /root/.ssh && chmod 600 /root/.ssh/authorized_keys
"""
TALKATIVE = "mkdir -p /etc/ssh && echo 'LogLevel VERBOSE' >>/etc/ssh/sshd_config\n"
KINDS = {  # how it is made; what it is: id, version, family ("" = not known), systemd
    "lab-d11": (Spec("d11"), ("debian", "11", "debian", True)),
    "lab-d12": (Spec("d12"), ("debian", "12", "debian", True)),
    "lab-d13": (Spec("d13"), ("debian", "13", "debian", True)),
    "lab-light": (Spec("d12", light=True), ("debian", "12", "debian", False)),
    "lab-old-light": (Spec("d11", light=True), ("debian", "11", "debian", False)),
    "lab-busybox": (Spec("busybox"), ("newsroom", "7", "", False)),
}
HANGS = r"""
printf '#!/bin/sh\nexec sleep 1000\n' >/usr/local/bin/ss
chmod 755 /usr/local/bin/ss
"""
UBUNTU = {"u22": "22.04", "u24": "24.04"}
BROKE = "The host's answers could not be read; the trace is in the log"
NOT_FILES = ("var/log/", "var/lib/systemd/", "root/.cache")


@pytest.fixture(scope="module")
def hosts(lab):
    specs = {
        name: Spec(spec.root, TALKATIVE + KEY_FOR_ROOT + spec.setup, light=spec.light)
        for name, (spec, _) in KINDS.items()
    }
    return lab.start_many(specs)


def as_root(host):
    one = target(host)
    login_as = host.login(sudo=False, user="root")
    return login.gather(replace(one, login=login_as), reach(f"{host.address}/32"))


def told(host):
    """Everything that the host's SSH server has logged so far."""
    if host.sh("test -d /run/systemd/system", check=False).returncode == 0:
        return host.sh("journalctl --no-pager -o cat -t sshd -t sshd-session").stdout
    return host.log.read_text("utf-8", "replace")


def broken(facts):
    """Areas whose reader broke, and areas that the log-in did not bring."""
    return {k: v for k, v in facts.parts.items() if isinstance(v, Unknown) and v.unknown == BROKE}


@pytest.mark.parametrize("how", ["sudo", "no sudo", "root"])
@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_host_is_read(hosts, name, how):
    host, (kind, version, family, systemd) = hosts[name], KINDS[name][1]
    facts = as_root(host) if how == "root" else gathered(host, sudo=how == "sudo")
    system = facts.system
    assert (system.id, system.version, system.systemd) == (kind, version, systemd)
    assert (system.user, system.root) == (("root", True) if how == "root" else ("scan", False))
    assert abs(system.clock - time.time()) < 60
    if family:
        assert system.family == family
    else:
        assert system.family.detail == "Newsroom Box 7"
    assert broken(facts) == {}
    assert set(facts.parts) == set(areas.areas())


@pytest.mark.parametrize("root", UBUNTU)
def test_ubuntu_is_read(lab, root):
    try:
        host = lab.start(f"lab-{root}", root)
    except NoLab as reason:
        pytest.skip(str(reason))
    for sudo in (True, False):
        facts = gathered(host, sudo=sudo)
        system = facts.system
        assert (system.id, system.version, system.family, system.systemd) == (
            ("ubuntu", UBUNTU[root], "debian", True)
        )
        assert broken(facts) == {}


@pytest.mark.parametrize("name", KINDS)
def test_one_login_one_batch_and_no_file_of_the_host_changes(hosts, name):
    host = hosts[name]
    gathered(host)  # whatever a first log-in makes
    files, log = snapshot(host.changes), told(host)
    gathered(host)
    new = told(host)[len(log) :]
    if name == "lab-busybox":
        assert new.count("Pubkey auth succeeded for 'scan'") == 1
    else:
        assert new.count("Accepted publickey for scan") == 1
        assert new.count("Starting session: command for scan") == 1
    assert different(files, snapshot(host.changes)) == {}


def snapshot(folder):
    """Every file that differs from the host's root: its state and its content."""
    found = {}
    for path in folder.rglob("*"):
        name, state = str(path.relative_to(folder)), path.lstat()
        if name.startswith(NOT_FILES) or f"{name}/" in NOT_FILES:
            continue
        plain = path.is_file() and not path.is_symlink()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if plain else ""
        found[name] = (state.st_mode, state.st_uid, state.st_gid, state.st_mtime_ns, content)
    return found


def different(before, after):
    return {n: (before.get(n), after.get(n)) for n in before.keys() | after.keys()
            if before.get(n) != after.get(n)}  # fmt: skip


def test_a_host_that_hangs_in_a_command_costs_that_commands_time_only(lab, hosts):
    host = lab.start("lab-hangs", setup=HANGS)
    gathered(hosts["lab-d12"])
    began = time.monotonic()
    gathered(hosts["lab-d12"])
    usual, began = time.monotonic() - began, time.monotonic()
    asked = areas.asks(Look())
    answers = login.put(target(host), reach(f"{host.address}/32"), asked)
    late = [name for name, answer in answers.given.items() if getattr(answer, "late", False)]
    assert time.monotonic() - began < 3 * usual + 14 * len(late)  # limits, and what stopping takes
    assert {"sockets.plain"} <= set(late) <= {a.name for a in asked if "ss -" in a.command}
    assert not [a for a in answers.given.values() if getattr(a, "unknown", "") == NEVER_CAME]
    system = areas.read(answers, datetime.now(UTC)).system
    assert system.version == "12"


@pytest.mark.parametrize("shell", ["/bin/rbash", "/usr/sbin/nologin", "/bin/dash"])
def test_other_shells(lab, shell):
    host = lab.start(f"lab-shell{shell.rpartition('/')[2]}", setup=f"usermod -s {shell} scan",
                     light=True)  # fmt: skip
    if shell.endswith("nologin"):
        with pytest.raises(login.Undecided) as refused:
            gathered(host)
        assert refused.value.why == login.NO_SHELL
    else:
        assert gathered(host).system.version == "12"


def test_nothing_leads_out_of_the_lab(hosts):
    host = hosts["lab-d12"]
    assert "default" not in host.sh("ip route; ip -6 route").stdout
    done = host.sh("bash -c 'echo >/dev/tcp/192.0.2.2/22'", check=False)
    assert "unreachable" in done.stderr


def test_two_sessions_do_not_meet(lab):
    with session() as other:
        assert other.net.slot != lab.net.slot
        host = other.start("lab-light", light=True)
        assert not host.address.startswith(f"{lab.net.prefix}.")
        assert gathered(host).system.version == "12"
        folder = other.folder
    assert not folder.exists()


DIES = """
import os, sys
from tests.lab.hosts_session import session
with session() as lab:
    host = lab.start("dies", light=True)
    host2 = lab.start("dies-too")
    print(lab.folder, host.space, host.child.pid, host2.child.pid, flush=True)
    os.kill(os.getpid(), 9)
"""


def test_what_a_dead_session_left_is_taken_away():
    tree = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", DIES], cwd=tree, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    folder, space, *pids = done.stdout.split()
    assert Path(folder).exists()
    with session():
        pass
    assert not Path(folder).exists()
    assert space not in subprocess.run(["ip", "netns"], capture_output=True, text=True).stdout
    for pid in pids:
        stat = Path(f"/proc/{pid}/stat")
        assert not stat.exists() or ") Z " in stat.read_text()


def test_security_updates_are_really_pending(hosts):
    """The release's own packages, and the security suite's lists: nothing was upgraded."""
    for name in ("lab-d11", "lab-d12", "lab-d13"):
        said = hosts[name].sh("apt-get -s upgrade").stdout
        assert "-security" in said or "Debian-Security" in said, name
