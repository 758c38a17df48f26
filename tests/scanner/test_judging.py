"""A whole run judged again from what was stored; what was not looked at is never called fine."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import checks
from checks import Status
from facts.base import Undecided
from facts.declared import Kind, Vantage
from facts.media_server import MediaServerFacts
from facts.names import NameFacts
from facts.ports import PortFacts
from facts.udp import UdpFacts
from facts.world import World
from scanner import profile
from scanner.assessment import ControlStatus
from scanner.judging import Judgement, incomplete
from scanner.papers import Papers
from scanner.plan import expand, places
from scanner.scope import Scope
from scanner.store import Options, Run
from tests.factories import GOOD
from tests.factories.ports import port, ports
from tests.factories.streams import web
from tests.scanner.inventories import inventory

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NAME = "may-chu.bao.test"
FIRST, SECOND = "127.0.0.8", "127.0.0.9"
SILENT = Undecided("No answer in time", "600 s")
SSH_ONLY = ["ssh-service.algorithms"]


class Observations(dict):
    """A store of observations, by target and probe."""

    def known(self, run, key, probe):
        return self.get((key, probe))

    def visits(self, run, key):
        mine = {probe: fact for (target, probe), fact in self.items() if target == key}
        return {probe: lambda fact=fact: fact for probe, fact in mine.items()}

    def papers(self, agencies):
        return Papers()


def own_profile(tmp_path, decides):
    path = tmp_path / "own.yaml"
    path.write_text(
        "profile: own\nversion: '1'\ntitle: {vi: x, en: x}\ncontrols:\n- id: C\n  clause: '1'\n"
        "  standard: S\n  group: g\n  title: {vi: x, en: x}\n"
        f"  decides: [{', '.join(decides)}]\n",
        "utf-8",
    )
    return profile.load(str(path), checks.load())


def judged(tmp_path, observed, decides=SSH_ONLY, address=NAME):
    run = Run("r", "done", NOW, NOW, "", "", inventory(address), Options("own"), "1")
    own = own_profile(tmp_path, decides)
    world = GOOD[World]
    return Judgement(Observations(observed), run, own, world, own.checks()).assessment()


def both(first, second):
    """A name with two addresses, and what the sweep of each brought."""
    swept = {(f"host:{FIRST}", "ports"): first, (f"host:{SECOND}", "ports"): second}
    asked = {(f"host:{one}", "udp"): GOOD[UdpFacts] for one in (FIRST, SECOND)}
    return {(f"domain:{NAME}", "names"): NameFacts(NOW, (FIRST, SECOND)), **swept, **asked}


WEB_ONLY = ports(port(443, "http", product="nginx"))


@pytest.mark.parametrize(
    ("second", "status"),
    [(WEB_ONLY, ControlStatus.NOT_APPLICABLE), (SILENT, ControlStatus.UNVERIFIED)],
)
def test_no_service_is_said_only_when_every_address_was_swept(tmp_path, second, status):
    card = judged(tmp_path, both(WEB_ONLY, second))
    assert card.agencies[0].systems[0].results[0].status is status


def test_the_worst_address_decides(tmp_path):
    bad = ports(port(23, "telnet"), port(443, "http"))
    card = judged(tmp_path, both(GOOD[PortFacts], bad), ["ports.allowed"])
    assert {f.address: f.status for f in card.findings}[SECOND] is Status.FAIL
    assert card.agencies[0].systems[0].results[0].status is ControlStatus.NOT_MET


@pytest.mark.parametrize("observed", [{}, {(f"domain:{NAME}", "names"): SILENT}])
def test_what_was_not_visited_is_an_error(tmp_path, observed):
    card = judged(tmp_path, observed, ["ports.allowed", "ssh-service.algorithms"])
    assert {f.status for f in card.findings if f.check == "ports.allowed"} == {Status.ERROR}
    assert card.agencies[0].systems[0].results[0].status is ControlStatus.UNVERIFIED
    assert incomplete(card)


def test_the_owner_s_paper_is_named(tmp_path):
    given = inventory(NAME).authorisation
    permit = judged(tmp_path, []).run.permit
    assert permit.document == given.document
    assert (permit.valid_from, permit.valid_to) == (given.valid.from_, given.valid.to)
    assert permit.networks == given.networks


def test_the_same_observations_give_the_same_assessment(tmp_path):
    observed = both(GOOD[PortFacts], SILENT)
    decides = ["ports.allowed", "ports.admin"]
    assert judged(tmp_path, observed, decides) == judged(tmp_path, observed, decides)


class Runs(Observations):
    """A store of several runs' observations, by run, target and probe."""

    def known(self, run, key, probe):
        return self.get((run, key, probe))

    def visits(self, run, key):
        mine = {names[1:]: fact for names, fact in self.items() if names[0] == run}
        return Observations(mine).visits(run, key)


