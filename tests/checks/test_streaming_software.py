"""Is a streaming server still mended, and does it name its version?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from checks import Status
from checks.streaming import software
from facts.base import Undecided, Unknown
from facts.exploited import Exploited
from facts.host.media import MediaInside, Server
from facts.media_server import Door, Shown
from facts.products import Product
from facts.streams import AssetStreams
from facts.support import Cycle
from facts.world import Package
from scanner.world import packaged
from tests.factories.host_patching import patching
from tests.factories.host_system import GOOD, SystemFacts
from tests.factories.media import BASE, door, media, showing
from tests.factories.streams import web, wire
from tests.factories.world import world

PASS, FAIL, ERROR, NA = Status.PASS, Status.FAIL, Undecided, Status.NOT_APPLICABLE
WHY = Unknown("It was not learnt")
DEBIAN = GOOD[SystemFacts]
WORLD = world(
    cycles={
        **world().cycles,
        "icecast": (Cycle("2.5"), Cycle("2.4", date(2026, 12, 31))),
        "srs": (Cycle("5"), Cycle("4", ended=True)),
    },
    packages=(*world().packages, Package("debian", "12", "icecast", ("2.4.4",), silent=True)),
)
OUT = replace(WORLD, cycles={**WORLD.cycles, "icecast": (Cycle("2.4", date(2026, 1, 1)),)})


def judged(facts, inside=WHY, given=WORLD, system=DEBIAN, own=None):
    """The status, or Undecided."""
    try:
        return software.supported(facts, given, inside, system, own or patching()).status
    except Undecided:
        return Undecided


def shows(*named: str, **changes: object):
    """A door whose answers name these products: "srs 5.0.213"."""
    products = [Product(*one.split(" ")) for one in named]
    shown = tuple(Shown(product, f"{BASE} Server") for product in products)
    return media(replace(door(), shown=shown, **changes))


def runs(product: str, version: object, packaged: object = True) -> MediaInside:
    """The inside of a host with one server."""
    return MediaInside((Server(product, version=version, packaged=packaged),))


@pytest.mark.parametrize(
    ("named", "status"),
    [
        ((), NA),
        (("srs 5.0.213",), PASS),
        (("srs 4.0.271",), FAIL),
        (("srs 9.1.0",), ERROR),
        (("icecast 2.4.4",), PASS),
        (("icecast 2.5.0", "srs 4.0.1"), FAIL),
        (("mediamtx 1.5.0",), ERROR),  # its makers publish no support
        (("wowza 4.8.20",), ERROR),
        (("nginx 1.20.1",), NA),  # a web server; its own checks judge it
        (("nginx-rtmp 1.1.4",), NA),
    ],
)
def test_by_what_is_shown(named, status):
    assert judged(shows(*named)) is status


def test_the_nginx_that_shows_streams_is_judged():
    facts = shows("nginx 1.30.2", trials={"/stat": "nginx-rtmp-stat"})
    assert judged(facts) is PASS
    assert judged(shows("nginx 1.22.0", trials={"/stat": "nginx-rtmp-stat"})) is FAIL
    assert judged(shows("nginx 1.22.1", trials={"/stat": "nginx-rtmp-stat"})) is ERROR  # Debian's?


def test_what_a_distribution_may_have_packed_is_not_failed_from_outside():
    assert judged(shows("icecast 2.4.4"), given=OUT) is ERROR
    assert judged(shows("icecast 2.4.2"), given=OUT) is FAIL


OLD = replace(DEBIAN, version="11")


@pytest.mark.parametrize(
    ("inside", "system", "status"),
    [
        (runs("icecast", "2.4.4-4+b1"), DEBIAN, PASS),
        (runs("icecast", "2.4.4-4+b1"), OLD, FAIL),
        (runs("icecast", "2.4.4-4+b1"), WHY, ERROR),
        (runs("icecast", "2.4.4-4+b1"), replace(DEBIAN, version="44"), ERROR),
        (runs("nginx-rtmp", "1.2.2-1"), DEBIAN, PASS),
        (runs("srs", "5.0.213", packaged=False), WHY, PASS),
        (runs("srs", "4.0.1", packaged=False), WHY, FAIL),
        (runs("srs", WHY, packaged=False), DEBIAN, ERROR),
        (runs("srs", WHY, packaged=WHY), DEBIAN, ERROR),
        (runs("mediamtx", "1.5.0", packaged=False), DEBIAN, ERROR),
        (runs("nginx-rtmp", "1.2.2", packaged=False), DEBIAN, ERROR),
        (MediaInside(()), DEBIAN, NA),
        (MediaInside(WHY), DEBIAN, NA),
    ],
)
def test_by_the_inside(inside, system, status):
    assert judged(media(), inside, system=system) is status


def test_the_inside_knows_better_what_the_outside_saw():
    assert judged(shows("icecast 2.4.4"), runs("icecast", "2.4.4-4+b1"), OUT) is PASS
    assert judged(shows("srs 4.0.1"), runs("srs", WHY, packaged=False)) is FAIL
    assert judged(shows("srs 5.0.1"), runs("srs", WHY, packaged=False)) is PASS
    seen = shows("nginx 1.22.1", trials={"/stat": "nginx-rtmp-stat"})
    assert judged(seen, runs("nginx-rtmp", "1.2.2-1")) is PASS
    assert judged(shows("srs 4.0.1"), runs("icecast", "2.4.4-4+b1")) is FAIL


def test_bought_support_of_a_distribution_counts_where_it_is_seen():
    focal = replace(DEBIAN, id="ubuntu", version="20.04")
    inside = runs("icecast", "2.4.4-4")
    assert judged(media(), inside, system=focal, own=patching(esm=True)) is PASS
    assert judged(media(), inside, system=focal, own=patching(esm=False)) is FAIL
    assert judged(media(), inside, system=focal, own=patching(esm=WHY)) is ERROR
    assert judged(media(), inside, system=focal, own=WHY) is ERROR


def test_a_fault_that_is_known_to_be_exploited():
    row = Exploited("CVE-2026-0001", "icecast2", "debian 12", "2.4.4-5")
    bad = replace(WORLD, exploited=(row,))
    assert judged(media(), runs("icecast", "2.4.4-4+b1"), bad) is FAIL
    assert judged(media(), runs("icecast", "2.4.4-5"), bad) is PASS


def test_what_was_not_seen_passes_nothing():
    unseen = showing({"/stat": WHY})
    assert judged(unseen) is ERROR
    assert judged(media(replace(door(), web=WHY))) is ERROR
    assert judged(unseen, runs("icecast", "2.4.4-4+b1")) is ERROR


def test_our_own_table():
    own, day = packaged(), datetime(2026, 11, 23, tzinfo=UTC)
    for product, version, state in (
        ("icecast", "2.5.0", "supported"),
        ("icecast", "2.4.4", "supported"),
        ("icecast", "2.3.3", "unknown_version"),
        ("srs", "5.0.213", "supported"),
        ("srs", "4.0.271", "ended"),
        ("mediamtx", "1.9.0", "unknown_product"),
    ):
        assert str(own.support(product, version, day).state) == state


def rtsp(*shown: Shown) -> Door:
    """A server of RTSP."""
    return Door("rtsp://a:554", 554, True, server="x", shown=shown)


def said(facts, *streams):
    """What the check of banners says."""
    try:
        return software.banner(facts, AssetStreams(streams)).status
    except Undecided:
        return Undecided


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        (media(), PASS),
        (shows("nginx 1.22.1"), FAIL),
        (
            media(others=(rtsp(Shown(Product("live555", "2023.01.19"), "rtsp://a:554 Server")),)),
            FAIL,
        ),
        (media(others=(rtsp(),)), PASS),
        (media(others=(replace(rtsp(), web=WHY),)), ERROR),
        (showing({"/stat": WHY}), ERROR),
        (media(replace(door(), web=WHY)), ERROR),
        (media(replace(door(), web=False, trials={})), PASS),
    ],
)
def test_banner(facts, status):
    assert said(facts) is status


@pytest.mark.parametrize(
    ("stream", "status"),
    [
        (wire(), PASS),  # FMS/3,0,1,123: what RTMP servers call themselves, of no version
        (wire(software="FMS/3,5,3,888 SRS/5.0.213(Bee)"), FAIL),
        (wire(software=""), PASS),
        (wire(software=WHY), ERROR),
        (replace(wire(software="GStreamer RTSP server"), scheme="rtsp"), PASS),
        (replace(wire(software="Wowza Streaming Engine 4.8.20"), scheme="rtsps"), FAIL),
        (replace(wire(software="Camera/1.2.3"), scheme="rtsp"), FAIL),
        (web(), PASS),
        (web(server="nginx/1.22.1"), FAIL),
        (WHY, ERROR),
    ],
)
def test_the_banner_of_streams(stream, status):
    assert said(media(), stream) is status
    assert said(shows("nginx 1.22.1"), stream) is FAIL


def test_the_banner_says_where():
    seen = software.banner(shows("icecast 2.4.4"), WHY).evidence["found"]
    assert seen == [f"icecast 2.4.4: {BASE} Server"]
