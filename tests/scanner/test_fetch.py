"""Fetching from a real HTTPS server, and from ones that lie, flood, break off or never end."""

from __future__ import annotations

import gzip
import json
import ssl
import time
from dataclasses import replace

import pytest
from click.testing import CliRunner

from press_scan.cli import main
from scanner.bundle import offers_in
from scanner.data_sets import SETS
from scanner.data_shelf import Lack, Offer, State, take_in
from scanner.fetch import fetch, good_address
from tests.lab.certs import authority, leaf
from tests.lab.hostile import hostile, http
from tests.lab.nginx import nginx
from tests.lab.places import free_port, open_folder
from tests.press_scan.program import Program
from tests.scanner import tables
from tests.scanner.tables import NOW, put

KEV = next(one for one in SETS if one.name == "kev")
SERVER = """
server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {pem};
    ssl_certificate_key {pem};
    root {root};
    location /moved/ {{ return 302 /data/known-exploited.json; }}
    location /plain/ {{ return 302 http://127.0.0.1:{port}/data/known-exploited.json; }}
    location /round/ {{ return 302 /round/again; }}
    location /odd/ {{ return 302 "https://["; }}
    location /closed/ {{ return 403; }}
    location /broken/ {{ return 500; }}
}}
"""


@pytest.fixture(scope="module")
def ca(tmp_path_factory):
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority().cert_pem.write_to_path(str(file))
    return file


@pytest.fixture(scope="module")
def site():
    """A mirror: a data folder that an update filled, behind nginx."""
    with open_folder() as folder:
        take_in(folder / "data", offers_in(put(folder / "in")), NOW)
        put(folder / "makers")
        port = free_port("127.0.0.1")
        pem = leaf(folder, "127.0.0.1")
        server = SERVER.format(port=port, pem=pem, root=folder)
        with nginx(folder, server, address="127.0.0.1", port=port):
            yield f"https://127.0.0.1:{port}"


@pytest.fixture(autouse=True)
def straight(monkeypatch):
    """No proxy and no authorities of the machine that runs the tests."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "REQUESTS_CA_BUNDLE",
                 "CURL_CA_BUNDLE"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def bad(tmp_path):
    """Runs an HTTPS server by hand; it answers what it is told to."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf(tmp_path, "127.0.0.1"))

    def server(*pieces):
        def behave(sock, one):
            with context.wrap_socket(sock, server_side=True) as safe:
                http(lambda _path, _server: iter(pieces))(safe, one)

        return hostile("127.0.0.1", behave)

    return server


def kev_from(url, ca, **how):
    return fetch([replace(KEV, url=url)], ca=ca, **how)["kev"]


def test_a_mirror_gives_what_it_has_with_its_dates(site, ca, tmp_path):
    offers = fetch(SETS, f"{site}/data/", ca)
    found = take_in(tmp_path, offers, NOW)
    assert {one.state for one in found} == {State.BROUGHT}
    assert found[2].now.date.isoformat() == "2026-01-01"  # not of today: nobody vouches for that
    assert {one.state for one in take_in(tmp_path, fetch(SETS, f"{site}/data/", ca), NOW)} == {
        State.CURRENT}  # fmt: skip


def test_makers_are_asked_at_their_own_addresses_and_are_of_today(site, ca, tmp_path):
    sets = [replace(one, url=f"{site}/makers/{name}")
            for one, name in zip(SETS, tables.FILES, strict=True)]  # fmt: skip
    found = {one.of.name: one for one in take_in(tmp_path, fetch(sets, ca=ca), NOW)}
    assert {one.state for one in found.values()} == {State.BROUGHT}
    assert found["retire.js"].now.date == found["mozilla"].now.date == NOW.date()
    assert found["kev"].now.date.isoformat() == "2026-11-21"
    assert found["kev"].now.url == f"{site}/makers/known_exploited_vulnerabilities.json"


def test_a_certificate_that_nobody_vouches_for_is_refused(site):
    found = kev_from(f"{site}/data/known-exploited.json", None)
    assert found.why == "Its certificate is not to be trusted, or TLS failed"
    assert "self-signed certificate" in found.detail or "issuer" in found.detail


def test_another_host_s_certificate_is_refused(ca, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf(tmp_path, "elsewhere.example"))

    def behave(sock, _server):
        context.wrap_socket(sock, server_side=True).close()

    with hostile("127.0.0.1", behave) as server:
        found = kev_from(f"https://127.0.0.1:{server.port}/", ca)
    assert found.why == "Its certificate is not to be trusted, or TLS failed"


@pytest.mark.parametrize(("path", "state", "why"), [
    ("plain/", State.REFUSED, "It leads to an address without HTTPS"),
    ("round/", State.FAILED, "It leads from address to address"),
    ("odd/", State.FAILED, "It broke off"),
    ("closed/", State.FAILED, "The server answered 403"),
    ("broken/", State.FAILED, "The server answered 500"),
    ("nothing", State.FAILED, "It is not there"),
])  # fmt: skip
def test_what_a_server_says_instead(site, ca, path, state, why):
    found = kev_from(f"{site}/{path}", ca)
    assert isinstance(found, Lack)
    assert (found.state, found.why) == (state, why)
    assert site in found.detail or "http://" in found.detail


def test_a_redirect_to_https_is_followed(site, ca):
    assert isinstance(kev_from(f"{site}/moved/", ca), Offer)


