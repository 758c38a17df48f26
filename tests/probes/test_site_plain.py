"""The site probe's look at plain HTTP, on real nginx and Apache."""

from __future__ import annotations

import socket
from contextlib import ExitStack, contextmanager

import pytest

from checks import Status
from checks.web import content, headers, service
from facts.site import PlainOutcome
from scanner.probes import http_session, site
from tests.lab.apache import apache
from tests.lab.certs import leaf
from tests.lab.nginx import nginx
from tests.lab.places import free_port
from tests.probes.sites import fix
from tests.probes.test_site import NAME, folder, gather

PASS, FAIL = Status.PASS, Status.FAIL


@pytest.fixture
def standard_ports(monkeypatch):
    """Have ports 80 and 443 stand for others, which an ordinary user may open."""

    def stand_for(**ports):
        real = site.Session.connect
        table = {int(name[1:]): port for name, port in ports.items()}
        monkeypatch.setattr(
            site.Session,
            "connect",
            lambda self, host, port: real(self, host, table.get(port, port)),
        )

    return stand_for


def served(stack, address, config, **ports):
    """An nginx with server blocks; its folder."""
    place, www = folder(stack)
    pem = leaf(place, NAME)
    tls = f"ssl_certificate {pem}; ssl_certificate_key {pem};"
    text = config.format(a=address, root=www, tls=tls, **ports)
    stack.enter_context(nginx(place, text, address=address, port=next(iter(ports.values()))))


HTTPS = "server {{ listen {a}:{p443} ssl; {tls} root {root}; }}"
PLAINS = [
    ("return 301 https://$host$request_uri;", PASS),
    ("return 308 https://bao.test/;", PASS),
    ("root {root};", FAIL),
    ("return 301 http://$host/vi/;", FAIL),
    ("return 301 https://khac.test/;", FAIL),
    ("return 404;", FAIL),
]


@pytest.mark.parametrize(("says", "expected"), PLAINS)
def test_port_80_of_a_standard_site(says, expected, standard_ports):
    address = "127.32.2.5"
    ports = {"p443": free_port(address), "p80": free_port(address)}
    standard_ports(**ports)
    with ExitStack() as stack:
        plain = "server {{ listen {a}:{p80}; " + says + " }}"
        served(stack, address, HTTPS + plain, **ports)
        facts = gather(f"https://{NAME}/", address, 443, NAME)
    assert list(facts.plain) == [f"http://{NAME}/"]
    assert service.https(facts).status is expected


def test_our_redirect_snippets_pass(standard_ports):
    address = "127.32.2.6"
    ports = {"p443": free_port(address), "p80": free_port(address)}
    standard_ports(**ports)
    snippet = fix("web.https", "nginx").replace("listen [::]:80;", "").replace("{", "{{")
    snippet = snippet.replace("}", "}}").replace("listen 80", "listen {a}:{p80}")
    with ExitStack() as stack:
        served(stack, address, HTTPS + snippet, **ports)
        assert service.https(gather(f"https://{NAME}/", address, 443, NAME)).status is PASS
    with ExitStack() as stack:
        place, _ = folder(stack)
        snippet = fix("web.https", "apache").replace("*:80", f"*:{ports['p80']}")
        snippet = snippet.replace("www.example.vn", NAME)
        stack.enter_context(apache(place, snippet, address=address, port=ports["p80"]))
        facts = gather(f"http://{NAME}/", address, 80, NAME)
    assert facts.plain[f"http://{NAME}/"].hops[0].location == f"https://{NAME}/"


def test_a_closed_port_80_is_no_plain_http(standard_ports):
    address = "127.32.2.7"
    ports = {"p443": free_port(address)}
    standard_ports(p80=free_port(address), **ports)
    with ExitStack() as stack:
        served(stack, address, HTTPS, **ports)
        facts = gather(f"https://{NAME}/", address, 443, NAME)
    (trial,) = facts.plain.values()
    assert trial.outcome is PlainOutcome.REFUSED
    assert service.https(facts).status is PASS


