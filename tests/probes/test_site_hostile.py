"""The site probe against servers that hang, flood and lead astray."""

from __future__ import annotations

import time

import pytest

from checks.web import content, headers, service
from facts.base import Absent, Undecided, Unknown
from facts.site import PlainOutcome, PlainTrial
from scanner.probes import http_session, site
from scanner.scope import OutOfScope
from tests.lab import hostile as lab
from tests.lab.certs import leaf
from tests.lab.hostile import hostile
from tests.lab.nginx import nginx
from tests.lab.places import free_port, open_folder
from tests.probes.reaches import reach
from tests.probes.sites import target

HOME, AWAY = "127.32.3.1", "127.33.3.1"
SOON = 12  # seconds that the worst of them may cost here
CHECKS = (
    headers.hsts,
    headers.csp,
    headers.frame,
    headers.content_type,
    headers.referrer,
    headers.cookies,
    headers.banner,
    content.login_https,
    content.mixed_content,
    content.sri,
    service.cors,
    service.methods,
    service.waf,
)


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(http_session, "SECONDS", 1.0)
    monkeypatch.setattr(http_session, "WAIT", 0.8)
    monkeypatch.setattr(http_session, "AGAIN", 0.01)


def gather(server, scheme="http", way=None, name=""):
    url = f"{scheme}://{name or HOME}:{server.port}/"
    start = time.monotonic()
    try:
        return site.gather(target(url, HOME, server.port, name), way or reach("127.32.0.0/16"))
    finally:
        assert time.monotonic() - start < SOON


def answering(*pieces):
    def answer(path, server):
        yield from pieces

    return lab.http(answer)


SILENT = {
    "never answers": (lab.never_answers, "No answer in time"),
    "garbage": (lab.garbage, "The answer was not HTTP, or the connection failed"),
    "reset": (lab.reset, "The connection was broken off"),
    "endless headers": (lab.http(lab.endless_headers), "The answer's headers have no end"),
}


@pytest.mark.parametrize("name", SILENT)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nobody_to_talk_to_is_undecided(name, scheme):
    behaviour, why = SILENT[name]
    with hostile(HOME, behaviour) as server, pytest.raises(Undecided) as caught:
        gather(server, scheme)
    if scheme == "http":
        assert caught.value.why == why
    assert caught.value.detail or scheme == "https"


def test_nothing_listens():
    with pytest.raises(Absent):
        gather(lab.Hostile(HOME, free_port(HOME)))


def test_an_address_outside_the_networks_is_not_asked():
    with hostile(HOME, lab.never_answers) as server:
        with pytest.raises((OutOfScope, Undecided)):
            gather(server, way=reach("127.99.0.0/16"))
        assert server.calls == []


def test_an_endless_page_is_cut_and_proves_nothing():
    with hostile(HOME, lab.http(lab.endless_body)) as server:
        facts = gather(server)
    assert facts.front.truncated
    with pytest.raises(Undecided):
        content.sri(facts)


def test_a_redirect_circle_ends():
    with hostile(HOME, lab.http(lab.redirect_to("/again"))) as server:
        facts = gather(server)
        assert len(server.calls) <= 15
    assert facts.front == Unknown(
        "The site redirects in a circle", f"http://{HOME}:{server.port}/again"
    )
    for check in CHECKS:
        if check is not headers.hsts:
            with pytest.raises(Undecided):
                check(facts)


def test_redirects_without_an_end_end():
    with hostile(HOME, lab.http(lab.redirect_to("{path}x"))) as server:
        facts = gather(server)
    assert facts.front.unknown == "The site redirects too often"


@pytest.mark.parametrize(
    "where",
    [f"http://{AWAY}:{{port}}/", "http://www.khac.test:{port}/", "file:///etc/passwd", "http://["],
)
def test_a_redirect_elsewhere_is_not_followed(where):
    way = reach("127.32.0.0/16", lookup={"www.khac.test": [AWAY]})
    with (
        hostile(HOME, lab.http(lab.redirect_to(where))) as server,
        hostile(AWAY, lab.never_answers, server.port) as away,
    ):
        facts = gather(server, way=way)
        assert away.calls == []
    assert facts.front.status == 302
    assert service.https(facts).status == "fail"


def test_a_redirect_to_our_own_name_at_another_address_is_refused_and_said_so():
    way = reach("127.32.0.0/16", names=("*.test",), lookup={"www.bao.test": [AWAY]})
    onward = lab.redirect_to("http://www.bao.test:{port}/")
    with (
        hostile(HOME, lab.http(onward)) as server,
        hostile(AWAY, lab.never_answers, server.port) as away,
    ):
        facts = gather(server, way=way, name="bao.test")
        assert away.calls == []
    assert facts.front == Unknown("The name leads outside the authorised networks", "www.bao.test")
    assert len(facts.hops) == 1


def test_a_broken_server_is_not_judged_by_its_error_page():
    broken = answering(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
    with hostile(HOME, broken) as server:
        facts = gather(server)
    for check in CHECKS:
        if check not in (headers.hsts, service.waf):
            with pytest.raises(Undecided):
                check(facts)


def test_a_connection_that_is_hung_up_on_trace_refuses_it():
    def behave(sock, server):
        head = sock.recv(65536)
        if head.startswith(b"GET"):
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with hostile(HOME, behave) as server:
        facts = gather(server)
    assert (facts.trace, facts.allow) == (False, ())


def test_a_server_that_goes_silent_after_its_page_leaves_unknown_trials():
    def behave(sock, server):
        head = sock.recv(65536)
        if b"Origin:" in head or not head.startswith(b"GET"):
            lab.never_answers(sock, server)
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with hostile(HOME, behave) as server:
        start = time.monotonic()
        url = f"http://{HOME}:{server.port}/"
        facts = site.gather(target(url, HOME, server.port), reach("127.32.0.0/16"))
        assert time.monotonic() - start < 2 * SOON
    assert facts.front.status == 200
    assert facts.trace == facts.allow == Unknown("No answer in time")
    for check in (service.cors, service.methods):
        with pytest.raises(Undecided):
            check(facts)


def test_plain_http_that_accepts_and_stays_silent_is_not_known(monkeypatch):
    def connect(self, host, port):
        return real(self, host, {80: silent.port}.get(port, port))

    real = site.Session.connect
    with open_folder() as folder, hostile(HOME, lab.never_answers) as silent:
        pem, port = leaf(folder, HOME), free_port(HOME)
        block = f"""server {{ listen {HOME}:{port} ssl; return 200;
            ssl_certificate {pem}; ssl_certificate_key {pem}; }}"""
        with nginx(folder, block, address=HOME, port=port):
            monkeypatch.setattr(site.Session, "connect", connect)
            facts = gather(lab.Hostile(HOME, port), "https")
    assert facts.plain[f"http://{HOME}/"] == Unknown("No answer in time")
    with pytest.raises(Undecided):
        service.https(facts)


def test_a_front_page_out_of_reach_behind_a_plain_one_still_counts():
    """HTTPS hangs up, but its port answers plain HTTP with a page: readers get that."""

    def behave(sock, server):
        if sock.recv(65536).startswith(b"GET"):
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntin")

    with hostile(HOME, behave) as server:
        facts = gather(server, "https")
    assert isinstance(facts.front, Unknown)
    trial = facts.plain[f"http://{HOME}:{server.port}/"]
    assert isinstance(trial, PlainTrial)
    assert trial.outcome is PlainOutcome.ANSWERED
    assert service.https(facts).status == "fail"
