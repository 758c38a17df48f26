"""The scripts probe on real servers: what a start page loads, and what its headers name."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from checks import Status
from checks.web import software
from facts.base import Absent, Undecided, Unknown
from facts.libraries import Library
from facts.products import Product
from facts.scripts import ScriptFacts
from scanner.probes import scripts, table
from tests.factories.exposure import AT
from tests.factories.world import world
from tests.lab.apache import apache
from tests.lab.hostile import hostile, never_answers
from tests.lab.nginx import nginx
from tests.lab.places import free_port, open_folder
from tests.probes.reaches import reach
from tests.probes.sites import fix, target

NET = "127.33.0.0/16"
NGINX, APACHE = "127.33.2.1", "127.33.2.2"
OLD = "/*! jQuery v3.4.1 | (c) JS Foundation and other contributors */\n!function(){}();\n"
NEW = OLD.replace("3.4.1", "3.7.1")


def gather(url: str, address: str, port: int) -> ScriptFacts:
    way = reach(NET)
    facts = scripts.gather(target(url, address, port), way)
    codec = TypeAdapter(ScriptFacts)
    assert codec.validate_json(codec.dump_json(facts)) == facts
    assert all(address in line for line in way.contacts)  # nobody else was asked
    return replace(facts, observed_at=AT)  # the tests' tables are of that day


def page(*sources: str, inline: str = "") -> str:
    tags = "".join(f'<script src="{source}"></script>' for source in sources)
    return (
        f"<!DOCTYPE html><html><head>{tags}<script>{inline}</script></head><body>Tin</body></html>"
    )


@pytest.fixture
def folder():
    with open_folder() as place:
        (place / "www").mkdir()
        yield place


def site(folder, config=""):
    port = free_port(NGINX)
    block = f"server {{ listen {NGINX}:{port}; root {folder / 'www'}; {config} }}"
    return port, nginx(folder, block, address=NGINX, port=port)


def visit(folder, html: str, files: dict[str, str], config="server_tokens off;") -> ScriptFacts:
    for name, text in {"index.html": html, **files}.items():
        (folder / "www" / name).write_text(text)
    port, server = site(folder, config)
    with server:
        return gather(f"http://{NGINX}:{port}/", NGINX, port)


def test_a_site_with_an_old_library_fails(folder):
    facts = visit(folder, page("/app.js", "gone.js"), {"app.js": OLD})
    verdict = software.libraries(facts, world())
    assert verdict.status is Status.FAIL
    assert verdict.evidence["libraries"][0]["library"] == "jquery 3.4.1"
    assert len(facts.scripts) == 2


def test_a_site_with_a_new_library_passes(folder):
    html = page("/app.js", "https://cdn.example.org/npm/jquery@3.7.1/dist/jquery.min.js")
    facts = visit(folder, html, {"app.js": NEW})
    verdict = software.libraries(facts, world())
    assert verdict.status is Status.PASS
    assert facts.foreign == ("https://cdn.example.org/npm/jquery@3.7.1/dist/jquery.min.js",)
    assert {library.version for library in facts.libraries} == {"3.7.1"}


def test_another_sites_old_library_is_known_by_its_address(folder):
    facts = visit(folder, page("https://code.jquery.com/jquery-1.12.4.min.js"), {})
    assert software.libraries(facts, world()).status is Status.FAIL


def test_an_inline_library_counts(folder):
    facts = visit(folder, page(inline=OLD), {})
    assert facts.libraries == (Library("jquery", "3.4.1", facts.page),)
    assert facts.scripts == {}


def test_a_library_without_a_version_is_undecided(folder):
    facts = visit(folder, page("/jquery.min.js"), {"jquery.min.js": "!function(){}()"})
    with pytest.raises(Undecided, match="version could not be told"):
        software.libraries(facts, world())


def test_a_soft_404_is_no_library(folder):
    port, server = site(folder, "location / { try_files $uri /index.html; }")
    (folder / "www" / "index.html").write_text(page("/jquery-1.12.4.min.js"))
    with server:
        facts = gather(f"http://{NGINX}:{port}/", NGINX, port)
    assert facts.libraries == ()


def test_more_scripts_than_are_read(folder):
    names = [f"a{number}.js" for number in range(20)]
    facts = visit(
        folder,
        page(*names, "jquery-3.4.1.js"),
        {**dict.fromkeys(names, ";"), "jquery-3.4.1.js": OLD},
    )
    assert sum(isinstance(read, Unknown) for read in facts.scripts.values()) == 6
    assert software.libraries(facts, world()).status is Status.FAIL  # libraries are read first


def test_a_large_script_is_cut_and_said(folder):
    facts = visit(folder, page("/app.js"), {"app.js": NEW + "var a=1;" * 60_000})
    assert len(facts.cut) == 1
    assert software.libraries(facts, world()).evidence["partly_read"] == 1


@pytest.mark.parametrize("status", [403, 500])
def test_a_start_page_that_is_refused_is_undecided(folder, status):
    port, server = site(folder, f"return {status};")
    with server:
        facts = gather(f"http://{NGINX}:{port}/", NGINX, port)
    with pytest.raises(Undecided, match="start page could not be read"):
        software.libraries(facts, world())


def test_software_that_has_ended_fails(folder):
    shown = 'server_tokens off; add_header X-Powered-By "PHP/5.6.40";'
    facts = visit(folder, page(), {}, shown)
    assert Product("php", "5.6.40") in facts.software
    assert software.server_supported(facts, world()).status is Status.FAIL


def test_a_distributions_server_passes_by_its_release(folder):
    port = free_port(APACHE)
    (folder / "www" / "index.html").write_text(page())
    config = f"""ServerTokens OS
    DocumentRoot {folder}/www
    <Directory {folder}/www>
        Require all granted
    </Directory>"""
    with apache(folder, config, address=APACHE, port=port):
        facts = gather(f"http://{APACHE}:{port}/", APACHE, port)
    (server,) = facts.software
    assert server.name == "apache-http-server" and server.version
    verdict = software.server_supported(  # wherever this test runs, our table is Debian's
        replace(facts, software=(replace(server, distribution="debian"),)), world()
    )
    assert verdict.status is Status.PASS


def test_what_hides_its_version_is_not_applicable(folder):
    facts = visit(folder, page(), {}, fix("web.server-supported", "nginx"))
    assert facts.software == (Product("nginx"),)
    assert software.server_supported(facts, world()).status is Status.NOT_APPLICABLE


def test_redirects_stay_on_the_site(folder):
    config = (
        "location = / { return 302 /vi/; } location = /vi/ { return 301 https://example.org/; }"
    )
    port, server = site(folder, config)
    with server:
        facts = gather(f"http://{NGINX}:{port}/", NGINX, port)
    assert facts.page.endswith("/vi/")
    assert (facts.scripts, facts.libraries) == ({}, ())  # readers load nothing here


def test_nobody_there_and_nobody_answering():
    with pytest.raises(Absent):
        gather(f"http://{NGINX}:{free_port(NGINX)}/", NGINX, 1)
    with hostile(NGINX, never_answers) as server, pytest.raises(Undecided):
        late = replace(reach(NET), ends=time.monotonic() + 1)
        scripts.gather(target(f"http://{NGINX}:{server.port}/", NGINX, server.port), late)


def test_it_is_in_the_table():
    assert table()["scripts"].brings is ScriptFacts
