"""Every verdict that rests on a table says which, and of which date."""

from __future__ import annotations

import json

import pytest

from checks import Status
from facts.world import World
from tests.checks.test_promises import OURS, every, finding, known_of
from tests.factories import GOOD

BY_WORLD = [check for check in OURS if World in check.reads.values()]
WITHOUT = {  # verdicts that no table has a part in
    "No security update is waiting",
    "No update of any kind is waiting",
    "No security repository is in use, so no security update can come",
}


def test_there_are_such_checks():
    wanted = {"web.libraries", "web.server-supported", "ports.supported", "ssh-service.supported",
              "patching.os-supported", "patching.exploited", "patching.runtimes",
              "tls.mozilla-config"}  # fmt: skip
    assert wanted <= {check.id for check in BY_WORLD}


@pytest.mark.parametrize("check", BY_WORLD, ids=lambda check: check.id)
def test_it_says_which_table_of_which_date(check):
    known = known_of(check)
    tables = [f"{name} {day}" for name, day in GOOD[World].data]
    found = [finding(check, known)]
    for kind in known:
        turned = every(known[kind], lambda fact: not fact)
        found += [finding(check, {**known, kind: other}) for other in turned]
    for one in found:
        if one.status in (Status.PASS, Status.FAIL) and one.reason not in WITHOUT:
            said = json.dumps(dict(one.evidence), ensure_ascii=False, default=str)
            assert any(table in said for table in tables), (one.reason, said)
