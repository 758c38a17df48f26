"""Backups on real hosts: real repositories and dumps, against the truth that was written before."""

from __future__ import annotations

import pytest

from checks import Status
from facts.host.backup import BackupFacts
from tests.hosts import backup_hosts as setups
from tests.lab.judged import compare, fixed, gathered, judged, truth

NAMES = ("backup-good", "backup-bad", "backup-none")


@pytest.fixture(scope="module")
def hosts(lab):
    wanted = {
        "backup-store": setups.STORE,
        "backup-good": setups.GOOD,
        "backup-bad": setups.BAD,
        "backup-none": setups.SITE,
        "backup-tools": setups.TOOLS,
    }
    hosts = {name: lab.start(name, setup=setup) for name, setup in wanted.items()}
    key = hosts["backup-good"].sh("cat /root/.ssh/id_ed25519.pub").stdout.strip()
    hosts["backup-store"].sh(
        f"echo '{key}' >/srv/store/.ssh/authorized_keys; chown -R keeper: /srv/store"
    )
    for name in ("good", "bad", "tools"):
        host = hosts[f"backup-{name}"]
        host.sh("until mysqladmin ping >/dev/null 2>&1; do sleep 0.2; done", timeout=30)
        host.sh(getattr(setups, f"RUN_{name.upper()}"), timeout=180)
    return hosts


@pytest.fixture(scope="module")
def facts(hosts):
    return {name: gathered(hosts[name]) for name in (*NAMES, "backup-tools")}


@pytest.mark.parametrize("name", NAMES)
def test_a_host_is_judged_as_it_was_written_down(facts, name):
    compare(judged(facts[name], "backup"), truth("backup")[name])


def test_each_tools_records_are_read(facts):
    told = facts["backup-tools"].split()[BackupFacts]
    now = facts["backup-tools"].system.clock
    copies = {(copy.tool, copy.where): copy for copy in told.copies}
    for tool, where in (
        ("borg", "/srv/backup/borg"), ("borgmatic", "/srv/backup/bmatic"),
        ("rsnapshot", "/srv/backup/rsnap"), ("duplicity", "/srv/backup/dup"),
        ("archive", "/srv/backup/tars"), ("mariabackup", "/srv/backup/mb"),
        ("rsync", "/backup/mirror/"),
    ):  # fmt: skip
        assert (tool, where) in copies, (tool, sorted(copies))
        assert now - 900 < copies[tool, where].good <= now + 5, (tool, copies[tool, where])
        assert copies[tool, where].remote is False, tool
    assert copies["borg", "/srv/backup/borg"].encrypted is True
    assert copies["borgmatic", "/srv/backup/bmatic"].encrypted is False
    assert copies["borgmatic", "/srv/backup/bmatic"].covers == ("/var/www", "/etc", "mysql")
    assert copies["borgmatic", "/srv/backup/bmatic"].keeps == 180
    assert copies["rsnapshot", "/srv/backup/rsnap"].keeps == 56
    dumps = {copy.covers: copy for copy in told.copies if copy.tool == "dump"}
    assert dumps[("postgresql",)].good > now - 900
    assert any("cut-2026-11-22" in copy.bad for copy in told.copies)


def test_no_secret_of_a_job_is_kept(facts):
    for name, one in facts.items():
        text = one.parts["backup"]
        assert "swordfish" not in text and "rosebud" not in text, name


def test_without_sudo_nothing_that_root_alone_sees_passes(hosts):
    found = judged(gathered(hosts["backup-good"], sudo=False), "backup")
    for name in ("recent", "retention", "permissions", "covers", "encrypted"):
        assert found[f"backup.{name}"].status is Status.ERROR, (name, found[f"backup.{name}"])


def test_fix_then_pass(hosts, facts):
    assert facts["backup-bad"]
    host, here = hosts["backup-bad"], {"REPOSITORY": "/srv/backup/new", "PATHS": "/etc /var/www"}
    key = host.sh(
        "mkdir -p -m 700 /root/.ssh; ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519;"
        " printf 'Host *\\nStrictHostKeyChecking accept-new\\n' >/root/.ssh/config;"
        " cat /root/.ssh/id_ed25519.pub"
    ).stdout.strip()
    hosts["backup-store"].sh(f"echo '{key}' >>/srv/store/.ssh/authorized_keys")
    away = {**here, "REPOSITORY": "sftp:keeper@backup-store:/srv/store/bad"}
    for check, settings in (
        ("scheduled", here), ("recent", {}), ("covers", here), ("offsite", away),
        ("verified", here), ("encrypted", {"FOLDER": "/srv/backup/mysql"}),
        ("permissions", {"SECRETS": "/etc/restic-password /etc/cron.d/backup.sh"}),
    ):  # fmt: skip
        fixed(host, f"backup.{check}", settings)
    found = judged(gathered(host), "backup")
    left = {name: told for name, told in found.items() if told.status is not Status.PASS}
    assert set(left) == {"backup.retention"}, left
    assert left["backup.retention"].status is Status.ERROR  # no script makes copies of the past
