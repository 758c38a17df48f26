"""The pages of streaming servers: what is seen from outside, and what the settings add to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks import Status
from checks.streaming import pages
from facts.base import Undecided, Unknown
from facts.declared import Kind, Target, Vantage
from facts.host.media import MediaInside, Page, Server
from facts.media_pages import ASKS
from tests.factories.media import door, media, showing

PASS, FAIL, ERROR, NA = Status.PASS, Status.FAIL, Undecided, Status.NOT_APPLICABLE
WHY = Unknown("It was not learnt")
HOST = Target(Kind.MEDIA, "live.bao.test", "203.0.113.5")
FEW = replace(HOST, scan_ports="443")


def judged(check, facts, target=HOST, inside=WHY):
    """The status, or Undecided."""
    try:
        return check(facts, target, inside).status
    except Undecided:
        return Undecided


def server(*of_server: Page, product: str = "nginx-rtmp", **changes: object) -> MediaInside:
    """The inside of a host with one server that has these pages."""
    return MediaInside((replace(Server(product, pages=of_server), **changes),))


def page(name: str = "rtmp_control", manages: bool = True, address: str = "", port: int = 443,
         asks: object = ("addresses",)) -> Page:  # fmt: skip
    """A page by its settings."""
    return Page(name, manages, address, port, asks)


@pytest.mark.parametrize(
    ("shown", "management", "listing"),
    [
        ({}, PASS, PASS),
        ({"/stat": "nginx-rtmp-stat"}, PASS, FAIL),
        ({"/x": "nginx-rtmp-control"}, FAIL, PASS),
        ({"/x": "mediamtx-api"}, FAIL, FAIL),
        ({"/x": "go-pprof", "/stat": WHY}, FAIL, ERROR),
        ({"/stat": WHY}, ERROR, ERROR),
        ({"/stat": ASKS}, PASS, PASS),
        ({"/stat": "something else"}, PASS, PASS),
    ],
)
def test_what_the_outside_sees_decides(shown, management, listing):
    facts = showing(shown)
    assert judged(pages.management, facts) is management
    assert judged(pages.listing, facts) is listing


@pytest.mark.parametrize("check", [pages.management, pages.listing])
def test_what_was_not_tried(check):
    assert judged(check, media(door(), replace(door(), web=WHY))) is ERROR
    assert judged(check, media(untried=(9997,))) is ERROR
    assert judged(check, media(doors=())) is PASS
    assert judged(check, media(), replace(HOST, vantage=Vantage.INTERNAL)) is NA


OPEN = page(asks=())
DEFAULT = page("admin", asks=("default password",))


@pytest.mark.parametrize(
    ("inside", "status"),
    [
        (server(OPEN), FAIL),  # it stands elsewhere than where it was looked for
        (server(DEFAULT, product="icecast"), FAIL),
        (server(page()), PASS),
        (server(replace(OPEN, address="127.0.0.1")), PASS),
        (server(replace(OPEN, port=9000)), PASS),  # its port is closed to the outside
        (server(page(asks=WHY)), PASS),  # the outside saw nothing
        (server(pages=WHY), PASS),
        (MediaInside(WHY), PASS),
        (MediaInside(()), PASS),
        (server(replace(OPEN, manages=False)), PASS),
    ],
)
def test_the_settings_say_more_of_management(inside, status):
    assert judged(pages.management, media(), inside=inside) is status


def test_the_settings_say_more_of_lists():
    stat = page("rtmp_stat", manages=False, asks=())
    assert judged(pages.listing, media(), inside=server(stat)) is FAIL
    assert judged(pages.listing, media(), inside=server(OPEN)) is PASS


UNSEEN = showing({"/stat": WHY})


@pytest.mark.parametrize(
    ("inside", "management", "listing"),
    [
        (server(page()), PASS, PASS),
        (server(), PASS, PASS),
        (server(page(), product="icecast"), PASS, ERROR),  # no setting names its lists
        (server(page(asks=WHY)), ERROR, ERROR),
        (server(pages=WHY), ERROR, ERROR),
        (MediaInside(()), ERROR, ERROR),
        (MediaInside(WHY), ERROR, ERROR),
    ],
)
def test_the_settings_decide_where_the_outside_could_not(inside, management, listing):
    assert judged(pages.management, UNSEEN, inside=inside) is management
    assert judged(pages.listing, UNSEEN, inside=inside) is listing


def test_an_open_page_at_a_port_that_nobody_tried_is_not_closed():
    elsewhere = server(replace(OPEN, port=9000))
    assert judged(pages.management, media(), FEW, elsewhere) is ERROR
    assert judged(pages.management, media(untried=(9000,)), inside=elsewhere) is ERROR
    assert judged(pages.management, media(), FEW, server(page(port=9000))) is PASS


def test_the_finding_names_the_pages():
    seen = pages.management(showing({"/x?app=y": "nginx-rtmp-control"}), HOST, server(DEFAULT))
    wanted = ["https://live.bao.test:443/x (nginx-rtmp-control)", "443/admin"]
    assert seen.evidence["pages"] == wanted
