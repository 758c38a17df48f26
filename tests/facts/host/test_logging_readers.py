"""The area's smaller readers: audit, clock, databases, DHCP, journal, our own entries."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from facts.base import Unknown
from facts.host import system
from facts.host.asks import Answer
from facts.host.logging import audit, clock, databases, dhcp, files, journal, own
from tests.facts.host.recorded import given

SEEN = datetime(2026, 11, 23, 4, 33, tzinfo=UTC)
NOW = 1_795_408_380  # the host's clock then
ON = "enabled 1\nfailure 1\npid 700\nrate_limit 0\nbacklog_limit 8192\nlost 0\n"

RULES = """-w /etc/passwd -p wa -k identity
-w /etc/shadow -p wa -k identity
-a always,exit -F arch=b64 -S all -F path=/etc/group -F perm=wa -F key=identity
-a always,exit -F arch=b64 -S adjtimex,settimeofday,clock_settime -F key=time
-w /var/log/audit -p wa -k logs
-w /etc/sudoers -p wa
-w /etc/ssh -p wa
-a always,exit -F arch=b64 -S execve,execveat -F key=process
"""


def audited(rules, state=ON, ps="root 1 init init\n"):
    return audit.read(
        given(logging__audit_state=state, logging__audit_rules=rules, processes__list=ps)
    )


def test_rules_that_record_all():
    read = audited(RULES)
    assert read.on is True and all(fact is True for fact in read.rules.values())


@pytest.mark.parametrize(
    ("gone", "name"),
    [
        ("-w /etc/passwd -p wa -k identity", "identity"),
        ("-a always,exit -F arch=b64 -S all -F path=/etc/group -F perm=wa -F key=identity",
         "identity"),
        ("-w /var/log/audit -p wa -k logs", "logs"),
        ("-w /etc/sudoers -p wa", "configuration"),
        ("-w /etc/ssh -p wa", "configuration"),
        ("-a always,exit -F arch=b64 -S execve,execveat -F key=process", "execve"),
        ("-a always,exit -F arch=b64 -S adjtimex,settimeofday,clock_settime -F key=time", "time"),
    ],
)  # fmt: skip
def test_a_rule_that_is_missing(gone, name):
    rules = audited(RULES.replace(gone + "\n", "")).rules
    assert {key for key, fact in rules.items() if fact is not True} == {name}


@pytest.mark.parametrize(
    "line",
    [
        "-a always,exit -F arch=b64 -S execve -F uid=33",
        "-a always,exit -F arch=b64 -S execve -F auid>=1000 -F auid!=-1",
        "-a always,exit -F arch=b64 -S execve -C euid!=uid",
        "-a always,exit -F arch=b32 -S execve",
        "-a never,exit -F arch=b64 -S execve",
        "-a always,exit -F arch=b64 -S open",
    ],
)
def test_a_rule_for_some_programs_is_not_one_for_all(line):
    assert audited(line).rules["execve"] is False


def test_a_watch_for_reading_alone_records_no_write():
    assert (
        audited(RULES.replace("/etc/passwd -p wa", "/etc/passwd -p r")).rules["identity"] is False
    )


@pytest.mark.parametrize(
    "state", ["enabled 0\npid 0\n", "enabled 1\npid 0\n", "enabled 0\npid 7\n"]
)
def test_an_audit_that_is_off(state):
    assert audited("No rules\n", state).on is False
    assert set(audited("No rules\n", state).rules.values()) == {False}


def test_an_audit_that_cannot_be_seen():
    refused = Answer(code=255, err="Error - audit support not in kernel", root=True)
    read = audited(refused, refused)
    assert isinstance(read.on, Unknown) and isinstance(read.rules["execve"], Unknown)
    assert isinstance(audited("", "").on, Unknown)
    assert isinstance(audited("nonsense\n").rules["execve"], Unknown)
    assert audited("", Answer(code=127)).installed is False


def test_agents_that_record_processes():
    assert audited("No rules", ps="root 9 sysmon /opt/sysmon/sysmon -i\n").agents == ("sysmon",)


def kept_by(told, ps):
    answers = given(
        logging__clock=told, processes__list=ps, system__clock=f"{NOW}\n+0700\n",
        system__init="systemd\n",
    )  # fmt: skip
    return clock.read(answers, system.read(answers, SEEN))


CHRONY = "_chrony 1 chronyd /usr/sbin/chronyd -x\n"
TRACKING = "==> chronyc <==\n{id},192.0.2.1,4,{heard}.1,{offset},1,1,1,0,1,1,1,64.2,{leap}\n"


@pytest.mark.parametrize(
    ("told", "synchronised"),
    [
        ({}, True),
        ({"leap": "Not synchronised"}, False),
        ({"id": "7F7F0101"}, False),  # its own clock
        ({"id": "00000000"}, False),
        ({"heard": NOW - 7 * 3600}, False),
        ({"leap": "Insert second"}, True),
    ],
)
def test_chrony(told, synchronised):
    good = {"id": "C0000201", "heard": NOW - 60, "offset": "-0.25", "leap": "Normal"}
    read = kept_by(TRACKING.format(**{**good, **told}), CHRONY)
    assert (read.keeper, read.synchronised, read.offset) == ("chrony", synchronised, 0.25)


@pytest.mark.parametrize("told", ["", "==> chronyc <==\n506 Cannot talk to daemon\n", "x,y,z"])
def test_a_chrony_that_says_nothing(told):
    assert isinstance(kept_by(told, CHRONY).synchronised, Unknown)


def test_timesyncd():
    ps = "systemd+ 1 systemd-timesyn /lib/systemd/systemd-timesyncd\n"
    told = f"==> timedatectl <==\nSynchronized: {NOW - 60}\n       Server: 192.0.2.1 (x)\n"
    read = kept_by(f"{told}       Offset: -1min 2.5s\n", ps)
    assert (read.synchronised, read.offset, read.server) == (True, 62.5, "192.0.2.1")
    assert kept_by(f"{told}       Offset: +123us\n", ps).offset == pytest.approx(0.000123)
    assert isinstance(kept_by(told, ps).offset, Unknown)
    assert kept_by("==> timedatectl <==\nSynchronized: \n", ps).synchronised is False
    old = f"==> timedatectl <==\nSynchronized: {NOW - 90000}\n"
    assert kept_by(old, ps).synchronised is False
    assert isinstance(kept_by("==> timedatectl <==\n", ps).synchronised, Unknown)


def test_ntpd_and_openntpd():
    ntp = "ntp 1 ntpd /usr/sbin/ntpd\n"
    told = "==> ntpq <==\nleap=00, stratum=3, offset=+1500.5,\nrefid=192.0.2.1\n"
    read = kept_by(told, ntp)
    assert (read.synchronised, read.offset) == (True, 1.5005)
    assert kept_by(told.replace("leap=00", "leap=11"), ntp).synchronised is False
    assert kept_by(told.replace("192.0.2.1", "LOCAL(0)"), ntp).synchronised is False
    open_ = kept_by("==> ntpctl <==\n4/4 peers valid, clock synced, stratum 2\n", ntp)
    assert open_.synchronised is True and isinstance(open_.offset, Unknown)


def test_nothing_keeps_the_time():
    assert kept_by("", "root 1 init init\n").keeper == ""


AUDIT = "--plugin-load-add=server_audit\n--server_audit_logging=ON\n"
MARIA = "mysql 1 mariadbd /usr/sbin/mariadbd\n"


@pytest.mark.parametrize(
    ("ps", "options", "facts"),
    [
        (MARIA, "--datadir=/x\n", (False, True, True)),
        (MARIA, "--general-log=1\n--log-error=/var/log/e\n", (True, True, True)),
        (MARIA, "--general_log\n--log-output=NONE\n", (False, True, True)),
        (MARIA, AUDIT, (True, True, True)),
        (MARIA, AUDIT + "--server_audit_events=QUERY\n", (False, True, True)),
        (MARIA, "--plugin-load-add=server_audit\n", (False, True, True)),
        (MARIA, "--log-warnings=0\n", (False, False, True)),
        (MARIA, "--log_error=/dev/null\n", (False, True, False)),
        ("mysql 1 mysqld /usr/sbin/mysqld\n", "--log-error=/var/log/e\n", (False, False, True)),
        ("mysql 1 mysqld /usr/sbin/mysqld\n", "--log-error-verbosity=3\n--general-log\n",
         (True, True, True)),
    ],
)  # fmt: skip
def test_mariadb_and_mysql(ps, options, facts):
    (one,) = databases.read(given(processes__list=ps, logging__mysql=options))
    assert (one.logins, one.failures, one.errors) == facts


@pytest.mark.parametrize(
    ("lines", "facts"),
    [
        ("{0}:#log_connections = off\n", (False, True, True)),
        ("{0}:log_connections = on\n", (True, True, True)),
        ("{0}:log_connections = 'all'\n", (True, True, True)),
        ("{0}:log_connections = on # x\n{1}:log_connections = 'off'\n", (False, True, True)),
        ("{1}:log_connections = 'on'\n{0}:log_connections = off\n", (True, True, True)),
        ("{0}:log_connections = on\n{0}:log_min_messages = panic\n", (True, False, False)),
        ("{0}:log_connections = on\n{0}:log_destination = ''\n", (True, True, False)),
        ("{2}:#log_connections = off\n{0}:log_connections = on\n", (False, True, True)),
    ],
)
def test_postgresql(lines, facts):
    told = lines.format(
        "/etc/postgresql/15/main/postgresql.conf",
        "/var/lib/postgresql/15/main/postgresql.auto.conf",
        "/etc/postgresql/13/main/postgresql.conf",
    )
    (one,) = databases.read(
        given(processes__list="postgres 1 postgres x\n", logging__postgres=Answer(code=2, out=told))
    )
    assert (one.logins, one.failures, one.errors) == facts


def test_settings_that_an_older_postgresql_left_behind_do_not_count():
    told = "/etc/postgresql/13/main/postgresql.conf:#log_connections = off\n"
    told += "/etc/postgresql/15/main/postgresql.conf:log_connections = on\n"
    ps = "postgres 1 postgres /usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main\n"
    (one,) = databases.read(given(processes__list=ps, logging__postgres=told))
    assert one.logins is True


def test_redis_and_mongodb():
    ps = "redis 1 redis-server x\nmongo 2 mongod x\n"
    told = "/etc/redis/redis.conf:logfile /dev/null\n/etc/redis/redis.conf:syslog-enabled no\n"
    mongo = "systemLog:\n  destination: file\n  path: /var/log/m.log\n  quiet: true\n"
    redis, mongod = databases.read(
        given(processes__list=ps, logging__redis=told, logging__mongo=mongo)
    )
    assert redis.errors is False and redis.logins is True
    assert (mongod.logins, mongod.errors, mongod.log) == (False, True, "/var/log/m.log")


def test_a_database_whose_settings_are_not_known():
    for one in databases.read(
        given(processes__list="x 1 mongod x\ny 2 postgres x\nz 3 mysqld x\n")
    ):
        assert isinstance(one.logins, Unknown) and isinstance(one.errors, Unknown)


def test_dhcp_servers():
    ps = "root 1 dhcpd x\nroot 2 kea-dhcp4 x\nroot 3 dnsmasq x\n"
    kea = """{"Dhcp4": { // comment
      "loggers": [{"name": "kea-dhcp4", "output_options": [{"output": "syslog"}],
                   "severity": "%s"}]}}"""
    read = dhcp.read(
        given(
            processes__list=ps, logging__kea=kea % "WARN",
            logging__dnsmasq="dhcp-range=192.0.2.10,192.0.2.20\nquiet-dhcp\n",
            logging__dhcp_entries="1795405127.1 h dhcpd[1]: DHCPACK on 192.0.2.9\n",
        )
    )  # fmt: skip
    assert [(one.kind, one.logs, one.seen) for one in read] == [
        ("dhcpd", True, True), ("kea", False, True), ("dnsmasq", False, True),
    ]  # fmt: skip
    info = dhcp.read(given(processes__list=ps, logging__kea=kea % "INFO", logging__dnsmasq=""))
    assert [(one.kind, one.logs) for one in info] == [("dhcpd", True), ("kea", True)]
    assert isinstance(info[0].seen, Unknown)
    nobody = dhcp.read(given(processes__list=ps, logging__dhcp_entries="", logging__dnsmasq=""))
    assert nobody[0].seen is False and isinstance(nobody[1].logs, Unknown)


def the_journal(settings, header="", there=True):
    told = f"{settings}\n[=]\n{'folder' if there else ''}\n"
    answers = given(
        logging__journald=told, logging__journal_header=header, system__clock=f"{NOW}\n+0700\n",
        system__init="systemd\nsystemd-runs\n",
    )  # fmt: skip
    return journal.read(answers, system.read(answers, SEEN))


@pytest.mark.parametrize(
    ("settings", "there", "persistent", "days"),
    [
        ("[Journal]\n#Storage=auto", True, True, None),
        ("[Journal]\n#Storage=auto", False, False, None),
        ("Storage=persistent", False, True, None),
        ("Storage=persistent\n# later\nStorage=volatile", True, False, None),
        ("Storage=none", True, False, None),
        ("MaxRetentionSec=90day", True, True, 90),
        ("MaxRetentionSec=2week 1d", True, True, 15),
        ("MaxRetentionSec=3month", True, True, 91.3125),
        ("MaxRetentionSec=0", True, True, None),
    ],
)
def test_the_journals_settings(settings, there, persistent, days):
    read = the_journal(settings, there=there)
    assert (read.persistent, read.max_days) == (persistent, days)


@pytest.mark.parametrize("settings", ["Storage=often", "MaxRetentionSec=soon"])
def test_settings_of_the_journal_that_are_not_understood(settings):
    assert isinstance(the_journal(settings), Unknown)


def test_how_far_the_journal_goes_back():
    header = """File path: /var/log/journal/1/system@2.journal
