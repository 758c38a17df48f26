"""A third party's package of checks works like ours (docs/writing-a-check.md)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.nginx import nginx
from tests.lab.sshd import sshd
from tests.press_scan.program import Program, inventory

PLUGIN = Path(__file__).parents[1] / "plugin"
PROFILE = """
profile: our-newsroom
version: "1"
title: {vi: Tòa soạn, en: Newsroom}
standard: Own rules
groups: {application: {vi: Ứng dụng, en: Applications}}
controls:
- id: OWN-1
  clause: "1"
  standard: Own rules
  group: application
  title: {vi: Không chỉ đường, en: Show no way}
  decides: [newsroom.robots]
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The package, installed into a folder of its own by pip."""
    folder = tmp_path_factory.mktemp("plugin")
    source = folder / "source"
    shutil.copytree(PLUGIN, source)
    argv = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    argv += [
        "--no-build-isolation",
        "--disable-pip-version-check",
        "--target",
        str(folder / "site"),
    ]
    subprocess.run([*argv, str(source)], check=True)
    return str(folder / "site")


def test_its_check_is_listed_and_explained_in_vietnamese(program, installed):
    path = {"PYTHONPATH": installed, "PRESS_SCAN_LANG": "vi"}
    listed = json.loads(program.run("checks", "list", "--format", "json", **path).stdout)
    (ours,) = (check for check in listed if check["id"] == "newsroom.robots")
    assert ours["title"].startswith("Tệp robots.txt")
    assert "nginx" in ours["snippets"]
    assert "kẻ tấn công" in program.run("checks", "explain", "newsroom.robots", **path).stdout


@pytest.mark.parametrize(
    ("robots", "status"), [("Disallow: /private/", "pass"), ("Disallow: /toasoan/", "fail")]
)
def test_it_is_probed_judged_and_counted(tmp_path, installed, robots, status):
    root = tmp_path / "www"
    root.mkdir()
    (root / "robots.txt").write_text(f"User-agent: *\n{robots}\n")
    (root / "index.html").write_text("<title>x</title>")
    (tmp_path / "own.yaml").write_text(PROFILE, "utf-8")
    http = f"server {{ listen 127.71.2.1:8072; root {root}; }}"
    with nginx(tmp_path, http, address="127.71.2.1", port=8072):
        asset = {"address": "127.71.2.1", "urls": ["http://127.71.2.1:8072/"]}
        card = Program(tmp_path).scan(
            inventory(tmp_path, asset), "--profile", tmp_path / "own.yaml", PYTHONPATH=installed
        )
    (found,) = card["findings"]
    assert (found["check"], found["status"]) == ("newsroom.robots", status)
    assert card["agencies"][0]["compliant"] is (status == "pass")


@pytest.mark.skipif(os.geteuid() != 0, reason="the log-in is root's own")
def test_its_question_joins_the_one_batch_inside_a_host(tmp_path, installed):
    """The host is this machine: what its notice says decides what the check finds."""
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    (tmp_path / "own.yaml").write_text(PROFILE.replace("newsroom.robots", "newsroom.notice"))
    config = f"AuthorizedKeysFile {key}.pub\nPermitRootLogin prohibit-password"
    with sshd(tmp_path, config, address="127.71.2.2", port=2272):
        public = (tmp_path / "host-2272-ed25519.pub").read_text()
        known = tmp_path / "known_hosts"
        known.write_text(f"[127.71.2.2]:2272 {public}")
        ssh = {"user": "root", "port": 2272, "key": str(key), "known_hosts": str(known)}
        card = Program(tmp_path).scan(
            inventory(tmp_path, {"address": "127.71.2.2", "ssh": ssh}),
            "--profile", tmp_path / "own.yaml", PYTHONPATH=installed,
        )  # fmt: skip
    (found,) = card["findings"]
    notice = Path("/etc/issue.net")
    warned = notice.exists() and "authorised" in notice.read_text().lower()
    assert (found["check"], found["status"]) == ("newsroom.notice", "pass" if warned else "fail")
    assert found["endpoint"] == "127.71.2.2"


def test_without_it_the_profile_says_what_is_missing(program, tmp_path):
    (tmp_path / "own.yaml").write_text(PROFILE, "utf-8")
    done = program.run("profile", "lint", tmp_path / "own.yaml", code=2)
    assert "own.yaml:13:13" in done.stderr and "newsroom.robots" in done.stderr
