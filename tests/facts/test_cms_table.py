"""Every mark of our table has a page that proves it, and ordinary pages show none."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from facts.cms_product import generator, own, pattern
from facts.cms_table import BY_ID, COMMON, DEBUGGING, PRODUCTS
from facts.http import Answer

RECORDED = Path(__file__).parents[1] / "recordings" / "cms"
HOST = "www.bao.test"
MISSING = Answer(f"https://{HOST}/x", 404, ())


def page(of, path="/"):
    """A recorded page, as an answer."""
    headers = tuple((k, v.replace("HOST", HOST)) for k, v in of.get("headers", {}).items())
    body = of.get("body", "").replace("HOST", HOST)
    return Answer(f"https://{HOST}{path}", of.get("status", 200), headers, body)


def recorded(name):
    return yaml.safe_load((RECORDED / f"{name}.yaml").read_text("utf-8"))


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda one: one.id)
def test_each_system_is_recognised_by_its_page_and_no_other_is(product):
    front = page(recorded(product.id)["front"])
    assert [one.id for one in PRODUCTS if one.recognise(front)] == [product.id]


def marks():
    for product in PRODUCTS:
        for kind, mark in product._marks():
            yield pytest.param(product, kind, mark, id=f"{product.id}-{kind}-{mark[:30]}")


@pytest.mark.parametrize(("product", "kind", "mark"), list(marks()))
def test_each_mark_alone_is_proved(product, kind, mark):
    front = page(recorded(product.id)["front"])
    texts = {
        "generator": [generator(front)],
        "page": [own(front)],
        "cookie": [value.partition("=")[0] for value in front.all("set-cookie")],
    }
    assert any(pattern(mark).search(text) for text in texts.get(kind) or front.all(kind))


def trials():
    for product in PRODUCTS:
        held = recorded(product.id)["pages"]
        folder = "/blog" if product.id == "wordpress" else ""
        for trial in product.trials:
            yield pytest.param(trial, held[folder + trial.path], id=product.id + trial.path)
    for trial in COMMON:
        yield pytest.param(trial, {"body": '<input type="password">'}, id=f"common{trial.path}")


@pytest.mark.parametrize(("trial", "of"), list(trials()))
def test_each_trial_shows_on_its_page_and_not_on_others(trial, of):
    shown = page(of)
    assert trial.read(shown, MISSING) is True
    assert trial.read(shown, shown) is False  # the same for every path: it proves nothing
    for status in (401, 403, 404, 500):
        assert trial.read(page({**of, "status": status}), MISSING) is False
    for status in (429, 502, 503):
        assert not isinstance(trial.read(page({**of, "status": status}), MISSING), bool)
    assert trial.read(page({"body": "<html>Không có bài này</html>"}), MISSING) is False


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<p>Bài viết về WordPress, Joomla và Drupal 9; /wp-content/themes/ là gì?</p>",
        '<img src="https://other.test/wp-content/themes/x/logo.png">',
        '<img src="//other.test/wp-includes/x.png"><a href="https://drupal.test/core/misc/drupal.js?v=9.5.3">',
        '<meta name="description" content="WordPress 6.1">',
        '<meta name="generator" content="Hugo 0.111.3">',
    ],
)  # fmt: skip
def test_a_page_that_only_speaks_of_a_system_is_none(body):
    assert not [one.id for one in PRODUCTS if one.recognise(page({"body": body}))]


@pytest.mark.parametrize("text", [
    "<b>Warning</b>:  Undefined variable $x in <b>/var/www/news.php</b> on line <b>7</b>",
    '<div id="system-debug">', "<!-- THEME DEBUG -->", '<div id="sfwdt0a1b2c3" class="sf-toolbar">',
    '<div class="phpdebugbar-body">', "<b>Stack Trace:</b> <br><code>x</code>",
    "You're seeing this error because you have <code>DEBUG = True</code> in your settings",
])  # fmt: skip
def test_each_mark_of_debugging_has_its_page(text):
    assert sum(bool(pattern(mark).search(text)) for _, mark in DEBUGGING) == 1


@given(st.text(max_size=300), st.text(max_size=80))
@example('<meta name="generator" content="' + "x" * 300, "x")
@example("(" * 300, "Drupal")
@example('"/a' * 100 + "/wp-content/", "WordPress 6")
def test_any_page(body, header):
    answer = page({"body": body, "headers": {"X-Generator": header, "Link": header}})
    for product in PRODUCTS:
        found = product.recognise(answer)
        assert found is None or len(found) == 3
        for trial in product.trials:
            assert trial.read(answer, MISSING) in {True, False}


BITS = ["<meta name=generator content='", '"/wp-content', '"/a', "/wp-includes/js/",
        "<b>Warning</b>: ", '<body class="author-']  # fmt: skip


@pytest.mark.parametrize("bit", BITS)
def test_no_page_costs_much_time(bit):
    body = bit * (131072 // len(bit))
    answer = page({"body": body})
    for product in BY_ID.values():
        product.recognise(answer)
        for trial in product.trials:
            trial.read(answer, MISSING)
    assert not [mark for _, mark in DEBUGGING if pattern(mark).search(body) and "php" not in mark]
