"""A real host's answers, damaged one by one: what did not pass never turns into a pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

import checks
from checks import Status
from facts.declared import Kind, Look, Target
from facts.host import areas
from facts.host.areas import types
from facts.host.asks import Answer, Answers
from facts.host.system import SystemFacts
from facts.host.system import read as read_system
from scanner.judge import judge
from scanner.probes import login
from scanner.world import load_world
from tests.factories.host_system import OBSERVED
from tests.hosts.database_hosts import BAD as OPEN_DATABASES
from tests.hosts.malware_hosts import BAD as BROKEN_INTO
from tests.lab.judged import target
from tests.probes.reaches import reach

INSIDE = [check for check in checks.load().values() if types() & set(check.reads.values())]
TARGET = Target(kind=Kind.LOGIN, name="lab", address="198.18.0.2", roles=("web",), declared=True)
FOREIGN = "Không có quyền truy cập\nLỗi: tệp không tồn tại\n"
DAMAGES = {
    "empty": lambda text: "",
    "half": lambda text: text[: len(text) // 2],
    "foreign": lambda text: FOREIGN,
    "not UTF-8": lambda text: "\ufffd" * 40,
    "huge": lambda text: "x" * (10 << 20),
}


@pytest.fixture(scope="module")
def answers(lab):
    host = lab.start("damaged", setup=OPEN_DATABASES + BROKEN_INTO)
    host.sh("sleep 5")
    return login.put(target(host), reach(f"{host.address}/32"), areas.asks(Look()))


def statuses(known, world):
    asked = (c for c in INSIDE if set(c.reads.values()) & set(known))
    return {c.id: judge(c, c.params, TARGET, known, world).status for c in asked}


def damaged(name, answer, answers, whole):
    """The facts that may change with this answer, and the system's."""
    all_ = areas.areas()
    read = {name.partition(".")[0]} & set(all_) or set(all_)
    hurt = Answers({**answers.given, name: answer})
    system = whole[SystemFacts] if len(read) == 1 else read_system(hurt, OBSERVED)
    return {SystemFacts: system, **{all_[a].brings: all_[a].read(hurt, system) for a in read}}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_never_makes_a_pass(answers, damage):
    world, whole = load_world(), areas.read(answers, OBSERVED).split()
    before = statuses(whole, world)
    assert list(before.values()).count(Status.FAIL) > 15
    wrong = []
    for name, answer in answers.given.items():
        if not isinstance(answer, Answer) or not answer.out.strip():
            continue
        hurt = replace(answer, out=DAMAGES[damage](answer.out))
        after = statuses(damaged(name, hurt, answers, whole), world)
        wrong += [
            f"{name}: {check} was {before[check]}"
            for check, status in after.items()
            if status is Status.PASS and before[check] is not Status.PASS
        ]
    assert not wrong, "\n".join(wrong)
