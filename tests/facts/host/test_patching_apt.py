"""What apt says: recordings of a real Debian 12, and what must never pass for "no updates"."""

from __future__ import annotations

import pytest
from hypothesis import given as each
from hypothesis import strategies as st

from facts.base import Unknown
from facts.host import patching
from facts.host.asks import Answer, Answers
from facts.host.patching import apt_sources, debian
from tests.factories.host_system import system as about
from tests.facts.host.recorded import RECORDINGS, given

PRINTED = (RECORDINGS / "apt-get-s-dist-upgrade.debian12.txt").read_text("utf-8")
NONE = "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n"
UBUNTU = (
    "Inst libssl3 [3.0.2-0ubuntu1.1] (3.0.2-0ubuntu1.19 Ubuntu:22.04/jammy-updates,"
    " Ubuntu:22.04/jammy-security [amd64])\n"
    "Inst bash [5.1-6] (5.1-6ubuntu1 Ubuntu:22.04/jammy-updates [amd64])\n"
    "Inst vim [1] (2 UbuntuESMApps:22.04/jammy-apps-security [amd64]) []\n"
    "3 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n"
)
HISTORY = """==> zone +0700 <==
==> history <==
Start-Date: 2026-10-01  10:00:00
Commandline: apt-get -y dist-upgrade
Start-Date: 2026-11-01  10:00:00
Commandline: apt install htop
==> unpacked <==
1790000000.0000000000 perl.list
1780000000.0000000000 libssl3:amd64.list
1780000000.5000000000 nginx.list
==> end <==
"""
LOG = """2026-11-10 06:00:00,123 INFO Starting unattended upgrades script
2026-11-10 06:00:01,000 INFO Allowed origins are: origin=Debian,codename=bookworm-security
2026-11-10 06:00:02,000 WARNING Package nginx has conffile prompt and needs to be upgraded manually
2026-11-10 06:00:03,000 INFO All upgrades installed
"""
DIST_UPGRADE = 1790823600  # 2026-10-01 10:00 at +07:00
UNATTENDED = 1794265200  # 2026-11-10 06:00 at +07:00


def since(name, held=False, history=HISTORY, log=LOG):
    line = f"Inst {name} [1] (2 Debian-Security:12/oldstable-security [amd64])\n"
    said = line + NONE.replace("0 upgraded", "1 upgraded")
    said = f"held {name}\n{said}" if held else said
    answers = given(patching__apt__pending=said, patching__apt__history=history)
    if log:
        answers = Answers({**answers.given, "patching.apt.unattended": Answer(out=log)})
    return debian.pending(answers).security[0].since


def test_the_recording():
    found = debian.pending(given(patching__apt__pending=PRINTED))
    assert found.all == 12 and len(found.security) == 12
    assert {"nginx", "libssl3", "perl-base"} <= {update.name for update in found.security}
    assert all(isinstance(update.since, Unknown) for update in found.security)


def test_ubuntu_s_comma_lists_and_esm():
    found = debian.pending(given(patching__apt__pending=UBUNTU))
    assert [update.name for update in found.security] == ["libssl3", "vim"]
    assert found.all == 3


def test_nothing_waits():
    assert debian.pending(given(patching__apt__pending=NONE)) == debian.Pending((), 0)


@pytest.mark.parametrize("cut", range(0, len(PRINTED) - 100, 97))
def test_a_cut_answer_is_none(cut):
    total = "12 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n"
    found = debian.pending(given(patching__apt__pending=PRINTED[:cut]))
    assert isinstance(found, Unknown) or (total in PRINTED[:cut] and len(found.security) == 12)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Đang đọc danh sách gói... Xong\n0 đã nâng cấp, 0 mới được cài đặt.\n",
        "\ufffd" * 2000,
        "Inst a [1] broken\n" + NONE.replace("0 upgraded", "1 upgraded"),
        "x" * (10 << 20),
    ],
)
def test_what_is_not_understood(text):
    assert isinstance(debian.pending(given(patching__apt__pending=text)), Unknown)


def test_failed_late_and_cut():
    for answer in (Answer(100, NONE), Answer(0, NONE, late=True), Answer(0, NONE, cut=True)):
        assert isinstance(debian.pending(given(patching__apt__pending=answer)), Unknown)


def test_how_long_it_can_have_waited():
    assert since("libssl3", log="") == DIST_UPGRADE
    assert since("libssl3") == UNATTENDED
    assert since("nginx") == DIST_UPGRADE  # left out by unattended-upgrades
    assert since("libssl3", held=True) == 1780000000  # nobody upgrades what is held
    assert isinstance(since("unheard-of"), Unknown)
    assert isinstance(since("nginx", history=""), Unknown)


@pytest.mark.parametrize(
    ("command", "counts"),
    [
        ("apt-get dist-upgrade", True),
        ("apt full-upgrade -y", True),
        ("apt upgrade", True),
        ("apt -y upgrade", True),
        ("apt-get upgrade", False),  # keeps back what needs a new package: kernels
        ("apt-get upgrade --with-new-pkgs", True),
        ("apt-get install nginx", False),
        ("apt upgrade nginx", False),
        ("/usr/bin/unattended-upgrade", False),
        ("apt-get dist-upgrade --exclude-everything", False),
    ],
)
def test_which_commands_bring_everything_up_to_date(command, counts):
    history = HISTORY.replace("apt-get -y dist-upgrade", command)
    assert since("perl", history=history, log="") == (DIST_UPGRADE if counts else 1790000000)


