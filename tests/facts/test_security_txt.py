"""security.txt, by RFC 9116."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.http import Answer
from facts.security_txt import problems, read_security_txt

AT = datetime(2026, 11, 23, tzinfo=UTC)
GOOD = "# Báo Bạc Liêu\nContact: mailto:security@example.vn\nExpires: 2027-06-01T00:00:00Z\n"
SIGNED = f"""-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

{GOOD}- # a line that begins with a dash
-----BEGIN PGP SIGNATURE-----

Contact: not-a-field
-----END PGP SIGNATURE-----
"""


def served(text, kind="text/plain; charset=utf-8", url="https://www.example.vn/x", status=200):
    return read_security_txt(Answer(url, status, (("Content-Type", kind),), text))


@pytest.mark.parametrize("text", [GOOD, SIGNED, GOOD.replace("\n", "\r\n"), "\ufeff" + GOOD])
def test_a_good_file(text):
    file = served(text)
    assert file.contacts == ("mailto:security@example.vn",)
    assert file.expires == datetime(2027, 6, 1, tzinfo=UTC)
    assert problems(file, AT) == []
    assert file.signed == (text is SIGNED)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (GOOD.replace("2027", "2026"), "expired"),
        (GOOD.replace("2027-06-01T00:00:00Z", "next year"), "unreadable_expires"),
        (GOOD.replace("T00:00:00Z", ""), "unreadable_expires"),
        (GOOD + "Expires: 2027-07-01T00:00:00Z\n", "doubled_expires"),
        ("Contact: mailto:a@example.vn\n", "no_expires"),
        (GOOD.replace("mailto:security@example.vn", "call us"), "no_contact"),
        (GOOD + "Contact: http://example.vn/report\n", "insecure_contact"),
        (GOOD + "Preferred-Languages: vi\nPreferred-Languages: en\n", "doubled_languages"),
    ],
)
def test_a_bad_file(text, problem):
    assert problems(served(text), AT) == [problem]


def test_how_it_is_served_counts():
    assert problems(served(GOOD, kind="text/html"), AT) == ["not_plain_text"]
    assert problems(served(GOOD, kind="text/plain; charset=latin-1"), AT) == ["not_plain_text"]
    assert problems(served(GOOD, kind="text/plain"), AT) == []
    assert problems(served(GOOD, url="http://www.example.vn/x"), AT) == ["not_https"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer("https://x/", 404, (), GOOD),
        Answer("https://x/", 200, (), "<html><body>Contact: us</body>"),
        Answer("https://x/", 200, (), "<!DOCTYPE html>\nContact: mailto:a@x\n"),
        Answer("https://x/", 200, (), ""),
        Answer("https://x/", 200, (), "Tin mới nhất trong ngày"),
    ],
)
def test_no_file(answer):
    assert read_security_txt(answer) is None


@given(st.text())
def test_any_text_is_read(text):
    file = served("Contact: x\n" + text)
    assert file is None or "no_contact" in problems(file, AT) or file.contacts
