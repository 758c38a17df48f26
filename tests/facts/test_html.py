"""Pages, as browsers would read them, and as no browser ever saw them."""

from __future__ import annotations

import time

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as some

from facts.html import MOST, read_page
from facts.http import Answer
from facts.markup import End, Start, Text, tokens
from facts.site import Form, Page

URL = "https://www.bao.test/tin/"
HTML = (("Content-Type", "text/html"),)


def read(body, url=URL, **how):
    return read_page(Answer(url, 200, how.pop("headers", HTML), body, **how))


def names(source):
    return [token.name for token in tokens(source) if isinstance(token, Start)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>a<b>c</b>", ["p", "b"]),
        ("<!-- <p> --><b>", ["b"]),
        ("<!--><p>", ["p"]),
        ("<!---><p>", ["p"]),
        ("<!-- --!><p>", ["p"]),
        ("<!-- <p>", []),
        ("<!doctype html><p>", ["p"]),
        ("<?php <p> ?><b>", ["b"]),
        ("</ ><p>", ["p"]),
        ("< p><b", []),
        ("<a<b>c", ["a<b"]),
        ("<script>'<p>'</script><b>", ["script", "b"]),
        ("<script><p>", ["script"]),
        ("<SCRIPT></sCript ><b>", ["script", "b"]),
        ("<style></p></style><p>", ["style", "p"]),
        ("<title><b></title><p>", ["title", "p"]),
        ("<textarea><form></textarea><p>", ["textarea", "p"]),
        ("<plaintext><p>", ["plaintext"]),
        ('<p title="a>b"><b>', ["p", "b"]),
        ('<p title="a>b<b>', []),
        ("", []),
        ("<", []),
    ],
)
def test_tags(source, expected):
    assert names(source) == expected


def test_attributes():
    (tag,) = tokens("<A HREF='x&amp;y' b=c/d e f = \"g\" HREF=2 =h /i>")
    assert isinstance(tag, Start)
    wanted = {"href": "x&y", "b": "c/d", "e": "", "f": "g", "=h": "", "i": ""}
    assert tag == Start("a", wanted)
    assert (tag.get("e"), tag.get("none")) == ("", "")


def test_texts_and_ends():
    assert list(tokens("a&lt;b</p x=y>c < d")) == [
        Text("a<b"), End("p"), Text("c "), Text("<"), Text(" d"),
    ]  # fmt: skip


def test_a_number_with_thousands_of_digits_is_no_entity():
    text = "&#" + "9" * 5000 + ";"
    assert list(tokens(text)) == [Text(text)]


@given(some.text(alphabet="<>/!-='\"& abscriptyle\n", max_size=200))
def test_any_text_is_read(source):
    list(tokens(source))
    assert isinstance(read(source), Page)


@given(some.text(max_size=300))
def test_any_page_is_read(source):
    assert isinstance(read(f"<form action={source}><input type=password><a href='{source}'>"), Page)


WORD = some.text(alphabet="abcxyz019", min_size=1, max_size=8)


@given(some.lists(some.tuples(some.sampled_from(["p", "img", "a", "div"]), WORD, WORD), max_size=9))
def test_good_markup_is_read_as_a_whole_parser_does(parts):
    source = "".join(f"<{tag} data-x='{a}' y={b}>{a}</{tag}>" for tag, a, b in parts)
    tags = [token for token in tokens(source) if isinstance(token, Start)]
    soup = BeautifulSoup(source, "html.parser").find_all(True)
    assert [(t.name, dict(t.attributes)) for t in tags] == [(t.name, dict(t.attrs)) for t in soup]