Head realtime timestamp: Sun 2026-11-22 10:00:00 +07
Tail realtime timestamp: Sun 2026-11-22 11:00:00 +07

File path: /var/log/journal/1/user-1000.journal
Head realtime timestamp: Sun 2020-11-22 10:00:00 +07

File path: /run/log/journal/1/system.journal
Head realtime timestamp: Sun 2019-11-22 10:00:00 +07
"""
    read = the_journal("", header)
    assert datetime.fromtimestamp(read.oldest, UTC) == datetime(2026, 11, 22, 3, tzinfo=UTC)
    raw = the_journal(
        "", header.replace("10:00:00 +07\nTail", "10:00:00 +07 (6441d0b7a2c00)\nTail")
    )
    assert raw.oldest == 0x6441D0B7A2C00 // 1_000_000
    assert isinstance(the_journal("", "").oldest, Unknown)


def found(line, sudo="", root=True):
    answers = given(
        system__user="scan\n1001\nscan\n", system__clock=f"{NOW}\n+0700\n",
        logging__journal_own=Answer(out=line, root=root),
        logging__auth_log=Answer(out=sudo, root=root),
    )  # fmt: skip
    return own.read(answers, system.read(answers, SEEN))


ACCEPTED = "Accepted publickey for scan from 192.0.2.1 port 5 ssh2: ED25519 SHA256:x"


@pytest.mark.parametrize(
    ("line", "there"),
    [
        (f"{NOW - 5}.123456 web sshd[9]: {ACCEPTED}", True),
        (f"{NOW - 5}.123456 web sshd-session[9]: {ACCEPTED}", True),
        (f"{NOW - 9000}.123456 web sshd[9]: {ACCEPTED}", False),
        (f"2026-11-23T11:30:50.1+07:00 web sshd[9]: {ACCEPTED}", True),
        (f"Nov 23 11:32:50 web sshd[9]: {ACCEPTED}", True),
        (f"Nov 22 11:32:50 web sshd[9]: {ACCEPTED}", False),
        (f"{NOW}.1 web sshd[9]: {ACCEPTED.replace('scan', 'scanner')}", False),
        (f"{NOW}.1 web sshd[9]: Failed password for scan from 192.0.2.1", False),
        (f"{NOW}.1 web dropbear[9]: Pubkey auth succeeded for 'scan' with key", True),
    ],
)
def test_our_own_log_in(line, there):
    assert found(line).logins["journal"] is there


@pytest.mark.parametrize(
    ("line", "there"),
    [
        ("Nov 23 11:32:50 web sudo:     scan : PWD=/ ; USER=root ; COMMAND=/bin/true", True),
        ("Nov 23 11:32:50 web sudo[7]:  scan : PWD=/ ; USER=root ; COMMAND=/bin/true", True),
        ("Nov 23 11:32:50 : scan : PWD=/ ; USER=root ;", True),
        ("Nov 23 11:32:50 web sudo:    admin : PWD=/ ; USER=root ; COMMAND=/bin/true", False),
        ("Nov 23 11:32:50 web sudo: pam_unix(sudo:session): session closed for user root", False),
    ],
)
def test_our_own_sudo(line, there):
    assert found("", line).actions["file"] is there


def test_who_may_not_read_the_log_knows_nothing():
    assert isinstance(found("", root=False).logins["journal"], Unknown)


def test_the_list_of_files():
    line = "1795405000 1795400000 12 81a0 root adm /var/log/a b.log\n"
    folder = "1795405000 ? 4096 41ed root root /var/log\n"
    one, top = files.read(given(logging__files=line + folder))
    assert (one.path, one.mode, one.born, one.folder) == (
        "/var/log/a b.log",
        0o640,
        1795400000,
        False,
    )
    assert (top.mode, top.born, top.folder) == (0o755, 0, True)
    partly = Answer(code=1, out=line)
    assert isinstance(files.read(given(logging__files=partly)), Unknown)
    assert isinstance(files.read(given(logging__files="")), Unknown)
    assert isinstance(files.read(given(logging__files="nonsense\n")), Unknown)
