"""The HTML scorecard in a real Chromium: filters, keyboard, phone, dark, paper, accessibility."""

import pytest

from tests.reports import browser
from tests.reports.browser import AGENCY, BEYOND, DESKTOP, OVERLAP, PHONE, card, ids, serious


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with browser.chromium(tmp_path_factory.mktemp("pages")) as made:
        yield made


def expected(status=(), severity=(), group="", asset="", words=""):
    """Ids of the faults and the requirements that the view has for a choice."""
    (agency,) = card("demo").agencies
    findings, rows = card("demo").findings, agency.systems[0].controls
    by_id = {row.id: row for row in rows}
    controls = [
        row.id for row in rows
        if (not status or row.status in status)
        and (not group or row.group == group)
        and (not asset or any(row.id in f.controls and f.asset == asset for f in findings))
        and (not severity or any(row.id in f.controls and f.status == "fail"
                                 and f.severity in severity for f in findings))
        and words in row.title.lower()
    ]  # fmt: skip
    faults = [
        mend.check.id for mend in agency.mends
        if (not severity or mend.severity in severity)
        and (not asset or any(one.asset == asset for one in mend.seen))
        and (not status or any(by_id[name].status in status for name in mend.controls))
        and (not group or any(by_id[name].group == group for name in mend.controls))
        and words in f"{mend.says} {mend.check.title}".lower()
    ]  # fmt: skip
    return faults, controls


def choose(page, status=(), severity=(), group="", asset="", words=""):
    for name, values in (("status", status), ("severity", severity)):
        for value in values:
            page.check(f"input[name={name}][value={value}]")
    groups = [one.id for one in card("demo").agencies[0].systems[0].groups]
    page.select_option("[name=group]", f"g{groups.index(group) + 1}" if group else "")
    page.select_option("[name=asset]", label=asset) if asset else None
    page.fill("[name=q]", words)


CHOICES = [
    {},
    *({"status": [one]} for one in ("met", "partial", "not_met", "unverified", "not_applicable")),
    *({"severity": [one]} for one in ("critical", "high", "medium", "low")),
    *({"group": one} for one in ("management", "network", "server", "application", "data")),
    *({"asset": one} for one in ("web-1", "db-1")),
    {"status": ["not_met", "partial"], "severity": ["high", "medium"]},
    {"status": ["not_met"], "group": "data", "asset": "web-1"},
    {"group": "network", "asset": "db-1", "severity": ["critical"]},
    {"status": ["met"], "severity": ["critical"]},
    {"words": "sao lưu"},
    {"words": "không chấp nhận", "severity": ["high"]},
]


def test_each_choice_shows_what_the_view_has_and_says_how_many(chromium):
    everything = expected()
    assert [len(one) for one in everything] == [5, 211]
    with chromium.page("demo") as page:
        for choice in CHOICES:
            page.click("[data-reset]")
            choose(page, **choice)
            faults, controls = expected(**choice)
            assert (ids(page, "fault"), ids(page, "control")) == (faults, controls), choice
            said = f"Đang hiện: {len(faults)} trên 5 lỗi, {len(controls)} trên 211 yêu cầu"
            assert page.inner_text("[role=status]") == said
            groups = page.locator("[data-part]:visible").count()
            assert groups == len({one.split("-5.")[1][0] for one in controls})


def test_an_asset_s_places_alone_are_shown(chromium):
    with chromium.page("full") as page:
        asset = card("full").mends[0].seen[0].asset
        page.select_option("[name=asset]", label=asset)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        shown = page.locator("[data-row=place]:visible .value").all_inner_texts()
        mine = [o.place for m in card("full").mends for o in m.seen if o.asset == asset]
        assert [one for one in shown if " · " in one] == mine


def test_words_are_found_without_their_accents(chromium):
    with chromium.page("demo") as page:
        page.fill("[name=q]", "SAO LUU  du lieu")
        assert ids(page, "control") == expected(words="sao lưu dữ liệu")[1]


def test_an_agency_is_chosen_on_the_programme_s_page(chromium):
    with chromium.page("demo", agency="") as page:
        page.select_option("[name=agency]", label="Báo Bạc Liêu")
        assert sorted(ids(page, "fault")) == sorted(expected()[0])
        assert sorted(ids(page, "control")) == sorted(expected()[1])
        assert page.locator("section.agency:visible").count() == 1


def test_a_province_s_agencies_are_narrowed_by_conclusion_and_name(chromium):
    with chromium.page("many", agency="") as page:
        everybody = card("many", agency="").agencies
        assert len(ids(page, "agency")) == len(everybody) == 120
        page.check("[value=compliant]")
        passing = {one.id for one in everybody if one.compliant}
        assert set(ids(page, "agency")) == passing
        page.fill("[name=name]", "dai phat")
        assert set(ids(page, "agency")) == {
            one.id for one in everybody if one.compliant and "Đài Phát" in one.name
        }


