"""dnf, zypper and apk: a real dnf on a made-up repository, and answers as they are documented.

The repository, its advisory and the host are made up; dnf, rpm and createrepo_c are real.  What
zypper and apk say is written from their documentation: no such host answers here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from hypothesis import given as each
from hypothesis import strategies as st

from facts.base import Unknown
from facts.declared import Look
from facts.host import areas, packages, patching
from facts.host.asks import Answer
from facts.host.patching import PackageList, alpine, repo_files, rhel, suse
from facts.host.patching.model import Source
from tests.factories.host_system import system as about
from tests.facts.host.recorded import changed, given
from tests.lab.batch import put

NEEDED = ("dnf", "rpmbuild", "createrepo_c", "modifyrepo_c", "unshare")
SPEC = """
Name: press-{name}
Version: 1.0
Release: %{{rel}}.el9
Summary: made up
License: made up
BuildArch: noarch
%description
made up
%files
"""
ADVISORY = """<?xml version="1.0" encoding="UTF-8"?>
<updates><update from="sec@bao.test" status="final" type="security" version="1">
<id>PRESS-2026:0001</id><title>press-lib security update</title>
<issued date="2026-10-01 00:00:00"/><updated date="2026-10-02 00:00:00"/>
<severity>Critical</severity><description>made up</description>
<pkglist><collection short="x"><name>x</name>
<package name="press-lib" version="1.0" release="2.el9" epoch="0" arch="noarch">
<filename>press-lib-1.0-2.el9.noarch.rpm</filename></package></collection></pkglist></update></updates>
"""
REPO = """[press-{kind}]
name=press
baseurl=file://{folder}
gpgcheck={check}
"""


def run(*argv, **more):
    subprocess.run(argv, check=True, capture_output=True, **more)


def build(folder, name, release):
    spec = folder / f"{name}.spec"
    spec.write_text(SPEC.format(name=name))
    run("rpmbuild", "-bb", "-D", f"_topdir {folder}/rb", "-D", f"rel {release}", str(spec))
    return next((folder / "rb/RPMS/noarch").glob(f"press-{name}-1.0-{release}.el9*.rpm"))


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """An AlmaLinux 9 in name: two repositories, one of them with an advisory; the prefix for it."""
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing or os.geteuid() != 0:
        pytest.skip(f"a real dnf needs root and {', '.join(missing) or 'nothing else'}")
    top = tmp_path_factory.mktemp("rpm")
    old = [build(top, "lib", 1), build(top, "tool", 1)]
    for kind, name in (("baseos", "lib"), ("plain", "tool")):
        repo = top / kind
        repo.mkdir()
        shutil.copy(build(top, name, 2), repo)
        run("createrepo_c", "-q", str(repo))
    (top / "ui.xml").write_text(ADVISORY)
    run("modifyrepo_c", "--mdtype=updateinfo", str(top / "ui.xml"), str(top / "baseos/repodata"))
    for name in ("dnf", "repos", "cache", "log", "home"):
        (top / name).mkdir()
    (top / "dnf/dnf.conf").write_text("[main]\ngpgcheck=1\n")
    (top / "os-release").write_text('ID="almalinux"\nID_LIKE="rhel"\nVERSION_ID="9.4"\n')
    for kind, check in (("baseos", 1), ("plain", 0)):
        text = REPO.format(kind=kind, folder=top / kind, check=check)
        (top / f"repos/{kind}.repo").write_text(text)
    places = {"dnf": "/etc/dnf", "repos": "/etc/yum.repos.d", "cache": "/var/cache/dnf",
              "os-release": "/usr/lib/os-release"}  # fmt: skip
    for place in places.values():
        os.makedirs(place, exist_ok=True) if "os-release" not in place else None
    binds = "".join(f"mount --bind {top / own} {there}; " for own, there in places.items())
    prefix = (
        "env",
        f"HOME={top / 'home'}",
        "unshare",
        "-m",
        "sh",
        "-ec",
        f'{binds}exec "$@"',
        "sh",
    )
    run(*prefix, "rpm", "-i", "--nodeps", "--force-debian", *map(str, old))
    run(*prefix, "dnf", "-q", "--releasever=9", "makecache")
    return prefix


@pytest.fixture(scope="module")
def answers(host):
    return put(areas.asks(Look()), *host)


def test_a_real_dnf(answers):
    seen = patching.read(answers, about(family="rhel", id="almalinux", version="9.4"))
    (update,) = seen.pending
    assert rhel.pending(changed(answers, "patching.dnf.list", out=CHECKED)) == ()
    assert (update.name, update.version) == ("press-lib", "1.0-2.el9")
    assert update.since == int(datetime(2026, 10, 2, tzinfo=UTC).timestamp())
    assert update.severity == "critical" and update.ids == ("PRESS-2026:0001",)
    assert seen.waiting == 2 and seen.labelled is True
    by_name = {one.name: one for one in seen.lists}
    assert by_name["press-baseos"].security and not by_name["press-plain"].security
    assert {s.where: s.signed for s in seen.sources} == {
        "press-baseos": True,
        "press-plain": False,
    }


def test_rpm_s_list_of_packages(host):
    """dpkg is asked first where both are there; so rpm's half of the question is put alone."""
    alone = [packages.Ask("packages.list", packages._RPM)]
    found = packages.read(put(alone, *host), about(family="rhel"))
    assert found["press-lib"] == packages.Package("press-lib", "0:1.0-1.el9", "noarch")


