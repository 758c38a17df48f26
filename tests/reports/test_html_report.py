"""The scorecard as HTML: one file, complete, and unmoved by hostile texts."""

import base64
import hashlib
import html
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from reports import html_report
from reports.html_report import DETAILED
from reports.scorecard import for_agency, scorecard
from tests.reports import crowd, factory, nasty

VOID = {"meta", "br", "link", "img", "hr", "input", "rect", "line", "circle", "polyline"}
FORBIDDEN = {
    "link", "img", "iframe", "object", "embed", "form", "base", "video", "audio", "image",
}  # fmt: skip


class Page(HTMLParser):
    """Reads a page strictly: every tag is closed, in its turn."""

    def __init__(self, page: bytes):
        super().__init__()
        self.tags, self.attributes, self.open, self.texts = [], [], [], []
        self.feed(page.decode("utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    def values(self, name):
        return [value for _, given, value in self.attributes if given == name]


@pytest.fixture(params=["vi", "en"])
def lang(request):
    return request.param


@pytest.fixture(params=["", "bao-bac-lieu"], ids=["programme", "agency"])
def agency(request):
    return request.param


@cache
def whole(of, lang):
    return scorecard(of.assessment(), factory.profile(), lang, digest="ab" * 32,
                     describe=factory.describe(lang), history=factory.history())  # fmt: skip


@cache
def rendered(of, lang, agency):
    card = whole(of, lang)
    return html_report.render(for_agency(card, agency) if agency else card)


@pytest.fixture(params=[factory, nasty], ids=["good", "nasty"])
def page(request, lang, agency):
    return rendered(request.param, lang, agency)


def test_it_asks_for_nothing_else(page):
    read = Page(page)
    assert not FORBIDDEN & set(read.tags)
    assert read.tags.count("script") == read.tags.count("style") == 1
    assert not [name for _, name, _ in read.attributes if name.startswith("on")]
    for name in ("src", "srcset", "action", "data", "xlink:href", "background"):
        assert read.values(name) == []
    ids = {f"#{one}" for one in read.values("id")}
    assert all(href in ids for href in read.values("href"))
    styles = re.search(rb"<style>(.*?)</style>", page, re.DOTALL).group(1)
    assert not re.search(rb"url\(|@import|expression|src:", styles)
    assert read.values("style") == []


def test_a_policy_allows_one_style_and_one_script_by_their_hashes(page):
    told = dict(
        one.split(" ", 1)
        for one in html.unescape(
            re.search(r'Security-Policy" content="([^"]*)"', page.decode()).group(1)
        ).split("; ")
    )
    assert told.pop("default-src") == told.pop("base-uri") == told.pop("form-action") == "'none'"
    for name in ("style", "script"):
        text = re.search(rf"<{name}>(.*?)</{name}>".encode(), page, re.DOTALL).group(1)
        digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
        assert told.pop(f"{name}-src") == f"'sha256-{digest}'"
    assert told == {}


def test_it_is_well_formed_and_accessible(page, lang):
    read = Page(page)
    assert ("html", "lang", lang) in read.attributes
    assert read.tags.count("h1") == read.tags.count("main") == 1
    ids = read.values("id")
    assert len(ids) == len(set(ids))
    assert read.tags.count("th") == len(read.values("scope"))
    levels = [int(tag[1]) for tag in read.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert set(read.values("aria-labelledby")) <= set(ids)


def test_hostile_text_is_text(lang, agency):
    made = rendered(nasty, lang, agency)
    good = Page(made)
    assert nasty.TAG in good.text
    assert "{{ 7 * 7 }}" in good.text
    shown = made.decode("utf-8")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\ufeff\x00\x1b\x7f-\x9f]", shown)
    assert "\\u202e" in shown
    assert "W" * 1000 not in shown
    assert max(len(item) for item in re.findall(r"<code[^>]*>(.*?)</code>", shown)) < 3000


def test_the_first_screen_says_what_a_vice_chairman_asks(card):
    text = Page(html_report.render(card("vi"))).text
    first = text[: text.rindex("Nên làm trước")]
    for said in (
        "Chuyển đổi số báo chí tỉnh Bạc Liêu",
        "1/3 33,3%",
        "1 trên 3 cơ quan báo chí điện tử đạt. Còn thiếu 2 cơ quan.",
        "Mục tiêu: 100% đạt cấp độ 3, hạn 31/12/2026 (cách hiểu B).",
        "Báo Bạc Liêu ✗ CHƯA ĐẠT 72,6%",
        "Tạp chí Văn hóa Văn nghệ Bạc Liêu ✓ ĐẠT 100%",
        "Máy quyết định 28/633 yêu cầu, gợi ý 20, người xác nhận 512, 43 chưa xác minh",
    ):
        assert said in first


def test_an_agency_s_score_stands_beside_its_coverage(card):
    text = Page(html_report.render(card("en", agency="bao-bac-lieu"))).text
    assert "146 of 201 applicable requirements are met (72.6%); 2 serious faults." in text
    assert "Of 211 requirements machines decided 10 and hinted at 9; people attested 141;" in text
    assert "Đài Phát thanh" not in text


def test_faults_say_seen_why_how_and_what_to_paste(card):
    text = Page(html_report.render(card("en", agency="bao-bac-lieu"))).text
    start = text.index("2. Broken protocol versions are accepted")
    fault = text[start : text.index("3. A session cookie", start)]
    for said in (
        "What must hold All is well with tls.protocols",
        "web-1 · tcp/443 (203.0.113.10)", "TLSv1.0, TLSv1.1", "Why it matters Old versions",
        "How to mend it Turn on TLS 1.2", "nginx ssl_protocols TLSv1.2 TLSv1.3;",
        "Apache SSLProtocol -all", "tls.protocols → TCVN14423-5.5.1.1-a",
    ):  # fmt: skip
        assert said in fault


def test_every_control_is_in_the_table(card):
    made = Page(html_report.render(card("vi", agency="bao-bac-lieu")))
    assert sum("TCVN14423-" in value for value in made.values("title")) == 211


def test_what_could_not_be_assessed_is_told(card):
    text = Page(html_report.render(card("vi", agency="dai-ptth-bac-lieu"))).text
    assert "playout · tcp/22 Không trả lời kịp thời hạn: 10 s ports.unexpected" in text


def test_the_run_is_told(card):
    text = Page(html_report.render(card("vi", digest="ab" * 32))).text
    tail = text[text.index("Về phiếu điểm này") :]
    for said in ("20261122-0001", "7 phút 12 giây", "từ bên ngoài",
                 "An toàn thông tin cấp độ 3 ( level3 ), phiên bản 2026.11",
                 "endoflife (01/11/2026)", "press-scan 0.1.0", "ab" * 32):  # fmt: skip
        assert said in tail


def test_a_run_that_was_cut_off_says_so_first(card):
    good = factory.assessment()
    cut = card("vi", of=replace(good, run=replace(good.run, complete=False, finished=None)))
    text = Page(html_report.render(cut)).text
    assert text.index("Lượt quét này bị dừng") < text.index("1/3")


def test_no_language_leaks_into_the_other(card):
    english = Page(html_report.render(card("en")))
    outside = " ".join(english.texts)
    for word in ("Đạt", "Lượt quét", "Yêu cầu", "Cơ quan", "Chưa"):
        assert word not in outside
    vietnamese = Page(html_report.render(card("vi"))).text
    for word in ("Agency", "Requirement", "Unverified", "Why it", "About", "agencies", "Reading"):
        assert word not in vietnamese


def test_many_agencies_are_a_table_with_links_to_their_own_files(card):
    good = factory.assessment()
    many = tuple(replace(good.agencies[0], id=f"bao-{at}") for at in range(DETAILED + 1))
    read = Page(html_report.render(card("vi", of=replace(good, agencies=many))))
    links = [href for href in read.values("href") if not href.startswith("#")]
    assert set(links) == {f"agencies/{one.id}.html" for one in many}
    assert len("".join(read.texts)) < 24_000


def test_what_falls_due_soon_is_told_for_every_agency(card):
    text = Page(html_report.render(card("vi", of=crowd.later()))).text
    soon = text[text.rindex("Sắp đến hạn") : text.index("Lọc lỗi")]
    assert "31/03/2027 Kế hoạch quá hạn Báo Bạc Liêu" in soon
    for name in ("Báo Bạc Liêu", "Đài Phát thanh và Truyền hình Bạc Liêu"):
        assert f"20/05/2027 Người xác nhận {name} 5.1" in soon
    assert soon.index("31/03/2027") < soon.index("20/05/2027")
    assert "và 138 mục nữa" in soon


def test_the_words_that_it_uses_are_explained(card):
    text = Page(html_report.render(card("vi", agency="bao-bac-lieu"))).text
    words = text[text.index("Giải thích từ ngữ") :]
    assert " HSTS " in words and " TLS " in words
    assert " RTMP " not in words


def test_an_empty_programme_can_be_shown(card):
    good = factory.assessment()
    programme = replace(good.programme, counted=0, compliant=0, percent=0.0, readings={}, by=None)
    of = replace(good, programme=programme, agencies=(), findings=(), failures=())
    text = Page(html_report.render(card("en", of=of))).text
    assert "No electronic press agency is counted" in text
    assert "No check found a fault." in text


def test_the_time_before_is_told_and_so_is_that_there_was_none(card):
    text = Page(html_report.render(card("vi", agency="bao-bac-lieu"))).text
    told = text[text.index("Xu hướng") :]
    assert told.index("So với lượt quét 20261022-0001 (22/10/2026): 30,8% thành 72,6%")
    assert "20/08/2026: 12,5%. 21/09/2026: 20%." in told
    assert "2 lỗi mới 5 đã sửa 9 còn nguyên 1 lúc có lúc không 0 lần này" in told
    first = Page(html_report.render(card("vi", agency="tap-chi-vhvn"))).text
    assert "Chưa có lượt quét nào trước đó để so sánh." in first


def test_places_beyond_the_first_are_folded_not_left_out(card):
    made = card("en", of=crowd.full(), agency="bao-bac-lieu")
    page = Page(html_report.render(made))
    seen = sum(len(one.seen) for one in made.mends)
    assert seen == 400
    assert page.values("data-row").count("place") == seen


def test_the_same_scorecard_gives_the_same_bytes(card, lang, agency):
    assert html_report.render(card(lang, agency=agency)) == html_report.render(
        card(lang, agency=agency)
    )


def test_code_in_prose_is_code_and_nothing_else_is():
    assert str(html_report.marked("Set `a < b`; <b>no</b> `")) == (
        "Set <code>a &lt; b</code>; &lt;b&gt;no&lt;/b&gt; `"
    )


def test_a_long_script_is_folded_and_left_out_of_print(card, lang):
    of = card(lang)
    check = replace(of.mends[1].check, snippets=(("shell", "\n".join(["echo x"] * 40)),))
    mends = (of.mends[0], replace(of.mends[1], check=check))
    agencies = tuple(replace(one, mends=mends) for one in of.agencies)
    page = html_report.render(replace(of, agencies=agencies)).decode("utf-8")
    assert '<details class="noprint"><summary>shell: 40 ' in page
    assert f'<p class="print small"><code>press-scan checks explain {check.id}' in page
