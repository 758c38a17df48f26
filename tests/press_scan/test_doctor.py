"""`doctor`: what it prints for administrators is exact, and opens nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from itertools import pairwise

import pytest

from facts.declared import Look
from facts.host.areas import asks
from facts.host.asks import Ask
from press_scan.doctor_sudoers import account, lines, paths
from tests.lab.logins import door
from tests.press_scan.program import inventory

OPENS = {  # programs that can start another, or write, whatever their arguments say
    *("sh", "bash", "dash", "zsh", "ksh", "su", "sudo", "env", "xargs", "nohup", "script"),
    *("vi", "vim", "nano", "ed", "less", "more", "man", "view", "perl", "python", "python3"),
    *("ruby", "lua", "awk", "gawk", "tar", "ssh", "scp", "curl", "wget", "tee", "dd", "cp", "mv"),
}


def test_no_root_s_question_is_a_shell_an_editor_or_a_pager():
    for ask in asks(Look()):
        if not isinstance(ask.run, str):
            after = {b for a, b in pairwise(ask.run) if a == "-exec"}
            started = {word.rpartition("/")[2] for word in {ask.run[0], *after}}
            assert not started & OPENS, ask.name
            assert not {"-delete", "-fprint", "-fls", "-ok", "-execdir"} & set(ask.run), ask.name


@pytest.mark.skipif(not shutil.which("visudo"), reason="sudo is not installed")
@pytest.mark.parametrize("lang", ["en", "vi"])
def test_the_sudoers_file_is_one(program, tmp_path, lang):
    file = tmp_path / "sudoers"
    file.write_text(program.run("doctor", "--sudoers", "--lang", lang).stdout)
    file.chmod(0o440)
    done = subprocess.run(["visudo", "-cf", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    text = file.read_text()
    assert "Defaults:scan !requiretty" in text
    rules = [line for line in text.splitlines() if line.startswith("scan ")]
    assert len(rules) == len({ask.run for ask in asks(Look()) if ask.root})
    assert all(rule.startswith("scan ALL=(root) NOPASSWD: /") for rule in rules)


def test_every_word_means_itself():
    (line,) = lines([Ask("a.b", ("grep", "-e", "a b,c:d=e*f?[g]!h#i\\j", "/x"))])
    words = r"-e a\ b\,c\:d\=e\*f\?\[g\]\!h\#i\\j /x"
    assert (
        line.text("scan") == f"scan ALL=(root) NOPASSWD: /usr/bin/grep {words}, /bin/grep {words}"
    )
    (bare,) = lines([Ask("a.b", ("iptables-save",))], {"iptables-save": "/usr/sbin/iptables-save"})
    assert bare.text("u") == 'u ALL=(root) NOPASSWD: /usr/sbin/iptables-save ""'
    (last,) = lines([Ask("a.b", ("grep", "end "))], {"grep": "/bin/grep"})
    assert last.text("u") == r"u ALL=(root) NOPASSWD: /bin/grep end[\ ]"
    assert len(paths("a-third-party-s")) == 4


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to make an account")
def test_the_script_is_a_shell_script(program):
    text = program.run("doctor", "--account").stdout
    assert subprocess.run(["sh", "-n"], input=text, text=True).returncode == 0
    assert "restrict ssh-ed25519" in account("scan", "ssh-ed25519 AAAA x")


def test_wrong_usage(program, tmp_path):
    assert "inventory" in program.run("doctor", code=2).stderr
    file = inventory(tmp_path, {"address": "127.0.0.1"})
    assert "ssh:" in program.run("doctor", file, code=2).stderr
    assert '"nobody"' in program.run("doctor", file, "nobody", code=2).stderr


def test_a_host_that_answers_and_one_that_does_not(program, tmp_path):
    with door("127.77.5.1") as here:
        way = {"user": here.login().user, "port": here.port, "key": str(here.key)}
        good = {"address": here.address, "ssh": {**way, "known_hosts": here.known()}}
        bad = {"address": "127.77.5.1", "ssh": {**way, "fingerprint": "SHA256:" + "A" * 43}}
        closed = {"address": "127.77.5.2", "ssh": {**way, "known_hosts": here.known()}}
        file = inventory(tmp_path, good, bad, closed, networks=("127.77.0.0/16",))
        done = program.run("doctor", file, "--format", "json", code=3)
        first, second, third = json.loads(done.stdout)["hosts"]
        shown = program.run("doctor", file, here.address, "--lang", "vi", code=3).stdout
        assert here.accepted == 2  # one log-in each
    assert {q["state"] for q in first["questions"]} <= {"works", "absent", "failed"}
    assert any(q["area"] == "system" for q in first["questions"])
    assert "fingerprint" in second["reason"] and second["questions"] == []
    assert third["reason"] == "The connection was refused"
    assert "✓ system" in shown and "không khớp dấu vân tay" in shown
