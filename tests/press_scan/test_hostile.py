"""A run over servers that no one would wish for ends in time, and harms nobody else."""

from __future__ import annotations

import time

import pytest

from tests.lab import hostile as lab
from tests.lab.hostile import hostile
from tests.press_scan.program import Program, inventory

DEADLINE = 90


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One scan of all of them, without the slow sweep of ports."""
    folder = tmp_path_factory.mktemp("hostile")
    servers = {
        "hangs": lab.never_answers,
        "endless": lab.http(lab.endless_body),
        "garbage": lab.garbage,
        "reset": lab.reset,
        "loop": lab.http(lab.redirect_to("{path}x")),
        "away": lab.http(lab.redirect_to("http://127.70.99.1:{port}/")),
        "soft": lab.http(lab.soft_404),
        "drip": lab.http(lab.drip),
    }
    with _serve(servers) as running, hostile("127.70.99.1", lab.http(lab.soft_404)) as stranger:
        assets = [
            {"address": s.address, "urls": [f"http://{s.address}:{s.port}/"]}
            for s in running.values()
        ]
        assets.append({"address": "no-such-name.invalid", "roles": ["web"]})
        path = inventory(folder, *assets, networks=("127.70.0.0/24",))
        names = [*servers, "nowhere"]
        begun = time.monotonic()
        card = Program(folder).scan(
            path, "--only", "web", "--deadline", DEADLINE, "--profile", "level3", code=3
        )
        seconds = time.monotonic() - begun
        yield (
            dict(zip((a["id"] for a in card["agencies"]), names, strict=True)),
            card,
            seconds,
            stranger,
        )


class _serve:
    """All of them at once."""

    def __init__(self, behaviours):
        self.contexts = {
            name: hostile(f"127.70.0.{number}", behaviour)
            for number, (name, behaviour) in enumerate(behaviours.items(), 1)
        }

    def __enter__(self):
        return {name: context.__enter__() for name, context in self.contexts.items()}

    def __exit__(self, *error):
        for context in self.contexts.values():
            context.__exit__(*error)


def findings(run, server, check):
    names, card, _, _ = run
    (agency,) = (agency for agency, name in names.items() if name == server)
    return [f for f in card["findings"] if f["agency"] == agency and f["check"] == check]


def test_it_ends_within_its_deadline(run):
    assert run[2] < DEADLINE + 30


@pytest.mark.parametrize("server", ["hangs", "garbage", "reset", "nowhere"])
def test_what_could_not_be_read_is_an_error_and_never_a_pass(run, server):
    names, card, _, _ = run
    (agency,) = (agency for agency, name in names.items() if name == server)
    statuses = {f["status"] for f in card["findings"] if f["agency"] == agency}
    assert "pass" not in statuses and "error" in statuses
    assert any(e["agency"] == agency and e["reason"] for e in card["errors"])


def test_a_redirect_out_of_scope_is_reported_and_not_followed(run):
    assert run[3].calls == []
    (found,) = findings(run, "away", "web.csp")
    assert found["status"] == "not_applicable"
    assert "127.70.99.1" in found["evidence"]["location"]


def test_a_redirect_loop_is_reported(run):
    (found,) = findings(run, "loop", "web.csp")
    assert found["status"] == "error" and "redirect" in found["reason"].lower()


def test_a_soft_404_is_no_finding(run):
    for check in ("web.exposed-files", "web.listing", "web.status-pages"):
        assert {f["status"] for f in findings(run, "soft", check)} <= {"pass", "error"}
    assert {f["status"] for f in findings(run, "soft", "web.csp")} == {"fail"}


def test_an_endless_body_is_cut_and_judged_by_what_came(run):
    assert {f["status"] for f in findings(run, "endless", "web.csp")} == {"fail"}
    for check in ("web.mixed-content", "web.login-https"):
        assert "pass" not in {f["status"] for f in findings(run, "endless", check)}


def test_nothing_of_a_name_without_an_address_is_forgotten(run):
    (found,) = findings(run, "nowhere", "web.https")
    assert found["reason"] == "The name does not resolve"
