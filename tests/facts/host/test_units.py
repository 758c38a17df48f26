"""Services and timers as systemctl prints them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from facts.base import Unknown
from facts.host import units
from facts.host.asks import Answer, Answers
from facts.host.system import SystemFacts

SYSTEMD = SystemFacts(datetime(2026, 11, 23, 3, tzinfo=UTC), systemd=True)
SERVICES = """\
Id=nginx.service
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled
Result=success

Id=auditd.service
LoadState=not-found
ActiveState=inactive
SubState=dead
UnitFileState=

Id=postgresql@15-main.service
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled-runtime
"""
FILES = "nginx.service enabled enabled\nrsync.service disabled enabled\napt-daily.timer enabled\n"
TIMERS = """\
Id=apt-daily.timer
Unit=apt-daily.service
ActiveState=active
UnitFileState=enabled
LastTriggerUSec=@1795405127
NextElapseUSecRealtime=@1795450000
"""


def read(services=SERVICES, files=FILES, timers=TIMERS, system=SYSTEMD):
    given_ = {"units.services": services, "units.files": files, "units.timers": timers}
    answers = {k: v if isinstance(v, Answer) else Answer(out=v) for k, v in given_.items()}
    return units.read(Answers(answers), system)


def test_what_runs_and_what_would_start():
    found = read()
    assert found["nginx.service"].runs and found["nginx.service"].will_start
    assert not found["rsync.service"].runs and not found["rsync.service"].will_start
    assert "auditd.service" not in found
    timer = found["apt-daily.timer"]
    assert (timer.starts, timer.last, timer.runs) == ("apt-daily.service", "@1795405127", True)


def test_running_by_name_and_by_instance():
    found = read()
    assert units.running(found, ["nginx"]) is True
    assert units.running(found, ["auditd", "rsync"]) is False
    assert units.running(found, ["postgresql@*"]) is True
    assert isinstance(units.running(Unknown("x"), ["nginx"]), Unknown)


def test_without_systemd_nothing_is_known():
    assert isinstance(read(system=replace(SYSTEMD, systemd=False)), Unknown)
    assert read(system=replace(SYSTEMD, systemd=Unknown("why"))) == Unknown("why")


def test_half_an_answer_is_none():
    for broken in (Answer(code=1), Answer(out=SERVICES, cut=True), Answer(code=124, late=True)):
        assert isinstance(read(services=broken), Unknown)
        assert isinstance(read(files=broken), Unknown)
    assert read(timers=Answer(code=1))["nginx.service"].runs  # timers are worth less


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
def test_garbage_never_runs(services, files, timers):
    found = read(services, files, timers)
    if not isinstance(found, Unknown):
        known = "ActiveState=active" in services + timers
        assert known or not any(unit.runs for unit in found.values())
