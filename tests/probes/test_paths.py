"""The paths probe on real servers, neglected and well kept, and on those that mislead."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import trustme
from pydantic import TypeAdapter

from checks.web import exposure
from facts.base import Absent, Undecided, Unknown
from facts.paths import PathFacts
from facts.signatures import FILES
from scanner.probes import paths, table
from tests.lab.apache import apache
from tests.lab.hostile import hostile, http, never_answers
from tests.lab.nginx import nginx
from tests.lab.places import free_port, open_folder
from tests.probes.reaches import reach
from tests.probes.sites import PAGE, SECRET, fix, neglect, target

NET = "127.33.0.0/16"
NGINX, APACHE, ODD = "127.33.1.1", "127.33.1.2", "127.33.1.3"
TRACE = (
    "<html><b>Fatal error</b>:  Uncaught Error in <b>/var/www/html/news.php</b> on line <b>3</b>"
)
CONTACT = "Contact: mailto:security@example.vn\nExpires: {}-06-01T00:00:00Z\n"
ALL = (exposure.exposed_files, exposure.listing, exposure.status_pages, exposure.errors,
       exposure.security_txt)  # fmt: skip


def gather(url: str, address: str, port: int, name: str = "") -> PathFacts:
    facts = paths.gather(target(url, address, port, name), reach(NET))
    codec = TypeAdapter(PathFacts)
    stored = codec.dump_json(facts)
    assert SECRET.encode() not in stored
    assert codec.validate_json(stored) == facts
    return facts


def judged(facts: PathFacts) -> list[str]:
    said = []
    for check in ALL:
        try:
            said.append(str(check(facts).status))
        except Undecided:
            said.append("undecided")
    return said


@pytest.fixture
def folder():
    with open_folder() as place:
        yield place


def test_a_neglected_nginx_fails_every_check(folder):
    root, port = folder / "www", free_port(NGINX)
    left = neglect(root)
    config = f"""server {{
        listen {NGINX}:{port}; root {root};
        location = /nginx_status {{ stub_status; }}
        location /uploads/ {{ autoindex on; }}
        location ~ \\.php$ {{ try_files $uri @broken; default_type text/html; }}
        location @broken {{ default_type text/html; return 500 '{TRACE}'; }}
    }}"""
    with nginx(folder, config, address=NGINX, port=port):
        facts = gather(f"http://{NGINX}:{port}/", NGINX, port)
    assert judged(facts) == ["fail"] * 5
    assert {path for path, there in facts.files.items() if there} == left
    assert [path for path, there in facts.listings.items() if there] == ["/uploads/"]
    assert [path for path, there in facts.status_pages.items() if there] == ["/nginx_status"]
    assert facts.seen["missing-php"] == "stack_trace, file_path"
    assert facts.seen["/.env"] == "/.env (environment-file)"


def test_a_well_kept_nginx_passes_with_our_snippets(folder):
    root, port = folder / "www", free_port(NGINX)
    neglect(root)
    for left in ("backup.zip", "phpinfo.php"):  # no snippet stands for tidying up
        (root / left).unlink()
    (root / ".well-known").mkdir()
    year = datetime.now(UTC).year + 1
    (root / ".well-known" / "security.txt").write_text(CONTACT.format(year))
    authority = trustme.CA()
    pair = authority.issue_cert(NGINX)
    pair.private_key_and_cert_chain_pem.write_to_path(str(folder / "site.pem"))
    snippets = "\n".join(
        fix(f"web.{check}", "nginx") for check in ("exposed-files", "listing", "status-pages")
    ).replace("127.0.0.1", "127.0.0.2")  # the scanner is on loopback itself
    txt = fix("web.security-txt", "nginx").replace("/var/www/html", str(root))
    config = f"""server {{
        listen {NGINX}:{port} ssl; root {root};
        ssl_certificate {folder}/site.pem; ssl_certificate_key {folder}/site.pem;
        {snippets}
        {txt}
        {fix("web.server-supported", "nginx")}
        location = /news.php {{ fastcgi_pass {NGINX}:1; {fix("web.errors", "nginx")} }}
    }}"""
    with nginx(folder, config, address=NGINX, port=port):
        facts = gather(f"https://{NGINX}:{port}/", NGINX, port)
    assert judged(facts) == ["pass"] * 5


def test_a_neglected_apache_fails_every_check(folder):
    root, port = folder / "www", free_port(APACHE)
    left = neglect(root)
    (root / "error.html").write_text(TRACE)
    (root / "security.txt").write_text(CONTACT.format(2020))
    config = f"""DocumentRoot {root}
    <Directory {root}>
        Options +Indexes
        Require all granted
    </Directory>
    <Location /server-status>
        SetHandler server-status
    </Location>
    <Location /server-info>
        SetHandler server-info
    </Location>
    ErrorDocument 404 /error.html
    AddType text/html .php"""
    modules = ("autoindex", "status", "info")
    with apache(folder, config, address=APACHE, port=port, modules=modules):
        facts = gather(f"http://{APACHE}:{port}/", APACHE, port)
    assert judged(facts) == ["fail"] * 5
    assert {path for path, there in facts.files.items() if there} == left
    assert [path for path, there in facts.listings.items() if there] == ["/uploads/"]
    shown = [path for path, there in facts.status_pages.items() if there]
    assert shown == ["/server-status", "/server-info"]
    assert facts.security_txt.url.endswith("/security.txt")


def test_a_well_kept_apache_passes_with_our_snippets(folder):
    root, port = folder / "www", free_port(APACHE)
    neglect(root)
    for left in ("backup.zip", "phpinfo.php"):
        (root / left).unlink()
    (root / ".well-known").mkdir()
    year = datetime.now(UTC).year + 1
    (root / ".well-known" / "security.txt").write_text(CONTACT.format(year))
    snippets = "\n".join(
        fix(f"web.{check}", "apache")
        for check in ("exposed-files", "listing", "errors", "server-supported", "security-txt")
    ).replace("/var/www", str(root))
    closed = fix("web.status-pages", "apache").replace("Require local", "Require ip 192.0.2.1")
    config = f"""DocumentRoot {root}
    <Directory {root}>
        Options +Indexes
        Require all granted
    </Directory>
    <Location /server-status>
        SetHandler server-status
    </Location>
    {snippets}
    {closed}"""
    with apache(folder, config, address=APACHE, port=port, modules=("autoindex", "status")):
        facts = gather(f"http://{APACHE}:{port}/", APACHE, port)
    assert judged(facts)[:4] == ["pass"] * 4
    problems = exposure.security_txt(facts).evidence["problems"]
    assert problems == ["not_https"]  # this one speaks plain HTTP


MISLEADING = {
    "the same page everywhere": "location / { try_files /index.html =404; }",
    "the same download everywhere": "location / { default_type application/zip; return 200 'PK'; }",
    "a redirect to the start": "location = / { return 200 'Tin'; } location / { return 302 /; }",
    "a redirect elsewhere": "location / { return 301 https://www.example.org$request_uri; }",
    "a redirect to itself": "location / { return 302 $request_uri; }",
    "marks in every answer": "location / { default_type text/plain; return 200 '-----BEGIN PRIVATE "
    "KEY-----'; }",
    "a password for everything but the start": "location = / { return 200 'Tin'; } location / "
    "{ return 401; }",
    "no other path": "location = / { return 200 'Tin'; } location / { return 403; }",
}


@pytest.mark.parametrize("kind", MISLEADING)
def test_no_false_alarm(folder, kind):
    root, port = folder / "www", free_port(NGINX)
    root.mkdir()
    (root / "index.html").write_text(PAGE)
    config = f"server {{ listen {NGINX}:{port}; root {root}; {MISLEADING[kind]} }}"
    with nginx(folder, config, address=NGINX, port=port):
        facts = gather(f"http://{NGINX}:{port}/", NGINX, port)
    assert judged(facts) == ["pass", "pass", "pass", "pass", "fail"]
    assert facts.security_txt is None


def test_a_server_that_has_had_enough_proves_nothing(folder):
    root, port = folder / "www", free_port(NGINX)
    neglect(root)
    config = f"""limit_req_zone $binary_remote_addr zone=one:1m rate=1r/m;
    limit_req_status 429;
    server {{ listen {NGINX}:{port}; root {root};
        limit_req zone=one burst=20 nodelay;
        location /uploads/ {{ autoindex on; }}
    }}"""
    with nginx(folder, config, address=NGINX, port=port):
        facts = gather(f"http://{NGINX}:{port}/", NGINX, port)
    assert judged(facts) == ["undecided", "fail", "undecided", "pass", "fail"]
    assert all(isinstance(outcome, Unknown) for outcome in facts.files.values())


def test_a_firewall_that_closes_the_door_midway_proves_nothing():
    calls = []

    def answer(path, server):
        calls.append(path)
        status = "403 Forbidden" if len(calls) > 20 else "404 Not Found"
        if path == "/":
            status = "200 OK"
        yield f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()

    with hostile(ODD, http(answer)) as server:
        facts = gather(f"http://{ODD}:{server.port}/", ODD, server.port)
    assert judged(facts)[:3] == ["undecided", "undecided", "undecided"]
    assert len(calls) < 60  # it was left alone


@pytest.mark.parametrize("status", ["403 Forbidden", "429 Too Many Requests", "503 Unavailable"])
def test_a_site_that_refuses_us_is_undecided(status):
    def answer(path, server):
        yield f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()

    with hostile(ODD, http(answer)) as server, pytest.raises(Undecided, match="refuses"):
        gather(f"http://{ODD}:{server.port}/", ODD, server.port)


def test_nobody_there_and_nobody_answering():
    with pytest.raises(Absent):
        gather(f"http://{ODD}:{free_port(ODD)}/", ODD, 1)
    with hostile(ODD, never_answers) as server, pytest.raises(Undecided):
        late = replace(reach(NET), ends=time.monotonic() + 1)
        paths.gather(target(f"http://{ODD}:{server.port}/", ODD, server.port), late)


def test_the_sites_own_redirect_is_followed_and_its_name_gives_file_names(folder):
    root, port = folder / "www", free_port(NGINX)
    root.mkdir()
    (root / "index.html").write_text(PAGE)
    (root / "bao.example.vn.sql").write_text("-- MySQL dump 10.13\n")
    config = f"""server {{ listen {NGINX}:{port}; server_name bao.example.vn;
        return 301 http://www.bao.example.vn:{port}$request_uri; }}
    server {{ listen {NGINX}:{port}; server_name www.bao.example.vn; root {root}; }}"""
    there = {"www.bao.example.vn": [NGINX]}
    site = target(f"http://bao.example.vn:{port}/", NGINX, port, "bao.example.vn")
    with nginx(folder, config, address=NGINX, port=port):
        way = reach(NET, lookup=there)
        facts = paths.gather(site, way)
    assert facts.base == f"http://www.bao.example.vn:{port}"
    assert facts.files["/{name}.sql"] is True
    assert facts.seen["/{name}.sql"] == "/bao.example.vn.sql (database-dump)"
    assert len(facts.files) == len(FILES)
    assert len([line for line in way.contacts if "GET" in line]) < 80


def test_it_is_in_the_table():
    assert table()["paths"].brings is PathFacts
