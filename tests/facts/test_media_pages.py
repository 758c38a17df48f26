"""Readers of what streaming servers answer: their own pages, and whatever else may come."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.base import Unknown
from facts.http import Answer
from facts.media_pages import (
    ASKS,
    CONTROL,
    OWN_PORTS,
    PAGES,
    PATH_PAGES,
    PATHS,
    paths_of,
    read_page,
)
from facts.media_server import read_rtsp, read_shown, told

FOLDER = Path(__file__).parents[1] / "recordings" / "media-pages"
MISSING = Answer("http://a/x", 404, (), "not here")
STAT = (
    "<?xml version='1.0'?>\n<rtmp>\n<nginx_version>1.22.1</nginx_version>\n"
    "<nginx_rtmp_version>1.1.4</nginx_rtmp_version>"
)


def answer(body: str = "", status: int = 200, *headers: tuple[str, str]) -> Answer:
    return Answer("http://a/", status, headers, body)


@pytest.mark.parametrize(
    ("path", "got", "page"),
    [
        ("/stat", answer(STAT), "nginx-rtmp-stat"),
        ("/stat", answer(STAT, 404), ""),
        ("/stat", answer("<rtmp>", 200), ""),
        ("/stat", answer("no", 403), ASKS),
        ("/stat", answer("", 401), ASKS),
        ("/stat", Unknown("why"), Unknown("why")),
        ("/stat", answer("", 429), Unknown("The server refused to answer further", "HTTP 429")),
        (CONTROL, answer("", 204), "nginx-rtmp-control"),
        (CONTROL, answer("", 200), ""),
        ("/elsewhere", answer(STAT), ""),
    ],
)
def test_a_page_shows_its_own_marks(path, got, page):
    assert read_page(path, got, MISSING) == page


def test_what_a_missing_path_shows_too_is_no_find():
    assert read_page("/stat", answer(STAT), answer(STAT)) == ""
    assert read_page(CONTROL, answer("", 204), answer("", 204)) == ""
    assert read_page("/stat", answer("", 403), answer("", 403)) == ""


def test_every_page_has_a_path_and_every_group_is_asked_somewhere():
    assert {name for names in PATH_PAGES.values() for name in names} == set(PAGES)
    assert {group for groups in OWN_PORTS.values() for group in groups} <= set(PATHS)


@pytest.mark.parametrize(
    ("port", "server", "most", "has"),
    [
        (80, "nginx/1.22.1", 8, "/stat"),
        (443, "nginx", 8, "/status-json.xsl"),
        (8000, "Icecast 2.4.4", 6, "/admin/stats"),
        (9997, "", 3, "/v3/paths/list"),
        (9997, "mediamtx", 3, "/metrics"),
        (8080, "SRS/5.0.213", 2, "/api/v1/streams"),
        (80, "Apache", 4, "/status-json.xsl"),
        (7777, "", 16, "/stat"),
    ],
)
def test_the_questions_fit_the_server(port, server, most, has):
    asked = paths_of(port, server)
    assert has in asked and len(asked) <= most


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("Icecast 2.4.4", "icecast 2.4.4"),
        ("Icecast 2.4.0-kh15", "icecast 2.4.0"),
        ("SRS/5.0.213(Bee)", "srs 5.0.213"),
        ("WowzaStreamingEngine/4.8.20+1", "wowza 4.8.20"),
        ("Wowza Streaming Engine 4.7.7.01 build20181108145350", "wowza 4.7.7.01"),
        ("Wowza Media Server 3 Monthly Edition 3.6.4 build9151", "wowza 3.6.4"),
        ("mediamtx/1.5.0", "mediamtx 1.5.0"),
        ("GStreamer RTSP server/1.22.0", "gstreamer-rtsp-server 1.22.0"),
        ("nginx", ""), ("mediamtx", ""), ("Icecast", ""), ("gortsplib", ""), ("", ""),
    ],
)  # fmt: skip
def test_who_names_its_version(header, shown):
    assert [product.shown for product in told(header)] == ([shown] if shown else [])


def test_versions_in_headers_and_pages():
    seen = read_shown(
        "http://a", "nginx-rtmp-stat", "/stat?x", answer(STAT, 200, ("Server", "nginx/1.22.1"))
    )
    assert [(one.product.shown, one.where) for one in seen] == [
        ("nginx 1.22.1", "http://a Server"),
        ("nginx 1.22.1", "http://a/stat"),
        ("nginx-rtmp 1.1.4", "http://a/stat"),
    ]


def test_rtsp():
    assert read_rtsp(b"RTSP/1.0 200 OK\r\nserver:  x/1.0 \r\n\r\nServer: no") == "x/1.0"
    assert read_rtsp(b"RTSP/1.0 200 OK\r\n\r\n") == ""
    assert read_rtsp(b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n") is None


RECORDED = {file.stem: file.read_bytes() for file in sorted(FOLDER.glob("*.http"))}


def recorded(name: str) -> Answer:
    """An answer of a real server (nginx 1.22.1 with RTMP 1.2.2, Icecast 2.4.4), as it came."""
    head, _, body = RECORDED[name].decode().partition("\r\n\r\n")
    status, *lines = head.split("\r\n")
    headers = tuple((key, value.strip()) for key, _, value in (x.partition(":") for x in lines))
    return Answer("http://a/", int(status.split(" ")[1]), headers, body)


@pytest.mark.parametrize(
    ("name", "path", "page"),
    [
        ("icecast-2.4.4-status-json", "/status-json.xsl", "icecast-status"),
        ("icecast-2.4.4-status-page", "/status.xsl", "icecast-status-page"),
        ("icecast-2.4.4-admin-stats", "/admin/stats", ASKS),
        ("icecast-2.4.4-admin-stats-open", "/admin/stats", "icecast-admin"),
        ("icecast-2.4.4-missing", "/status.xsl", ""),
        ("nginx-rtmp-1.2.2-stat", "/stat", "nginx-rtmp-stat"),
        ("nginx-rtmp-1.2.2-control", CONTROL, "nginx-rtmp-control"),
        ("nginx-rtmp-1.2.2-refused", "/stat", ASKS),
        ("nginx-rtmp-1.2.2-missing", CONTROL, ""),
    ],
)
def test_what_real_servers_answered(name, path, page):
    got = recorded(name)
    assert read_page(path, got, MISSING) == page
    assert read_shown("http://a", page, path, got)


@given(st.sampled_from(sorted(RECORDED)), st.data())
def test_what_real_servers_answered_otherwise_cut_and_bent(name, data):
    got = recorded(name)
    at = data.draw(st.integers(0, len(got.body)))
    put = data.draw(st.one_of(st.text(max_size=9), st.sampled_from(["<", ">", '"', "9" * 99])))
    bent = replace(got, body=got.body[:at] + put + got.body[data.draw(st.integers(at, at + 9)) :])
    for path in PATH_PAGES:
        assert read_page(path, bent, MISSING) in {"", ASKS, *PAGES}
    for page in PAGES:
        assert all(one.product.version for one in read_shown("http://a", page, "/", bent))


BODIES = st.one_of(
    st.text(max_size=400),
    st.lists(st.sampled_from([
        "<rtmp>", "<nginx_rtmp_version>", "1.1.4", '{"icestats":{', '"source"', ":", "{",
        '"data":{"major":5', '"revision"', "<SHOUTCASTSERVER>", "<VERSION>9.9", "paths{name=", "\n",
        "rtsp_conns ", '"items":[', '"itemCount":1', '"pageCount":1', "9" * 50, '"code":0',
    ]), max_size=40).map("".join),
)  # fmt: skip


@given(BODIES, st.sampled_from(sorted(PATH_PAGES)), st.integers(100, 599), st.text(max_size=300))
def test_whatever_comes_is_read(body, path, status, server):
    got = answer(body, status, ("Server", server))
    page = read_page(path, got, MISSING)
    assert isinstance(page, Unknown) or page in {"", ASKS, *PAGES}
    assert read_page(path, got, got) not in PAGES  # a path that cannot exist answers alike
    for name in PAGES:
        for shown in read_shown("http://a", name, path, got):
            assert shown.product.version
    assert paths_of(80, server)


@given(
    st.one_of(st.binary(max_size=600), st.binary(max_size=300).map(lambda b: b"RTSP/1.0 200 " + b))
)
def test_whatever_comes_over_rtsp_is_read(raw):
    said = read_rtsp(raw)
    assert said is None or len(said) <= 200


@pytest.mark.parametrize("name", sorted(PAGES))
def test_marks_take_no_long_time_on_long_pages(name):
    for body in ("<" * 9000, " " * 9000, "<!--" * 3000, '"items" ' * 1500, "<html " * 1500):
        PAGES[name].shown(answer(body, PAGES[name].status))
    told("Wowza " * 2000)
