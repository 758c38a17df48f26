"""The pages of streaming servers: nginx with its RTMP module and Icecast, neglected and well kept.

The others are no packages of Debian; what they answer is served by hand (media_answers.py).
"""

from __future__ import annotations

from contextlib import ExitStack

import pytest
import trustme
from pydantic import TypeAdapter

from checks import Status
from checks.streaming import pages as rules
from checks.streaming import software
from facts.base import Undecided, Unknown
from facts.declared import Doors, Kind, Target, Vantage
from facts.media_pages import ASKS, LISTING, MANAGING
from facts.media_server import MediaServerFacts
from scanner.probes import media, table
from scanner.scope import OutOfScope
from scanner.world import packaged
from tests.lab import media as lab
from tests.lab.hostile import (
    drip,
    endless_body,
    endless_headers,
    garbage,
    hostile,
    http,
    never_answers,
    soft_404,
)
from tests.lab.nginx import nginx
from tests.lab.places import free_port, open_folder
from tests.probes import media_answers as said
from tests.probes.reaches import reach

NET = "127.45.0.0/16"
OPEN, KEPT, ICECAST, RADIO, FRONT, HAND = (f"127.45.1.{n}" for n in range(1, 7))
BLANK = Unknown("nobody looked inside")
PASS, FAIL, NA = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE
CODEC = TypeAdapter(MediaServerFacts)

NEGLECTED = """server {{ listen {0}; location /stat {{ rtmp_stat all; }}
location /control {{ rtmp_control all; }} }}"""
WELL_KEPT = """server_tokens off; server {{ listen {0};
location /stat {{ allow 127.99.0.1; deny all; rtmp_stat all; }}
location /control {{ allow 127.99.0.1; deny all; rtmp_control all; }} }}"""


def look(address: str, *ports: int, way=None, scheme: str = "http", **doors: object):
    """The facts of one host, and how often it was asked."""
    urls = tuple(f"{scheme}://{address}:{port}" for port in ports)
    target = Target(Kind.MEDIA, address, address, doors=Doors(urls, **doors))
    out = way or reach(NET)
    facts = media.gather(target, out)
    assert CODEC.validate_json(CODEC.dump_json(facts)) == facts
    assert len(out.contacts) <= 2 * media.REQUESTS + 2 * len(ports)
    return facts


def judged(check, facts, vantage=Vantage.EXTERNAL, inside=BLANK):
    """The verdict's status, or Undecided."""
    try:
        return check(facts, Target(Kind.MEDIA, "a", "a", vantage=vantage), inside).status
    except Undecided:
        return Undecided


def both(facts):
    """What the checks of management and of lists say."""
    return judged(rules.management, facts), judged(rules.listing, facts)


def versions(facts):
    """What the checks of banners and of support say, without a look inside."""
    said = [lambda: software.banner(facts, BLANK),
            lambda: software.supported(facts, packaged(), BLANK, BLANK, BLANK)]  # fmt: skip
    out = []
    for one in said:
        try:
            out.append(one().status)
        except Undecided:
            out.append(Undecided)
    return tuple(out)


@pytest.fixture(scope="module")
def servers():
    """Every real server, each started once: name -> port."""
    with ExitStack() as stack:
        folder = stack.enter_context(open_folder())
        ports = {address: free_port(address) for address in (OPEN, KEPT, ICECAST, RADIO, FRONT)}
        for address, text in ((OPEN, NEGLECTED), (KEPT, WELL_KEPT)):
            own = folder / address
            own.mkdir()
            listen = f"{address}:{ports[address]}"
            server = lab.nginx_rtmp(own, text.format(listen), address=address,
                                    port=ports[address], rtmp=free_port(address))  # fmt: skip
            stack.enter_context(server)
        default = folder / "icecast"
        default.mkdir()
        stack.enter_context(lab.icecast(default, address=ICECAST, port=ports[ICECAST]))
        radio = folder / "radio"
        (radio / "empty").mkdir(parents=True)
        kept = lab.icecast(radio, address=RADIO, port=ports[RADIO], webroot=f"{radio}/empty",
                           more="<server-id>media</server-id>")  # fmt: skip
        stack.enter_context(kept)
        front = (f"server_tokens off; server {{ listen {FRONT}:{ports[FRONT]}; location / {{ "
                 f"proxy_pass http://{ICECAST}:{ports[ICECAST]}; }} }}")  # fmt: skip
        stack.enter_context(nginx(folder, front, address=FRONT, port=ports[FRONT]))
        yield ports


