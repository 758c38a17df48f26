"""The tools' own records, recorded and made up: good ones are good, broken ones never are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from facts.base import Unknown
from facts.declared import Look
from facts.host.asks import Answer, Answers
from facts.host.backup import BackupFacts, asks, read
from facts.host.backup.keeping import days_kept
from facts.host.backup.reading import READERS
from facts.host.backup.seen import Seen, ended_well, entries, runs
from facts.host.backup.shell import pipelines
from facts.host.backup.where import Map
from facts.host.cron import Job
from tests.factories.host_system import system

RECORDINGS = Path(__file__).parents[2] / "recordings"
NOW = system().clock
HOUR, DAY = 3600, 86400


def recorded(name):
    return (RECORDINGS / name).read_text("utf-8")


def stat(path, kind="regular file", mode="600", size=1000, age=HOUR, born=0):
    when = NOW - age
    return f"@@|{kind}|{mode}|{size}|{when}|{when}|{born}|{path}"


def seen(*lines, command="", **more):
    job = Job("/etc/cron.d/x", "root", "@daily", command, active=True)
    known = {
        "runs": runs((job,)),
        "entries": entries("\n".join(lines)),
        "folders": ("/srv/backup", "/var/backups"),
        "map": Map(names=frozenset({"web1"}), mounts={"/": "ext4", "/mnt/nas": "nfs4"}),
        "clock": NOW,
    }
    return Seen(**{**known, **more})


def copies(given_):
    return [copy for reader in READERS for copy in reader(given_)]


def only(given_):
    (copy,) = copies(given_)
    return copy


def restic(age, *more):
    return (
        stat("/srv/backup/r/config", age=40 * DAY),
        stat("/srv/backup/r/snapshots", "directory", "700"),
        stat(f"/srv/backup/r/snapshots/{'a' * 64}", age=age),
        *more,
    )


def test_restic_is_read_by_its_snapshots_names():
    copy = only(seen(*restic(HOUR), stat(f"/srv/backup/r/snapshots/{'b' * 64}", age=35 * DAY),
                     command="restic -r /srv/backup/r backup /var/www /etc"))  # fmt: skip
    assert copy.tool == "restic" and copy.good == NOW - HOUR and copy.oldest == NOW - 35 * DAY
    assert copy.covers == ("/var/www", "/etc") and copy.encrypted is True and copy.remote is False


def test_a_file_that_is_no_snapshot_is_none():
    copy = only(seen(*restic(9 * DAY), stat("/srv/backup/r/snapshots/tmp-1", age=60)))
    assert copy.good == NOW - 9 * DAY


def test_a_remote_restic_without_records_is_not_known():
    copy = only(seen(command="restic -r sftp:u@store:/r backup /etc"))
    assert isinstance(copy.good, Unknown) and copy.remote is True


def test_a_repository_that_is_not_where_it_should_be_was_never_good():
    assert only(seen(command="restic -r /srv/backup/none backup /etc")).good == 0
    elsewhere = only(seen(command="restic -r /data/none backup /etc"))
    assert isinstance(elsewhere.good, Unknown)


@pytest.mark.parametrize(
    ("named", "remote"),
    [
        ("/mnt/nas/r", True),
        ("/srv/backup/r", False),
        ("sftp:u@store:/r", True),
        ("sftp:u@localhost:/r", False),
        ("rest:http://127.0.0.1:8000/", False),
        ("rest:https://u:p@store.example/", True),
        ("s3:s3.example.com/bucket", True),
        ("ssh://u@web1/./r", False),
        ("u@store:r", True),
        ("file:///srv/backup", False),
    ],
)
def test_where_a_copy_lies(named, remote):
    place = seen().map.place(named)
    assert place.remote is remote and "u:p@" not in place.shown


def test_where_it_lies_is_not_known_when_mounts_are_not():
    assert isinstance(Map(mounts=Unknown("x")).place("/srv").remote, Unknown)
    assert isinstance(seen().map.place("rclone:off:x").remote, Unknown)


DUMP = "/srv/backup/wp-2026-11-22.sql"


def dump(size=1000, tails=None, **more):
    return seen(stat(DUMP, size=size), command="mysqldump wp > /srv/backup/wp-$(date +%F).sql",
                tails={DUMP: "mysql"} if tails is None else tails, **more)  # fmt: skip


def test_a_dump_with_its_mark_is_good():
    copy = only(dump())
    assert copy.good == NOW - HOUR and copy.covers == ("mysql",) and copy.encrypted is False


@pytest.mark.parametrize("given_", [dump(tails={}), dump(size=0), dump(tails={DUMP: ""})])
def test_a_dump_that_is_cut_or_empty_is_not(given_):
    copy = only(given_)
    assert copy.good == 0 and copy.bad == DUMP


def test_a_dump_of_which_the_end_could_not_be_read_is_not_known():
    assert isinstance(only(dump(tails={}, unread={"sql": Unknown("x")})).good, Unknown)


def test_a_dump_that_shrank_gives_way_to_the_one_before():
    before = "/srv/backup/wp-2026-11-21.sql"
    copy = only(seen(stat(DUMP, size=400), stat(before, age=DAY), tails={DUMP: "mysql",
                before: "mysql"}))  # fmt: skip
    assert copy.good == NOW - DAY and copy.bad == DUMP


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (recorded("mysqldump-tail.txt"), "mysql"),
        ("/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;\n", "mysql"),
        ("--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict aBc\n", "postgresql"),
        ("-- PostgreSQL database cluster dump complete\n", "postgresql"),
        ("INSERT INTO x VALUES ('-- Dump completed", ""),
        ("", ""),
    ],
)
def test_how_dumps_end(text, kind):
    assert ended_well(text) == kind


def test_a_cut_dump_beside_a_good_one_is_not_overlooked():
    cut = "/srv/backup/crm-2026-11-22.sql"
    copy = only(seen(stat(DUMP), stat(cut), tails={DUMP: "mysql"}))
    assert copy.good == 0 and copy.bad == cut and copy.covers == ("mysql",)


def test_pgbackrest_by_its_own_word():
    copy = only(seen(pgbackrest=recorded("pgbackrest-2.45-info.json")))
    assert copy.good == copy.oldest == 1795386193 and copy.encrypted is True


@pytest.mark.parametrize(
    ("old", "new"), [('"error":false', '"error":true'), ('"stop":1795386193', '"stop":"soon"')]
)
def test_pgbackrest_with_an_error_is_not_good(old, new):
    text = recorded("pgbackrest-2.45-info.json").replace(old, new)
    assert only(seen(pgbackrest=text)).good == 0


@pytest.mark.parametrize("text", ["", "[{", "{}", "[1]", "\ufffd" * 9, "ERROR: không mở được"])
def test_pgbackrest_that_says_nothing_is_not_known(text):
    copy = only(seen(pgbackrest=text, command="pgbackrest --stanza=main backup"))
    assert isinstance(copy.good, Unknown)


def test_pgbackrest_that_only_its_package_set_up_is_no_backup():
    conf = {"/etc/pgbackrest.conf": "[main]\npg1-path=/var/lib/postgresql/15/main\n"}
    assert not copies(seen(pgbackrest="[]\n", settings=conf))
    away = {"/etc/pgbackrest.conf": "[global]\nrepo1-host=store\n"}
    assert isinstance(only(seen(pgbackrest="[]\n", settings=away)).good, Unknown)


CONF = "snapshot_root\t/srv/backup/rs/\nretain\tdaily\t7\nretain\tweekly\t8\nbackup\t/etc/\tx/\n"


def rsnapshot(log="", age=HOUR):
    return seen(stat("/srv/backup/rs/daily.0", "directory", "755", age=age),
                stat("/srv/backup/rs/daily.1", "directory", "755", age=age + DAY),
                settings={"/etc/rsnapshot.conf": CONF}, command="rsnapshot daily",
                logs={"/var/log/rsnapshot.log": log},
                log_times={"/var/log/rsnapshot.log": NOW - HOUR})  # fmt: skip


def test_rsnapshot_by_its_folders_and_log():
    copy = only(rsnapshot(recorded("rsnapshot.log")))
    assert copy.good == NOW - HOUR and copy.oldest == NOW - HOUR - DAY and copy.keeps == 56
    assert copy.covers == ("/etc",) and copy.encrypted is False
    failed = (
        recorded("rsnapshot.log") + "[2026-11-23T01:00:00] /usr/bin/rsnapshot daily: ERROR: x\n"
    )
    assert isinstance(only(rsnapshot(failed)).good, Unknown)


def test_mariabackup_by_its_info_file():
    info = "/srv/backup/mb/2026-11-22/xtrabackup_info"
    good = recorded("mariabackup-10.11-xtrabackup_info.txt")
    assert only(seen(stat(info), infos={info: good})).good == NOW - HOUR
    assert not copies(seen(stat(info), infos={info: good.replace("end_time", "begun")}))


def test_duplicity_by_its_files_names():
    name = "/srv/backup/dup/duplicity-full.20261122T222149Z.manifest"
    copy = only(seen(stat(f"{name}.gpg")))
    assert copy.good == 1795386109 and copy.encrypted is True
    assert only(seen(stat(name))).encrypted is False
    assert not copies(seen(stat(f"{name.replace('manifest', 'vol1.difftar')}.gpg")))


def test_borg_by_its_files_and_what_root_noted():
    notes = "/root/.config/borg/security/abc"
    security = {
        f"{notes}/location": "ssh://u@store/./r",
        f"{notes}/key-type": "3",
        f"{notes}/manifest-timestamp": "2026-11-23T01:00:00.000000",
    }
    copy = only(seen(settings=security, command="borg create ssh://u@store/./r::{now} /etc"))
    assert copy.good == NOW - 2 * HOUR and copy.encrypted is True and copy.remote is True
    plain = only(seen(settings={**security, f"{notes}/key-type": "2"},
                      command="borg create ssh://u@store/./r::{now} /etc"))  # fmt: skip
    assert plain.encrypted is False


def test_a_failed_run_of_a_job_is_not_good():
    job = Job("b.timer", "root", "b.timer", "borg create /srv/backup/b::x /etc", active=True,
              ended=NOW - HOUR, well=False)  # fmt: skip
    files = (stat("/srv/backup/b/config"), stat("/srv/backup/b/hints.3"))
    copy = only(replace(seen(*files), runs=runs((job,))))
    assert isinstance(copy.good, Unknown)


def test_barman_by_its_own_records():
    path = "/var/lib/barman/pg/base/20261122T220000/backup.info"
    text = "status=DONE\nend_time=2026-11-22 22:00:09.1+00:00\n"
    assert only(seen(infos={path: text})).good == 1795384809
    assert only(seen(infos={path: text.replace("DONE", "FAILED")})).good == 0


def test_bacula_on_a_client_is_not_known():
    copy = only(seen(settings={"/etc/bacula/bacula-fd.conf": "FileDaemon {\n}\n"}))
    assert isinstance(copy.good, Unknown)


def test_a_mirror_of_files_is_no_dump():
    copy = only(seen(command="rsync -a /var/lib/mysql u@store:/mysql"))
    assert "mysql" not in copy.covers and copy.remote is True


def test_what_shell_scripts_run():
    text = "D=/srv/backup\nfor i in a b; do nice -n 19 mysqldump $i \\\n | gzip > $D/$i.gz; done"
    (line,) = [line for line in pipelines(text) if line.args("mysqldump")]
    assert line.out == "/srv/backup/*.gz" and line.args("gzip") == ()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("--keep-daily 7 --keep-weekly=4", 28),
        ("--keep-within 2m5d", 65),
        ("keep_monthly: 6", 180),
        ("--keep-last 3", None),
        ("", None),
    ],
)
def test_what_a_rotation_keeps(text, days):
    assert days_kept(text) == days


def everything(answer):
    names = [ask.name for ask in asks(Look(backups=("/data/bk",)))]
    return Answers(dict.fromkeys([*names, "cron.all", "cron.plain", "cron.scripts"], answer))


@pytest.mark.parametrize(
    "answer",
    [
        Unknown("refused"),
        Answer(code=127),
        Answer(out="x" * 100, cut=True),
        Answer(late=True),
        Answer(code=2, err="?"),
    ],
)
def test_without_answers_nothing_is_known(answer):
    told = read(everything(answer), system())
    for fact in (told.all_jobs, told.all_copies, told.web, told.readable, told.published):
        assert isinstance(fact, Unknown)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(st.text(max_size=300), st.sampled_from(["\ufffd" * 5000, "@@|a|b", "==> /x <==\n{"]))
)
def test_garbage_makes_no_good_copy(text):
    told = read(everything(Answer(out=text)), system())
    assert not [copy for copy in told.copies if isinstance(copy.good, int) and copy.good]
    codec = TypeAdapter(BackupFacts)
    assert codec.validate_json(codec.dump_json(told)) == told


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 900))
def test_a_truncated_record_is_no_good_copy(end):
    text = recorded("pgbackrest-2.45-info.json")[:end]
    if end < len(recorded("pgbackrest-2.45-info.json").rstrip()):
        found = copies(seen(pgbackrest=text, command="pgbackrest backup"))
        assert all(isinstance(copy.good, Unknown) for copy in found)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="abc/=$|;&<>'\"(){}`*- \n\\", max_size=200))
def test_any_script_is_survived(text):
    list(pipelines(text))
