"""A mail server's replies: real servers' words, and garbage."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from facts.base import Unknown
from facts.smtp import Reply, denied, foreign, offers, relays, reply

REPLIES = Path(__file__).parents[1] / "recordings" / "smtp-rcpt.tsv"
SAID = [line.split("\t") for line in REPLIES.read_text("utf-8").splitlines() if line[:1] != "#"]


@pytest.mark.parametrize(("verdict", "server", "line"), SAID)
def test_words_of_known_servers(verdict, server, line):
    assert server
    answer = reply(line.encode() + b"\r\n")
    wanted = {"denied": False, "relays": True}.get(verdict)
    seen = relays({"plain": answer})["plain"]
    assert (None if isinstance(seen, Unknown) else seen) is wanted


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (b"250 ok\r\n", Reply(250, "ok")),
        (b"250\r\n", Reply(250)),
        (b"250 ok\n", Reply(250, "ok")),
        (b"250-a\r\n250-b c\r\n250 d\r\n", Reply(250, "a\nb c\nd")),
        (b"250 ok\r\n550 later\r\n", Reply(250, "ok")),
        (b"250-a\r\n", None),
        (b"250 o", None),
        (b"250-a\r\n550 b\r\n", None),
        (b"hello\r\n", None),
        (b"999 x\r\n", None),
        (b"\r\n", None),
        (b"", None),
        (b"250-" + b"x" * 20000 + b"\r\n250 y\r\n", None),
    ],
)
def test_replies(raw, read):
    assert reply(raw) == read


def test_extensions():
    told = Reply(250, "mx STARTTLS\nPIPELINING\nstarttls\nSIZE 10")
    assert offers(told, "STARTTLS") and offers(told, "SIZE")
    assert not offers(Reply(250, "STARTTLS"), "STARTTLS")  # its own name
    assert not offers(Reply(250, "mx\nXSTARTTLS\n"), "STARTTLS")


def test_a_clear_refusal_makes_the_other_lasting_ones_clear():
    clear, sender = Reply(554, "5.7.1 Relay access denied"), Reply(550, "5.7.27 sender has null MX")
    seen = relays(
        {"null sender": clear, "plain": sender, "source route": Reply(451, "4.3.0 later")}
    )
    assert (seen["null sender"], seen["plain"]) == (False, False)
    assert isinstance(seen["source route"], Unknown)
    assert isinstance(relays({"plain": sender})["plain"], Unknown)
    taken = relays({"null sender": clear, "plain": Reply(250, "ok")})
    assert taken["plain"] is True


def test_foreign_addresses_are_not_the_domains_own():
    assert foreign("bao.vn") == ("example.com", "example.org")
    assert foreign("x.example.com") == ("example.org", "example.net")


@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(
            st.sampled_from(
                [
                    b"250",
                    b"-",
                    b" ",
                    b"\r\n",
                    b"\n",
                    b"550 5.7.1",
                    b"relay denied",
                    b"\xff",
                    b"\x00",
                ]
            ),
            max_size=20,
        ).map(b"".join),
    )
)
@example(b"250-\xff\r\n250 \x00\r\n")
@example("\u0662\u0665\u0660 ok\r\n".encode())
def test_anything_is_read(raw):
    read = reply(raw)
    if read is not None:
        assert 200 <= read.code < 600
        assert denied(read) in {True, False}
        assert relays({"plain": read})["plain"] is not True or read.code < 300