def test_a_neglected_nginx_shows_its_statistics_and_its_control(servers):
    facts = look(OPEN, servers[OPEN])
    base = f"http://{OPEN}:{servers[OPEN]}"
    assert facts.found(LISTING)[0] == f"{base}/stat (nginx-rtmp-stat)"
    assert facts.found(MANAGING) == (f"{base}/control/record/press-scan (nginx-rtmp-control)",)
    assert both(facts) == (FAIL, FAIL)
    shown = {s.product.shown for s in facts.shown}
    assert {"nginx-rtmp 1.1.4"} < shown and any(s.startswith("nginx 1.") for s in shown)
    assert versions(facts) == (FAIL, Undecided)  # it may be its distribution's


def test_a_well_kept_nginx_refuses_strangers(servers):
    facts = look(KEPT, servers[KEPT])
    assert both(facts) == (PASS, PASS)
    (door,) = facts.doors
    assert door.trials["/stat"] == ASKS and facts.shown == ()
    assert rules.management(facts, Target(Kind.MEDIA, "a", "a"), BLANK).evidence["log_in"]
    assert versions(facts) == (PASS, NA)


def test_icecast_as_it_comes_lists_its_streams_and_asks_for_a_log_in(servers):
    facts = look(ICECAST, servers[ICECAST])
    assert len(facts.found(LISTING)) == 2
    assert both(facts) == (PASS, FAIL)
    assert facts.doors[0].trials["/admin/stats"] == ASKS
    assert [s.product.name for s in facts.shown if s.where.endswith("Server")] == ["icecast"]
    assert versions(facts)[0] is FAIL and versions(facts)[1] in {PASS, Undecided}  # by the year


def test_a_well_kept_icecast_shows_nothing(servers):
    facts = look(RADIO, servers[RADIO])
    assert both(facts) == (PASS, PASS)
    assert facts.shown == () and facts.doors[0].server == "media"
    assert versions(facts) == (PASS, NA)


def test_icecast_behind_nginx_is_found_too(servers):
    facts = look(FRONT, servers[FRONT])
    assert [one.rpartition(" ")[2] for one in facts.found(LISTING)] == ["(icecast-status)"]
    assert both(facts) == (PASS, FAIL)


def test_from_inside_colleagues_may_look(servers):
    facts = look(OPEN, servers[OPEN])
    for check in (rules.management, rules.listing):
        assert judged(check, facts, Vantage.INTERNAL) is NA


@pytest.mark.parametrize(
    ("pages", "server", "verdicts"),
    [
        (said.MEDIAMTX_API, "mediamtx", (FAIL, FAIL)),
        (said.MEDIAMTX_METRICS, "mediamtx", (FAIL, FAIL)),
        (said.MEDIAMTX_IDLE, "mediamtx", (FAIL, FAIL)),
        (said.PPROF, "mediamtx", (FAIL, PASS)),
        (said.PPROF, "", (FAIL, PASS)),
        (said.MEDIAMTX_KEPT, "mediamtx", (PASS, PASS)),
        (said.SRS, "SRS/5.0.213(Bee)", (FAIL, FAIL)),
        (said.SRS_KEPT, "SRS/5.0.213(Bee)", (PASS, PASS)),
        (said.WOWZA_REST, "WowzaStreamingEngine/4.8.20+1", (FAIL, PASS)),
        (said.WOWZA_MANAGER, "Winstone Servlet Engine v1.0.5", (FAIL, PASS)),
        (said.WOWZA_COUNTS, "WowzaStreamingEngine/4.8.20+1", (FAIL, FAIL)),
        (said.SHOUTCAST, "", (PASS, FAIL)),
        (said.SHOUTCAST_OPEN, "SHOUTcast/2.6.1", (FAIL, PASS)),
        ({}, "mediamtx", (PASS, PASS)),
    ],
)
def test_the_others_by_their_documentation(pages, server, verdicts):
    with lab.answering(HAND, pages, server=server) as behind:
        assert both(look(HAND, behind.port)) == verdicts


