"""The order of versions."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.versions import Version, prefixes

dotted = st.lists(st.integers(0, 10**6), min_size=1, max_size=5).map(
    lambda numbers: ".".join(map(str, numbers))
)
versions = st.builds(
    lambda start, rest: start + rest,
    dotted,
    st.sampled_from(["", "w", "p1", "p2", "-rc.1", "b1", "-beta2", "-1", "+deb12u3", "-alpha"]),
)


@pytest.mark.parametrize(
    "ascending",
    [
        ["5.3", "5.10"],
        ["1.9.0b1", "1.9.0"],
        ["3.0.0-alpha1", "3.0.0-beta1", "3.0.0-rc.1", "3.0.0-rc.2", "3.0.0", "3.0.1"],
        ["1.1.1", "1.1.1a", "1.1.1w", "1.1.2"],
        ["9.2", "9.2p1", "9.2p2", "9.3p1"],
        ["1.0RC2", "1.0.1"],
        ["2.4.9", "2.4.57", "10"],
    ],
)
def test_ascends(ascending):
    assert all(Version(low) < Version(high) for low, high in pairwise(ascending))


def test_zeros_at_the_end_and_a_v_change_nothing():
    assert Version("1.0") == Version("v1.0.0")
    assert hash(Version("1")) == hash(Version("1.0"))


@given(versions, versions, versions)
def test_is_a_total_order(one, two, three):
    a, b, c = Version(one), Version(two), Version(three)
    assert (a < b) + (a == b) + (a > b) == 1
    if a <= b <= c:
        assert a <= c


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), st.data())
def test_numbers_compare_as_numbers(numbers, data):
    place = data.draw(st.integers(0, len(numbers) - 1))
    higher = [*numbers[:place], numbers[place] + 1]
    assert Version(".".join(map(str, numbers))) < Version(".".join(map(str, higher)))


@given(st.text())
def test_any_text_is_a_version_or_a_value_error(text):
    try:
        version = Version(text)
    except ValueError:
        assert prefixes(text) == ()
    else:
        assert version == Version(text)
        assert prefixes(text)


def test_prefixes_are_longest_first():
    assert prefixes("1.1.1w") == ("1.1.1w", "1.1.1", "1.1", "1")
    assert prefixes("2.4.57") == ("2.4.57", "2.4", "2")
    assert prefixes("none") == ()
