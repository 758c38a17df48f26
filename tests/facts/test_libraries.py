"""Which library a script is."""

# ruff: noqa: E501  # what servers say is kept as they say it

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.libraries import LIBRARIES, Library, by_address, by_text, merged
from facts.scripts import inline_scripts, script_sources

URLS = {
    "https://x.vn/js/jquery-3.4.1.min.js": ("jquery", "3.4.1"),
    "https://x.vn/js/jquery.min.js": ("jquery", ""),
    "https://code.jquery.com/jquery-3.5.1.slim.min.js": ("jquery", "3.5.1"),
    "https://cdnjs.cloudflare.com/ajax/libs/jquery/3.4.1/jquery.min.js": ("jquery", "3.4.1"),
    "https://cdn.jsdelivr.net/npm/jquery@3.4.1/dist/jquery.min.js": ("jquery", "3.4.1"),
    "https://cdn.jsdelivr.net/npm/vue@2": ("vue", ""),
    "https://unpkg.com/vue@2.6.10": ("vue", "2.6.10"),
    "https://code.jquery.com/ui/1.12.1/jquery-ui.js": ("jquery-ui", "1.12.1"),
    "https://ajax.googleapis.com/ajax/libs/jqueryui/1.12.1/jquery-ui.min.js": ("jquery-ui", "1.12.1"),
    "https://maxcdn.bootstrapcdn.com/bootstrap/3.3.7/js/bootstrap.min.js": ("bootstrap", "3.3.7"),
    "https://x.vn/wp-includes/js/jquery/jquery.min.js?ver=3.7.1": ("jquery", "3.7.1"),
    "https://x.vn/wp-content/themes/t/jquery.min.js?ver=6.1": ("jquery", ""),
    "https://vjs.zencdn.net/7.10.2/video.min.js": ("video", "7.10.2"),
    "https://cdn.ckeditor.com/4.16.2/standard/ckeditor.js": ("ckeditor", "4.16.2"),
    "https://x.vn/moment-with-locales.min.js": ("moment", ""),
    "https://x.vn/lodash.js/4.17.4/lodash.min.js": ("lodash", "4.17.4"),
    "https://x.vn/JQuery-1.12.4.JS": ("jquery", "1.12.4"),
}  # fmt: skip
TEXTS = {
    "jquery": ("/*! jQuery v3.4.1 | (c) JS Foundation", "3.4.1"),
    "jquery ": ("/*!\n * jQuery JavaScript Library v1.12.4\n * http://jquery.com/", "1.12.4"),
    "jquery-ui": ("/*! jQuery UI - v1.12.1 - 2016-09-14", "1.12.1"),
    "jquery-migrate": ("/*! jQuery Migrate v3.0.0 | (c)", "3.0.0"),
    "bootstrap": ("/*!\n  * Bootstrap v4.3.1 (https://getbootstrap.com/)", "4.3.1"),
    "angularjs": ("/*\n AngularJS v1.5.8\n (c) 2010-2016 Google, Inc.", "1.5.8"),
    "vue": ("/*!\n * Vue.js v2.6.10\n", "2.6.10"),
    "react": ("/** @license React v16.13.1\n * react.production.min.js", "16.13.1"),
    "react-dom": ("/** @license React v16.13.1\n * react-dom.production.min.js", "16.13.1"),
    "moment": ("//! moment.js\n//! version : 2.29.1\n", "2.29.1"),
    "lodash": ("/** @license Lodash lodash.com/license | Underscore.js 1.8.3 underscorejs.org/LICENSE */;An.VERSION='4.17.11'", "4.17.11"),
    "underscore": ("//     Underscore.js 1.8.3\n//     http://underscorejs.org", "1.8.3"),
    "handlebars": ("/**!\n\n @license\n handlebars v4.0.5\n", "4.0.5"),
    "video": ("/**\n * @license\n * Video.js 7.10.2 <http://videojs.com/>", "7.10.2"),
    "tinymce ": ('ix:null,majorVersion:"5",minorVersion:"10.2",releaseDate:"2021-11-17"', "5.10.2"),
    "moment ": ('f.version="2.29.1",e=Tt,f.fn=pn', "2.29.1"),
    "backbone": ('h=n.splice;e.VERSION="1.1.2";e.$=r;e.noConflict', "1.1.2"),
    "datatables": ("/*!\n DataTables 1.10.19\n ©2008-2018 SpryMedia", "1.10.19"),
    "mustache": ('mustache.name="mustache.js";mustache.version="3.0.0";', "3.0.0"),
    "select2": ("/*!\n * Select2 4.0.3\n * https://select2", "4.0.3"),
    "tinymce": ("/**\n * TinyMCE version 5.10.2 (2021-11-17)", "5.10.2"),
    "dompurify": ("/*! @license DOMPurify 2.3.3 | (c)", "2.3.3"),
    "axios": ("/* axios v0.21.1 | (c) 2020", "0.21.1"),
    "swiper": ("/**\n * Swiper 4.5.0\n", "4.5.0"),
}  # fmt: skip


