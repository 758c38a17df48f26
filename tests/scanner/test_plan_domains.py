"""From an asset to its domains and streams, and to what they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from facts.declared import Domain, Kind, Lead, Vantage
from facts.names import NameFacts
from scanner.plan import expand, places
from scanner.scope import Scope
from tests.scanner.inventories import inventory

NAME = "www.bao.test"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass(frozen=True)
class Led:
    leads: tuple[Lead, ...] = ()


def targets(*leads, probe="mail", addresses=("127.0.0.8",), refused=(), **asset):
    """What an asset is visited as; each name leads to `addresses`."""
    whole = inventory(NAME, **asset)
    (place,) = places(whole, Scope(whole.authorisation.authorisation()), Vantage.EXTERNAL)

    def seen(key, asked):
        if asked == "names":
            return NameFacts(NOW, addresses, refused)
        return Led(leads) if asked == probe else None

    return [one.target for one in expand(place, seen) if one.blocked is None]


def of(kind, found):
    return [one for one in found if one.kind is kind]


def test_a_domain_knows_the_systems_names_and_services():
    stream = {"url": "rtmps://live.bao.test/app/key", "use": "ingest"}
    zones = [
        {"name": "bao.test", "mail": True, "dkim": ["k1"]},
        {"name": "other.test", "mail": False},
    ]
    urls = ["https://www.bao.test/", "https://elsewhere.test:8443/"]
    first, second = of(Kind.ZONE, targets(urls=urls, streams=[stream], zones=zones))
    assert first.domain == Domain(
        True, ("k1",), ("live.bao.test", NAME), (("live.bao.test", 443), (NAME, 443))
    )
    assert (second.domain, second.address) == (Domain(False, (), (), ()), "")


def test_a_name_that_only_ends_alike_is_not_under_a_domain():
    (zone,) = of(Kind.ZONE, targets(zones=[{"name": "ao.test"}]))
    assert zone.domain.names == ()


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("https://live.bao.test/a.m3u8", 443, True),
        ("http://live.bao.test/a.m3u8", 80, False),
        ("rtmp://live.bao.test/a/b", 1935, False),
        ("rtmps://live.bao.test/a/b", 443, True),
        ("rtsp://live.bao.test/a", 554, False),
        ("rtsps://live.bao.test/a", 322, True),
        ("srt://live.bao.test:9000", 9000, False),
    ],
)
def test_a_stream_is_visited_at_each_address_and_its_tls_too(url, port, tls):
    streams = [{"url": url, "use": "public"}]
    found = targets(streams=streams, addresses=("127.0.0.8", "127.0.0.9"))
    assert [(one.address, one.port) for one in of(Kind.STREAM, found)] == [
        ("127.0.0.8", port),
        ("127.0.0.9", port),
    ]
    at = [one.address for one in of(Kind.TLS, found) if one.name == "live.bao.test"]
    assert at == (["127.0.0.8", "127.0.0.9"] if tls else [])


def test_mail_servers_that_were_found_have_their_tls_looked_at():
    found = targets(Lead("mx.bao.test", 25, "smtp"), zones=[{"name": "bao.test", "mail": True}])
    (tls,) = [one for one in of(Kind.TLS, found) if one.name == "mx.bao.test"]
    assert (tls.address, tls.port, tls.starttls) == ("127.0.0.8", 25, "smtp")


def test_what_lies_outside_of_the_authorisation_is_not_followed():
    lead = Lead("mx.stranger.test", 25, "smtp")
    zones = [{"name": "bao.test", "mail": True}]
    found = targets(lead, zones=zones, addresses=(), refused=("192.0.2.9",))
    assert not [one for one in of(Kind.TLS, found) if one.name == "mx.stranger.test"]


def test_a_stream_knows_the_agencys_hosts():
    stream = {"url": "https://live.bao.test/a.m3u8"}
    urls = ["https://TV.bao.test/"]
    tls = [{"name": "api.bao.test", "port": 8443}]
    found = targets(urls=urls, tls=tls, streams=[stream])
    (one,) = of(Kind.STREAM, found)
    assert set(one.hosts) >= {NAME, "tv.bao.test", "api.bao.test", "live.bao.test"}
    assert all(other.hosts == () for other in found if other.kind is Kind.TLS)
