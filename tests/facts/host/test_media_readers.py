"""The readers of streaming servers' settings, on whatever text; and what is really asked."""

from __future__ import annotations

import os
import subprocess
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from facts.base import Unknown
from facts.host import media, nginx, processes
from facts.host.asks import Answer, Answers
from facts.host.media import MediaInside, mediamtx, places, played, server_of
from tests.factories.host_system import system
from tests.facts.host.recorded import RECORDINGS
from tests.facts.host.recorded_media import PATHS, answers, read
from tests.lab import places as lab

KEPT = [file.read_text("utf-8") for file in sorted((RECORDINGS / "media").iterdir())]
WORDS = sorted({word for text in KEPT for word in text.split()})
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
    st.tuples(st.sampled_from(KEPT), st.integers(0, 2000), st.text(max_size=9)).map(
        lambda drawn: drawn[0][: drawn[1]] + drawn[2] + drawn[0][drawn[1] + 5 :]
    ),
)


@given(st.sampled_from(sorted(PATHS)), TEXTS)
def test_any_text_gives_facts_that_round_trip(product, text):
    facts = media.read(answers(product, text), system())
    kept = TypeAdapter(MediaInside)
    assert kept.validate_json(kept.dump_json(facts)) == facts


@given(st.sampled_from(KEPT), TEXTS)
def test_what_runs_is_read_from_any_text(text, running):
    facts = media.read(answers("icecast", text, media__running=running), system())
    assert isinstance(facts.servers, (tuple, Unknown))


@given(TEXTS)
def test_any_address_is_matched_or_not(url):
    server = read("mediamtx", KEPT[3])
    assert isinstance(server_of((server,), url), (type(server), Unknown))
    assert isinstance(played(server, f"rtsp://{url}"), (tuple, Unknown))


BOMB = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB + "authInternalUsers: [{user: *a11, pass: *a11, ips: *a11}]\npaths: *a11\n",
        "a: &a {x: 1}\nb: &b {<<: [*a, *a, *a]}\npaths: {all: {<<: [*b, *b]}}\n",
        "[" * 100_000,
        "a: " + "9" * 10_000,
        "? [a]\n: b\n",
        "x" * (mediamtx.LONGEST + 1),
    ],
)
def test_hostile_yaml_costs_little(text):
    before = time.process_time()
    mediamtx.read(text, "/etc/mediamtx.yml")
    assert time.process_time() - before < 20


def test_an_entity_is_not_followed():
    text = '<!DOCTYPE icecast [<!ENTITY a SYSTEM "file:///etc/passwd">]><icecast>&a;</icecast>'
    assert isinstance(read("icecast", text).items, Unknown)


ICECAST = """<icecast><authentication><source-password>canary-source-1</source-password>
<admin-user>admin</admin-user><admin-password>canary-admin-01</admin-password></authentication>
<hostname>x</hostname>
<listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
<paths><basedir>/usr/share/icecast2</basedir><logdir>{folder}</logdir>
<webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
<logging><accesslog>a.log</accesslog><errorlog>e.log</errorlog></logging>
<security><chroot>0</chroot><changeowner><user>icecast2</user><group>icecast</group></changeowner>
</security></icecast>"""


def asked_here():
    """Every question that this area needs, put to this machine."""
    asks = (*places.ASKS, *nginx.ASKS, *processes.ASKS)
    given = {}
    for ask in asks:
        done = subprocess.run(
            ["sh", "-c", ask.command], capture_output=True, timeout=60, check=False
        )
        out, err = (part.decode("utf-8", "replace") for part in (done.stdout, done.stderr))
        given[ask.name] = Answer(done.returncode, out, err)
    return Answers(given)


@pytest.mark.skipif(os.geteuid() != 0, reason="another account's process is asked about")
def test_a_real_icecast_that_was_started_with_a_file_of_its_own():
    with lab.open_folder() as folder:
        folder.chmod(0o777)
        port = lab.free_port("127.0.0.1")
        config = folder / "radio.xml"
        config.write_text(ICECAST.format(port=port, folder=folder), "utf-8")
        argv = ["icecast2", "-c", str(config)]
        with lab.running(argv, "127.0.0.1", port, folder / "log"):
            answered = asked_here()
    found = server_of(media.read(answered, system()).servers, f"http://x:{port}/live")
    assert not isinstance(found, Unknown), found
    assert found.product == "icecast" and found.config == str(config)
    assert played(found, f"http://x:{port}/live") == ()
    assert {item.publish for item in found.items} == {("password",)}
    assert "canary" not in repr(found)
