"""The checks of streams that web servers carry: pass, fail, unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks import Status
from checks.streaming.delivery import (
    cors,
    covered,
    key_delivery,
    live,
    playlist_origin,
    redundancy,
)
from facts.base import Undecided, Unknown
from facts.declared import Kind, Streaming, Target
from facts.stream_web import Carried, Door, Source
from tests.factories.streams import HOST, carried, stream

LOST = Unknown("No answer in time")
TARGET = Target(Kind.STREAM, HOST, "203.0.113.5", 443, f"https://{HOST}/a.m3u8")
KEY = Door(f"https://{HOST}/key", "key", given=True, any_origin=False, status=200)
LICENCE = Door(f"https://{HOST}/drm", "licence", given=None, any_origin=False)
PASS, FAIL, NOT = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE


def at(**settings):
    return replace(TARGET, stream=Streaming(**settings))


def source(part="segment", scheme="https", host=HOST):
    return Source(part, scheme, host, 443)


def status(check, *facts):
    try:
        return check(*facts).status
    except Undecided:
        return None


@pytest.mark.parametrize(
    ("facts", "target", "wanted"),
    [
        (carried(), at(protected=True), PASS),
        (carried(doors=(KEY,)), TARGET, PASS),
        (carried(doors=(KEY,)), at(protected=True), FAIL),
        (carried(doors=(KEY,)), at(use="contribution"), FAIL),
        (carried(doors=(KEY,), read=LOST), at(protected=True), FAIL),
        (carried(doors=(replace(KEY, given=LOST),)), at(protected=True), None),
        (carried(doors=(replace(KEY, given=LOST),)), TARGET, PASS),
        (carried(sources=(source("key", "http"),)), TARGET, FAIL),
        (carried(sources=(source("key", "http"),), read=LOST), TARGET, FAIL),
        (carried(read=LOST), TARGET, None),
        (carried(doors=()), TARGET, NOT),
        (carried(doors=(), drm=("Widevine",)), at(protected=True), NOT),
        (carried(carried=LOST, read=LOST, doors=()), TARGET, None),
        (carried(carried=Carried.MOUNT), TARGET, NOT),
        (stream(web=None), TARGET, NOT),
    ],
)
def test_key_delivery(facts, target, wanted):
    assert status(key_delivery, facts, target) is wanted


@pytest.mark.parametrize(
    ("sources", "read", "target", "wanted"),
    [
        ([source()], True, TARGET, PASS),
        ([source(host="cdn.test")], True, TARGET, FAIL),
        ([source(host="cdn.test")], True, at(cdns=("cdn.test",)), PASS),
        ([source(host="a.cdn.test")], True, at(cdns=("*.cdn.test",)), PASS),
        ([source(host="cdn.test")], True, at(cdns=("*.cdn.test",)), FAIL),
        ([source(host="tv.bao.test")], True, replace(TARGET, hosts=("tv.bao.test",)), PASS),
        ([source(scheme="http")], True, TARGET, FAIL),
        ([source("playlist", "http")], LOST, TARGET, FAIL),
        ([source("key", "http")], True, TARGET, PASS),  # streaming.key-delivery's business
        ([source(scheme="data", host="")], True, TARGET, PASS),
        ([source()], LOST, TARGET, None),
    ],
)
def test_playlist_origin(sources, read, target, wanted):
    facts = carried(sources=tuple(sources), read=read)
    assert status(playlist_origin, facts, target) is wanted


@pytest.mark.parametrize(
    ("doors", "read", "wanted"),
    [
        ((KEY, LICENCE), True, PASS),
        ((KEY, replace(LICENCE, any_origin=True)), True, FAIL),
        ((replace(KEY, any_origin=True),), LOST, FAIL),
        ((replace(KEY, any_origin=LOST),), True, None),
        ((KEY,), LOST, None),
        ((), True, NOT),
    ],
)
def test_cors(doors, read, wanted):
    assert status(cors, carried(doors=doors, read=read)) is wanted


@pytest.mark.parametrize(
    ("facts", "target", "wanted"),
    [
        (carried(), TARGET, PASS),
        (carried(carried=Carried.MOUNT), TARGET, PASS),
        (carried(moves=False), TARGET, FAIL),
        (carried(moves=False, carried=LOST, status=404), TARGET, FAIL),
        (carried(moves=None), TARGET, NOT),
        (carried(moves=LOST), TARGET, None),
        (carried(moves=False), at(use="contribution"), NOT),
        (carried(carried=Carried.WHIP, moves=LOST), TARGET, NOT),
        (stream(web=None), TARGET, NOT),
    ],
)
def test_live(facts, target, wanted):
    assert status(live, facts, target) is wanted


@pytest.mark.parametrize(
    ("changes", "target", "wanted"),
    [
        ({}, TARGET, PASS),
        ({"addresses": {"A": ("203.0.113.5",), "AAAA": ()}}, TARGET, FAIL),
        # one address of each family is one server for each listener
        ({"addresses": {"A": ("203.0.113.5",), "AAAA": ("2001:db8::5",)}}, TARGET, FAIL),
        ({"addresses": {"A": ("203.0.113.5",), "AAAA": LOST}}, TARGET, None),
        ({"addresses": {"A": ("203.0.113.5", "203.0.113.6"), "AAAA": LOST}}, TARGET, PASS),
        ({"addresses": {"A": (), "AAAA": ()}}, TARGET, None),
        ({"addresses": {}}, TARGET, None),
        ({"addresses": {"A": LOST}, "aliases": ("x.cdn.test",)}, at(cdns=("*.cdn.test",)), PASS),
        ({"addresses": {"A": ("203.0.113.5",)}}, at(use="ingest"), NOT),
        ({"web": None}, TARGET, PASS),
    ],
)
def test_redundancy(changes, target, wanted):
    assert status(redundancy, stream(**changes), target) is wanted


@pytest.mark.parametrize(
    ("host", "pattern", "wanted"),
    [
        ("A.cdn.test", "*.CDN.test", True),
        ("cdn.test.", "cdn.test", True),
        ("evilcdn.test", "*.cdn.test", False),
        ("evilcdn.test", "cdn.test", False),
        ("", "*.", False),
    ],
)
def test_covered(host, pattern, wanted):
    assert covered(host, (pattern,)) is wanted