BOMBS = ["<", "<a", "<a ", "<!--", "<!-- --!", "<!", "</", "<?", "<p x=", "<p x='", '<p "', "<a/",
         "<title>", "<script>", "</script", "&", "&#x", "<p =", "<p\n", "url(",
         "<style>url("]  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_megabyte_of_anything_takes_little_time(bomb):
    start = time.process_time()
    read(bomb * (1_000_000 // len(bomb)))
    assert time.process_time() - start < 10


def test_forms():
    page = read(
        "<form action=tim><input name=q></form>"
        "<form METHOD=POST action=//ngoai.test/x id=f><input type=PassWord>"
        "<form action=/trong><button formaction=http://bao.test/khac></button></form>"
        "<input type=password form=f><input type=password>"
        "<form><input type=submit formaction='/gui'></form>"
    )
    assert page.forms == (
        Form("get", ("https://www.bao.test/tin/tim",)),
        Form("post", ("https://ngoai.test/x", "http://bao.test/khac"), password=True),
        Form("get", (URL, "https://www.bao.test/gui")),
        Form("script", (URL,), password=True),
    )


def test_an_empty_action_is_the_page_itself_and_base_moves_the_others():
    page = read("<base href=/goc/><base href=/khac/><form action=''></form><form action=a></form>")
    assert [form.actions for form in page.forms] == [(URL,), ("https://www.bao.test/goc/a",)]


LOADED = [
    ("<script src=/a.js></script>", "https://www.bao.test/a.js"),
    ("<img src=//cdn.test/a.png>", "https://cdn.test/a.png"),
    ("<img srcset='http://a.test/1 1x, http://a.test/2 2x'>", "http://a.test/1 http://a.test/2"),
    ("<source srcset=b.webp>", "https://www.bao.test/tin/b.webp"),
    ("<link rel='Shortcut ICON' href=/f.ico>", "https://www.bao.test/f.ico"),
    ("<link rel=stylesheet href=http://a.test/a.css>", "http://a.test/a.css"),
    ("<link rel=preload as=image imagesrcset=/a.png>", "https://www.bao.test/a.png"),
    ("<link rel=canonical href=http://www.bao.test/>", ""),
    ("<link rel=dns-prefetch href=http://a.test/>", ""),
    ("<a href=http://a.test/>x</a>", ""),
    ("<iframe src=HTTP://a.test/></iframe>", "http://a.test/"),
    ("<video src=a.mp4 poster=p.jpg>", f"{URL}a.mp4 {URL}p.jpg"),
    ("<object data=http://a.test/o></object>", "http://a.test/o"),
    ("<embed src=http://a.test/e>", "http://a.test/e"),
    ("<input type=image src=http://a.test/i>", "http://a.test/i"),
    ("<input src=http://a.test/i>", ""),
    ("<body background=http://a.test/b>", "http://a.test/b"),
    ("<svg><use xlink:href=http://a.test/u /></svg>", "http://a.test/u"),
    ("<style>p{background:url( 'http://a.test/c')}</style>", "http://a.test/c"),
    ("<style>@import \"http://a.test/i.css\";</style>", "http://a.test/i.css"),
    ("<p style='background:URL(http://a.test/s)'>", "http://a.test/s"),
    ("<template><img src=http://a.test/t></template>", ""),
    ("<noscript><img src=http://a.test/n></noscript>", "http://a.test/n"),
    ("<img src=data:image/png;base64,AA><img src='javascript:x'><img src='  '>", ""),
    ("<img src='http://[bad'>", ""),
    ("<!-- <img src=http://a.test/c> -->", ""),
]  # fmt: skip


@pytest.mark.parametrize(("body", "urls"), LOADED)
def test_what_a_page_loads(body, urls):
    assert " ".join(one.url for one in read(body).resources) == urls


@pytest.mark.parametrize(
    ("attributes", "executes"),
    [
        ("", True),
        ("type=module", True),
        ("type=text/javascript;charset=utf-8", True),
        ("type=application/x-javascript", True),
        ("type=application/ld+json", False),
        ("type=text/template", False),
    ],
)
def test_which_scripts_run(attributes, executes):
    (script,) = read(f"<script src=a.js {attributes} integrity=x crossorigin></script>").resources
    assert (script.executes, script.integrity, script.crossorigin) == (executes, "x", True)


def test_metas_count_in_the_head_only_and_links_have_texts():
    page = read(
        "<head><title> Báo \n điện tử </title>"
        "<meta HTTP-EQUIV=Content-Security-Policy content=\"default-src 'self'\">"
        "<meta http-equiv=content-security-policy-report-only content=x>"
        "<meta name=Referrer content=no-referrer></head>"
        "<body><meta http-equiv=content-security-policy content=late>"
        "<a href=/vao#x title='Tòa soạn'> Đăng <b>nhập</b></a><a name=y>z</a>"
    )
    assert page.title == "Báo điện tử"
    assert page.policies == ("default-src 'self'",)
    assert page.referrers == ("no-referrer",)
    assert [(link.url, link.text) for link in page.links] == [
        ("https://www.bao.test/vao", "Tòa soạn Đăng nhập")
    ]


def test_what_is_no_html_has_nothing_in_it():
    body = "<form><input type=password></form>"
    assert read(body, headers=(("Content-Type", "application/json"),)).forms == ()
    assert len(read(body, headers=()).forms) == 1
    assert read("a" + body, headers=()).forms == ()


def test_a_page_is_bounded_and_says_when_it_was_cut():
    page = read("<img src=/a>" * (MOST + 1))
    assert (len(page.resources), page.cut) == (MOST, True)
    assert read("<p>", truncated=True).cut
    assert read("<form></form>" * 1000).cut
    assert not read("<a href=/x></a>" * 5000).cut
