"""Support on a day: makers, distributions, and what can't be told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from facts.base import Undecided
from facts.products import Product
from facts.support import State
from facts.world import World
from tests.factories.world import world

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("product", "state", "cycle"),
    [
        (Product("nginx", "1.30.4"), State.SUPPORTED, "1.30"),
        (Product("nginx", "1.33.0"), State.UNKNOWN_VERSION, ""),
        (Product("nginx", "0.7.67"), State.ENDED, "1.22"),
        (Product("nginx", "1.22.0"), State.ENDED, "1.22"),
        (Product("nginx", "1.22.1"), State.MAYBE_PACKAGED, "1.22"),  # so is Debian 12's
        (Product("nginx", "1.14.2"), State.ENDED, "1.22"),  # Debian 10's, and that ended too
        (Product("php", "5.6.40"), State.ENDED, "5.6"),
        (Product("newsroom", "1.0"), State.UNKNOWN_PRODUCT, ""),
        (Product("nginx", "what"), State.UNKNOWN_VERSION, ""),
        (Product("apache-http-server", "2.4.57", "debian"), State.SUPPORTED, "debian 12"),
        (Product("apache-http-server", "2.4.38", "debian"), State.ENDED, "debian 10"),
        (Product("apache-http-server", "2.4.62", "debian"), State.UNKNOWN_RELEASE, ""),
        (Product("apache-http-server", "2.4.99", "debian"), State.SUPPORTED, "debian 12"),
        (Product("apache-http-server", "2.4.50", "debian"), State.UNKNOWN_RELEASE, ""),
        (Product("nginx", "1.18.0", "ubuntu"), State.UNKNOWN_RELEASE, ""),
        (Product("openssh", "9.2p1", "debian 12"), State.SUPPORTED, "debian 12"),
        (Product("openssh", "9.2p1", "alpine-linux"), State.UNKNOWN_RELEASE, ""),
        (Product("whatever", "1", "debian 11"), State.ENDED, "debian 11"),
    ],
)
def test_support(product, state, cycle):
    support = world().support_of(product, DAY)
    assert (support.state, support.cycle) == (state, cycle)


def test_free_support_counts_and_paid_is_only_named():
    assert world().support("debian", "12.5", DAY).ends == date(2028, 6, 30)
    focal = world().support("ubuntu", "20.04", DAY)
    assert (focal.state, focal.paid) == (State.ENDED, date(2030, 4, 23))


def test_the_last_day_is_still_supported():
    last = datetime(2028, 12, 31, 23, 59, tzinfo=UTC)
    assert world().support("php", "8.4", last).state is State.SUPPORTED
    assert world().support("php", "8.4", last + timedelta(days=1)).state is State.ENDED


def test_an_old_table_is_said_and_a_very_old_one_is_not_believed():
    old, very_old = DAY + timedelta(days=200), DAY + timedelta(days=500)
    assert "old_table" in world().support("nginx", "1.30", old).evidence()
    assert world().support("nginx", "1.30", very_old).state is State.OLD_TABLE
    assert world().support("php", "8.4", very_old).state is State.SUPPORTED  # its end has a date


def test_an_empty_world_knows_nothing():
    assert World().support_of(Product("nginx", "1.30"), DAY).state is State.UNKNOWN_PRODUCT
    with pytest.raises(Undecided):
        World().faults("jquery", "3.4.1")


def test_an_outlook_leaves_out_what_shows_no_version():
    products = [
        Product("nginx"),
        Product("php", "8.4.1"),
        Product("php", "5.6.1"),
        Product("x", "1"),
    ]
    outlook = world().outlook(products, DAY)
    assert [len(part) for part in (outlook.ended, outlook.supported, outlook.unclear)] == [1, 1, 1]
    with pytest.raises(Undecided, match="not assessed: x 1"):
        outlook.decide()


@pytest.mark.parametrize(
    ("library", "version", "hits"),
    [
        ("jquery", "3.4.1", 1),
        ("jquery", "3.5.0", 0),
        ("jquery", "1.0.2", 0),
        ("jquery", "3.5.0-rc.1", 1),
        ("lodash", "1.0", 0),
    ],
)
def test_faults(library, version, hits):
    assert len(world().faults(library, version)) == hits


def test_a_version_that_is_none_is_undecided():
    with pytest.raises(Undecided):
        world().faults("jquery", "latest")
