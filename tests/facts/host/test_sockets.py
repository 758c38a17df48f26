"""Listening sockets as ss and netstat print them."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.base import Unknown
from facts.host import sockets
from facts.host.asks import Answer, Answers
from facts.host.sockets import Socket
from tests.lab.batch import put

ROOT = """\
udp   UNCONN 0      0            127.0.0.1:323        0.0.0.0:*    users:(("chronyd",pid=511,fd=5))
tcp   LISTEN 0      511            0.0.0.0:80         0.0.0.0:*    users:(("nginx",pid=9,fd=6),("nginx",pid=8,fd=6))
tcp   LISTEN 0      128               [::]:22            [::]:*    users:(("sshd",pid=7,fd=4))
tcp   LISTEN 0      80    [::ffff:127.0.0.1]:3306           *:*    users:(("mariadbd",pid=6,fd=4))
udp   UNCONN 0      0        127.0.0.53%lo:53         0.0.0.0:*
"""  # noqa: E501
PLAIN = "tcp   LISTEN 0   511   0.0.0.0:80   0.0.0.0:*\n"
NETSTAT = """\
Active Internet connections (only servers)
Proto Recv-Q Send-Q Local Address           Foreign Address         State
tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN
tcp        0      0 :::80                   :::*                    LISTEN
udp        0      0 127.0.0.1:323           0.0.0.0:*
"""
REFUSED = Unknown("The log-in may not do this on the host: a line is missing in sudoers")


def read(root, plain=Answer(code=127)):  # noqa: B008
    as_answer = lambda given_: Answer(out=given_) if isinstance(given_, str) else given_  # noqa: E731
    return sockets.read(
        Answers({"sockets.root": as_answer(root), "sockets.plain": as_answer(plain)})
    )


def test_as_root_the_programs_are_named():
    found = read(ROOT)
    assert found[1] == Socket("tcp", "0.0.0.0", 80, ("nginx",))
    assert found[2] == Socket("tcp", "::", 22, ("sshd",))
    assert [one.loopback for one in found] == [True, False, False, True, True]
    assert found[4].programs == ()


def test_without_root_they_are_not_known():
    (one,) = read(REFUSED, PLAIN)
    assert (one.port, one.programs) == (80, REFUSED)


def test_netstat():
    found = read(REFUSED, NETSTAT)
    assert [(one.protocol, one.address, one.port) for one in found] == [
        ("tcp", "0.0.0.0", 22), ("tcp", "::", 80), ("udp", "127.0.0.1", 323),
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["tcp LISTEN\n", "tcp LISTEN 0 128 nowhere *:*\n", "udp ? ?\n"])
def test_a_line_that_is_not_understood_spoils_the_list(line):
    assert isinstance(read(ROOT + line), Unknown)


def test_no_answer_is_not_an_empty_list():
    assert isinstance(read(REFUSED), Unknown)
    assert isinstance(read(Answer(out=ROOT, cut=True)), Unknown)


@given(st.text(max_size=200))
def test_garbage_never_breaks_it(text):
    found = read(text)
    assert isinstance(found, Unknown) or all(one.port < 100_000 for one in found)


def test_this_machine():
    with socket.create_server(("127.77.9.9", 0)) as server:
        port = server.getsockname()[1]
        found = sockets.read(put(sockets.ASKS))
    assert ("127.77.9.9", port) in {(one.address, one.port) for one in found}
