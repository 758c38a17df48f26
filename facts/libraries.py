"""Which JavaScript libraries a script is, by its address and by its text.  Pure.

Names are those of the table of library faults (`scanner/data/libraries.yaml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

LOOKED_AT = 300_000  # characters of one script

_V = r"(\d{1,4}(?:\.\d{1,5}){1,3}(?:-?(?:rc|beta|alpha|b)\.?\d{0,3})?)(?![\d.]*\d)"

# What files and folders of a library are called, besides the library's own name.
_CALLED: Mapping[str, tuple[str, ...]] = {
    "jquery": ("jquery", "jquery-core"),
    "jquery-migrate": ("jquery-migrate", "jquery.migrate"),
    "jquery-ui": ("jquery-ui", "jquery.ui", "jqueryui"),
    "jquery-mobile": ("jquery-mobile", "jquery.mobile"),
    "jquery-validation": ("jquery.validate", "jquery-validate", "jquery-validation"),
    "datatables": ("jquery.datatables", "datatables"),
    "prettyphoto": ("jquery.prettyphoto",),
    "bootstrap": ("bootstrap", "twitter-bootstrap"),
    "bootstrap-select": ("bootstrap-select",),
    "angularjs": ("angular", "angularjs", "angular.js"),
    "vue": ("vue",),
    "react": ("react",),
    "react-dom": ("react-dom",),
    "moment": ("moment", "moment-with-locales", "moment.js"),
    "lodash": ("lodash", "lodash.js", "lodash-core"),
    "underscore": ("underscore", "underscore.js"),
    "backbone": ("backbone", "backbone.js"),
    "handlebars": ("handlebars", "handlebars.js", "handlebars.runtime"),
    "mustache": ("mustache", "mustache.js"),
    "video": ("video", "video.js", "video-js", "videojs"),
    "jplayer": ("jquery.jplayer", "jplayer"),
    "tinymce": ("tinymce",),
    "ckeditor": ("ckeditor",),
    "ckeditor5": ("ckeditor5",),
    "dompurify": ("dompurify", "purify"),
    "knockout": ("knockout", "knockout-latest"),
    "prototype": ("prototype",),
    "mootools": ("mootools", "mootools-core"),
    "axios": ("axios",),
    "select2": ("select2",),
    "quill": ("quill",),
    "swiper": ("swiper", "swiper-bundle"),
    "plupload": ("plupload", "plupload.full"),
    "chart": ("chart", "chart.js", "chartjs"),
    "highcharts": ("highcharts",),
    "pdf": ("pdf", "pdf.js", "pdfjs", "pdfjs-dist"),
}
# What a library's own text says: the mark that it begins with, how far behind it the version
# stands at most, and the version's surroundings (§ is the version).
_TEXTS: tuple[tuple[str, str, int, str], ...] = (
    ("jquery", "jQuery JavaScript Library v", 60, r"Library v§"),
    ("jquery", "/*! jQuery v", 60, r"jQuery v§"),
    ("jquery-migrate", "jQuery Migrate", 60, r"jQuery Migrate (?:- )?v§"),
    ("jquery-ui", "jQuery UI ", 60, r"jQuery UI (?:- v§ - 20\d\d|§\s{0,2}\n)"),
    ("jquery-mobile", "jQuery Mobile ", 60, r"jQuery Mobile v?§(?: \||\s{0,2}\n)"),
    ("jquery-validation", "jQuery Validation Plugin", 60, r"Plugin (?:- )?v§"),
    ("datatables", " DataTables ", 60, r"DataTables §\s{0,2}\n ?\*? ?(?:©|\(c\))"),
    ("prettyphoto", "Class: prettyPhoto", 300, r"Version: §"),
    ("bootstrap", "* Bootstrap v", 60, r"Bootstrap v§ \("),
    ("bootstrap", "* bootstrap.js v", 60, r"bootstrap\.js v§"),
    ("bootstrap-select", "Bootstrap-select v", 60, r"v§"),
    ("angularjs", "AngularJS v", 60, r"AngularJS v§\s{0,2}\n \*? ?\(c\)"),
    ("vue", "* Vue.js v", 60, r"Vue\.js v§"),
    ("vue", "* vue v", 60, r"vue v§"),
    ("react", "@license React v", 120, r"React v§\s{0,4}\* react\."),
    ("react-dom", "@license React v", 120, r"React v§\s{0,4}\* react-dom\."),
    ("moment", "//! version : ", 60, r"version : §"),
    ("moment", '.version="', 80, r"version=\"§\",\w{1,3}=\w{1,4},\w{1,3}\.fn="),
    ("lodash", "Lodash lodash.com/license", 120_000, r"VERSION ?= ?['\"]§|\.VERSION=['\"]§"),
    ("lodash", "Lodash <https://lodash.com/>", 60_000, r"VERSION ?= ?['\"]§"),
    ("underscore", "Underscore.js ", 60, r"Underscore\.js §\s{0,2}\n"),
    ("backbone", 'VERSION="', 60, r"VERSION=\"§\";\w{1,3}\.\$="),
    ("backbone", "Backbone.js ", 60, r"Backbone\.js §\s{0,2}\n"),
    ("handlebars", "handlebars v", 60, r"handlebars v§\s{0,4}\n"),
    ("mustache", "mustache.version", 60, r"mustache\.version ?= ?['\"]§"),
    ("mustache", "mustache.js", 30_000, r"mustache\.js['\"],\s{0,8}version:\s{0,2}['\"]§"),
    ("video", "Video.js ", 60, r"Video\.js § <http"),
    ("jplayer", "jPlayer Plugin", 600, r"Version: §"),
    ("tinymce", "TinyMCE version ", 60, r"version §"),
    ("tinymce", "https://www.tiny.cloud/", 60, r"tiny\.cloud/[\s*]{0,10}Version: §"),
    (
        "tinymce",
        "majorVersion:",
        80,
        r"(?<=majorVersion:)\s?['\"](\d{1,2})['\"],\s{0,10}minorVersion:\s?['\"](\d{1,3}\.\d{1,3})",
    ),
    ("ckeditor", "window.CKEDITOR", 6_000, r"version:['\"]§"),
    ("ckeditor5", "CKEDITOR_VERSION", 60, r"CKEDITOR_VERSION\s{0,2}=\s{0,2}['\"]§"),
    ("dompurify", "@license DOMPurify ", 60, r"DOMPurify §"),
    ("knockout", "Knockout JavaScript library v", 60, r"library v§"),
    ("prototype", "Prototype JavaScript framework, version ", 80, r"version §"),
    ("mootools", "MooTools", 8_000, r"version: ?['\"]§"),
    ("axios", "/* axios v", 60, r"axios v§"),
    ("axios", "/*! Axios v", 60, r"Axios v§"),
    ("axios", "// Axios v", 60, r"Axios v§"),
    ("select2", "Select2 ", 60, r"Select2 §(?: \||\s{0,2}\n)"),
    ("quill", "Quill Editor v", 60, r"Editor v§"),
    ("swiper", "* Swiper ", 60, r"Swiper §"),
    ("plupload", "Plupload - multi-runtime File Uploader", 80, r"v§"),
    ("chart", "Chart.js v", 60, r"Chart\.js v§"),
    ("highcharts", "Highcharts JS v", 60, r"JS v§"),
    ("pdf", "pdfjsVersion", 60, r"pdfjsVersion\s{0,2}=\s{0,2}['\"]§"),
)
LIBRARIES: tuple[str, ...] = tuple(_CALLED)

_SUFFIX = (
    r"(?:[.-](?:slim|min|prod|production|development|core|bundle|umd|esm|global|runtime|pack|packed"
    r"|compiled|full|all|lite|common|es|cjs|legacy|module))*"
)
_names = {called: library for library, all_called in _CALLED.items() for called in all_called}
_NAME = "|".join(re.escape(name) for name in sorted(_names, key=len, reverse=True))
_FILE = re.compile(rf"(?:^|/)({_NAME})(?:[-._@]?v?{_V})?{_SUFFIX}(?:[-.]v?{_V})?\.m?js$")
_FOLDER = re.compile(rf"/({_NAME})(?:@|/v?){_V}(?:/|$)")
_WORDPRESS = re.compile(rf"/wp-(?:includes|admin)/.{{0,200}}\?(?:.{{0,100}}&)?ver={_V}")
_SERVICES: tuple[tuple[str, re.Pattern[str]], ...] = (  # hosts whose paths do not say the name
    ("video", re.compile(rf"^vjs\.zencdn\.net/{_V}/")),
    ("ckeditor", re.compile(rf"^cdn\.ckeditor\.com/(?=4){_V}/")),
    ("jquery-ui", re.compile(rf"^code\.jquery\.com/ui/{_V}/")),
)
_BARE = re.compile(rf"^/(?:npm/)?({_NAME})(?:@(?:{_V}|[\^~]?[\w.-]{{0,20}}))?$")
_BARE_HOSTS = ("unpkg.com", "cdn.jsdelivr.net", "esm.sh", "cdn.skypack.dev")
_TOO_COMMON = {"video", "pdf", "chart", "prototype"}  # a site's own file may be called that
_IN_TEXT = tuple(
    (library, mark, within, re.compile(pattern.replace("§", _V)))
    for library, mark, within, pattern in _TEXTS
)
_MARKS_TRIED = 20  # of one library's mark in one script


@dataclass(frozen=True)
class Library:
    """A library that a page loads."""

    name: str
    version: str  # "" when it could not be told
    url: str  # where it is loaded from; the page's own address for an inline script


def by_address(url: str) -> Library | None:
    """The library that a script's address names, or None.  Its version may be unknown ("")."""
    try:
        parts = urlsplit(url[:2000])
    except ValueError:
        return None
    host, path = (parts.hostname or "").lower(), unquote(parts.path).lower()
    for library, pattern in _SERVICES:
        if match := pattern.search(f"{host}{path}"):
            return Library(library, match[1], url)
    if host in _BARE_HOSTS and (match := _BARE.search(path)):
        return Library(_names[match[1]], match[2] or "", url)
    file = _FILE.search(path)
    if file is None:
        return None
    name = _names[file[1]]
    folder = next((m[2] for m in _FOLDER.finditer(path) if _names[m[1]] == name), "")
    wordpress = _WORDPRESS.search(f"{path}?{parts.query}")
    version = file[2] or file[3] or folder or (wordpress[1] if wordpress else "")
    return Library(name, version, url) if version or name not in _TOO_COMMON else None


def by_text(text: str, url: str) -> tuple[Library, ...]:
    """The libraries whose own marks are in a script's text."""
    text = text[:LOOKED_AT]
    return tuple(
        dict.fromkeys(
            Library(library, version, url)
            for library, mark, within, pattern in _IN_TEXT
            for version in _versions(text, mark, within, pattern)
        )
    )


def _versions(text: str, mark: str, within: int, pattern: re.Pattern[str]) -> Iterator[str]:
    """The versions that stand behind the first marks.  Bounded, whatever the text is."""
    at, tries = text.find(mark), _MARKS_TRIED if within < 1000 else 1
    while at >= 0 and tries:
        if match := pattern.search(text, at, at + len(mark) + within):
            yield ".".join(group for group in match.groups() if group)
        at, tries = text.find(mark, at + 1), tries - 1


def merged(libraries: Iterable[Library]) -> tuple[Library, ...]:
    """Each library of each script once; a known version stands for an unknown one."""
    everything = list(libraries)
    told = {(library.name, library.url) for library in everything if library.version}
    return tuple(
        dict.fromkeys(
            library
            for library in everything
            if library.version or (library.name, library.url) not in told
        )
    )
