import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.udp import QUESTIONS

REFUSED = bytes.fromhex("5053 8105 0001 0000 0000 0000")


def header(flags, answers=0, authority=0):
    return b"PS" + flags.to_bytes(2, "big") + b"\0\1" + bytes([0, answers, 0, authority, 0, 0])


@pytest.mark.parametrize(
    ("raw", "open_"),
    [
        (header(0x8180, answers=13), True),  # recursion offered, answered
        (header(0x8182), True),  # recursion offered, failed this time
        (header(0x8183), True),  # recursion offered, no such name
        (header(0x8105), False),  # refused, no recursion
        (header(0x8185), False),  # refused, though the flag is set
        (header(0x8100, authority=13), True),  # an upward referral: amplifies as well
        (header(0x8100), False),  # nothing to say
        (header(0x8500, answers=1), False),  # authoritative for the root: not foreign to it
        (header(0x0180, answers=1), False),  # a question, no answer
        (b"", False),
    ],
)
def test_dns(raw, open_):
    assert QUESTIONS["dns"].abused(raw) is open_


@pytest.mark.parametrize(
    ("raw", "open_"),
    [
        (bytes.fromhex("97 00 03 2a 0001 0048") + bytes(72), True),
        (bytes.fromhex("97 00 03 2a 4000 0000"), False),  # no data: `disable monitor`
        (bytes.fromhex("97 00 03 2a 0000 0000"), False),
        (bytes.fromhex("24 02 03 e8") + bytes(44), False),  # a time answer
        (b"\x97", False),
    ],
)
def test_ntp(raw, open_):
    assert QUESTIONS["ntp"].abused(raw) is open_


def test_snmp_needs_a_response_to_public():
    body = b"\x02\x01\x01\x04\x06public\xa2\x05\x02\x01\x01\x05\x00"
    assert QUESTIONS["snmp-v2c"].abused(b"\x30" + bytes([len(body)]) + body)
    assert not QUESTIONS["snmp-v2c"].abused(QUESTIONS["snmp-v2c"].packet)  # our own, echoed


def test_cldap_takes_long_lengths_as_windows_writes_them():
    assert QUESTIONS["cldap"].abused(bytes.fromhex("3084000000100201076484000000070400"))
    assert QUESTIONS["cldap"].abused(bytes.fromhex("300c02010765070a010004000400"))
    assert not QUESTIONS["cldap"].abused(QUESTIONS["cldap"].packet)


def test_ssdp_and_memcached():
    assert QUESTIONS["ssdp"].abused(b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\n\r\n")
    assert not QUESTIONS["ssdp"].abused(b"HTTP/1.1 404 Not Found\r\n\r\n")
    assert QUESTIONS["memcached"].abused(bytes.fromhex("0001000000010000") + b"VERSION 1.6\r\n")
    assert not QUESTIONS["memcached"].abused(b"VERSION 1.6\r\n")


@given(st.sampled_from(sorted(QUESTIONS)), st.binary(max_size=100))
def test_any_answer_is_yes_or_no(name, raw):
    assert QUESTIONS[name].abused(raw) in (True, False)


def test_questions_are_small():
    assert all(len(question.packet) < 110 for question in QUESTIONS.values())
