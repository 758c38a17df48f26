"""Reads security.txt as RFC 9116 has it.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from facts.http import Answer

PLACES = ("/.well-known/security.txt", "/security.txt")  # the second is for old readers
_MOST_LINES = 1000

_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60})[ \t]{0,8}:[ \t]{0,8}(\S[^\r\n]{0,2000})")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,20}:\S", re.IGNORECASE)
_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"


@dataclass(frozen=True)
class SecurityTxt:
    """A security.txt file as it was served."""

    url: str
    contacts: tuple[str, ...]
    expires: datetime | None = None  # UTC; None when absent, doubled or not understood
    expires_given: int = 0  # how many Expires fields there are
    signed: bool = False
    plain_text: bool = False  # served as text/plain
    secure: bool = False  # served over HTTPS
    languages_given: int = 0


def read_security_txt(answer: Answer) -> SecurityTxt | None:
    """What a security.txt says, or None when the answer is none (a soft 404, a page)."""
    if answer.status != 200:
        return None
    text = answer.body.lstrip("\ufeff")
    fields = list(_fields(text))
    names = [name for name, _ in fields]
    if "contact" not in names and "expires" not in names:
        return None
    if re.match(r"\s{0,100}<(?:!doctype|html|\?xml)", text, re.IGNORECASE):
        return None
    dates = [value for name, value in fields if name == "expires"]
    return SecurityTxt(
        url=answer.url,
        contacts=tuple(v for n, v in fields if n == "contact" and _SCHEME.match(v))[:20],
        expires=_moment(dates[0]) if len(dates) == 1 else None,
        expires_given=len(dates),
        signed=text.lstrip().startswith(_SIGNED),
        plain_text=_plain(answer.header("Content-Type")),
        secure=answer.url.lower().startswith("https://"),
        languages_given=names.count("preferred-languages"),
    )


def problems(file: SecurityTxt, at: datetime) -> list[str]:
    """What keeps it from being valid at that moment; keys, not sentences."""
    said = {
        "no_contact": not file.contacts,
        "insecure_contact": any(c.lower().startswith("http:") for c in file.contacts),
        "no_expires": file.expires_given == 0,
        "doubled_expires": file.expires_given > 1,
        "unreadable_expires": file.expires_given == 1 and file.expires is None,
        "expired": file.expires is not None and file.expires <= at,
        "not_plain_text": not file.plain_text,
        "not_https": not file.secure,
        "doubled_languages": file.languages_given > 1,
    }
    return [key for key, wrong in said.items() if wrong]


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Field names in lower case with their values; a signature's own lines are left out."""
    lines = text.splitlines()[:_MOST_LINES]
    if lines and lines[0].strip() == _SIGNED:
        blank = next((i for i, line in enumerate(lines) if not line.strip()), 0)
        lines = [line.removeprefix("- ") for line in lines[blank:]]
    for line in lines:
        if line.strip() == _SIGNATURE:
            return
        if match := _FIELD.fullmatch(line.strip()):
            yield match[1].lower(), match[2].strip()


def _moment(text: str) -> datetime | None:
    """A date of RFC 3339, in UTC; None when it is none or lacks its offset."""
    try:
        moment = datetime.fromisoformat(text.strip().upper())
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _plain(content_type: str) -> bool:
    kind, _, parameters = content_type.lower().partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", parameters)
    return kind.strip() == "text/plain" and (charset is None or charset[1] in ("utf-8", "us-ascii"))
