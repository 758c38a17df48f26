"""The site probe and its checks on real nginx and Apache: one site that does all right, two not."""

from __future__ import annotations

import re
from contextlib import ExitStack

import pytest

from checks import Status
from checks.web import content, headers, service
from facts.site import SiteFacts
from scanner.probes import site, table
from tests.lab.apache import apache
from tests.lab.certs import leaf
from tests.lab.nginx import nginx
from tests.lab.places import free_port, open_folder
from tests.probes.reaches import reach
from tests.probes.sites import fix, target

NET = "127.32.0.0/16"
NAME = "www.bao.test"
PASS, FAIL, NONE = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE

HEADERS = ("hsts", "csp", "frame", "content-type", "referrer")
CHECKS = {
    **{f"web.{name}": getattr(headers, name.replace("-", "_")) for name in HEADERS},
    "web.cookies": headers.cookies,
    "web.banner": headers.banner,
    "web.https": service.https,
    "web.cors": service.cors,
    "web.methods": service.methods,
    "web.waf": service.waf,
    "web.login-https": content.login_https,
    "web.mixed-content": content.mixed_content,
    "web.sri": content.sri,
}
HASH = f"sha384-{'A' * 64}"
GOOD_PAGE = f"""<!doctype html><title>Báo</title><link rel=stylesheet href=/a.css>
<script src=/a.js></script><script src=https://cdn.test/b.js integrity={HASH} crossorigin></script>
<a href=/dang-nhap.html>Đăng nhập</a>"""
LOGIN = "<!doctype html><form method=post action={action}><input type=password name=p></form>"
BAD_PAGE = """<!doctype html><title>Đài</title><img src=http://anh.test/a.png>
<script src=https://cdn.test/b.js></script><a href=/dang-nhap.html>Đăng nhập</a>"""


def folder(stack, page=GOOD_PAGE, action="/vao"):
    """A lab's folder, with a web folder in it."""
    place = stack.enter_context(open_folder())
    www = place / "www"
    www.mkdir()
    (www / "index.html").write_text(page)
    (www / "dang-nhap.html").write_text(LOGIN.format(action=action))
    return place, www


def gather(url, address, port, name="") -> SiteFacts:
    way = reach(NET)
    facts = site.gather(target(url, address, port, name), way)
    codec = table()["site"].codec
    assert codec.validate_json(codec.dump_json(facts)) == facts
    sent = [line.split()[2] for line in way.contacts if "://" in line]
    assert set(sent) <= {"GET", "TRACE", "OPTIONS"}
    assert len(sent) <= 15
    assert all(f" {address} " in line for line in way.contacts)  # nobody else was asked
    return facts


@pytest.fixture(scope="module")
def good_nginx():
    """A site behind a proxy that mends what the application does wrong, with our own snippets."""
    address = "127.32.2.1"
    with ExitStack() as stack:
        place, www = folder(stack)
        pem = leaf(place, NAME)
        port, behind = free_port(address), free_port(address)
        cors_map, cors_headers = fix("web.cors", "nginx").split("# in server")
        fixes = [fix(f"web.{name}", "nginx") for name in (*HEADERS, "cookies", "banner", "methods")]
        config = f"""
        {cors_map}
        server {{
            listen {address}:{behind};
            root {www};
            add_header Set-Cookie "PHPSESSID=abc; path=/";
            add_header X-Powered-By "PHP/8.1.2";
        }}
        server {{
            listen {address}:{port} ssl;
            ssl_certificate {pem};
            ssl_certificate_key {pem};
            # in server{cors_headers}
            {"".join(fixes)}
            add_header X-Sucuri-ID 14002;
            location / {{ proxy_pass http://{address}:{behind}; }}
        }}"""
        stack.enter_context(nginx(place, config, address=address, port=port))
        yield gather(f"https://{NAME}:{port}/", address, port, NAME)


@pytest.fixture(scope="module")
def good_apache():
    address = "127.32.2.2"
    with ExitStack() as stack:
        place, www = folder(stack)
        pem = leaf(place, NAME)
        port = free_port(address)
        fixes = [
            fix(f"web.{name}", "apache")
            for name in (*HEADERS, "cookies", "banner", "methods", "cors")
        ]
        config = f"""
        SSLEngine on
        SSLCertificateFile {pem}
        DocumentRoot {www}
        <Directory {www}>
            Require all granted
        </Directory>
        Header set Set-Cookie "JSESSIONID=abc; Path=/"
        Header set X-Powered-By "PHP/8.1.2"
        Header set Access-Control-Allow-Origin "expr=%{{req:Origin}}"
        Header always set X-Sucuri-ID 14002
        {"".join(fixes)}"""
        modules = ("ssl", "socache_shmcb")
        stack.enter_context(apache(place, config, address=address, port=port, modules=modules))
        yield gather(f"https://{NAME}:{port}/", address, port, NAME)


