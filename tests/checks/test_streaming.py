from dataclasses import replace

import pytest

from checks import Status
from checks.streaming import access, encryption
from facts.base import Undecided, Unknown
from facts.declared import Kind, Streaming, Target
from facts.stream_web import Source
from facts.stream_wire import NOT_ALLOWED
from tests.factories.streams import GOOD, NO_LOGIN, StreamFacts, web, wire

PASS, FAIL, ERROR, NA = Status.PASS, Status.FAIL, Undecided, Status.NOT_APPLICABLE
WHY = Unknown("It was not learnt")
INGEST = Target(Kind.STREAM, "bao.test", "127.34.0.1", stream=Streaming("ingest"))
PLAIN = replace(INGEST, stream=Streaming("ingest", plain=True))
PUBLIC = replace(INGEST, stream=Streaming("public"))
SUBSCRIBERS = replace(INGEST, stream=Streaming("public", protected=True))
NOTHING = replace(GOOD[StreamFacts], wire=None, web=None)
BOTH = pytest.mark.parametrize("made", [wire, web])


def judged(check, *args):
    try:
        return check(*args).status
    except Undecided:
        return Undecided


@BOTH
@pytest.mark.parametrize(
    ("published", "status"),
    [(False, PASS), (True, FAIL), (WHY, ERROR), (NOT_ALLOWED, ERROR), (None, NA)],
)
def test_publish_auth(made, published, status):
    assert judged(access.publish_auth, made(published=published), INGEST, NO_LOGIN) is status


@BOTH
@pytest.mark.parametrize(
    ("played", "target", "status"),
    [
        (False, INGEST, PASS),
        (True, INGEST, FAIL),
        (WHY, INGEST, ERROR),
        (None, INGEST, NA),
        (True, PUBLIC, NA),
        (WHY, PUBLIC, NA),
        (True, replace(INGEST, stream=Streaming("contribution")), FAIL),
    ],
)
def test_read_auth(made, played, target, status):
    assert judged(access.read_auth, made(played=played), target, NO_LOGIN) is status


def test_what_is_for_subscribers_is_not_for_everybody():
    assert judged(access.read_auth, wire(played=True), SUBSCRIBERS, NO_LOGIN) is FAIL
    assert judged(access.read_auth, web(played=True), SUBSCRIBERS, NO_LOGIN) is NA  # by keys


@BOTH
@pytest.mark.parametrize(
    ("secure", "twin", "target", "status"),
    [
        (True, False, INGEST, PASS),
        (True, None, INGEST, PASS),
        (True, True, INGEST, FAIL),
        (True, WHY, INGEST, ERROR),
        (False, None, INGEST, FAIL),
        (False, WHY, INGEST, FAIL),
        (WHY, None, INGEST, ERROR),
        (WHY, True, PLAIN, ERROR),
        (False, None, PLAIN, NA),
        (True, True, PLAIN, PASS),
        (True, WHY, PLAIN, PASS),
        (False, None, replace(INGEST, stream=None), FAIL),
    ],
)
def test_encrypted(made, secure, twin, target, status):
    assert judged(encryption.encrypted, made(secure=secure, twin=twin), target) is status


def test_a_stream_that_was_not_looked_at_is_an_error():
    assert judged(access.publish_auth, NOTHING, INGEST, NO_LOGIN) is ERROR
    assert judged(access.read_auth, NOTHING, INGEST, NO_LOGIN) is ERROR
    assert judged(encryption.encrypted, NOTHING, INGEST) is ERROR


def test_parts_of_a_secure_address_that_are_not():
    sources = (Source("segment", "http", "cdn.test"), Source("playlist", "https", "bao.test"))
    verdict = encryption.encrypted(web(secure=False, sources=sources), INGEST)
    assert verdict.status is FAIL and verdict.evidence["parts"] == ["segment: cdn.test"]
