"""How a stream's URL is taken apart, and what of it may be shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.declared import Kind, Streaming, Target
from facts.stream_urls import anonymous, names_passphrase, rtmp_parts, shown

SRT = "srt://a.vn:9000?streamid=%23!::r=live&mode=caller&s3cret"


@pytest.mark.parametrize(
    ("url", "use", "wanted"),
    [
        ("rtmp://a.vn/live/news", "public", "rtmp://a.vn/live/news"),
        ("rtmp://a.vn/live/k3y", "ingest", "rtmp://a.vn/live/***"),
        ("rtmps://a.vn:443/a/b/k3y?t=1", "contribution", "rtmps://a.vn:443/a/b/***?t=***"),
        ("rtmp://a.vn/live", "ingest", "rtmp://a.vn/live"),
        ("rtsp://a.vn/cam", "ingest", "rtsp://a.vn/cam"),
        (SRT, "ingest", "srt://a.vn:9000?streamid=***&mode=***&***"),
        ("https://me:pw@a.vn/x?sig=abc", "public", "https://a.vn/x?sig=***"),
        ("rtmp://[", "public", "***"),
    ],
)
def test_what_is_shown(url, use, wanted):
    assert shown(url, use) == wanted


@given(st.text())
def test_anything_can_be_shown(text):
    for use in ("public", "ingest"):
        assert isinstance(shown(text, use), str)


def test_rtmp_parts():
    assert rtmp_parts("rtmp://a.vn/live/news?k=v") == ("live", "news?k=v")
    assert rtmp_parts("rtmp://a.vn/a/b/c") == ("a/b", "c")
    assert rtmp_parts("rtmp://a.vn/live/") == ("live", "")
    assert rtmp_parts("rtmp://a.vn") == ("", "")


def test_passphrases():
    assert names_passphrase("srt://a.vn:9000?mode=x&passphrase=12345678")
    assert names_passphrase("srt://a.vn:9000?PASSPHRASE=")
    assert not names_passphrase("srt://a.vn:9000?streamid=passphrase")


def test_a_streams_key_and_endpoint_hold_no_secret():
    one = Target(
        Kind.STREAM, "a.vn", "127.0.0.1", 1935, "rtmp://a.vn/live/k3y?t=s3cret",
        stream=Streaming(use="ingest"),
    )  # fmt: skip
    assert one.endpoint == "rtmp://a.vn/live/***?t=***"
    assert "k3y" not in one.key and "s3cret" not in one.key
    others = [
        replace(one, url="rtmp://a.vn/live/other?t=s3cret"),
        replace(one, url="rtmp://a.vn/live/k3y?t=2"),
        replace(one, active=("publish",)),
        replace(one, stream=Streaming(use="contribution")),
    ]
    assert len({target.key for target in [one, *others]}) == 5


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("rtsp://u:p@a.vn/cam?channel=1&subtype=0", "rtsp://a.vn/cam?channel=1&subtype=0"),
        ("rtmp://a.vn/live/news?k=v&Token=x&vhost=b", "rtmp://a.vn/live/news?vhost=b"),
        ("rtsp://a.vn/cam?s3cret", "rtsp://a.vn/cam"),
        ("rtsp://a.vn:8554/cam", "rtsp://a.vn:8554/cam"),
    ],
)
def test_what_a_stranger_knows_of_an_address(url, known):
    assert anonymous(url) == known
