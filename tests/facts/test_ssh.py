from hypothesis import given
from hypothesis import strategies as st

from facts.base import Unknown
from facts.ssh import METHODS, Offers, methods, read

NAMES = st.lists(st.text(alphabet="abcdefgh0123-@.", min_size=1, max_size=20), min_size=1)
LINE = b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"


def packet(lists, pad=8):
    body = bytes([20]) + bytes(16)
    for names in lists:
        text = ",".join(names).encode()
        body += len(text).to_bytes(4, "big") + text
    body += bytes(5)
    return (len(body) + pad + 1).to_bytes(4, "big") + bytes([pad]) + body + bytes(pad)


@given(st.lists(NAMES, min_size=10, max_size=10))
def test_what_a_server_packs_is_read(lists):
    banner, offers = read(LINE + packet(lists))
    assert banner == "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3"
    assert isinstance(offers, Offers)
    assert offers.kex == tuple(lists[0])
    assert set(offers.ciphers) == {*lists[2], *lists[3]}
    assert set(offers.macs) == {*lists[4], *lists[5]}


@given(st.lists(NAMES, min_size=10, max_size=10), st.integers(0, 400))
def test_a_cut_offer_is_unknown(lists, keep):
    whole = packet(lists)
    assert read(LINE + whole[: min(keep, len(whole) - 1)])[1] == read(LINE)[1]
    assert isinstance(read(LINE)[1], Unknown)


@given(st.binary(max_size=300))
def test_garbage_never_crashes(raw):
    for start in (b"", LINE, LINE + b"\0\0\0\x40\x08\x14"):
        banner, offers = read(start + raw)
        assert isinstance(banner, str | Unknown) and isinstance(offers, Offers | Unknown)


def test_lines_before_the_identification_are_allowed():
    assert read(b"Xin chao\r\nSSH-1.99-Cisco-1.25\n")[0] == "SSH-1.99-Cisco-1.25"


def test_what_is_no_ssh_is_said_so():
    assert isinstance(read(b"220 mail ESMTP\r\n")[0], Unknown)


def test_empty_lists_are_not_understood():
    assert isinstance(read(LINE + packet([[]] * 10))[1], Unknown)


def test_each_method_is_recorded_as_tried():
    assert methods(["publickey", "hello"]) == {
        **dict.fromkeys(METHODS, False),
        "publickey": True,
        "hello": True,
    }
    assert all(isinstance(known, Unknown) for known in methods(None).values())