def test_what_they_answer_shows_their_versions():
    for pages, server, wanted in (
        (said.SRS, "", "srs 5.0.213"),
        ({}, "SRS/5.0.213(Bee)", "srs 5.0.213"),
        ({}, "WowzaStreamingEngine/4.8.20+1", "wowza 4.8.20"),
        (said.SHOUTCAST, "", "shoutcast 2.6.1.777"),
    ):
        with lab.answering(HAND, pages, server=server) as behind:
            facts = look(HAND, behind.port)
            assert wanted in {s.product.shown for s in facts.shown}


def test_a_site_that_answers_everything_alike_shows_nothing():
    with hostile(HAND, http(soft_404)) as behind:
        facts = look(HAND, behind.port)
        assert both(facts) == (PASS, PASS) and len(facts.doors[0].trials) > 12


@pytest.mark.parametrize("page", [said.SRS, said.MEDIAMTX_API, said.PPROF, said.SHOUTCAST])
def test_a_page_that_stands_everywhere_is_no_find(page):
    body = next(iter(page.values()))

    def answer(path, server):
        head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        yield f"{head}{body}".encode()

    with hostile(HAND, http(answer)) as behind:
        assert both(look(HAND, behind.port)) == (PASS, PASS)


def test_a_server_that_begins_to_refuse_proves_nothing():
    def answer(path, server):
        busy = len(server.calls) > 3
        yield b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % (
            b"429 x" if busy else b"404 x"
        )

    with hostile(HAND, http(answer)) as behind:
        assert both(look(HAND, behind.port)) == (Undecided, Undecided)


def test_a_find_stays_one_when_the_server_refuses_later():
    def answer(path, server):
        if path == "/v3/paths/list":
            body = said.MEDIAMTX_API[path].encode()
            yield (
                b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
                + body
            )
        busy = len(server.calls) > 9
        yield b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % (
            b"503 x" if busy else b"404 x"
        )

    with hostile(HAND, http(answer)) as behind:
        assert both(look(HAND, behind.port)) == (FAIL, FAIL)


def test_pages_behind_tls_are_found_where_the_sweep_saw_none(servers):
    authority = trustme.CA()
    with open_folder() as folder:
        cert = authority.issue_cert(FRONT)
        cert.private_key_and_cert_chain_pem.write_to_path(str(folder / "c.pem"))
        port = free_port(FRONT)
        text = (f"server {{ listen {FRONT}:{port} ssl; ssl_certificate {folder}/c.pem; "
                f"ssl_certificate_key {folder}/c.pem; location / {{ "
                f"proxy_pass http://{ICECAST}:{servers[ICECAST]}; }} }}")  # fmt: skip
        with nginx(folder, text, address=FRONT, port=port):
            facts = look(FRONT, port)
    assert facts.doors[0].base.startswith("https:") and judged(rules.listing, facts) is FAIL


@pytest.mark.parametrize("behaviour", [garbage, http(endless_headers)])
def test_what_is_no_web_server_shows_no_page(behaviour):
    with hostile(HAND, behaviour) as behind:
        facts = look(HAND, behind.port)
    assert [door.web for door in facts.doors] == [False] and both(facts) == (PASS, PASS)


