"""Version order, held against dpkg and rpm themselves."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.distro_versions import dpkg_compare, rpm_compare

ORDERED_DPKG = [
    "1.0~rc1-1", "1.0-1~bpo12+1", "1.0-1", "1.0-1+b1", "1.0-1+deb12u1", "1.0-1+deb12u10", "1.0-2",
    "1.0a-1", "1.0.1-1", "1:0.5-1",
]  # fmt: skip
ORDERED_RPM = [
    "1.0~rc1-1.el9", "1.0-1.el9", "1.0-1.el9_2", "1.0-1.el9_2.7", "1.0-2.el9", "1.0^git1-1",
    "1.0.1-1", "1.0.10-1", "2-1", "1:0.5-1",
]  # fmt: skip
dpkg_part = st.text("0123456789abzAZ.+~", min_size=1, max_size=8)
dpkg_version = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "0:", "1:", "12:"]),
    dpkg_part.map(lambda text: f"1{text}"),
    st.one_of(st.just(""), dpkg_part.map(lambda text: f"-{text}")),
)
rpm_part = st.text("0123456789abzAZ._~^+", min_size=1, max_size=8)


def in_order(versions, compare):
    for i, one in enumerate(versions):
        for j, other in enumerate(versions):
            assert compare(one, other) == (i > j) - (i < j), (one, other)


def test_known_orders():
    in_order(ORDERED_DPKG, dpkg_compare)
    in_order(ORDERED_RPM, rpm_compare)
    assert dpkg_compare("0:1.0-0", "1.0") == 0
    assert dpkg_compare("1.00010", "1.10") == 0
    assert rpm_compare("2.34-60.el9", "2.34") == 0  # no release: not compared
    assert rpm_compare("9" * 400, "8" * 400) == 1


@pytest.mark.skipif(not shutil.which("dpkg"), reason="dpkg is not on this machine")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(dpkg_version, dpkg_version)
def test_like_dpkg(one, other):
    ours = dpkg_compare(one, other)
    for operator, wanted in (("lt", -1), ("eq", 0), ("gt", 1)):
        done = subprocess.run(
            ["dpkg", "--compare-versions", one, operator, other], stderr=subprocess.DEVNULL
        )
        assert (done.returncode == 0) == (ours == wanted), (one, other)


@pytest.mark.skipif(not shutil.which("rpm"), reason="rpm is not on this machine")
@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(rpm_part, rpm_part), min_size=20, max_size=40))
def test_like_rpm(pairs):
    calls = ",".join(f'rpm.vercmp("{a}","{b}")' for a, b in pairs)
    done = subprocess.run(["rpm", "--eval", f"%{{lua:print({calls})}}"], capture_output=True)
    theirs = [int(word) for word in done.stdout.split()]
    assert [rpm_compare(a, b) for a, b in pairs] == theirs


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_compared_and_turned_round(one, other):
    for compare in (dpkg_compare, rpm_compare):
        assert compare(one, other) == -compare(other, one)
        assert compare(one, one) == 0
