"""Installed packages as dpkg, rpm and apk list them."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from facts.base import Unknown
from facts.host import packages
from facts.host.asks import Answer, Answers
from facts.host.packages import Package
from facts.host.system import SystemFacts
from tests.lab.batch import put

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
DEBIAN, ALPINE = SystemFacts(NOW, family="debian"), SystemFacts(NOW, family="alpine")
DPKG = (
    "libssl3\t3.0.11-1~deb12u2\tamd64\tinstalled\topenssl\t3.0.11-1~deb12u2\n"
    "old-config\t1.0\tall\tconfig-files\told-config\t1.0\n"
)
RPM = (
    "bash\t0:5.1.8-9.el9\tx86_64\tinstalled\t\t\nkernel\t0:5.14.0-427.el9\tx86_64\tinstalled\t\t\n"
)
APK = "musl-1.2.5-r0\nbusybox-1.36.1-r29\npy3-foo-bar-2.0-r1\n"


def read(text, system=DEBIAN, **how):
    return packages.read(Answers({"packages.list": Answer(out=text, **how)}), system)


def test_dpkg():
    assert read(DPKG) == {
        "libssl3": Package("libssl3", "3.0.11-1~deb12u2", "amd64", "openssl", "3.0.11-1~deb12u2")
    }


def test_rpm():
    assert read(RPM, SystemFacts(NOW, family="rhel"))["bash"].version == "0:5.1.8-9.el9"


def test_apk():
    found = read(APK, ALPINE)
    assert {name: p.version for name, p in found.items()} == {
        "musl": "1.2.5-r0", "busybox": "1.36.1-r29", "py3-foo-bar": "2.0-r1",
    }  # fmt: skip


def test_no_package_at_all_is_no_answer():
    for text in ("", "E: could not\n", APK):
        assert isinstance(read(text), Unknown)
    assert isinstance(read(DPKG, cut=True), Unknown)
    assert isinstance(read(DPKG, code=1), Unknown)
    assert isinstance(read("", code=127), Unknown)


@given(st.text(max_size=300), st.sampled_from([DEBIAN, ALPINE]))
def test_garbage_never_breaks_it(text, system):
    found = read(text, system)
    assert isinstance(found, Unknown) or all(p.name == n for n, p in found.items())


def test_this_machine():
    assert "openssh-server" in packages.read(put(packages.ASKS), DEBIAN)
