"""logrotate's settings, as logrotate itself understands them; and how long each log is kept."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from facts.base import Unknown
from facts.host.asks import Answer
from facts.host.logging import kept, rotation
from facts.host.logging.databases import Database
from facts.host.logging.files import LogFile
from facts.host.logging.journal import Journal
from facts.host.logging.kept import FOREVER, Sources
from facts.host.logging.sites import Site
from tests.facts.host.recorded import RECORDINGS, given, recording

DAY = 86400
NOW = 1_795_405_000
UNITS = {"hourly": 1 / 24, "weekly": 7, "monthly": 30, "yearly": 365}


def rules(text, **files):
    parts = {"/etc/logrotate.conf": text, **{f"/etc/{n}": body for n, body in files.items()}}
    told = "".join(f"==> {name} <==\n{body}\n" for name, body in parts.items())
    return rotation.read(
        given(logging__rotation=f"{told}==> changed <==\n9 5 /etc/logrotate.conf\n==> end <==\n")
    )


def printed():
    """What `logrotate -d` printed on the recorded host: pattern -> (days, rotations)."""
    text = (RECORDINGS / "logrotate-d.debian12.txt").read_text("utf-8")
    blocks = re.findall(r"^rotating pattern: ((?:.|\n)*?) +(\S+|after \d+ days|\d+ bytes) +"
                        r"\((\d+) rotations\)", text, re.MULTILINE)  # fmt: skip
    found = {}
    for patterns, period, count in blocks:
        days = UNITS.get(period) or (int(period.split()[1]) if "after" in period else None)
        found.update({p: (days, int(count)) for p in patterns.split()})
    return found


def test_it_agrees_with_what_logrotate_prints():
    ours = rotation.read(recording("logging-good"))
    told = printed()
    assert len(told) > 20
    assert {p: (r.period, r.rotate) for r in ours for p in r.patterns} == told


@pytest.mark.parametrize(
    ("settings", "days"),
    [
        ("daily\nrotate 14", 14),
        ("weekly\nrotate 13", 91),
        ("weekly 1\nrotate 13", 91),
        ("monthly\nrotate 3", 90),
        ("hourly\nrotate 48", 2),
        ("yearly\nrotate 1", 365),
        ("rotate 5", 35),  # weekly is what logrotate does unasked
        ("daily", 0),
        ("daily\nrotate 0", 0),
        ("daily\nrotate -1", FOREVER),
        ("daily\nrotate 100\nmaxage 30", 30),
        ("daily\nrotate 100\nsize 10M", None),
        ("size 10M\nrotate 100\ndaily", 100),  # the last one counts
        ("daily\nrotate 100\nmaxsize 10M", None),
        ("daily\nrotate 100\nminsize 10M", 100),
        ("daily\nrotate=100", 100),
        ("daily\nrotate 100\nprerotate\nrotate 5\nendscript", 100),
        ("daily\n# rotate 5\nrotate 100", 100),
    ],
)
def test_for_how_many_days_a_line_is_kept(settings, days):
    (rule,) = rules(f"/var/log/a.log {{\n{settings}\n}}")
    assert rule.days == days


def test_settings_for_all_hold_for_what_comes_after_them():
    read = rules("daily\nrotate 9\ninclude /etc/logrotate.d\nrotate 2\n/late {\n}\n",
                 **{"logrotate.d/a": "/early\n{\n}\n",
                    "logrotate.d/b.dpkg-old": "/old {\n}\n"})  # fmt: skip
    assert [(r.patterns, r.rotate) for r in read] == [(("/early",), 9), (("/late",), 2)]
    assert read[1].changed == 9


def test_several_paths_and_the_first_rule_that_names_a_log():
    read = rules('/a/*.log "/b c/x.log"\n/d.log\n{\nrotate 3\n}\n/a/x.log { rotate 9 }\n')
    assert read[0].patterns == ("/a/*.log", "/b c/x.log", "/d.log")
    assert rotation.rule_of("/a/x.log", read).rotate == 3
    assert rotation.rule_of("/a/deep/x.log", read) is None
    assert read[1].rotate == 9


def test_what_may_not_be_read_is_not_known():
    assert isinstance(rotation.read(given(logging__rotation="==> end <==\n")), Unknown)
    hidden = "==> /etc/logrotate.conf <==\ninclude /etc/logrotate.d\n==> !/etc/logrotate.d/x <==\n"
    assert isinstance(rotation.read(given(logging__rotation=f"{hidden}==> end <==\n")), Unknown)
    assert rotation.read(given(logging__rotation=Answer(code=127))) == ()


def file(path, age=0, born=400, **more):
    one = LogFile(path, NOW - age * DAY, NOW - born * DAY, 9, 0o640, "root", "adm")
    return replace(one, **more)


def measured(
    *files, text="/var/log/auth.log {\ndaily\nrotate 3\n}", journal=None, sites=(), bases=()
):
    sources = Sources(files, rules(text), journal, NOW - 400 * DAY)
    return {one.path: one for one in kept.read(sources, sites, bases)}


def test_how_far_a_log_goes_back():
    log = measured(
        file("/var/log/auth.log"),
        file("/var/log/auth.log.1", 1),
        file("/var/log/auth.log.2.gz", 2),
        file("/var/log/auth.log-20261101.xz", 22),
        file("/var/log/auth.logger.9", 300),
    )["/var/log/auth.log"]
    assert log.begins == NOW - 22 * DAY and not log.whole and log.days == 3
    assert log.since == NOW - 400 * DAY


def test_a_log_that_is_never_rotated_begins_when_its_file_did():
    log = measured(file("/var/log/secure", born=7))["/var/log/secure"]
    assert log.days == FOREVER and log.begins == NOW - 7 * DAY


def test_a_log_outside_and_one_that_a_program_keeps_are_not_known():
    sites = (Site("nginx", "a", True, True, ("/srv/a.log", "|rotatelogs /x"), ("syslog:x",)),)
    logs = measured(file("/var/log/auth.log"), sites=sites)
    assert isinstance(logs["/srv/a.log"].begins, Unknown)
    assert isinstance(logs["|rotatelogs /x"].days, Unknown)
    assert "syslog:x" not in logs


def test_the_journal_and_databases():
    base = Database("postgresql", True, True, True, "/var/log/postgresql")
    logs = measured(
        file("/var/log/postgresql/postgresql-15-main.log"),
        journal=Journal(True, 30.0, NOW - 5 * DAY),
        bases=(base,),
    )
    assert logs["journal"].days == 30.0 and logs["journal"].begins == NOW - 5 * DAY
    assert logs["/var/log/postgresql/postgresql-15-main.log"].kind == "database"
    assert "journal" not in measured(journal=Journal(False, None, 0))
