"""Streams on a real nginx (programmes by ffmpeg) and a real Icecast."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks import Status
from checks.streaming.delivery import cors, key_delivery, live, playlist_origin
from facts.base import Absent, Unknown
from facts.declared import Lead
from facts.stream_web import Carried, Door, Source
from facts.stream_wire import NOT_ALLOWED
from facts.streams import StreamFacts
from scanner.probes import http_session, stream_http, stream_twin, stream_walk, streams
from scanner.probes.stream_doors import NO_KEY
from tests.factories.streams import stream
from tests.lab.places import free_port
from tests.lab.programmes_served import TOKEN, served
from tests.probes.reaches import reach
from tests.probes.streams_web import NAME, Names, look, target

HOME = "127.32.40.1"


@pytest.fixture(scope="module")
def servers():
    with served(HOME, NAME) as there:
        yield there


@pytest.fixture(autouse=True)
def no_port_80(servers, monkeypatch):
    """Where plain HTTP is looked for: a server that leads on to HTTPS."""
    plain_at(monkeypatch, servers.onward)
    monkeypatch.setattr(http_session, "AGAIN", 0.01)


def plain_at(monkeypatch, port):
    def plain_urls(url):
        path = url.partition(NAME)[2].partition("/")[2]
        return (f"http://{NAME}:{port}/{path}",)

    monkeypatch.setattr(stream_twin, "plain_urls", plain_urls)


def verdicts(facts, *wanted, **settings):
    """Origin of the playlists, keys, other sites, on the air."""
    whole: StreamFacts = stream(scheme="https", wire=None, web=facts)
    place = target(f"https://{NAME}/", HOME, **settings)
    found = (
        playlist_origin(whole, place),
        key_delivery(whole, place),
        cors(whole),
        live(whole, place),
    )
    assert tuple(one.status for one in found) == wanted


PASS, FAIL, NOT = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("live.m3u8", Carried.HLS),
        ("dash.mpd", Carried.DASH),
        ("clock.mpd", Carried.DASH),
    ],
)
def test_a_live_programme(servers, path, kind):
    facts, leads, contacts = look(servers.url(path), HOME)
    assert (facts.carried, facts.status, facts.secure, facts.twin) == (kind, 200, True, False)
    assert (facts.played, facts.moves, facts.published, facts.read) == (True, True, None, True)
    assert facts.target == 1.0
    assert {one.host for one in facts.sources} == {NAME}
    assert leads == (Lead(NAME, servers.tls),)
    assert sum(" GET " in line for line in contacts) <= 12
    verdicts(facts, PASS, NOT, NOT, PASS)


def test_the_servers_own_log_shows_reading_alone(servers):
    """Also where publishing is allowed: a playlist takes none."""
    log = servers.folder / "access.log"
    before = log.read_text().count("\n")
    look(servers.url("safe/pay.m3u8"), HOME, active=("publish",))
    look(servers.url("open/pay.m3u8"), HOME, active=("publish",))
    lines = log.read_text().splitlines()[before:]
    assert 4 <= len(lines) <= 20
    assert all('"GET /' in line and '"press-scan/' in line for line in lines)


def test_a_recorded_programme(servers):
    facts, _, _ = look(servers.url("vod.m3u8"), HOME)
    assert (facts.moves, facts.played, facts.read) == (None, True, True)
    verdicts(facts, PASS, NOT, NOT, NOT)


def test_a_programme_that_stands_still(servers):
    facts, _, _ = look(servers.url("still.m3u8"), HOME)
    assert facts.moves is False
    assert 2.5 < facts.waited < 6
    verdicts(facts, PASS, NOT, NOT, FAIL)


def test_a_manifest_by_the_clock_whose_segments_do_not_come(servers):
    text = (servers.folder / "clock.mpd").read_text().replace('media="clock-', 'media="gone-')
    (servers.folder / "gone.mpd").write_text(text)
    facts, _, _ = look(servers.url("gone.mpd"), HOME)
    assert facts.moves is False
    verdicts(facts, PASS, NOT, NOT, FAIL)


def test_segments_too_long_to_wait_for(servers, monkeypatch):
    monkeypatch.setattr(stream_http, "LONGEST", 0.6)
    facts, _, _ = look(servers.url("still.m3u8"), HOME)
    assert facts.moves == Unknown(stream_http.TOO_SLOW, "1 s")


def test_a_key_for_everybody_and_every_site(servers):
    facts, _, _ = look(servers.url("open/pay.m3u8"), HOME)
    url = servers.url("open/key.bin?token=***")
    assert facts.doors == (Door(url, "key", given=True, any_origin=True, status=200),)
    reflected, _, _ = look(servers.url("any/pay.m3u8"), HOME)
    assert reflected.doors[0].any_origin is True
    verdicts(facts, PASS, FAIL, FAIL, PASS, protected=True)
    verdicts(facts, PASS, PASS, FAIL, PASS)


def test_a_key_for_those_who_have_a_token(servers):
    facts, _, contacts = look(servers.url(f"safe/pay.m3u8?token={TOKEN}"), HOME)
    (door,) = facts.doors
    assert (door.given, door.any_origin, door.status) == (False, False, 403)
    assert (facts.status, facts.played, facts.moves, facts.secure) == (403, False, True, True)
    assert not any(TOKEN in line for line in (*contacts, repr(facts)))
    verdicts(facts, PASS, PASS, PASS, PASS, protected=True)


def test_a_part_of_the_address_that_only_looks_like_a_token(servers):
    """In a stranger's own playlist it keeps nobody out; in a viewer's, nobody can tell."""
    seen, _, _ = look(servers.url("open/chosen.m3u8"), HOME)
    assert seen.doors[0].given is True
    told, _, _ = look(servers.url(f"safe/chosen.m3u8?token={TOKEN}"), HOME)
    assert told.doors[0].given == Unknown(NO_KEY, "404")


def test_a_stream_that_is_refused(servers):
    facts, _, _ = look(servers.url("safe/pay.m3u8"), HOME)
    refused = Unknown(stream_walk.NOT_LET_IN, "403")
    assert (facts.played, facts.read, facts.moves, facts.secure) == (
        False, refused, refused, refused,
    )  # fmt: skip


def test_what_is_outside_is_named_and_not_asked(servers):
    facts, leads, contacts = look(servers.url("master.m3u8"), HOME)
    assert Source("playlist", "https", "cdn.elsewhere.test", 443) in facts.sources
    assert isinstance(facts.read, Unknown)
    assert Lead("cdn.elsewhere.test", 443) in leads
    assert facts.moves is True
    assert not any("elsewhere" in line for line in contacts)
    verdicts_of = playlist_origin(stream(web=facts), target(f"https://{NAME}/", HOME))
    assert verdicts_of.evidence["hosts"] == ["https://cdn.elsewhere.test"]


def test_parts_over_plain_http(servers):
    facts, leads, _ = look(servers.url("mixed.m3u8"), HOME)
    assert facts.secure is False
    assert leads == (Lead(NAME, servers.tls),)
    whole, place = stream(web=facts), target(f"https://{NAME}/", HOME)
    assert key_delivery(whole, place).says == "Keys come over plain HTTP"
    assert playlist_origin(whole, place).status is FAIL


def test_a_redirect_is_followed(servers):
    facts, _, _ = look(servers.url("moved/"), HOME)
    assert (facts.moves, facts.played, facts.secure) == (True, True, True)


def test_a_redirect_to_outside_is_named_and_not_followed(servers):
    facts, leads, contacts = look(servers.url("away/"), HOME)
    assert leads == (Lead(NAME, servers.tls), Lead("cdn.elsewhere.test", 443))
    assert isinstance(facts.read, Unknown)
    assert isinstance(facts.played, Unknown)
    assert not any("elsewhere" in line for line in contacts)
    assert playlist_origin(stream(web=facts), target(f"https://{NAME}/", HOME)).status is FAIL


def test_a_redirect_without_an_end(servers):
    facts, _, contacts = look(servers.url("round/"), HOME)
    assert facts.read == facts.moves == Unknown(stream_walk.ASTRAY)
    assert len(contacts) < 15


def test_nothing_there(servers):
    facts, _, _ = look(servers.url("none.m3u8"), HOME)
    assert (facts.status, facts.moves) == (404, False)
    page, _, _ = look(servers.url("page.m3u8"), HOME)
    assert page.moves == page.read == Unknown(stream_walk.NO_STREAM)


def test_the_same_over_plain_http(servers, monkeypatch):
    plain_at(monkeypatch, servers.plain)
    facts, _, _ = look(servers.url("vod.m3u8"), HOME)
    assert facts.twin is True
    facts, _, _ = look(f"http://{NAME}:{servers.plain}/vod.m3u8", HOME)
    assert (facts.secure, facts.twin) == (False, None)
    plain_at(monkeypatch, free_port(HOME))
    facts, _, _ = look(servers.url("vod.m3u8"), HOME)
    assert facts.twin is False


def test_what_is_refused_over_plain_http_too(servers, monkeypatch):
    """Without a token nothing tells whether the token would open the plain one."""
    plain_at(monkeypatch, servers.plain)
    facts, _, _ = look(servers.url("none.m3u8"), HOME)
    assert facts.twin == Unknown(stream_twin.ALIKE, "404")
    facts, _, _ = look(servers.url(f"safe/pay.m3u8?token={TOKEN}"), HOME)
    assert facts.twin is True  # the plain one asks for no token


def test_a_mount(servers):
    facts, leads, contacts = look(servers.mount("live.mp3"), HOME, within=5)
    assert (facts.carried, facts.played, facts.moves) == (Carried.MOUNT, True, True)
    assert facts.server.startswith("Icecast 2.4")
    assert (facts.secure, facts.twin, facts.published, leads) == (False, None, NOT_ALLOWED, ())
    assert not any(" PUT " in line or " SOURCE " in line for line in contacts)
    verdicts(facts, NOT, NOT, NOT, PASS)


@pytest.mark.parametrize("kind", ["m3u", "pls"])
def test_a_radios_list(servers, kind):
    mount = servers.mount("live.mp3")
    text = f"[playlist]\nFile1={mount}\n" if kind == "pls" else f"#EXTM3U\n#EXTINF:-1,R\n{mount}\n"
    (servers.folder / f"radio.{kind}").write_text(text)
    facts, _, _ = look(servers.url(f"radio.{kind}"), HOME)
    assert (facts.carried, facts.moves, facts.played) == (Carried.MOUNT, True, True)
    assert facts.secure is False  # the list comes by https, the programme does not


def test_a_mount_that_nobody_sends_to(servers):
    facts, _, _ = look(servers.mount("gone.mp3"), HOME)
    assert (facts.status, facts.moves, facts.published) == (404, False, NOT_ALLOWED)
    assert live(stream(web=facts), target("http://x/", HOME)).status is FAIL


def test_nothing_listens():
    with pytest.raises(Absent):
        look(f"http://{NAME}:{free_port(HOME)}/live.m3u8", HOME)


def found(servers, names, path="vod.m3u8", host=NAME):
    way = replace(reach(f"{HOME}/32", lookup={NAME: [HOME]}), resolver=names)
    url = f"https://{host}:{servers.tls}/{path}"
    return streams.gather(target(url, HOME), way)


def test_where_the_name_leads(servers):
    records = {"CNAME": ("e0.Other.test.",), "A": ("203.0.113.6", "203.0.113.5")}
    facts = found(servers, Names(records))
    assert facts.addresses == {"A": ("203.0.113.5", "203.0.113.6"), "AAAA": ()}
    assert facts.aliases == ("e0.other.test", "e1.cdn.test")
    assert (facts.scheme, facts.wire, facts.leads) == ("https", None, (Lead(NAME, servers.tls),))
    silent = Unknown("The resolver did not answer in time", NAME)
    assert found(servers, Names()).addresses == {"A": silent, "AAAA": silent}
    assert found(servers, Names(), host=HOME).addresses == {"A": (HOME,)}
