"""What runs, as procps and busybox print it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from facts.base import Unknown
from facts.host import processes
from facts.host.asks import Answer, Answers
from tests.lab.batch import put

PROCPS = """\
root                                   1 systemd         /sbin/init
mysql                                612 mariadbd        /usr/sbin/mariadbd --user=mysql
www-data                             900 nginx           nginx: worker process
root                                 901 systemd-journal /lib/systemd/systemd-journald
"""
BUSYBOX = "USER     PID   COMMAND          COMMAND\nroot         1 init             /sbin/init\n"


def read(text, **how):
    return processes.read(Answers({"processes.list": Answer(out=text, **how)}))


def test_procps():
    found = read(PROCPS)
    assert [p.user for p in found] == ["root", "mysql", "www-data", "root"]
    assert found[1].program == "mariadbd" and found[2].program == "nginx"
    assert processes.running(found, ["nginx"]) is True
    assert processes.running(found, ["systemd-journald"]) is True  # the kernel keeps 15 letters
    assert processes.running(found, ["redis-server", "mariadb"]) is False


def test_busybox():
    assert [p.name for p in read(BUSYBOX)] == ["init"]


def test_what_is_no_list_is_not_an_empty_one():
    for text in ("", "garbage\n", "ps: not found\n", "\x00\xff\n"):
        assert isinstance(read(text), Unknown)
    assert isinstance(read(PROCPS, cut=True), Unknown)
    assert isinstance(processes.running(read(""), ["nginx"]), Unknown)


@given(st.text(max_size=300))
def test_garbage_never_breaks_it(text):
    found = read(text)
    assert isinstance(found, Unknown) or all(process.pid >= 0 for process in found)


def test_this_machine():
    found = processes.read(put(processes.ASKS))
    assert processes.running(found, ["ps"]) is True
    assert not processes.ASKS[0].keep  # a command line may hold a password
