"""What strangers answer is read, or refused, and never crashes."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.rcode
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.probes.dns_wire import frames, question, reply
from scanner.probes.dns_wire import given as gives

ASKED = question("bao.test", "AXFR")
SOA = "bao.test. 60 IN SOA ns. a. 1 1 1 1 1"


def said(*records, code=dns.rcode.NOERROR, flags=dns.flags.QR | dns.flags.AA):
    """A server's message, with its length before it."""
    made = dns.message.make_response(dns.message.from_wire(ASKED))
    made.flags = flags
    made.set_rcode(code)
    for record in records:
        name, ttl, _, kind, rest = record.split(maxsplit=4)
        made.answer.append(dns.rrset.from_text(name, int(ttl), "IN", kind, rest))
    raw = made.to_wire()
    return len(raw).to_bytes(2, "big") + raw


@pytest.mark.parametrize(
    ("raw", "outcome"),
    [
        (said(SOA, "www.bao.test. 60 IN A 192.0.2.1"), True),
        (said(SOA) + said("www.bao.test. 60 IN A 192.0.2.1"), True),
        (said(SOA) + said(SOA), True),
        (said(code=dns.rcode.REFUSED), False),
        (said(code=dns.rcode.NOTAUTH), False),
        (said(), False),
        (said(SOA), None),  # more may follow
        (said(SOA) + said(code=dns.rcode.SERVFAIL), None),
        (said(code=dns.rcode.BADVERS), None),
        (b"", None),
        (b"\x00\x00", None),
        (said(SOA)[:-3], None),
    ],
)
def test_a_transfer_is_told_by_its_first_records(raw, outcome):
    assert gives(raw, ASKED) is outcome


def test_an_answer_to_another_question_is_none():
    raw = said()[2:]
    assert reply(raw, ASKED)
    assert reply(bytes([raw[0] ^ 1]) + raw[1:], ASKED) is None
    assert reply(ASKED, ASKED) is None


@pytest.mark.parametrize("name", ["a..b", "x" * 64, "y." * 130])
def test_what_is_no_name_is_not_asked(name):
    with pytest.raises(ValueError, match=name[:5]):
        question(name, "A")


@given(st.binary(max_size=600))
@example(b"\xc0\x0c" * 40)
@example(said(SOA)[14:])
def test_any_bytes(raw):
    whole = ASKED[:2] + b"\x84" + raw
    assert reply(raw, ASKED) is None or raw[:2] == ASKED[:2]
    reply(whole, ASKED)
    assert gives(raw, ASKED) in {True, False, None}
    assert gives(len(whole).to_bytes(2, "big") + whole, ASKED) in {True, False, None}


@given(st.lists(st.binary(max_size=40)), st.integers(0, 60))
def test_frames_are_cut_as_they_were_joined(parts, lost):
    raw = b"".join(len(one).to_bytes(2, "big") + one for one in parts)
    assert frames(raw) == parts
    cut = frames(raw[: max(0, len(raw) - lost)])
    assert cut == parts[: len(cut)]
    assert len(cut) < len(parts) or not lost or not parts
