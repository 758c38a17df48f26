"""Where logs are sent: rsyslog's two languages, syslog-ng's, agents; and whether it works."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from facts.base import Unknown
from facts.host import system
from facts.host.asks import Answer
from facts.host.logging import forwarding, rsyslog, syslog_ng
from facts.host.logging.rsyslog import Sent
from tests.facts.host.recorded import given, recording

SEEN = datetime(2026, 11, 23, 4, 33, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "sent"),
    [
        ("*.* @192.0.2.1", Sent("192.0.2.1", 514, "udp", True)),
        ("*.* @@log.bao.test:6514", Sent("log.bao.test", 6514, "tcp", True)),
        ("*.* @@(o)log.bao.test:6514;RSYSLOG_SyslogProtocol23Format",
         Sent("log.bao.test", 6514, "tcp", True)),
        ("*.*  @[2001:db8::1]:515", Sent("2001:db8::1", 515, "udp", True)),
        ("auth,authpriv.*  @@h", Sent("h", 514, "tcp", True)),
        ("auth.*  @@h", Sent("h", 514, "tcp", False)),
        ("*.info;authpriv.none @@h", Sent("h", 514, "tcp", False)),
        ("*.err @@h", Sent("h", 514, "tcp", False)),
        ("*.*;mail.none @@h", Sent("h", 514, "tcp", True)),
        ("*.* :omrelp:h:2514", Sent("h", 2514, "tcp", True)),
        ('*.* action(type="omfwd" target="h" port="10514" protocol="tcp")',
         Sent("h", 10514, "tcp", True)),
        ('action(type="omfwd"\n  Target="h" # a comment\n  Port="514" protocol="udp")',
         Sent("h", 514, "udp", True)),
        ('action(type="omrelp" target="h" port="20514" tls="on")', Sent("h", 20514, "tcp", True)),
        ('if $syslogfacility-text == "mail" then { action(type="omfwd" target="h") }',
         Sent("h", 514, "udp", False)),
        ('if $syslogfacility-text == "auth" then @@h', Sent("h", 514, "tcp", False)),
        ('if $syslogfacility-text startswith "auth" then @@h', Sent("h", 514, "tcp", True)),
        ('if $syslogfacility-text == ["auth", "authpriv"] then {\n@@h\n}',
         Sent("h", 514, "tcp", True)),
        ('if $programname == "x" then stop\n*.* @@h', Sent("h", 514, "tcp", True)),
        ('if $msg contains "x" then @@h', Sent("h", 514, "tcp", None)),
        ('ruleset(name="x") {\naction(type="omfwd" target="h")\n}', Sent("h", 514, "udp", None)),
        ("*.* /var/log/all\n& @@h", Sent("h", 514, "tcp", True)),
        ("auth,authpriv.* /var/log/auth.log\n& stop\n*.* @@h", Sent("h", 514, "tcp", False)),
        ("auth,authpriv.* ~\n*.* @@h", Sent("h", 514, "tcp", False)),
    ],
)  # fmt: skip
def test_rsyslog_sends(line, sent):
    got = rsyslog.destinations({"/etc/rsyslog.conf": line}, "/etc/rsyslog.conf")
    assert [(s.host, s.port, s.protocol, s.covers) for s in got] == [
        (sent.host, sent.port, sent.protocol, sent.covers)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "# *.* @@h",
        "*.* /var/log/all",
        ":msg, contains, \"a@b.c\" /var/log/x",
        'action(type="omfile" file="/var/log/x")',
        "*.emerg :omusrmsg:*",
        "mail.* -/var/log/mail",
    ],
)  # fmt: skip
def test_rsyslog_sends_nothing(line):
    assert rsyslog.destinations({"/etc/rsyslog.conf": line}, "/etc/rsyslog.conf") == []


def test_rsyslogs_includes():
    files = {
        "/etc/rsyslog.conf": '$IncludeConfig /etc/rsyslog.d/*.conf\ninclude(file="/etc/r/x.conf")',
        "/etc/rsyslog.d/b.conf": "*.* @@b",
        "/etc/rsyslog.d/a.conf": "*.* @@a",
        "/etc/r/x.conf": "*.* @@x",
    }
    assert [s.host for s in rsyslog.destinations(files, "/etc/rsyslog.conf")] == ["a", "b", "x"]
    with pytest.raises(rsyslog.Hidden):
        rsyslog.destinations({**files, "!/etc/rsyslog.d/c.conf": ""}, "/etc/rsyslog.conf")


NG = """
source s_src { system(); internal(); };
destination d_net { network("log.bao.test" port(6514) transport("tls")); };
destination d_udp { udp("192.0.2.1" port(514)); };
destination d_file { file("/var/log/x"); };
filter f_auth { facility(auth, authpriv); };
filter f_mail { facility(mail); };
filter f_odd { not facility(auth); };
"""


@pytest.mark.parametrize(
    ("log", "sent"),
    [
        ("log { source(s_src); destination(d_net); };", [("log.bao.test", 6514, "tcp", True)]),
        ("log { source(s_src); filter(f_auth); destination(d_udp); };",
         [("192.0.2.1", 514, "udp", True)]),
        ("log { source(s_src); filter(f_mail); destination(d_udp); };",
         [("192.0.2.1", 514, "udp", False)]),
        ("log { source(s_src); filter(f_odd); destination(d_udp); };",
         [("192.0.2.1", 514, "udp", None)]),
        ("log { source(s_src); destination(d_file); };", []),
        ("# log { source(s_src); destination(d_net); };", []),
        ("", []),
    ],
)  # fmt: skip
def test_syslog_ng_sends(log, sent):
    got = syslog_ng.destinations({"/etc/syslog-ng/syslog-ng.conf": NG + log})
    assert [(s.host, s.port, s.protocol, s.covers) for s in got] == sent


def read(**answers):
    everything = {
        "system__init": "systemd\n", "logging__syslog_ng": Answer(code=127),
        "logging__upload": "", "logging__addresses": "web 192.0.2.5 \n",
        "logging__complaints": "", "logging__agents": Answer(code=1),
        "processes__list": "root 1 rsyslogd /usr/sbin/rsyslogd -n\n",
        "logging__rsyslog": "==> /etc/rsyslog.conf <==\n*.* @@192.0.2.9\n",
        "logging__connections": "ESTAB 0 0 192.0.2.5:40000 192.0.2.9:514 "
        'users:(("rsyslogd",pid=1,fd=3))\n',
    }  # fmt: skip
    told = given(**{**everything, **answers})
    return forwarding.read(told, system.read(told, SEEN))


def test_it_works():
    (one,) = read()
    assert (one.elsewhere, one.logins, one.runs, one.works) == (True, True, True, True)
    assert (one.sender, one.host, one.port, one.protocol) == ("rsyslog", "192.0.2.9", 514, "tcp")


def test_real_hosts():
    good, bad = (recording(f"logging-{name}") for name in ("good", "bad"))
    (one,) = forwarding.read(good, system.read(good, SEEN))
    assert one.works is True and one.host == "logging-sink"
    (one,) = forwarding.read(bad, system.read(bad, SEEN))
    assert one.works is False and one.runs is True


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "web", "192.0.2.5"])
def test_to_itself(host):
    (one,) = read(
        logging__rsyslog=f"==> /etc/rsyslog.conf <==\n*.* @@{'[::1]' if ':' in host else host}\n"
    )
    assert one.elsewhere is False


def test_without_a_connection_it_fails():
    assert read(logging__connections="")[0].works is False
    other = "SYN-SENT 0 1 192.0.2.5:4 192.0.2.9:514\nESTAB 0 0 192.0.2.5:4 192.0.2.9:22\n"
    assert read(logging__connections=other)[0].works is False
    assert isinstance(read(logging__connections=Answer(late=True))[0].works, Unknown)


def test_a_receiver_by_name_needs_the_programs_name():
    named = "==> /etc/rsyslog.conf <==\n*.* @@log.test\n"
    line = "ESTAB 0 0 192.0.2.5:4 192.0.2.9:514"
    owned = f'{line} users:(("rsyslogd",pid=1,fd=3))\n'
    assert read(logging__rsyslog=named, logging__connections=owned)[0].works is True
    assert isinstance(read(logging__rsyslog=named, logging__connections=line)[0].works, Unknown)
    others = f'{line} users:(("nc",pid=1,fd=3))\n'
    assert read(logging__rsyslog=named, logging__connections=others)[0].works is False


@pytest.mark.parametrize(
    ("said", "works"),
    [
        ("", True),
        (
            "1.0 h rsyslogd: action 'action-0-builtin:omfwd' suspended (module 'builtin:omfwd')",
            False,
        ),
        ("1.0 h rsyslogd: omfwd: action suspended\n2.0 h rsyslogd: omfwd: action resumed", True),
        ("1.0 h rsyslogd: omfwd: socket 5: error 111 sending via udp: Connection refused", False),
    ],
)
def test_over_udp_the_loggers_last_word_counts(said, works):
    udp = "==> /etc/rsyslog.conf <==\n*.* @192.0.2.9\n"
    assert read(logging__rsyslog=udp, logging__complaints=said)[0].works is works


def test_over_udp_who_may_not_read_the_journal_knows_nothing():
    udp = "==> /etc/rsyslog.conf <==\n*.* @192.0.2.9\n"
    one = read(logging__rsyslog=udp, logging__complaints=Answer(out=""))[0]
    assert isinstance(one.works, Unknown)


def test_an_agent_counts_by_its_connection_and_its_sources():
    none = "==> /etc/rsyslog.conf <==\n*.* /x\n"
    ps = "root 1 wazuh-agentd /var/ossec/bin/wazuh-agentd\n"
    line = 'ESTAB 0 0 192.0.2.5:4 192.0.2.9:1514 users:(("wazuh-agentd",pid=1,fd=3))\n'
    more = {"logging__rsyslog": none, "processes__list": ps, "logging__connections": line}
    found = read(**more, logging__agents="/var/ossec/etc/ossec.conf:/var/log/auth.log\n")
    assert [(f.sender, f.logins, f.works) for f in found] == [("wazuh-agentd", True, True)]
    vague = read(**more, logging__agents="/var/ossec/etc/ossec.conf:/var/log/\n")
    assert isinstance(vague[0].logins, Unknown)
    gone = read(**{**more, "logging__connections": ""}, logging__agents="")
    assert gone[0].works is False


def test_the_journals_own_upload():
    found = read(
        logging__rsyslog="==> /etc/rsyslog.conf <==\n*.* /x\n",
        logging__upload="URL=https://192.0.2.9:19532\n",
        processes__list="x 1 systemd-journal /lib/systemd/systemd-journal-upload --save-state\n",
        logging__connections="ESTAB 0 0 192.0.2.5:4 192.0.2.9:19532\n",
    )
    assert [(f.sender, f.works, f.runs) for f in found] == [("systemd-journal-upload", True, True)]


def test_settings_that_may_not_be_read_are_not_known():
    hidden = "==> /etc/rsyslog.conf <==\n$IncludeConfig /etc/r/*\n==> !/etc/r/x <==\n"
    assert isinstance(read(logging__rsyslog=hidden), Unknown)
    assert isinstance(read(logging__rsyslog=""), Unknown)
