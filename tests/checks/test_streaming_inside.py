"""Publishing and playing by the server's own settings: both ways, and what they can't tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks import Status
from checks.streaming import access
from facts.base import Undecided, Unknown
from facts.declared import Kind, Streaming, Target
from facts.host.media import MediaInside
from facts.stream_wire import NOT_ALLOWED
from tests.factories.streams import wire
from tests.facts.host.recorded_media import of_file, read
from tests.probes.sites import fix

PASS, FAIL, NA = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE
NOBODY = Unknown("No log-in is declared")
HIDDEN = Unknown("The log-in may not read this file on the host", "/etc/mediamtx.yml")
OFF_AIR = Unknown("No media came from the stream; it may be off the air")


def aimed(url, port, use="ingest"):
    return Target(Kind.STREAM, "x", "127.0.0.1", port=port, url=url, stream=Streaming(use))


AT = {
    "nginx": aimed("rtmp://x/live/a", 1935),
    "icecast": aimed("http://x:8000/a", 8000),
    "mediamtx": aimed("rtmp://x/contribution", 1935),
    "srs": aimed("rtmp://x/live/a", 1935),
}
APPLICATION = "rtmp {{ server {{ listen 1935; application live {{ live on; {} }} }} }}"
ICECAST = """<icecast>{}<listen-socket><port>8000</port></listen-socket></icecast>"""
OPEN = {
    "nginx": APPLICATION.format(""),
    "icecast": of_file("icecast-2.4.4-debian12.xml"),
    "mediamtx": of_file("mediamtx-default.yml"),
    "srs": of_file("srs-default.conf"),
}


def mended(product, check):
    """The open settings, with our own remedy."""
    remedy = fix(f"streaming.{check}", product)
    return {
        "nginx": APPLICATION.format(remedy),
        "icecast": ICECAST.format(remedy).replace("/contribution", "/a"),
        "mediamtx": f"{remedy}\npaths: {{all_others: }}\n",
        "srs": f"listen 1935; vhost __defaultVhost__ {{ {remedy} }}",
    }[product]


def inside(product, text):
    return MediaInside((read(product, text),))


def judged(check, *given):
    try:
        return check(*given).status
    except Undecided as why:
        return why.why


EACH = pytest.mark.parametrize("product", sorted(OPEN))


@EACH
def test_the_settings_decide_who_publishes_and_no_trial_is_needed(product):
    seen, target = wire(published=NOT_ALLOWED), AT[product]
    assert judged(access.publish_auth, seen, target, inside(product, OPEN[product])) is FAIL
    kept = inside(product, mended(product, "publish-auth"))
    assert judged(access.publish_auth, seen, target, kept) is PASS
    assert judged(access.publish_auth, seen, target, NOBODY) == NOT_ALLOWED.unknown


@EACH
def test_what_was_seen_from_outside_goes_before_settings_that_ask(product):
    kept = inside(product, mended(product, "publish-auth"))
    assert judged(access.publish_auth, wire(published=True), AT[product], kept) is FAIL
    assert judged(access.read_auth, wire(played=True), AT[product], kept) is FAIL


@EACH
def test_one_refusal_does_not_outweigh_settings_that_are_open(product):
    found = inside(product, OPEN[product])
    assert judged(access.publish_auth, wire(published=False), AT[product], found) is FAIL
    assert judged(access.publish_auth, wire(published=None), AT[product], found) is FAIL


@EACH
def test_the_settings_decide_who_plays(product):
    seen, target = wire(played=OFF_AIR), AT[product]
    assert judged(access.read_auth, seen, target, inside(product, OPEN[product])) is FAIL
    kept = inside(product, mended(product, "read-auth"))
    assert judged(access.read_auth, seen, target, kept) is PASS
    assert judged(access.read_auth, seen, target, NOBODY) == OFF_AIR.unknown
    public = replace(target, stream=Streaming("public"))
    assert judged(access.read_auth, seen, public, inside(product, OPEN[product])) is NA


@pytest.mark.parametrize(
    "unread", [MediaInside(HIDDEN), MediaInside((replace(read("srs", OPEN["srs"]), items=HIDDEN),))]
)
def test_settings_that_could_not_be_read_decide_nothing(unread):
    target = AT["srs"]
    assert (
        judged(access.publish_auth, wire(published=NOT_ALLOWED), target, unread) == HIDDEN.unknown
    )
    assert judged(access.read_auth, wire(played=OFF_AIR), target, unread) == OFF_AIR.unknown
    assert judged(access.publish_auth, wire(published=False), target, unread) is PASS
    assert judged(access.read_auth, wire(played=False), target, unread) is PASS


def test_another_server_s_settings_decide_nothing():
    other = inside("icecast", OPEN["icecast"])
    found = judged(access.publish_auth, wire(published=NOT_ALLOWED), AT["srs"], other)
    assert found == "No streaming server on the host has this port in its settings"
    assert judged(access.publish_auth, wire(published=False), AT["srs"], other) is PASS


def test_the_evidence_names_no_secret():
    found = access.publish_auth(
        wire(published=NOT_ALLOWED), AT["icecast"], inside("icecast", OPEN["icecast"])
    )
    assert found.evidence["publish_to"] == ["*"] and found.evidence["product"] == "icecast"
    assert "source-password" in found.evidence["default_passwords"]
    assert "hackme" not in repr(found)


def test_a_name_that_is_a_key_is_not_shown():
    key = "3f7d1c0a9b8e4d2f" * 3
    found = inside("mediamtx", f"paths: {{{key}: }}")
    verdict = access.publish_auth(wire(published=NOT_ALLOWED), AT["mediamtx"], found)
    assert verdict.status is FAIL and key not in repr(verdict)