def test_an_old_shoutcast_is_not_taken_for_no_server():
    def icy(sock, server):
        sock.recv(4096)
        sock.sendall(b"ICY 200 OK\r\nicy-name:x\r\n\r\n")

    with hostile(HAND, icy) as behind:
        assert both(look(HAND, behind.port)) == (PASS, PASS)
        assert both(look(HAND, behind.port, web=(behind.port,))) == (Undecided, Undecided)


def test_endless_pages_cost_little():
    with hostile(HAND, http(endless_body)) as behind:
        assert both(look(HAND, behind.port)) == (PASS, PASS)


@pytest.mark.parametrize("behaviour", [never_answers, http(drip)])
def test_slow_servers_are_given_up(behaviour, monkeypatch):
    monkeypatch.setattr("scanner.probes.http_session.SECONDS", 0.4)
    monkeypatch.setattr("scanner.probes.http_session.WAIT", 0.3)
    with hostile(HAND, behaviour) as behind:
        facts = look(HAND, behind.port, answered=True, web=(behind.port,))
        assert both(facts) == (Undecided, Undecided)
        facts = look(HAND, behind.port, answered=True)  # a port that is nobody's
        assert facts.doors[0].web is False or behaviour is not never_answers


def test_closed_ports():
    assert both(look(HAND, free_port(HAND))) == (PASS, PASS)


def test_a_host_that_answers_nowhere_may_block_us(monkeypatch):
    monkeypatch.setattr("scanner.probes.http_session.WAIT", 0.3)
    with hostile(HAND, never_answers) as behind, pytest.raises(Undecided, match="Nothing answered"):
        look(HAND, behind.port)


def test_what_nobody_tried_passes_nothing():
    with lab.answering(HAND, {}, server="nginx") as behind:
        assert both(look(HAND, behind.port, untried=(9997,))) == (Undecided, Undecided)


def test_the_budget_ends_the_questions(monkeypatch):
    monkeypatch.setattr(media, "REQUESTS", 4)
    with lab.answering(HAND, {}) as behind:
        facts = look(HAND, behind.port)
        assert len(behind.calls) <= 4 and both(facts) == (Undecided, Undecided)


def test_the_guard_is_asked():
    with lab.answering(HAND, {}) as behind:
        way = reach("10.0.0.0/8")
        with pytest.raises((OutOfScope, Undecided)):
            look(HAND, behind.port, way=way)
        assert way.contacts == [] and behind.calls == []


RTSP = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: GStreamer RTSP server/1.22.0\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "shown"),
    [(RTSP, ["gstreamer-rtsp-server 1.22.0"]),
     (b"RTSP/1.0 401 Unauthorized\r\nServer: gortsplib\r\n\r\n", []),
     (b"\x00" * 20000, [])],
)  # fmt: skip
def test_rtsp_names_its_server(answer, shown):
    def behave(sock, server):
        asked = sock.recv(4096)
        assert asked.startswith(b"OPTIONS rtsp://") and b"press-scan" in asked
        sock.sendall(answer)

    with hostile(HAND, behave) as behind:
        facts = look(HAND, behind.port, scheme="rtsp", answered=True)
        (door,) = facts.others
        assert [s.product.shown for s in door.shown] == shown and facts.doors == ()
        assert door.web is answer.startswith(b"RTSP")
        assert versions(facts)[0] is (FAIL if shown else PASS)


def test_rtsp_that_may_not_be_asked_is_not_known():
    target = Target(Kind.MEDIA, HAND, HAND, doors=Doors((f"rtsp://{HAND}:9",), answered=True))
    way = reach(NET)
    visit = media._Visit(target, way, 9)
    way.stop.set()
    assert isinstance(visit.rtsp(f"rtsp://{HAND}:9").web, Unknown)


def test_it_is_in_the_table():
    probe = table()["media"]
    assert (probe.visits, probe.brings) == (Kind.MEDIA, MediaServerFacts)