def test_the_keyboard_alone_does_everything(chromium):
    with chromium.page("demo") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.locator(".skip").bounding_box()["x"] >= 0
        while page.evaluate("document.activeElement.value") != "high":
            page.keyboard.press("Tab")
        outline = "getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(outline) == "solid"
        page.keyboard.press("Space")
        assert ids(page, "fault") == expected(severity=["high"])[0]
        while page.evaluate("document.activeElement.name") != "group":
            page.keyboard.press("Tab")
        page.keyboard.press("End")
        assert ids(page, "control") == expected(severity=["high"], group="data")[1]
        while not page.evaluate("'reset' in document.activeElement.dataset"):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert len(ids(page, "control")) == 211


def test_the_choice_stays_in_the_address_and_comes_back(chromium):
    with chromium.page("demo") as page:
        choose(page, status=["not_met"], severity=["high"], group="data")
        page.fill("[name=q]", "ssl & <b>")
        fragment = page.evaluate("location.hash")
    assert fragment == "#status=not_met&severity=high&group=g5&q=ssl+%26+%3Cb%3E"
    with chromium.page("demo", fragment=fragment) as page:
        assert page.is_checked("[value=not_met]") and page.is_checked("[value=high]")
        assert page.input_value("[name=group]") == "g5"
        assert page.input_value("[name=q]") == "ssl & <b>"
        page.fill("[name=q]", "")
        assert ids(page, "fault") == expected(["not_met"], ["high"], "data")[0]
        page.click("[data-reset]")
        assert page.evaluate("location.hash") == ""


@pytest.mark.parametrize("fragment", ["#group=zz&status=no", "#=&&%", "#__proto__=1&q=", "#run"])
def test_a_strange_address_hides_nothing(chromium, fragment):
    with chromium.page("demo", fragment=fragment) as page:
        assert len(ids(page, "control")) == 211


def test_without_script_everything_is_shown_and_no_filter_is(chromium):
    with chromium.page("demo", java_script_enabled=False) as page:
        assert page.locator("[data-row=control]:visible").count() == 211
        assert page.locator("[data-row=fault]:visible").count() == 5
        assert page.locator(".filter:visible").count() == 0


PAGES = [
    ("demo", ""),
    ("demo", AGENCY),
    ("full", AGENCY),
    ("many", ""),
    ("nasty", AGENCY),
    ("later", ""),
]


@pytest.mark.parametrize(("of", "agency"), PAGES)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_is_cut_stands_beyond_the_edge_or_over_another(chromium, of, agency, size):
    for lang in ("vi", "en") if of == "demo" and agency else ("vi",):
        with chromium.page(of, lang, agency, size) as page:
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert page.evaluate(BEYOND) == []
            assert page.evaluate(OVERLAP) == []


def test_what_is_cut_or_overlaps_would_be_noticed(chromium):
    with chromium.page("demo") as page:
        page.evaluate("document.querySelector('h3').style.marginTop = '-3em'")
        assert page.evaluate(OVERLAP) != []
        page.evaluate("document.querySelector('table.groups').style.width = '70rem'")
        assert page.evaluate(BEYOND) != []


@pytest.mark.parametrize(
    ("of", "lang", "agency", "size", "colours"),
    [
        ("demo", "vi", AGENCY, DESKTOP, "light"),
        ("demo", "en", AGENCY, PHONE, "dark"),
        ("some", "vi", "", PHONE, "dark"),
        ("some", "en", "", DESKTOP, "light"),
    ],
)
def test_axe_finds_nothing_serious(chromium, of, lang, agency, size, colours):
    with chromium.page(of, lang, agency, size, color_scheme=colours) as page:
        assert serious(page) == []


def test_dark_is_dark(chromium):
    def shade(scheme):
        with chromium.page("demo", color_scheme=scheme) as page:
            return page.evaluate(
                "['body', '.trend .ink'].map(one => {"
                "const style = getComputedStyle(document.querySelector(one));"
                "return one === 'body' ? style.backgroundColor : style.fill})"
            )

    assert shade("light") == ["rgb(255, 255, 255)", "rgb(22, 33, 58)"]
    assert shade("dark") == ["rgb(17, 23, 31)", "rgb(230, 234, 242)"]


def test_paper_has_every_row_and_no_filter_whatever_is_chosen(chromium):
    with chromium.page("full", fragment="#severity=low&status=met", size=PHONE) as page:
        assert len(ids(page, "place")) < 100
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 670, "height": 900})
        assert len(ids(page, "control")) == 211
        assert len(ids(page, "place")) == 400
        assert page.locator(".filter:visible, .noprint:visible").count() == 0
        assert page.evaluate(BEYOND) == []


def test_what_strangers_say_does_nothing(chromium):
    with chromium.page("nasty", agency="") as page:
        assert page.locator("img, h1 ~ h1").count() == 0
        assert page.locator("script").count() == page.locator("h1").count() == 1
        page.fill("[name=q]", "<script>alert(1)</script>")
        assert len(ids(page, "fault")) == 7
        label = page.locator("[name=asset] optgroup").first.get_attribute("label")
        assert "<script>" in label


def test_a_province_s_page_is_small_and_there_at_once(chromium):
    with chromium.page("many", agency="") as page:
        assert len(page.content()) < 400_000
        page.check("[value=not_compliant]")
        assert ids(page, "agency")
