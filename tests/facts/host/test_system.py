"""What kind of host it is, from what real ones say; anything else is not known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from facts.base import Unknown
from facts.host import system
from facts.host.asks import Answer, Answers
from facts.host.system import SystemFacts
from tests.lab.batch import put

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n'


def read(**outs):
    given_ = {f"system.{k.replace('_', '-')}": v for k, v in outs.items()}
    answers = {
        k: v if isinstance(v, Answer | Unknown) else Answer(out=v) for k, v in given_.items()
    }
    return system.read(Answers(answers), NOW)


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        (DEBIAN, ("debian", "12", "debian")),
        ('ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\n', ("ubuntu", "22.04", "debian")),
        ('ID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n',
         ("almalinux", "9.4", "rhel")),
        ('ID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\n', ("centos", "7", "rhel")),
        ('ID="ol"\nID_LIKE="fedora"\nVERSION_ID="8.9"\n', ("ol", "8.9", "rhel")),
        ('ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\n',
         ("opensuse-leap", "15.6", "suse")),
        ("ID=alpine\nVERSION_ID=3.20.1\n", ("alpine", "3.20.1", "alpine")),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', ("linuxmint", "", "debian")),
    ],
)  # fmt: skip
def test_families(release, expected):
    facts = read(os_release=release)
    assert (facts.id, facts.version, facts.family) == expected


def test_an_unknown_system_is_named():
    family = read(os_release='ID=plan9\nPRETTY_NAME="Plan 9"\n').family
    assert isinstance(family, Unknown) and family.detail == "Plan 9"


def test_a_host_without_os_release():
    facts = read(os_release=Answer(code=1))
    assert isinstance(facts.family, Unknown) and isinstance(facts.version, Unknown)


def test_the_rest():
    facts = read(
        kernel="Linux\n6.1.0-18-amd64\nx86_64\n", user="scan\n998\nscan adm\n",
        clock="1795402800\n+0700\n", boot="btime 1795000000\n402800.1 1.0\n",
        init=Answer(out="systemd\nsystemd-runs\n"), container="none\n", programs="systemctl\n",
    )  # fmt: skip
    assert (facts.kernel, facts.machine, facts.user, facts.root) == (
        "6.1.0-18-amd64", "x86_64", "scan", False,
    )  # fmt: skip
    assert (facts.clock, facts.booted, facts.systemd) == (1795402800, 1795000000, True)
    assert (facts.container, facts.programs) == ("", ("systemctl",))
    assert read(init=Answer(code=1, out="init\n")).systemd is False
    assert read(container="lxc\n").container == "lxc"


WILD = st.one_of(
    st.text(max_size=200),
    st.sampled_from(["", "0", "root\n", "btime x\n", "1e9\n", "ID=\n", 'ID="\n', "١٢٣\n"]),
).map(lambda text: Answer(out=text))
NAMES = [ask.name for ask in system.ASKS]


@given(st.dictionaries(st.sampled_from(NAMES), WILD))
def test_garbage_never_breaks_it_and_it_travels(answers):
    facts = system.read(Answers(answers), NOW)
    codec = TypeAdapter(SystemFacts)
    assert codec.validate_json(codec.dump_json(facts)) == facts
    assert facts.family in set(system.FAMILIES.values()) or isinstance(facts.family, Unknown)


@given(st.sampled_from(NAMES), st.sampled_from([
    Answer(code=0, out="x" * 99, cut=True), Answer(code=124, late=True), Answer(code=127),
    Unknown("The host stopped answering in the middle of the batch"),
]))  # fmt: skip
def test_an_answer_that_is_none_is_not_known(name, answer):
    facts = system.read(Answers({name: answer}), NOW)
    known = [v for k, v in vars(facts).items() if k != "observed_at"]
    assert all(isinstance(value, Unknown) for value in known)


def test_this_machine():
    facts = system.read(put(system.ASKS), NOW)
    assert not [k for k, v in vars(facts).items() if isinstance(v, Unknown)]
