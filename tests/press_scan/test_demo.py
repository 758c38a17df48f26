"""The demo, as a newcomer runs it."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import jsonschema
import pytest
import yaml

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "scorecard.schema.json").read_text())


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    from tests.press_scan.program import Program

    folder = tmp_path_factory.mktemp("demo")
    done = Program(folder).run("demo", "--output", folder / "out")
    return folder / "out", json.loads((folder / "out" / "scorecard.json").read_text()), done


def failing(card, agency):
    return {f["check"] for f in card["findings"] if f["agency"] == agency and f["status"] == "fail"}


def test_one_of_three_agencies_complies(demo):
    _, card, _ = demo
    assert {a["id"]: a["compliant"] for a in card["agencies"]} == {
        "bao-demo": True,
        "dai-demo": False,
        "tap-chi-demo": False,
    }
    assert card["programme"]["percent"] == 33.3
    jsonschema.validate(card, SCHEMA)


def test_nothing_else_is_found_on_the_well_kept_site(demo):
    _, card, _ = demo
    assert failing(card, "bao-demo") == set()
    assert [f for f in card["findings"] if f["status"] == "error"] == []
    assert card["errors"] == []


def test_the_planted_faults_are_found(demo):
    _, card, _ = demo
    assert failing(card, "dai-demo") >= {
        "tls.protocols", "tls.ciphers", "tls.cert-trusted", "tls.cert-name", "tls.cert-expiry",
        "web.https", "web.hsts", "web.csp", "web.cookies", "web.login-https", "web.mixed-content",
        "web.cors", "web.banner", "web.methods", "web.listing", "web.exposed-files",
        "web.status-pages", "web.errors", "web.server-supported", "web.libraries",
        "web.security-txt", "ports.admin", "ports.cleartext", "ports.allowed",
        "ports.databases", "ports.unauthenticated",
    }  # fmt: skip
    assert failing(card, "tap-chi-demo") >= {
        "web.hsts", "web.csp", "web.cookies", "web.banner", "web.libraries", "ports.admin",
        "ssh-service.algorithms", "ssh-service.passwords",
    }  # fmt: skip
    assert not {"tls.protocols", "tls.cert-trusted"} & failing(card, "tap-chi-demo")


def test_it_says_where_everything_is_and_stops_what_it_started(demo):
    folder, _, done = demo
    assert str(folder / "scorecard.html") in done.stdout
    for name in ("bao-demo", "dai-demo", "tap-chi-demo"):
        assert (folder / "agencies" / f"{name}.html").stat().st_size > 10_000
    inventory = yaml.safe_load((folder / "inventory.yaml").read_text("utf-8"))
    for agency in inventory["agencies"]:
        asset = agency["systems"][0]["assets"][0]
        for port in asset["ports"]["scan"].split(","):
            with socket.socket() as sock:
                assert sock.connect_ex((asset["address"], int(port))) != 0