BESIDE = [
    ("add_header Content-Type text/html always; return 200 '<title>Khác</title>';", False, PASS),
    ("return 404;", False, PASS),
    ("return 301 https://khac.test/;", False, PASS),
    ("return 301 https://$host/;", True, PASS),
    ("root {root};", True, FAIL),
]


@pytest.mark.parametrize(("says", "counts", "expected"), BESIDE)
def test_port_80_beside_a_site_on_a_port_of_its_own(says, counts, expected, standard_ports):
    address = "127.32.2.8"
    ports = {"p8443": free_port(address), "p80": free_port(address)}
    standard_ports(p80=ports["p80"])
    https = HTTPS.replace("p443", "p8443")
    with ExitStack() as stack:
        served(stack, address, https + "server {{ listen {a}:{p80}; " + says + " }}", **ports)
        facts = gather(f"https://{NAME}:{ports['p8443']}/", address, ports["p8443"], NAME)
    own, beside = facts.plain.values()
    assert own.outcome is PlainOutcome.TLS_ONLY
    assert beside.counts is counts
    assert service.https(facts).status is expected


def test_a_site_that_is_plain_only(standard_ports):
    address = "127.32.2.9"
    ports = {"p80": free_port(address)}
    standard_ports(p443=free_port(address), **ports)
    with ExitStack() as stack:
        served(stack, address, "server {{ listen {a}:{p80}; root {root}; }}", **ports)
        facts = gather(f"http://{NAME}/", address, 80, NAME)
    assert facts.secure is None
    assert service.https(facts).status is FAIL
    assert headers.hsts(facts).status is FAIL
    assert content.login_https(facts).status is FAIL


def test_a_plain_url_whose_site_has_https_too(standard_ports):
    address = "127.32.2.10"
    ports = {"p443": free_port(address), "p80": free_port(address)}
    standard_ports(**ports)
    hsts = HTTPS.replace("root", fix("web.hsts", "nginx") + "root", 1)
    redirect = "server {{ listen {a}:{p80}; return 301 https://$host/; }}"
    for plain, expected in ((redirect, PASS), (redirect.replace("return 301", "#") + "\n}}", FAIL)):
        with ExitStack() as stack:
            served(stack, address, hsts + plain, **ports)
            facts = gather(f"http://{NAME}/", address, 80, NAME)
        assert service.https(facts).status is expected
        assert headers.hsts(facts).status is PASS


def test_mixed_content_goes_by_our_snippet():
    address = "127.32.2.11"
    with ExitStack() as stack:
        place, www = folder(stack, "<img src=http://anh.test/a.png>")
        pem, port = leaf(place, NAME), free_port(address)
        block = f"""server {{ listen {address}:{port} ssl; root {www};
            ssl_certificate {pem}; ssl_certificate_key {pem};
            {fix("web.mixed-content", "nginx")} }}"""
        stack.enter_context(nginx(place, block, address=address, port=port))
        facts = gather(f"https://{NAME}:{port}/", address, port, NAME)
    assert content.mixed_content(facts).status is PASS


@contextmanager
def swallowing(address):
    """A port whose queue is full: what knocks gets no answer, as behind a dropping firewall."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind((address, 0))
        listening.listen(0)
        place = listening.getsockname()
        for _ in range(4):
            knocking = stack.enter_context(socket.socket())
            knocking.setblocking(False)
            knocking.connect_ex(place)
        yield place[1]


def test_a_port_80_that_drops_every_packet_is_no_plain_http(standard_ports, monkeypatch):
    monkeypatch.setattr(http_session, "WAIT", 0.5)
    address = "127.32.2.13"
    ports = {"p443": free_port(address)}
    with ExitStack() as stack:
        standard_ports(p80=stack.enter_context(swallowing(address)), **ports)
        served(stack, address, HTTPS, **ports)
        facts = gather(f"https://{NAME}/", address, 443, NAME)
    (trial,) = facts.plain.values()
    assert trial.outcome is PlainOutcome.FILTERED
    assert service.https(facts).status is PASS