@pytest.mark.parametrize("url", URLS)
def test_addresses(url):
    assert by_address(url) == Library(*URLS[url], url)


@pytest.mark.parametrize(
    "url",
    [
        "https://x.vn/js/app.js",
        "https://x.vn/js/jquery.cookie.js",
        "https://x.vn/jquery-1.12.4/plugin.js",
        "https://x.vn/video.js",
        "https://x.vn/jquery-3.4.1.min.css",
        "https://www.googletagmanager.com/gtag/js?id=jquery-3.4.1.js",
        "http://[",
        "",
    ],
)
def test_addresses_that_name_none(url):
    assert by_address(url) is None


@pytest.mark.parametrize("library", TEXTS)
def test_texts(library):
    text, version = TEXTS[library]
    assert by_text(f"var a;\n{text} and so on", "u") == (Library(library.strip(), version, "u"),)


@pytest.mark.parametrize(
    "text",
    [
        "* requires jQuery v1.7 or later",
        "Depends: jQuery UI 1.8+",
        "jQuery vX",
        "/*! jQuery v3",
        "",
    ],
)
def test_texts_that_name_none(text):
    assert by_text(text, "u") == ()


@given(st.text())
def test_any_text_is_read(text):
    by_text(text, "u")
    by_address(text)
    script_sources(text, "https://x.vn/")
    inline_scripts(text)


def test_hostile_texts_cost_little():
    for piece in ("jQuery UI - v", "Lodash lodash.com/license", "<script", "<!--", "<script src=a>",
                  "window.CKEDITOR version:", "/*! jQuery v1.1.1.1"):  # fmt: skip
        by_text(piece * 20_000, "u")
        script_sources(piece * 20_000, "https://x.vn/")
    by_address("https://x.vn/" + "jquery-1." * 300 + ".js")


def test_a_known_version_stands_for_an_unknown_one():
    told, untold = Library("jquery", "3.4.1", "u"), Library("jquery", "", "u")
    assert merged([untold, told, told]) == (told,)
    assert merged([untold]) == (untold,)


PAGE = """<html><head><base href="https://cdn.example.vn/lib/"><!-- <script src="old.js"></script> -->
<SCRIPT type="text/javascript" SRC='/js/a.js?v=1#x'></SCRIPT><script src=b.js async></script>
<script type="application/ld+json">{"src": "no"}</script><script>var inline = 1;</script>
<script src="data:text/javascript,1"></script><script data-src="lazy.js"></script>
<script src="//other.example.org/c.js"></script><script src="http://[bad"></script>"""


def test_the_scripts_of_a_page():
    assert script_sources(PAGE, "https://www.example.vn/tin/") == (
        "https://cdn.example.vn/js/a.js?v=1",
        "https://cdn.example.vn/lib/b.js",
        "https://other.example.org/c.js",
    )
    assert inline_scripts(PAGE).strip() == "var inline = 1;"


def test_every_library_is_known_by_name():
    assert {Library(*named, "u").name for named in URLS.values()} <= set(LIBRARIES)
