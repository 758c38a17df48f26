"""Crontabs, run-parts' folders and timers; and that no secret of a command is kept."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts.base import Unknown
from facts.host import cron
from facts.host.asks import Answer, Answers
from facts.host.masking import MASK, holds_secret, masked
from tests.factories.host_system import system

PROCESSES = Answer(out="root 1 systemd /sbin/init\nroot 99 cron /usr/sbin/cron -f\n")
FEW = system(systemd=False)


def read(everything, modes="", **more):
    plain = Answer(out=f"==> modes <==\n{modes}")
    given_ = {"processes.list": PROCESSES, "cron.all": Answer(out=everything), "cron.plain": plain}
    return cron.read(Answers({**given_, **more}), FEW)


def test_every_kind_of_table():
    told = read(
        "==> /etc/crontab <==\nSHELL=/bin/sh\n17 * * * * root run-parts /etc/cron.hourly\n"
        "==> /etc/cron.d/one <==\n# a comment\n@daily backup /usr/bin/rsnapshot daily\n"
        "==> /etc/cron.daily/two <==\n#!/bin/sh\nfreshclam\n"
        "==> /var/spool/cron/crontabs/lan <==\n*/5 1-3 * jan,feb mon-fri borg create x\n",
        "755 0 /etc/cron.daily/two\n644 0 /etc/cron.d/one\n",
    )
    assert [(j.source, j.user, j.when, j.active) for j in told.jobs] == [
        ("/etc/crontab", "root", "17 * * * *", True),
        ("/etc/cron.d/one", "backup", "@daily", True),
        ("/etc/cron.daily/two", "root", "daily", True),
        ("/var/spool/cron/crontabs/lan", "lan", "*/5 1-3 * jan,feb mon-fri", True),
    ]
    assert [job.source for job in told.find(r"\bfreshclam\b")] == ["/etc/cron.daily/two"]
    assert told.unseen is None


@pytest.mark.parametrize(
    ("path", "mode", "active"),
    [
        ("/etc/cron.daily/two.sh", "755 0", False),  # run-parts takes no name with a dot
        ("/etc/cron.daily/two", "644 0", False),  # not executable
        ("/etc/cron.daily/two", "755 0", True),
    ],
)
def test_run_parts_is_choosy(path, mode, active):
    assert read(f"==> {path} <==\necho\n", f"{mode} {path}\n").jobs[0].active is active


@pytest.mark.parametrize(
    ("name", "mode", "active"),
    [
        ("a.sh", "644 0", False),
        ("a", "666 0", False),
        ("a", "644 1000", False),
        ("a", "644 0", True),
    ],
)
def test_cron_d_is_choosy(name, mode, active):
    path = f"/etc/cron.d/{name}"
    told = read(f"==> {path} <==\n1 2 * * * root x\n", f"{mode} {path}\n")
    assert told.jobs[0].active is active


def test_a_day_that_never_comes_and_a_comment_are_no_jobs():
    assert not read("==> /etc/cron.d/a <==\n0 0 31 2 * root x\n#1 1 * * * root y\n").jobs


def test_without_cron_nothing_is_active():
    told = read("==> /etc/cron.d/a <==\n1 1 * * * root x\n",
                **{"processes.list": Answer(out="root 1 init /sbin/init\n")})  # fmt: skip
    assert told.jobs[0].active is False


def test_root_tables_that_were_refused_leave_something_unseen():
    told = read("", **{"cron.all": Unknown("refused")})
    assert told.unseen == Unknown("refused")


def test_a_script_is_read_and_masked():
    told = read(
        "==> /etc/cron.d/a <==\n1 1 * * * root /usr/local/sbin/nightly\n",
        **{
            "cron.scripts": Answer(out="==> /usr/local/sbin/nightly <==\nPGPASSWORD=hush pg_dump\n")
        },
    )
    assert "pg_dump" in told.jobs[0].script and "hush" not in repr(told) and told.jobs[0].secret


def test_a_script_that_could_not_be_read_is_not_known():
    told = read("==> /etc/cron.d/a <==\n1 1 * * * root /srv/own/nightly.sh\n")
    assert isinstance(told.jobs[0].script, Unknown)


@pytest.mark.parametrize(
    "line",
    [
        "mysqldump -uroot -psw0rdfish wp",
        "PGPASSWORD=sw0rdfish pg_dump",
        "export RESTIC_PASSWORD='sw0rdfish a b'",
        "curl -u me:sw0rdfish https://x/",
        "restic -r rest:https://u:sw0rdfish@h/ backup /",
        "openssl enc -aes-256-cbc -k sw0rdfish",
        "openssl enc -pass pass:sw0rdfish",
        "sshpass -p sw0rdfish ssh h",
        "AWS_SECRET_ACCESS_KEY=sw0rdfish/x",
        "curl -H 'Authorization: Bearer sw0rdfish' https://x",
        "echo sw0rdfish | gpg --passphrase-fd 0 -c",
        'encryption_passphrase: "sw0rdfish"',
        "redis-cli -a sw0rdfish save",
        "zip -P sw0rdfish a.zip /etc",
    ],
)
def test_secrets_are_masked(line):
    assert "sw0rdfish" not in masked(line)
    assert MASK in masked(line) and holds_secret(line)


@pytest.mark.parametrize(
    "line",
    [
        "mkdir -p /a/b",
        "restic -p /etc/restic-password backup /etc",
        "tar -cpf /backup/x.tar /etc",
        "restic --password-file /root/.restic -r /srv/x backup /etc",
        "BORG_PASSCOMMAND='cat /root/.borg' borg create",
        "find /b -name '*.sql' -mtime +7 -delete",
        'mysqldump -p"$PASS" wp',
    ],
)
def test_what_is_no_secret_stays(line):
    assert masked(line) == line and not holds_secret(line)


@settings(max_examples=60)
@given(st.text(max_size=400), st.text(max_size=200))
def test_garbage_breaks_nothing(text, modes):
    cron.read(Answers({"cron.all": Answer(out=f"==> /etc/cron.d/a <==\n{text}"),
                       "cron.plain": Answer(out=f"==> modes <==\n{modes}")}), FEW)  # fmt: skip