def test_apk_s_list_of_packages():
    """As `apk info -v` prints it (written by hand)."""
    listed = given(packages__list="busybox-1.36.1-r5\nlibcrypto3-3.1.4-r1\nWARNING: x\n")
    found = packages.read(listed, about(family="alpine"))
    assert found["busybox"].version == "1.36.1-r5"
    assert found["libcrypto3"].version == "3.1.4-r1"


@pytest.mark.parametrize("text", ["", "\n", "no such thing", "a\tb\n", "\x00" * 50])
def test_a_list_of_packages_that_is_none(text):
    for family in ("debian", "rhel", "alpine"):
        assert isinstance(packages.read(given(packages__list=text), about(family=family)), Unknown)


CHECKED = "Last metadata expiration check: 0:24:36 ago on Mon Nov 23 04:16:35 2026.\n"
ROW = "RHSA-2026:0001 Important/Sec. openssl-libs-1:3.0.7-27.el9.x86_64\n"
INFO = "  Update ID: RHSA-2026:0001\n       Type: security\n    Updated: 2026-10-01 00:00:00\n"


def test_several_advisories_for_one_package():
    rows = CHECKED + ROW + ROW.replace("0001", "0002").replace("Important", "Critical")
    info = INFO + INFO.replace("0001", "0002").replace("2026-10", "2026-09")
    (one,) = rhel.pending(given(patching__dnf__list=rows, patching__dnf__info=info))
    assert one.severity == "critical" and one.ids == ("RHSA-2026:0001", "RHSA-2026:0002")
    assert one.since == int(datetime(2026, 9, 1, tzinfo=UTC).timestamp())


def test_an_advisory_without_a_day_has_no_age():
    (one,) = rhel.pending(given(patching__dnf__list=CHECKED + ROW, patching__dnf__info=""))
    assert isinstance(one.since, Unknown)


@pytest.mark.parametrize(
    "text", ["Lỗi: không đọc được\n", "Error: no cache\n", CHECKED + "half of a", ""]
)
def test_what_dnf_never_says(text):
    assert isinstance(rhel.pending(given(patching__dnf__list=text)), Unknown)


@pytest.mark.parametrize(
    ("code", "out", "wanted"),
    [(0, "", 0), (100, "a.noarch 1-2 press\n", 1), (100, "", None), (0, "a.noarch 1-2 p\n", None)],
)
def test_check_update(code, out, wanted):
    waiting = rhel.waiting(given(patching__dnf__all=Answer(code, out)))
    assert waiting == wanted if wanted is not None else isinstance(waiting, Unknown)


