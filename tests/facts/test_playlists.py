"""Playlists of HLS and manifests of DASH: real ones, odd ones, and any bytes at all.

`tests/recordings/playlists`: what ffmpeg 5.1 wrote, and two made from the standards.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from facts.manifest_clock import NUMBER, Clock, newest, seconds_since_1970
from facts.manifests import looks_like_dash, read_dash
from facts.playlists import (
    KEYS,
    LINE,
    LINES,
    NOT_READ,
    TOO_LONG,
    URLS,
    Playlist,
    looks_like_hls,
    looks_like_list,
    read_hls,
    read_list,
)

KEPT = Path(__file__).parents[1] / "recordings" / "playlists"
HERE = "https://live.bao.test/hls/a.m3u8"
HEAD = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n"
CORPUS = {file.name: file.read_text("utf-8") for file in sorted(KEPT.iterdir())}


def read(name):
    text = CORPUS[name]
    return read_dash(text, HERE) if name.endswith(".mpd") else read_hls(text, HERE)


def test_a_live_playlist_of_ffmpeg_with_a_key():
    found = read("ffmpeg-5.1-aes-live.m3u8")
    assert found.live
    assert found.keys == ("https://keys.bao.test/key?id=1",)
    assert len(found.segments) == 4
    assert found.sample == found.segments[-1]
    assert found.sample.startswith("https://live.bao.test/hls/safe-")
    assert (found.target, found.drm, found.odd) == (1.0, (), False)
    older = CORPUS["ffmpeg-5.1-aes-live.m3u8"].splitlines()[:-2]
    assert read_hls("\n".join(older), HERE).position != found.position


def test_a_recorded_playlist_of_ffmpeg():
    found = read("ffmpeg-5.1-vod.m3u8")
    assert (found.live, found.keys, len(found.segments)) == (False, (), 4)


def test_a_master_playlist():
    found = read("rfc8216-master.m3u8")
    assert found.playlists == (
        "http://cdn.test:8080/low.m3u8",
        "https://mid.test/mid.m3u8?token=a,b",
        "https://live.bao.test/hls/audio/vi.m3u8",
        "https://live.bao.test/hls/iframe.m3u8",
    )
    assert (found.drm, found.keys, found.live) == (("FairPlay",), (), False)


def test_a_live_manifest_of_ffmpeg():
    found = read("ffmpeg-5.1-live.mpd")
    assert (found.live, found.target, found.odd) == (True, 1.0, False)
    assert found.sample == found.segments[-1]
    number, _, _ = found.position.partition("/")
    assert found.sample.endswith(f"live-0-{int(number):05d}.m4s")


def test_a_protected_manifest():
    found = read("dashif-protected.mpd")
    assert found.licences == ("https://drm.bao.test/widevine?a=1&b=2",)
    assert found.drm == ("Widevine",)
    assert found.segments == (
        "https://cdn.test/vod/v1/i.mp4",
        "https://cdn.test/vod/v1/00007-100$.m4s",
        "http://cdn2.test/vod/v1/i.mp4",
        "http://cdn2.test/vod/v1/00007-100$.m4s",
        "https://cdn.test/vod/hd/v2/i.mp4",
        "https://cdn.test/vod/hd/v2/00007-200$.m4s",
        "http://cdn2.test/vod/hd/v2/i.mp4",
        "http://cdn2.test/vod/hd/v2/00007-200$.m4s",
        "https://cdn.test/vod/whole.mp4",
        "http://cdn2.test/vod/whole.mp4",
        "https://cdn.test/vod/li.mp4",
        "https://cdn.test/vod/l1.m4s",
        "https://cdn.test/vod/l2.m4s",
        "http://cdn2.test/vod/li.mp4",
        "http://cdn2.test/vod/l1.m4s",
        "http://cdn2.test/vod/l2.m4s",
    )
    assert (found.live, found.odd) == (False, False)


def test_a_live_manifest_by_the_clock_shows_no_position():
    text = CORPUS["dashif-protected.mpd"].replace('"static"', '"dynamic"').partition("<Period><")[0]
    template = '<SegmentTemplate media="$Number$.m4s" initialization="i.mp4" duration="2"/>'
    period = f'<Period><AdaptationSet>{template}<Representation id="1"/></AdaptationSet></Period>'
    found = read_dash(f"{text}{period}</MPD>", HERE)
    assert (found.live, found.position, found.clock) == (True, "", None)
    assert found.sample == "https://cdn.test/vod/i.mp4"
    text = text.replace("type=", 'availabilityStartTime="2026-11-23T03:00:00Z" type=')
    found = read_dash(f"{text}{period}</MPD>", HERE)
    at = datetime(2026, 11, 23, 3, 0, 11, tzinfo=UTC)
    assert newest(found.clock, at) == tuple(f"https://cdn.test/vod/{n}.m4s" for n in (5, 4, 3))
    assert newest(found.clock, at - timedelta(seconds=9)) == ("https://cdn.test/vod/1.m4s",)
    assert newest(found.clock, at - timedelta(days=9)) == ()
    repeats = '<SegmentTimeline><S t="0" d="2" r="-1"/></SegmentTimeline>'
    endless = period.replace('duration="2"/>', f">{repeats}</SegmentTemplate>")
    assert read_dash(f"{text}{endless}</MPD>", HERE).position == ""


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        ("http://a.vn:8000/live\r\n", "audio/x-mpegurl", ("http://a.vn:8000/live",)),
        ("#EXTM3U\n#EXTINF:-1,VOV\nhttp://a.vn/v\n/w\n", "", ("http://a.vn/v", "https://live.bao.test/w")),
        ("[playlist]\nFile1=http://a.vn/;\nTitle1=x\n", "audio/x-scpls", ("http://a.vn/;",)),
        ("http://a.vn/live", "text/html", None),
        (CORPUS["ffmpeg-5.1-vod.m3u8"], "audio/x-mpegurl", None),
        ("<html>", "audio/x-mpegurl", None),
    ],
)  # fmt: skip
def test_lists_of_radios(text, kind, wanted):
    assert looks_like_list(text, kind) is (wanted is not None)
    assert wanted is None or read_list(text, HERE) == wanted


def test_a_key_in_the_playlist_itself_and_one_that_is_none():
    keys = '#EXT-X-KEY:METHOD=AES-128,URI="data:text/plain;base64,AAAA"\n#EXT-X-KEY:METHOD=NONE\n'
    assert read_hls(f"{HEAD}{keys}#EXTINF:2,\na.ts\n", HERE).keys == (
        "data:text/plain;base64,AAAA",
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", NOT_READ),
        ("<html>#EXTM3U", NOT_READ),
        ("#EXTM3U" + "\n#" * (LINES + 1), TOO_LONG),
        ("#EXTM3U\n#" + "x" * LINE, TOO_LONG),
        ("#EXTM3U\n" + "#EXT-X-KEY:METHOD=AES-128\n" * (KEYS + 1), TOO_LONG),
        ("#EXTM3U\n" + "x" * 600_000, TOO_LONG),
        (f"{HEAD}#EXTINF:x,\na.ts", NOT_READ),
        ("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:" + "9" * 5000, NOT_READ),
    ],
)
def test_what_is_not_read(text, wanted):
    assert read_hls(text, HERE) == wanted


ENTITIES = "<!DOCTYPE MPD [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><MPD>&b;</MPD>"
OUTSIDE = '<!DOCTYPE MPD [<!ENTITY a SYSTEM "file:///etc/passwd">]><MPD>&a;</MPD>'


@pytest.mark.parametrize(
    "text", ["", "<html/>", "<MPD", ENTITIES, OUTSIDE, "\x00", "<MPD>\ud800</MPD>"]
)
def test_what_is_no_manifest(text):
    found = read_dash(text, HERE)
    assert found == NOT_READ or found == Playlist()


def test_the_worst_cost_little():
    many = "".join(f'#EXT-X-KEY:METHOD=AES-128,URI="k{i}"\n' for i in range(KEYS))
    long = many + "#EXTINF:2,\na.ts\n" * ((LINES - KEYS) // 2 - 10)
    quotes = "#EXTM3U\n" + ('#EXT-X-MEDIA:A="' + "'\"" * 3900 + "\n") * 60
    deep = "<MPD>" + "<Period>" * 50_000
    wide = (
        "<MPD type='dynamic'><Period>" + "<AdaptationSet><Representation/></AdaptationSet>" * 9000
    )
    rows = '<S d="1" r="999999999999999999"/>' * 12_000
    line = f"<SegmentTemplate media='$Time$'><SegmentTimeline>{rows}</SegmentTimeline>"
    timed = f"<MPD><Period><AdaptationSet>{line}</SegmentTemplate><Representation/></AdaptationSet>"
    began = time.process_time()
    assert isinstance(read_hls(HEAD + long, HERE), Playlist)
    read_hls(quotes, HERE)
    assert read_dash(deep, HERE) == NOT_READ
    assert read_dash(f"{wide}</Period></MPD>", HERE).odd
    found = read_dash(f"{timed}</Period></MPD>", HERE)
    assert len(found.segments) == 1
    assert time.process_time() - began < 15


PIECES = (
    "#EXTM3U", "#EXTINF:", "#EXT-X-KEY:", "#EXT-X-STREAM-INF:", "#EXT-X-MEDIA:", "#EXT-X-MAP:",
    "#EXT-X-BYTERANGE:", "#EXT-X-SKIP:", "#EXT-X-PART:", "#EXT-X-SERVER-CONTROL:", 'URI="',
    "#EXT-X-PROGRAM-DATE-TIME:", "#EXT-X-ENDLIST", "#EXT-X-CUE-OUT", "METHOD=AES-128", "\n", ",",
    "=", '"', "a.ts", "http://[", "1", "-1", "1e999", "nan", "\x00", "\ufeff", "\u2028",
)  # fmt: skip
XML = (
    '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic">', "</MPD>", "<Period>", "</Period>",
    "<AdaptationSet>", "</AdaptationSet>", '<Representation id="a">', "</Representation>",
    '<SegmentTemplate media="$Number%99d$-$Time$$$" startNumber="-1">', "</SegmentTemplate>",
    "<SegmentTimeline>", "</SegmentTimeline>", '<S t="1" d="2" r="9"/>', '<S d="x" r="-1"/>',
    "<BaseURL>", "</BaseURL>", "http://[", "//a", "<SegmentList>", "</SegmentList>",
    '<SegmentURL media="http://["/>', "<Laurl>", "</Laurl>", "&#0;", "<!--", "<Location>",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=60).map("".join))
@example(CORPUS["ffmpeg-5.1-aes-live.m3u8"])
@example(CORPUS["rfc8216-master.m3u8"])
def test_any_playlist_is_read_or_not(text):
    found = read_hls(f"#EXTM3U\n{text}", HERE)
    if isinstance(found, Playlist):
        whole(found)
    read_list(text, HERE)
    assert looks_like_hls(text) or read_hls(text, HERE) == NOT_READ


@given(st.text(alphabet="0123456789T:-Z+. ", max_size=30), st.floats(0.001, 1e6), st.datetimes())
def test_any_clock(text, lasts, now):
    began = seconds_since_1970(text)
    clock = Clock(began or 0.0, lasts, 1, f"https://a.vn/{NUMBER}.m4s", 5)
    assert len(newest(clock, now.replace(tzinfo=UTC))) <= 3


@given(st.lists(st.sampled_from(XML) | st.text(max_size=8), max_size=60).map("".join))
@example(CORPUS["ffmpeg-5.1-live.mpd"])
@example(CORPUS["dashif-protected.mpd"])
def test_any_manifest_is_read_or_not(text):
    looks_like_dash(text)
    for one in (text, f"{XML[0]}{text}</MPD>"):
        found = read_dash(one, HERE)
        if isinstance(found, Playlist):
            whole(found)


@given(st.sampled_from(sorted(CORPUS)), st.data())
def test_a_kept_one_with_a_piece_changed(name, data):
    text = CORPUS[name]
    at = data.draw(st.integers(0, len(text)))
    changed = text[:at] + data.draw(st.text(max_size=6)) + text[at + data.draw(st.integers(0, 9)) :]
    found = read_dash(changed, HERE) if name.endswith(".mpd") else read_hls(changed, HERE)
    if isinstance(found, Playlist):
        whole(found)


def whole(found):
    """What every playlist keeps to."""
    for urls in (found.playlists, found.segments, found.keys, found.licences):
        assert all(urls)
        assert len(urls) <= URLS
    assert found.sample == "" or found.sample in found.segments
    assert 0 <= found.target <= 86_400
    assert len(found.position) <= 2000
