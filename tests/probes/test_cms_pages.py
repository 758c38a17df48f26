"""The CMS probe on recorded pages of systems that cannot be had, and on sites that mislead."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from checks import Status
from checks.cms import outside
from facts.base import Absent, Undecided, Unknown
from facts.cms_table import PRODUCTS
from scanner.probes import cms
from tests.facts.test_cms_table import recorded
from tests.lab.hostile import garbage, hostile, never_answers
from tests.lab.pages import MISSING, Reply, pages
from tests.lab.places import free_port
from tests.probes.reaches import reach
from tests.probes.sites import target

NET, HERE = "127.38.0.0/16", "127.38.1.2"
LOGIN = Reply('<form><input type="password" name="p"></form>')
PLAIN = Reply("<html><head><title>Báo</title></head><body>Tin</body></html>")
WORDPRESS = Reply('<meta name="generator" content="WordPress 6.1.9">')


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(cms, "BETWEEN", 0.0)


def visit(answer):
    """The facts of a site that answers so; `answer` is a function of the path, or a table."""
    table = answer if callable(answer) else lambda path: answer.get(path, MISSING)
    with pages(HERE, table) as site:
        facts = cms.gather(place(site.port), reach(NET))
    assert len(site.asked) == facts.requests <= cms.MOST
    assert {method for method, _, _ in site.asked} == {"GET"}
    assert all(agent.startswith("press-scan/") for *_, agent in site.asked)
    return facts


def place(port, **more):
    return replace(target(f"http://{HERE}:{port}/", HERE, port), **more)


def replies(of):
    """A recording as a table; its own name is the server's."""

    def of_page(page):
        return Reply(
            page.get("body", "").replace("https://HOST", ""),
            page.get("status", 200),
            {k: v.replace("https://HOST", "") for k, v in page.get("headers", {}).items()},
        )

    return {"/": of_page(of["front"])} | {k: of_page(v) for k, v in of["pages"].items()}


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda one: one.id)
def test_recorded_systems(product):
    recording = recorded(product.id)
    facts = visit(replies(recording))
    assert facts.product == product.id
    shown = recording["shown"]
    assert (facts.version, facts.exact) == (shown["version"], shown["exact"])
    for trial in product.trials:
        assert getattr(facts, trial.topic)[trial.path] is True, trial.path
    if "component" in shown:
        assert shown["component"] in {f"{c.name} {c.version}".strip() for c in facts.components}
    if not product.trials:
        assert facts.admin["/quantri/"] is True


def test_a_site_without_a_known_system_applies_to_little():
    facts = visit({"/": PLAIN})
    site, editors = place(80), place(80, roles=("cms",))
    assert (facts.product, facts.version) == ("", "")
    assert outside.admin_exposed(facts, site).status is Status.PASS
    for check in (
        outside.installer,
        outside.user_listing,
        outside.legacy_api,
        outside.registration,
        outside.version_hidden,
        outside.admin_exposed,
    ):
        if check is not outside.admin_exposed:
            assert check(facts, site).status is Status.NOT_APPLICABLE
        with pytest.raises(Undecided):
            check(facts, editors)


def test_a_common_log_in_is_found_on_an_unknown_system():
    facts = visit({"/": PLAIN, "/quantri/": LOGIN})
    assert outside.admin_exposed(facts, place(80)).status is Status.FAIL


def test_a_log_in_gives_a_hidden_system_away():
    form = (
        '<link href="/wp-admin/css/login.min.css?ver=6.1.9"><link href="/wp-includes/x.css">'
        '<input name="log"><input type="password" name="pwd">'
    )
    facts = visit({"/": PLAIN, "/wp-login.php": Reply(form)})
    assert (facts.product, facts.version) == ("wordpress", "6.1.9")
    assert facts.legacy == {"/xmlrpc.php": False}


def test_the_version_of_an_unknown_system_counts_too():
    facts = visit({"/": Reply('<meta name="generator" content="Tin nhanh CMS 3.2.1">')})
    assert outside.version_hidden(facts, place(80)).status is Status.FAIL


def test_a_site_that_answers_everything_alike_shows_nothing():
    """A soft 404 with a log-in form on every page."""
    form = Reply('<input type="password" name="pwd"><input name="log"><p>nv_login</p>')
    facts = visit(lambda path: form)
    assert not any(facts.admin.values())


def test_a_server_that_begins_to_refuse_proves_nothing():
    asked = []

    def answer(path):
        asked.append(path)
        if path == "/":
            return WORDPRESS
        return MISSING if len(asked) < 8 else Reply("", 403)

    facts = visit(answer)
    assert isinstance(facts.legacy["/xmlrpc.php"], Unknown)
    with pytest.raises(Undecided):
        outside.legacy_api(facts, place(80))


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_site_that_refuses_from_the_start_is_not_judged(status):
    with pytest.raises(Undecided):
        visit(lambda path: Reply("", status))


def test_a_log_in_on_another_site_is_not_asked():
    away = Reply("", 302, {"Location": "https://sso.example.test/login"})
    facts = visit(lambda path: PLAIN if path == "/" else away)
    with pytest.raises(Undecided):
        outside.admin_exposed(facts, place(80))


def test_never_more_requests_than_is_polite():
    """A page that names a hundred plug-ins, on a site that redirects wherever it can."""
    many = "".join(f'<link href="/wp-content/plugins/p{n}/x.css">' for n in range(100))

    def answer(path):
        return Reply(many) if path == "/" else Reply("", 302, {"Location": f"{path}x"})

    facts = visit(answer)
    assert facts.requests == cms.MOST == 40
    assert isinstance(facts.components[-1].version, Unknown)


@pytest.mark.parametrize("behaviour", [garbage, never_answers], ids=["garbage", "silent"])
def test_hostile_servers_cost_bounded_time(behaviour, monkeypatch):
    monkeypatch.setattr("scanner.probes.http_session.SECONDS", 1.0)
    monkeypatch.setattr("scanner.probes.http_session.WAIT", 0.5)
    with hostile(HERE, behaviour) as server:
        begun = time.monotonic()
        with pytest.raises(Undecided):
            cms.gather(place(server.port), reach(NET))
    assert time.monotonic() - begun < 20


def test_nothing_listens():
    with pytest.raises(Absent):
        cms.gather(place(free_port(HERE)), reach(NET))