@pytest.mark.parametrize(
    ("before", "accepted", "status"),
    [
        (ports(), "old", Status.PASS),
        (ports(), "", Status.NOT_APPLICABLE),
        (None, "old", Status.ERROR),  # the host is newer than the baseline
        (SILENT, "old", Status.ERROR),
    ],
)
def test_a_host_that_the_baseline_did_not_see_is_no_host_without_drift(
    tmp_path, before, accepted, status
):
    key = f"host:{FIRST}"
    store = Runs({("r", key, "ports"): ports(), ("old", key, "ports"): before})
    run = Run("r", "done", NOW, NOW, "", "", inventory(FIRST), Options("own"), "1")
    own = own_profile(tmp_path, ["ports.drift"])
    whole = Judgement(store, run, own, GOOD[World], own.checks(), accepted).assessment()
    (found,) = whole.findings
    assert found.status is status


STREAM = f"http://{FIRST}:8080/live.m3u8"
MEDIA = ["streaming.management", "streaming.banner"]


def streams(tmp_path, observed, **asset):
    """The findings on one asset that may stream, by their checks."""
    run = Run("r", "done", NOW, NOW, "", "", inventory(FIRST, **asset), Options("own"), "1")
    own = own_profile(tmp_path, MEDIA)
    judgement = Judgement(Observations(observed), run, own, GOOD[World], own.checks())
    return {one.check: one for one in judgement.assessment().findings}


def test_pages_of_a_host_that_streams_nothing_are_not_applicable(tmp_path):
    found = streams(tmp_path, {(f"host:{FIRST}", "ports"): WEB_ONLY}, roles=["web"])
    assert {one.status for one in found.values()} == {Status.NOT_APPLICABLE}


@pytest.mark.parametrize("swept", [{}, {(f"host:{FIRST}", "ports"): WEB_ONLY}])
def test_pages_of_a_streaming_host_that_nobody_visited_are_errors(tmp_path, swept):
    for asset in ({"roles": ["streaming"]}, {"streams": [{"url": STREAM}]}):
        found = streams(tmp_path, swept, **asset)
        assert [one.status for one in found.values()] == [Status.ERROR] * 2


def test_what_a_stream_names_counts_for_its_server(tmp_path):
    whole = inventory(FIRST, streams=[{"url": STREAM}])
    scope = Scope(whole.authorisation.authorisation())
    (place,) = places(whole, scope, Vantage.EXTERNAL)
    swept = {(f"host:{FIRST}", "ports"): ports(port(8080, "http"))}
    keys = {p.target.kind: p.target.key for p in expand(place, lambda k, p: swept.get((k, p)))}
    seen = {**swept, (keys[Kind.MEDIA], "media"): GOOD[MediaServerFacts]}
    for server, status in (("nginx", Status.PASS), ("nginx/1.22.1", Status.FAIL)):
        seen[keys[Kind.STREAM], "streams"] = web(server=server)
        found = streams(tmp_path, seen, streams=[{"url": STREAM}])
        assert found["streaming.banner"].status is status
        assert found["streaming.management"].status is Status.PASS
