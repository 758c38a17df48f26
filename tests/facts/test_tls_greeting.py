"""How an answer and a suite's name are understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.tls import groups_of
from facts.tls_greeting import Speech, speech


@given(st.binary(max_size=40))
def test_any_bytes_are_some_speech(answer):
    assert speech(answer) in Speech


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"\x16\x03\x03\x00\x7a\x02", Speech.TLS),
        (b"\x15\x03\x01\x00\x02\x02\x28", Speech.TLS),
        (b"HTTP/1.1 400 Bad Request", Speech.OTHER),
        (b"SSH-2.0-OpenSSH_9.2p1", Speech.OTHER),
        (b"220 mail ESMTP", Speech.OTHER),
        (b"* OK IMAP4rev1", Speech.OTHER),
        (b"\x4a\x00\x00\x00\x0a5.5.5-10.11", Speech.OTHER),
        (b"-ERR unknown command", Speech.OTHER),
        (b"\x16\x02\x00", Speech.NONSENSE),
        (b"\x00\x01\x02\x03", Speech.NONSENSE),
        (b"", Speech.NONSENSE),
    ],
)
def test_speech(answer, kind):
    assert speech(answer) is kind


@pytest.mark.parametrize(
    ("suite", "groups"),
    [
        ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", {"3DES"}),
        ("SSL_CK_DES_192_EDE3_CBC_WITH_MD5", {"3DES", "MD5"}),
        ("SSL_CK_DES_64_CBC_WITH_MD5", {"DES", "MD5"}),
        ("TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", {"EXPORT", "DES"}),
        ("TLS_RSA_EXPORT1024_WITH_RC4_56_SHA", {"EXPORT", "RC4"}),
        ("TLS_DH_anon_WITH_AES_128_CBC_SHA", {"anonymous"}),
        ("TLS_ECDHE_RSA_WITH_NULL_SHA", {"NULL"}),
        ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", set()),
        ("TLS_AES_128_CCM_8_SHA256", set()),
    ],
)
def test_groups_of_suites(suite, groups):
    assert groups_of(suite) == groups
