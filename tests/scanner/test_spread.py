"""Work on all processors: in order, with what goes wrong, and few results at a time."""

from __future__ import annotations

import os
import signal
import sys
import threading

import pytest

from scanner import spread as module
from scanner.spread import ChildDied, spread

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks")


def forced(monkeypatch, hands=3):
    """However few things and processors there are."""
    monkeypatch.setattr(module, "MANY", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(hands)))
    monkeypatch.setattr(threading, "active_count", lambda: 1)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_in_order_by_others(monkeypatch, count):
    forced(monkeypatch)
    made = list(spread(lambda n: (n * n, os.getpid()), range(count)))
    assert [square for square, _ in made] == [n * n for n in range(count)]
    assert os.getpid() not in {pid for _, pid in made}
    assert len({pid for _, pid in made}) == min(count, 3)


def test_few_things_are_done_here():
    assert set(spread(lambda _: os.getpid(), range(5))) == {os.getpid()}


def test_a_process_with_threads_is_not_forked(monkeypatch):
    forced(monkeypatch)
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert set(spread(lambda _: os.getpid(), range(50))) == {os.getpid()}


def test_each_child_begins_for_itself(monkeypatch):
    forced(monkeypatch)
    begun = []
    assert list(spread(lambda _: len(begun), range(6), lambda: begun.append(1))) == [1] * 6
    assert begun == []


def test_an_error_is_raised_here(monkeypatch):
    forced(monkeypatch)

    def fails(number):
        if number == 4:
            raise ValueError("four")
        return number

    made = spread(fails, range(9))
    assert [next(made) for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="four"):
        next(made)


def test_a_child_that_dies_is_told(monkeypatch):
    forced(monkeypatch)

    def dies(number):
        if number == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    with pytest.raises(ChildDied):
        list(spread(dies, range(9)))


def test_children_do_not_run_ahead(monkeypatch, tmp_path):
    forced(monkeypatch, hands=2)

    def large(number):
        (tmp_path / str(number)).touch()
        return bytes(1 << 20)

    made = spread(large, range(40))
    next(made)
    assert len(list(tmp_path.iterdir())) < 8  # the pipe is full
    made.close()
