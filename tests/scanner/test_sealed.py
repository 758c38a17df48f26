"""Messages between a scan and its workers: nothing odd gets in, nothing of them shows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from ipaddress import ip_network

import pytest
from pydantic import ValidationError

from facts.declared import Kind, Login, Target
from scanner.credentials import Secret
from scanner.scope import Authorisation
from scanner.sealed import JOB, SEEN, JobMessage, Refused, Seal, SeenMessage, SeenPart
from scanner.visit import Observation, Outcome

NOW = 1_800_000_000.0
NUMBER, OTHER = "ab" * 16, "cd" * 16
KEY = Secret("k" * 32)
PAPER = Authorisation(
    "12/GUQ", date(2026, 1, 1), date(2026, 12, 31),
    (ip_network("203.0.113.0/24"), ip_network("2001:db8::/32")), ("*.bao.vn",),
    ((time(22), time(5)),), "soc@bao.vn", ("publish",),
)  # fmt: skip
TARGETS = (
    Target(Kind.STREAM, "live.bao.vn", "203.0.113.5", url="rtmp://live.bao.vn/live/stream-key"),
    Target(Kind.LOGIN, "web", "203.0.113.6", 22, login=Login("scan", passphrase="env:PASS")),
)
MESSAGE = JobMessage(
    session=NUMBER, zone="default", probe="login", targets=TARGETS, authorisation=PAPER,
    resolvers=("9.9.9.9#53",), rate=10.0, ends=NOW + 60,
)  # fmt: skip


def seal(now=NOW, key=KEY):
    return Seal(key, lambda: now)


def test_a_job_arrives_as_it_was():
    text = seal().close(JOB, NUMBER, MESSAGE, 60)
    assert JobMessage.model_validate_json(seal().open(JOB, NUMBER, text, 60)) == MESSAGE


def test_an_answer_arrives_as_it_was():
    seen = Observation(
        "t", "tls", Outcome.SEEN, datetime(2026, 12, 1, 1, 2, 3, 456789, tzinfo=UTC),
        facts='{"tên": "báo"}'.encode(), seconds=1.234, contacts=("a", "b"), why="w", detail="đ",
        raw={"x": bytes(range(256)), "rỗng": b""},
    )  # fmt: skip
    message = SeenMessage.model_construct(probe="tls", seen=(SeenPart.of(seen),))
    text = seal().close(SEEN, NUMBER, message, 60)
    got = SeenMessage.model_validate_json(seal().open(SEEN, NUMBER, text, 60))
    assert [part.observation("tls") for part in got.seen] == [seen]
    assert got.seen[0].observation("tls").sha256 == seen.sha256


def test_the_broker_sees_nothing_of_it():
    text = seal().close(JOB, NUMBER, MESSAGE, 60)
    for word in ("203.0.113", "bao.vn", "stream-key", "PASS", "scan", "login", "12/GUQ"):
        assert word not in text.replace("press-scan/job/1", "")
    assert json.loads(text).keys() == {"schema", "id", "until", "nonce", "body"}


@pytest.mark.parametrize(
    "change",
    [
        {"schema": SEEN}, {"schema": "press-scan/job/2"}, {"id": OTHER}, {"until": NOW + 61},
        {"nonce": "AAAAAAAAAAAAAAAA"}, {"nonce": ""}, {"nonce": "é"}, {"body": ""},
        {"body": "AAAA"}, {"body": None}, {"more": 1}, {"id": "../x"}, {"until": "x"},
    ],
)  # fmt: skip
def test_whatever_is_changed_is_refused(change):
    text = seal().close(JOB, NUMBER, MESSAGE, 60)
    with pytest.raises(Refused):
        seal().open(JOB, NUMBER, json.dumps({**json.loads(text), **change}), 600)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "\0", '{"schema": "press-scan/job/1"}', "gASVCg==", "x" * 99]
)
def test_what_is_no_message_is_refused(text):
    with pytest.raises(Refused):
        seal().open(JOB, NUMBER, text, 60)


@pytest.mark.parametrize("now", [NOW + 60 + 301, NOW - 100_000])
def test_a_message_counts_for_its_time(now):
    text = seal().close(JOB, NUMBER, MESSAGE, 60)
    with pytest.raises(Refused, match="too old"):
        seal(now).open(JOB, NUMBER, text, 60)


def test_another_key_and_another_job_are_refused():
    text = seal().close(JOB, NUMBER, MESSAGE, 60)
    with pytest.raises(Refused, match="another key"):
        seal(key=Secret("x" * 32)).open(JOB, NUMBER, text, 60)
    with pytest.raises(Refused, match="something else"):
        seal().open(JOB, OTHER, text, 60)
    with pytest.raises(Refused, match="something else"):
        seal().open(SEEN, NUMBER, text, 60)


def test_a_job_has_one_form():
    plain = MESSAGE.model_dump(mode="json")
    for change in ({"rate": 0}, {"rate": 1e9}, {"targets": []}, {"session": "x"}, {"more": 1}):
        with pytest.raises(ValidationError):
            JobMessage.model_validate_json(json.dumps({**plain, **change}))


def test_a_short_key_is_none():
    with pytest.raises(ValueError, match="too short"):
        Seal(Secret("k" * 31))
    assert "k" * 32 not in repr(seal())


def test_a_worker_leaves_its_own_networks_for_no_paper():
    from scanner.zone_worker import narrowed

    def held(*own):
        return narrowed(PAPER, tuple(map(ip_network, own)))

    assert held() == PAPER
    small = held("203.0.113.64/26", "10.0.0.0/8")
    assert small == replace(PAPER, networks=(ip_network("203.0.113.64/26"),), names=())
    assert held("203.0.0.0/16").networks == (ip_network("203.0.113.0/24"),)
    assert held("10.0.0.0/8").networks == ()
