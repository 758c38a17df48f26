import threading
import time

import pytest

from scanner.watchdog import Watchdog


def test_a_late_block_is_cut():
    cut = threading.Event()
    with Watchdog(0.01).limit(0.05, cut.set):
        assert cut.wait(20)


def test_a_block_that_ends_in_time_is_left_alone():
    cut = threading.Event()
    dog = Watchdog(0.01)
    with dog.limit(0.2, cut.set):
        pass
    later = threading.Event()
    with dog.limit(0.3, later.set):
        assert later.wait(20)  # the watchdog has been round since
    assert not cut.is_set()


def test_a_block_that_raises_is_forgotten():
    cut = threading.Event()
    dog = Watchdog(60)
    with pytest.raises(ValueError), dog.limit(30, cut.set):
        raise ValueError
    dog.cut_all()
    assert not cut.is_set()


def test_all_waits_end_at_once():
    cuts = [threading.Event() for _ in range(5)]
    dog = Watchdog(60)
    with dog.limit(600, cuts[0].set), dog.limit(600, cuts[1].set), dog.limit(600, cuts[2].set):
        dog.cut_all()
    assert [cut.is_set() for cut in cuts] == [True, True, True, False, False]


def test_a_cut_that_fails_does_not_stop_the_others():
    def fail():
        raise OSError("closed already")

    cut = threading.Event()
    dog = Watchdog(0.01)
    with dog.limit(0.01, fail), dog.limit(0.02, cut.set):
        assert cut.wait(20)


def test_each_wait_is_cut_once():
    cuts = []
    dog = Watchdog(60)
    with dog.limit(600, lambda: cuts.append(1)):
        dog.cut_all()
        dog.cut_all()
    assert cuts == [1]


def test_one_thread_for_all():
    dog = Watchdog(0.01)
    for _ in range(20):
        with dog.limit(5, time.monotonic):
            pass
    assert sum(thread is dog._thread for thread in threading.enumerate()) == 1
