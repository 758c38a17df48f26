"""DMARC and DKIM records, as strangers write them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from facts.base import Unknown
from facts.dkim import dkim_records, key
from facts.dmarc import Holds, asked, dmarc, dmarc_records, holds
from tests.factories.mail import ED25519, rsa_record

WHY = Unknown("It was not learnt")


@pytest.mark.parametrize(
    ("record", "own", "below"),
    [
        ("v=DMARC1; p=reject", "reject", "reject"),
        ("v=DMARC1;p=Quarantine;sp=none", "quarantine", "none"),
        (
            " v = DMARC1 ; p = none ; rua=mailto:a@x.test,mailto:b@y.test!10m ;; ".strip(),
            "none",
            "none",
        ),
        ("v=DMARC1; p=refuse", "", ""),
        ("v=DMARC1; sp=reject", "", ""),
        ("v=DMARC1; p=reject; sp=all", "reject", ""),
        ("v=DMARC1; p=reject; p=none", "", ""),
        ("v=DMARC1; p=reject; nonsense", "", ""),
        ("v=DMARC1", "", ""),
    ],
)
def test_policies(record, own, below):
    read = dmarc(record)
    assert (read.policy(below=False), read.policy(below=True)) == (own, below)


def test_only_dmarc_records_count():
    texts = (
        "v=DMARC1; p=none",
        "v=DMARC1",
        "v=dmarc1; p=none",
        "v=DMARC10; p=none",
        "p=none; v=DMARC1",
    )
    assert dmarc_records(texts) == ("v=DMARC1; p=none", "v=DMARC1")


@pytest.mark.parametrize(
    ("tags", "testing"), [("t=y", True), ("pct=0", True), ("pct=10", False), ("", False)]
)
def test_a_policy_may_be_only_a_test(tags, testing):
    assert dmarc(f"v=DMARC1; p=reject; {tags}").testing is testing


def test_where_a_policy_may_stand():
    assert asked("mail.bao.com.vn") == ("mail.bao.com.vn", "bao.com.vn", "com.vn")
    assert asked("bao.vn") == ("bao.vn",)
    assert asked("vn") == ("vn",)
    deep = asked(".".join("abcdefghijkl") + ".bao.vn")
    assert len(deep) == 8 and deep[-1] == "bao.vn"


REJECT, NONE = ("v=DMARC1; p=reject",), ("v=DMARC1; p=none",)


@pytest.mark.parametrize(
    ("records", "at"),
    [
        ({"x.bao.com.vn": REJECT}, "x.bao.com.vn"),
        ({"bao.com.vn": REJECT}, "bao.com.vn"),
        ({"bao.com.vn": REJECT, "com.vn": ("v=DMARC1; p=none; psd=y",)}, "bao.com.vn"),
        ({"com.vn": ("v=DMARC1; p=none; psd=y",)}, "com.vn"),
        ({}, ""),
    ],
)
def test_the_organisations_policy_holds(records, at):
    known = {**dict.fromkeys(asked("x.bao.com.vn"), ()), **records}
    assert holds("x.bao.com.vn", known).at == at


def test_what_stands_above_must_be_known_where_nothing_stands_below():
    known = {"x.bao.vn": (), "bao.vn": WHY}
    assert holds("x.bao.vn", known) == WHY
    assert holds("x.bao.vn", {**known, "x.bao.vn": REJECT}).at == "x.bao.vn"
    assert isinstance(holds("x.bao.vn", {}), Unknown)
    assert holds("bao.vn", {"bao.vn": REJECT + NONE}) == Holds("bao.vn", REJECT[0], several=True)


@pytest.mark.parametrize("bare", [False, True])
def test_rsa_keys(bare):
    assert key(rsa_record(1024, bare=bare)).bits == 1024
    spaced = rsa_record(2048, bare=bare).replace("p=", "p= ").replace("A", "A ")
    assert (key(spaced).kind, key(spaced).bits) == ("rsa", 2048)


def test_other_keys():
    assert (key(ED25519).kind, key(ED25519).bits) == ("ed25519", 256)
    assert key(rsa_record(1024).replace("k=rsa; ", "").replace("v=DKIM1; ", "")).bits == 1024
    assert key("v=DKIM1; p=").revoked


@pytest.mark.parametrize(
    "record",
    [
        "",
        "v=DKIM1",
        "v=DKIM2; p=AAAA",
        "p=!!!",
        "p=AAAA",
        "k=ed25519; p=AAAA",
        "k=dsa; p=AAAA",
        "p=\u00e9",
        "p=" + "A" * 9000,
        rsa_record(1024)[:-40],
        ED25519.replace("k=ed25519", "k=rsa"),
    ],
)
def test_no_keys(record):
    read = key(record)
    assert read.fault and not read.bits


def test_only_keys_count():
    assert dkim_records(("v=spf1 -all", "hello", ED25519, "p=", "")) == (ED25519, "p=")


parts = st.lists(
    st.sampled_from(
        [
            "v=DMARC1",
            "v=DKIM1",
            ";",
            "p=",
            "reject",
            "sp=none",
            "pct=",
            "9" * 5000,
            "\u0661",
            "k=",
            "rsa",
            "ed25519",
            "MIGf",
            "=",
            " ",
            "psd=y",
            "t=y",
            "\x00",
        ]
    ),
    max_size=12,
).map("".join)


@given(st.one_of(st.text(max_size=100), parts))
@example("v=DMARC1;pct=\u00b2")
@example("v=DMARC1;pct=" + "9" * 3000)
def test_anything_is_read(record):
    read = dmarc(record)
    assert read.policy(below=True) in {"", "none", "quarantine", "reject"}
    assert read.testing in {True, False}
    key(record)
    dkim_records((record,))
    holds("bao.vn", {"bao.vn": dmarc_records((record,))})
