"""From an asset to its targets: the log-in, and what it carries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from facts.base import Undecided
from facts.declared import Kind, Record, Vantage
from facts.names import NameFacts
from scanner.plan import expand, places
from scanner.scope import Scope
from tests.scanner.inventories import inventory

NAME = "may-chu.bao.test"
SSH = {"user": "scan", "port": 2222, "sudo": True}
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def logins(address=NAME, addresses=(), refused=(), **asset):
    """The log-ins of one asset, when its name leads to these addresses."""
    whole = inventory(address, **asset)
    scope = Scope(whole.authorisation.authorisation())
    (place,) = places(whole, scope, Vantage.INTERNAL)

    def seen(key, probe):
        return NameFacts(NOW, addresses, refused) if probe == "names" else None

    return [one for one in expand(place, seen) if one.target.kind is Kind.LOGIN]


@pytest.mark.parametrize(
    ("paper", "told", "wanted"),
    [((), (), ()), ((), ("publish",), ()), (("publish",), (), ()), *([(("publish",),) * 3])],
)
def test_a_trial_that_writes_needs_both_the_paper_and_the_run(paper, told, wanted):
    url = "rtmp://127.0.0.8/live/x"
    whole = inventory("127.0.0.8", streams=[{"url": url}], tls=[{"port": 443}])
    authorisation = replace(whole.authorisation.authorisation(), active=paper)
    (place,) = places(whole, Scope(authorisation), Vantage.EXTERNAL, allow=told)
    for planned in expand(place, lambda key, probe: None):
        stream = planned.target.kind is Kind.STREAM
        assert planned.target.active == (wanted if stream else ())


def test_without_ssh_there_is_no_log_in():
    assert logins("127.0.0.8") == []


def test_a_log_in_carries_what_the_probe_needs():
    (planned,) = logins("127.0.0.8", ssh={**SSH, "jump": "bastion.bao.test"})
    target = planned.target
    assert (target.address, target.port, target.declared) == ("127.0.0.8", 2222, True)
    assert (target.login.user, target.login.sudo) == ("scan", True)
    assert (target.login.jump.host, target.login.jump.port) == ("bastion.bao.test", 22)
    assert target.endpoint == "127.0.0.8"


def test_what_is_declared_travels_with_every_target():
    proof = {"date": "2026-11-01", "evidence": "BB-12/2026", "where": "kho B"}
    inside = {"offsite": proof, "logs_kept": {**proof, "days": 180}, "mirrors": ["mirror.bao.test"]}
    (planned,) = logins("127.0.0.8", ssh=SSH, inside={**inside, "web_roots": ["/srv/bao"]})
    says = planned.target.says
    day = datetime(2026, 11, 1, tzinfo=UTC).date()
    assert says.offsite == Record(day, "BB-12/2026", "kho B")
    assert (says.logs_kept.days, says.mirrors) == (180, ("mirror.bao.test",))
    assert planned.target.look.web_roots == ("/srv/bao",)


@pytest.mark.parametrize(
    ("found", "visited"),
    [
        (("127.0.0.8", "::1"), ["127.0.0.8"]),  # one host, two families
        (("127.0.0.8", "127.0.0.9"), ["127.0.0.8", "127.0.0.9"]),
        (("::1",), ["::1"]),
    ],
)
def test_a_host_of_two_families_is_logged_in_to_once(found, visited):
    assert [one.target.address for one in logins(addresses=found, ssh=SSH)] == visited


def test_an_address_outside_the_authorisation_is_blocked():
    (planned,) = logins(refused=("192.0.2.7",), ssh=SSH)
    assert isinstance(planned.blocked, Undecided)


def test_who_logs_in_and_where_to_look_make_the_visit():
    keys = {
        one.target.key
        for ssh in (SSH, {**SSH, "user": "other"}, {**SSH, "sudo": False})
        for inside in ({}, {"web_roots": ["/srv/bao"]})
        for one in logins("127.0.0.8", ssh=ssh, inside=inside)
    }
    assert len(keys) == 6
    (same,) = logins("127.0.0.8", ssh=SSH, roles=["web"])
    assert same.target.key in keys