@pytest.fixture(scope="module")
def bad_nginx():
    """As it comes from the box, with the faults that newsrooms have."""
    address = "127.32.2.3"
    with ExitStack() as stack:
        port = free_port(address)
        place, www = folder(stack, BAD_PAGE, f"http://{NAME}:{port}/vao")
        pem = leaf(place, NAME)
        config = f"""
        server {{
            listen {address}:{port} ssl;
            ssl_certificate {pem};
            ssl_certificate_key {pem};
            error_page 497 =200 /index.html;
            root {www};
            add_header Set-Cookie "PHPSESSID=abc; path=/";
            add_header Access-Control-Allow-Origin $http_origin always;
            add_header Access-Control-Allow-Credentials true always;
            add_header Content-Security-Policy "default-src * 'unsafe-inline'";
            add_header Referrer-Policy unsafe-url;
            add_header Strict-Transport-Security "max-age=600";
            location = / {{
                if ($request_method = OPTIONS) {{
                    add_header Allow "GET, PUT, DELETE";
                    return 204;
                }}
            }}
        }}"""
        stack.enter_context(nginx(place, config, address=address, port=port))
        yield gather(f"https://{NAME}:{port}/", address, port, NAME)


@pytest.fixture(scope="module")
def bad_apache():
    address = "127.32.2.4"
    with ExitStack() as stack:
        place, www = folder(stack, BAD_PAGE)
        port = free_port(address)
        config = f"""
        DocumentRoot {www}
        <Directory {www}>
            Require all granted
        </Directory>
        TraceEnable on
        Header set Set-Cookie "JSESSIONID=abc; Path=/; HttpOnly"
        Header set X-Frame-Options "ALLOW-FROM https://a.test"
        Header set Access-Control-Allow-Origin "null"
        Header set Access-Control-Allow-Credentials "true"
        """
        stack.enter_context(apache(place, config, address=address, port=port))
        yield gather(f"http://{address}:{port}/", address, port)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("server", ["good_nginx", "good_apache"])
def test_a_well_kept_site_passes(server, check, request):
    verdict = CHECKS[check](request.getfixturevalue(server))
    assert verdict.status is PASS, verdict


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("server", ["bad_nginx", "bad_apache"])
def test_a_neglected_site_fails(server, check, request):
    verdict = CHECKS[check](request.getfixturevalue(server))
    plain = server == "bad_apache" and check == "web.mixed-content"  # its page is not on HTTPS
    assert verdict.status is (NONE if plain else FAIL), verdict


def test_what_was_seen_is_said(bad_nginx, bad_apache):
    assert service.methods(bad_nginx).evidence["methods"] == ["PUT", "DELETE"]
    assert service.methods(bad_apache).says == "TRACE is answered"
    assert set(service.cors(bad_nginx).evidence["origins"]) == {"foreign", "null", "look-alike"}
    assert service.cors(bad_apache).evidence["origins"] == {"null": "null"}
    assert re.search(r"Server: Apache/2\.\d", str(headers.banner(bad_apache).evidence["headers"]))
    (form,) = content.login_https(bad_nginx).evidence["forms"]
    assert form["page"].endswith("/dang-nhap.html")


def test_no_secret_is_kept(good_nginx, bad_nginx):
    for facts in (good_nginx, bad_nginx):
        assert "PHPSESSID=…" in repr(facts)
        assert "abc" not in repr(facts.answers)


def test_a_webdav_root_offers_delete_until_our_snippet_is_there():
    address, seen = "127.32.2.12", []
    for snippet in ("", fix("web.methods", "apache")):
        with ExitStack() as stack:
            place, www = folder(stack)
            port = free_port(address)
            config = f"""
            DocumentRoot {www}
            <Directory {www}>
                Require all granted
                Options +Indexes
            </Directory>
            TraceEnable off
            DirectoryIndex disabled
            DavLockDB {place}/dav
            <Location "/">
                Dav On
            </Location>
            {snippet}"""
            modules = ("autoindex", "dav", "dav_fs")
            stack.enter_context(apache(place, config, address=address, port=port, modules=modules))
            seen.append(gather(f"http://{address}:{port}/", address, port))
    assert "DELETE" in seen[0].allow
    assert [service.methods(facts).status for facts in seen] == [FAIL, PASS]