def test_centos_has_no_updateinfo_and_epel_does_not_speak_for_it():
    lists = (PackageList("baseos", False), PackageList("epel", True))
    assert rhel.labelled(lists) is False
    assert rhel.labelled((PackageList("baseos", True),)) is True


def test_a_repository_that_says_nothing_of_signatures_follows_the_main_settings():
    text = (
        "==> {} <==\n[main]\ngpgcheck={}\n==> /etc/yum.repos.d/a.repo <==\n[a]\nbaseurl=http://m/\n"
    )
    for value, wanted in (("1", True), ("0", False)):
        said = text.format("/etc/dnf/dnf.conf", value) + "==> end <=="
        (one,) = repo_files.sources(given(patching__repos=said), rhel.FOLDER)
        assert one.signed is wanted and one.host == "m"


PATCHES = """<?xml version='1.0'?>
<stream>
<update-status version="0.6">
<update-list>
<update name="openSUSE-2026-12" edition="1" arch="noarch" status="needed" category="security"
 severity="important"><summary>x</summary><issue-date time_t="1793000000" text="x"/></update>
</update-list></update-status></stream>
"""


def test_zypper():
    (one,) = suse.pending(given(patching__zypper__patches=PATCHES))
    assert (one.name, one.since, one.severity) == ("openSUSE-2026-12", 1793000000, "important")
    none = "<stream><update-status><update-list>\n</update-list></update-status></stream>"
    assert suse.pending(given(patching__zypper__patches=none)) == ()
    lists = suse.lists(
        given(patching__zypper__cache="1793000000 oss\n5 off\nend\n"), (Source("oss"),)
    )
    assert lists == (PackageList("oss", True, refreshed=1793000000),)


@pytest.mark.parametrize(
    ("said", "signed"),
    [
        ("", True),
        ("gpgcheck=0", False),
        ("gpgcheck=1", True),
        ("gpgcheck=0\npkg_gpgcheck=1", True),
        ("gpgcheck=1\npkg_gpgcheck=0\nrepo_gpgcheck=off", False),
    ],
)
def test_zypper_checks_by_default(said, signed):
    text = f"==> /etc/zypp/repos.d/o.repo <==\n[oss]\n{said}\n==> end <=="
    (found,) = repo_files.sources(given(patching__repos=text), suse.FOLDER)
    assert found.signed is signed


VERSIONS = "Installed:                Available:\nbusybox-1.36.1-r5       < 1.36.1-r7 \n"
SOURCES = (
    "==> repositories <==\nhttps://dl-cdn.alpinelinux.org/alpine/v3.20/main\n#off\n"
    "==> keys <==\nalpine-devel@lists.alpinelinux.org-6165ee59.rsa.pub\n==> index <==\n1793000000\n"
    "==> end <==\n"
)


def test_apk():
    said = given(patching__apk__version=VERSIONS, patching__apk__sources=SOURCES)
    assert alpine.waiting(said) == 1
    (source,) = alpine.sources(said)
    assert source.signed is True and source.host == "dl-cdn.alpinelinux.org"
    assert alpine.lists(said) == (PackageList("APKINDEX", False, refreshed=1793000000),)
    assert isinstance(alpine.waiting(given(patching__apk__version="")), Unknown)


@each(st.text(max_size=300))
def test_any_text_is_no_clean_answer(text):
    said = given(
        patching__dnf__list=text, patching__zypper__patches=text, patching__apk__version=text,
        patching__dnf__cache=text, patching__apk__sources=text, patching__repos=text,
        patching__zypper__cache=text,
    )  # fmt: skip
    assert isinstance(rhel.pending(said), Unknown)
    assert isinstance(suse.pending(said), Unknown)
    assert isinstance(alpine.waiting(said), Unknown)
    for answer in (rhel.lists(said, ()), alpine.lists(said), repo_files.files(said)):
        assert isinstance(answer, Unknown)
