"""The log-in on real hosts: one log-in, nothing changed, sudo for what `doctor --sudoers` says."""

from __future__ import annotations

import json
import subprocess

import pytest
import yaml

from facts.declared import Look
from facts.host.areas import asks
from facts.host.asks import Answer, Unknown
from facts.host.media import MediaInside, takers
from press_scan.doctor_sudoers import FILE, defaults, lines
from scanner import batch
from scanner.probes import login
from tests.facts.host.recorded import RECORDINGS
from tests.lab.hosts import Spec
from tests.lab.judged import gathered, target
from tests.press_scan.program import Program
from tests.probes.reaches import reach

ROOTS = ("d11", "d12", "d13")


@pytest.fixture(scope="module")
def hosts(lab):
    """One host of each Debian, with no line in sudoers."""
    made = lab.start_many({f"login-{root}": Spec(root, sudoers=False) for root in ROOTS})
    return {root: made[f"login-{root}"] for root in ROOTS}


def put(host, sudo=True):
    questions = asks(Look())
    return questions, login.put(target(host, sudo=sudo), reach(f"{host.address}/32"), questions)


def rooted(questions, answers):
    """The root's questions whose program the host has, with their answers."""
    given = {ask: answers.given[ask.name] for ask in questions if ask.root}
    return {ask: a for ask, a in given.items() if not (isinstance(a, Answer) and a.code == 127)}


def allow(host, text):
    """Install a sudoers file as an administrator would."""
    host.sh(f"cat > /tmp/new <<'END'\n{text}\nEND\nvisudo -cqf /tmp/new\n"
            f"install -m 440 /tmp/new {FILE}; rm /tmp/new")  # fmt: skip


@pytest.mark.parametrize("root", ROOTS)
def test_without_a_line_root_is_refused_and_with_doctor_s_file_it_is_not(hosts, root):
    host = hosts[root]
    host.sh(f"rm -f {FILE}")
    questions, before = put(host)
    for ask, answer in rooted(questions, before).items():
        if not ask.plain:
            assert answer == Unknown(batch.NEEDS_ROOT, ask.command), ask.name
    asked = [line.text("scan") for line in lines(questions)]
    allow(host, "\n".join([defaults(questions, "scan"), *asked]))
    questions, after = put(host)
    not_root = [a.name for a, b in rooted(questions, after).items() if not getattr(b, "root", 0)]
    assert not_root == []
    questions, refused = put(host, sudo=False)
    for ask, answer in rooted(questions, refused).items():
        if not ask.plain:
            assert answer == Unknown(batch.NOT_ALLOWED, ask.command), ask.name


def test_one_login_one_session_and_nothing_changes(hosts):
    host = hosts["d12"]
    allow(host, "\n".join(line.text("scan") for line in lines(asks(Look()))))
    gathered(host)  # what a first log-in makes
    count = "journalctl -u ssh --no-pager -o cat | grep -c 'Accepted publickey for scan' || true"
    logins, files = int(host.sh(count).stdout), listing(host)
    facts = gathered(host)
    assert facts.system.user == "scan"
    assert int(host.sh(count).stdout) == logins + 1
    assert listing(host) == files


def listing(host):
    """Every file of the host with size, mode, times and inode; logs and log-in records aside."""
    script = (
        (
            "find / -xdev ( -path /proc -o -path /sys -o -path /run -o -path /var/log"
            " -o -path /tmp ) -prune -o -printf '%p %s %m %U %G %T@ %C@ %i\\n' | sort"
        )
        .replace("( ", "\\( ")
        .replace(" )", " \\)")
    )
    return host.sh(script).stdout


RADIO = """
mkdir -p /etc/icecast2; umask 077; cat > /etc/icecast2/icecast.xml <<'END'
{}
END
printf '#!/bin/sh\\nsleep 600\\n' > /usr/bin/icecast2; chmod 755 /usr/bin/icecast2
setsid icecast2 -b -c /etc/icecast2/icecast.xml </dev/null >/dev/null 2>&1 &
"""


def test_a_streaming_server_s_settings_that_root_alone_may_read(hosts):
    host = hosts["d12"]
    allow(host, "\n".join(line.text("scan") for line in lines(asks(Look()))))
    host.sh(RADIO.format((RECORDINGS / "media/icecast-2.4.4-debian12.xml").read_text("utf-8")))
    (seen,) = gathered(host).split()[MediaInside].servers
    assert takers(seen, "http://x:8000/live", 8000) == ("*",)
    host.sh("kill $(pidof -x icecast2); rm -r /etc/icecast2 /usr/bin/icecast2")


def test_an_account_with_doctor_s_script_and_nothing_else(hosts, tmp_path):
    host = hosts["d13"]
    public = host.key.with_suffix(".pub").read_text().strip()
    from press_scan.doctor_sudoers import account

    script = account("press2", public)
    for _ in range(2):  # it may be run again
        host.sh(script)
    way = host.login(user="press2")
    from dataclasses import replace

    one = replace(target(host), login=way)
    questions = asks(Look())
    answers = login.put(one, reach(f"{host.address}/32"), questions)
    assert answers.lines("system.user")[0] == "press2"
    ssh = ["ssh", "-i", str(host.key), "-o", f"UserKnownHostsFile={way.known_hosts}", "-tt",
           "-o", "BatchMode=yes", f"press2@{host.address}", "tty"]  # fmt: skip
    space = ["ip", "netns", "exec", host.space]
    del space
    done = subprocess.run(ssh, capture_output=True, text=True, check=False)
    assert "not a tty" in done.stdout or "PTY allocation request failed" in done.stderr


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path)


def test_doctor_says_what_is_missing_and_then_that_all_is_well(hosts, program, tmp_path):
    host = hosts["d12"]
    host.sh(f"rm -f {FILE}")
    file = tmp_path / "inventory.yaml"
    way = {"user": "scan", "key": str(host.key), "sudo": True,
           "known_hosts": str(host.folder / "known_hosts")}  # fmt: skip
    asset = {"id": "web-1", "address": host.address, "ssh": way}
    system = {"id": "portal", "name": "Portal", "level": 3, "assets": [asset]}
    file.write_text(yaml.safe_dump({
        "programme": {"name": "Lab"},
        "authorisation": {"document": "1", "valid": {"from": "2000-01-01", "to": "2999-12-31"},
                          "networks": [f"{host.address}/32"]},
        "agencies": [{"id": "a", "name": "A", "electronic": True, "systems": [system]}],
    }))  # fmt: skip
    done = program.run("doctor", file, "web-1", "--format", "json", code=3)
    (told,) = json.loads(done.stdout)["hosts"]
    assert told["missing_sudoers"] and not told["works"]
    shown = program.run("doctor", file, host.address, "--lang", "en", code=3).stdout
    assert told["missing_sudoers"][0] in shown and f"missing in {FILE}" in shown
    allow(host, "\n".join(told["missing_sudoers"]))
    done = program.run("doctor", file, "--format", "json", code=None)
    (told,) = json.loads(done.stdout)["hosts"]
    assert [q for q in told["questions"] if q["state"] == "missing"] == []
    sudoers = program.run("doctor", file, "web-1", "--sudoers", "--lang", "en").stdout
    assert "scan ALL=(root) NOPASSWD:" in sudoers
    assert "restrict ssh-ed25519" in program.run("doctor", file, "web-1", "--account").stdout