def test_a_run_that_failed_brings_nothing():
    failed = HISTORY.replace("dist-upgrade\n", "dist-upgrade\nError: Sub-process failed\n")
    assert since("perl", history=failed, log="") == 1790000000
    assert since("libssl3", log=LOG.replace("All upgrades installed", "ERROR")) == DIST_UPGRADE
    assert since("libssl3", log=LOG.replace("-security", "")) == DIST_UPGRADE


LISTS = """==> deb_dists_bookworm-security_InRelease <==
Origin: Debian
Label: Debian-Security
Suite: oldstable-security
Codename: bookworm-security
Date: Sat, 21 Nov 2026 00:53:02 UTC
Valid-Until: Sat, 28 Nov 2026 00:53:02 UTC
==> deb_dists_bookworm_InRelease <==
Origin: Debian
Label: Debian
Suite: oldstable
Codename: bookworm
Date: Sat, 11 Jul 2026 10:16:37 UTC
==> policy <==
Package files:
 100 /var/lib/dpkg/status
     release a=now
 500 http://deb.debian.org/debian-security bookworm-security/main amd64 Packages
     release v=12,o=Debian,a=oldstable-security,n=bookworm-security,l=Debian-Security,c=main
Pinned packages:
==> end <==
"""


def test_lists():
    said = given(patching__apt__lists=LISTS)
    security, plain = debian.lists(said)
    assert security.security and not plain.security
    assert (security.dated, security.expires) == (1795222382, 1795827182)
    assert debian.labelled(said) is True


def test_a_security_source_that_is_pinned_low_is_not_in_use():
    low = LISTS.replace(" 500 http", " 100 http")
    assert debian.labelled(given(patching__apt__lists=low)) is False
    for text in ("", LISTS[:400], "Tệp gói:\n==> policy <==\n==> end <=="):
        assert isinstance(debian.labelled(given(patching__apt__lists=text)), Unknown)


ONE_LINE = """==> sources.list <==
# deb http://off.test/debian bookworm main
deb http://user:canary77@deb.debian.org/debian bookworm main contrib
deb [arch=amd64 trusted=yes] https://repo.bao.test/ ./
deb [ signed-by=/usr/share/keyrings/x.gpg ] http://m/debian-security bookworm-security main
deb-src http://src.test/debian bookworm main
==> sources.list.d/x.sources <==
# a comment
Types: deb deb-src
URIs: http://a.test/ubuntu
 http://b.test/ubuntu
Suites: jammy jammy-security
Components: main
Trusted: YES

Types: deb
URIs: http://off.test/
Suites: x
Enabled: no
==> end <==
"""


def test_sources():
    found = apt_sources.sources(given(patching__apt__sources=ONE_LINE))
    assert [(s.host, s.signed) for s in found[:3]] == [
        ("deb.debian.org", True),
        ("repo.bao.test", False),
        ("m", True),
    ]
    assert {s.host for s in found[3:]} == {"a.test", "b.test"} and len(found) == 7
    assert not any(s.signed for s in found[3:])
    assert [s.security for s in found].count(True) == 3
    assert "canary77" not in repr(found)


def test_an_unreadable_source_is_unknown():
    said = given(patching__apt__sources="==> !sources.list.d/a.list <==\n==> end <==")
    assert isinstance(apt_sources.sources(said), Unknown)
    assert isinstance(apt_sources.sources(given(patching__apt__sources="")), Unknown)


CONFIG = 'APT::Architecture "amd64";\nAPT::Get::AllowUnauthenticated "{}";\n'


def test_settings():
    for value, wanted in (("0", ()), ("false", ()), ("true", ("APT::Get::AllowUnauthenticated",))):
        said = given(patching__apt__config=CONFIG.format(value))
        assert apt_sources.unsigned_allowed(said) == wanted
    proxy = CONFIG.format(0) + 'Acquire::http::Proxy "http://u:canary@cache.bao.test:3142/";\n'
    assert apt_sources.proxies(given(patching__apt__config=proxy)) == ("cache.bao.test",)
    assert isinstance(apt_sources.config(given(patching__apt__config="")), Unknown)


@each(st.text(max_size=400))
def test_any_text_is_read_and_brings_no_clean_answer(text):
    names = ("pending", "lists", "history", "sources", "config", "unattended")
    said = Answers({f"patching.apt.{name}": Answer(out=text) for name in names})
    facts = patching.read(said, about())
    for name in ("pending", "waiting", "labelled", "lists", "sources", "unsigned_allowed", "jobs"):
        assert isinstance(getattr(facts, name), Unknown)


def test_nothing_answered():
    facts = patching.read(Answers(), about())
    assert isinstance(facts.pending, Unknown) and isinstance(facts.installed, Unknown)
    unknown = patching.read(Answers(), about(family=Unknown("An unknown system", "HaikuOS")))
    assert unknown.pending == Unknown("An unknown system", "HaikuOS")
