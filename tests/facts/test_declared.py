"""A visit is shared by what sees the same, and by nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from facts.declared import Kind, Target

TLS = Target(Kind.TLS, "www.bao.test", "127.0.0.1", 443, agency="a", asset="one", ca="PEM one")


@pytest.mark.parametrize(
    "other", [{"asset": "two"}, {"agency": "b"}, {"roles": ("web",)}, {"allowed_ports": (22,)}]
)
def test_what_only_the_judge_needs_does_not_part_visits(other):
    assert replace(TLS, **other).key == TLS.key


@pytest.mark.parametrize(
    "other",
    [{"ca": ""}, {"ca": "PEM two"}, {"name": "x.test"}, {"port": 444}, {"address": "127.0.0.2"},
     {"starttls": "smtp"}],
)  # fmt: skip
def test_what_changes_what_is_seen_parts_them(other):
    assert replace(TLS, **other).key != TLS.key


def test_an_authority_parts_visits_of_a_domain_whose_mail_servers_it_vouches_for():
    zone = Target(Kind.ZONE, "bao.test", ca="PEM one")
    assert replace(zone, ca="").key != zone.key


def test_a_restricted_sweep_is_no_other_sweep():
    host = Target(Kind.HOST, "127.0.0.1", "127.0.0.1")
    assert replace(host, scan_ports="80").key != host.key