def test_a_server_that_packs_although_it_was_asked_not_to(bad, ca):
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
    for body, expected in (
        (gzip.compress(tables.kev()), tables.kev()),
        (gzip.compress(tables.kev())[:-20], "It broke off"),
        (b"not packed", "It broke off"),
        (gzip.compress(bytes(200 << 20), 1), "It is too large"),
    ):
        with bad(head, body) as server:
            found = kev_from(f"https://127.0.0.1:{server.port}/", ca)
        assert expected == (found.data if isinstance(found, Offer) else found.why)


def test_what_is_cut_short_is_no_answer(bad, ca):
    body = tables.kev()
    with bad(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body), body[:-9]) as server:
        assert kev_from(f"https://127.0.0.1:{server.port}/", ca).why == "It broke off"


def test_what_never_ends_is_cut_off(ca, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf(tmp_path, "127.0.0.1"))

    def floods(_path, _server):
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            yield bytes(1 << 20)

    def drips(_path, server):
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while not server.over.wait(0.05):
            yield b"x"

    for answer, why, within in ((floods, "It is too large", 60), (drips, "It took too long", 1.5)):

        def behave(sock, server, answer=answer):
            with context.wrap_socket(sock, server_side=True) as safe:
                http(answer)(safe, server)

        with hostile("127.0.0.1", behave) as server:
            started = time.monotonic()
            assert kev_from(f"https://127.0.0.1:{server.port}/", ca, within=within).why == why
            assert time.monotonic() - started < 40


def test_nobody_there(ca):
    found = kev_from(f"https://127.0.0.1:{free_port('127.0.0.1')}/", ca)
    assert (found.state, found.why) == (State.FAILED, "It can't be reached")
    assert found.detail.endswith("Connection refused")


def test_a_proxy_that_lets_nobody_through(ca, monkeypatch):
    refuses = http(lambda _path, _server: iter([b"HTTP/1.1 403 Forbidden\r\n\r\n"]))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with hostile("127.0.0.1", refuses) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        found = kev_from("https://data.example/kev.json", ca)
        assert proxy.calls
    assert (found.state, found.why) == (State.FAILED, "The proxy did not let it through")


def test_a_mirror_whose_manifest_means_nothing_gives_nothing(bad, ca):
    with bad(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>") as server:
        found = fetch(SETS, f"https://127.0.0.1:{server.port}/", ca)
    assert {one.why for one in found.values()} == {"Its manifest was not understood"}


def test_a_mirror_with_nothing_is_a_failure_and_one_with_little_is_none(site, ca):
    found = fetch(SETS, f"{site}/makers/", ca)
    lacks = {name: one.state for name, one in found.items() if isinstance(one, Lack)}
    assert lacks == dict.fromkeys(
        ("endoflife.date", "kev", "php-advisories", "mozilla"), State.ABSENT
    )
    found = fetch(SETS, f"{site}/nowhere/", ca)
    assert {one.state for one in found.values()} == {State.FAILED}


def test_no_password_is_taken_from_netrc(bad, ca, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf(tmp_path, "127.0.0.1"))
    heads = []

    def behave(sock, _server):
        with context.wrap_socket(sock, server_side=True) as safe:
            heads.append(safe.recv(65536))
            safe.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with hostile("127.0.0.1", behave) as server:
        kev_from(f"https://127.0.0.1:{server.port}/", ca)
    assert b"Authorization" not in heads[0]
    assert b"User-Agent: press-scan/" in heads[0]


@pytest.mark.parametrize(("url", "good"), [
    ("https://data.example/press-scan/", True), ("https://[::1]:8443/", True),
    ("http://data.example/", False), ("ftp://data.example/", False), ("data.example/", False),
    ("https://me:secret@data.example/", False), ("https:///x/", False), ("https://[", False),
    ("https://data.example:99999/", False), ("", False),
])  # fmt: skip
def test_addresses(url, good):
    assert good_address(url) is good


def test_the_makers_addresses_are_good():
    assert all(good_address(one.url) for one in SETS)


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path)


def test_the_command_with_a_mirror(site, ca, program, tmp_path):
    args = ("update", "--mirror", f"{site}/data/", "--ca", ca)
    told = json.loads(program.run(*args, "--only", "kev", "--format", "json").stdout)
    assert [(one["name"], one["state"]) for one in told["sets"]] == [("kev", "brought")]
    bundle = tmp_path / "b.zip"
    told = program.run(*args, "--bundle", bundle).stdout
    assert f"bundle: {bundle}, 5 sets\n" in told
    nowhere = f"https://127.0.0.1:{free_port('127.0.0.1')}/"
    other = ("--data-dir", tmp_path / "other")
    told = program.run("update", "--mirror", nowhere, *other, "--bundle", bundle, code=3).stdout
    assert "Known exploited faults [kev]: NOT HAD: It can't be reached" in told
    assert "no bundle was made" in told
    told = program.run("update", "--mirror", f"{site}/data/", *other, code=3, PRESS_SCAN_LANG="vi")
    assert "[kev]: KHÔNG LẤY ĐƯỢC: Chứng thư không đáng tin" in told.stdout
    (tmp_path / "no.pem").write_text("garbage")
    for wrong in (("--mirror", "http://127.0.0.1/"), ("--mirror", f"{site}/data"),
                  ("--mirror", nowhere, "--from", bundle), ("--ca", tmp_path / "no.pem"),
                  ("--only", "everything")):  # fmt: skip
        assert CliRunner().invoke(main, ["update", *map(str, wrong)]).exit_code == 2
