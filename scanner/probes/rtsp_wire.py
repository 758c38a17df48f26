"""RTSP's requests and answers, without any network.  Source: RFC 2326, RFC 7826."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin

HEAD = 32 << 10  # bytes of a header section
BODY = 256 << 10  # bytes of a body
LINES = 200  # headers

_STATUS = re.compile(rb"RTSP/\d\.\d ([1-9]\d\d)(?: [^\r\n]*)?\r?\n")
_END = re.compile(rb"\r?\n\r?\n")
_KEPT = "".join(chr(code) for code in range(0x21, 0x7F))
_PLAIN = re.compile(r"[!-~]{1,1000}")


@dataclass(frozen=True)
class Answer:
    """One answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)  # names in small letters
    body: bytes = b""

    @property
    def schemes(self) -> tuple[str, ...]:
        """How it asks for a log-in: "digest", "basic"."""
        asked = self.headers.get("www-authenticate", "").lower()
        return tuple(one for one in ("digest", "basic") if one in asked)

    def control(self, url: str) -> str:
        """Where the first track of the description is set up; "" when it names none."""
        text = self.body.decode("utf-8", "replace")
        track = text.partition("\nm=")[2]
        found = re.search(r"^a=control:([^\r\n]{1,500})", track, re.MULTILINE)
        if not found:
            return ""
        base = self.headers.get("content-base", url)
        if not base.endswith("/"):
            base += "/"
        said = found[1].strip()
        where = said if "://" in said else base + said.lstrip("/")
        return where if _PLAIN.fullmatch(where) else ""


def request(method: str, url: str, number: int, agent: str, **headers: str) -> bytes:
    """A request as it goes out; `Content_Type` stands for Content-Type; `body` is the body."""
    body = headers.pop("body", "").encode()
    lines = [
        f"{method} {quote(url, safe=_KEPT)} RTSP/1.0",
        f"CSeq: {number}",
        f"User-Agent: {agent}",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("ascii", "replace") + b"\r\n\r\n" + body


class Answers:
    """Makes answers of what comes, piece by piece; media between them is passed over."""

    def __init__(self) -> None:
        self._raw = b""

    def feed(self, part: bytes) -> list[Answer]:
        """The answers that are whole now.  Raises `ValueError` for what RTSP does not have."""
        raw, at, found = self._raw + part, 0, []
        while at < len(raw):
            if raw[at] == ord("$"):
                size = 4 + int.from_bytes(raw[at + 2 : at + 4], "big")
                if len(raw) - at < max(4, size):
                    break
                at += size
                continue
            step = _answer(raw, at)
            if step is None:
                break
            answer, at = step
            found.append(answer)
        self._raw = raw[at:]
        return found


def _answer(raw: bytes, at: int) -> tuple[Answer, int] | None:
    """The answer that begins here, and where it ends; None while it is not whole."""
    end = _END.search(raw, at, at + HEAD)
    if end is None:
        if len(raw) - at >= HEAD or not b"RTSP/".startswith(raw[at : at + 5]):
            raise ValueError("no RTSP")
        return None
    status = _STATUS.match(raw, at)
    if status is None:
        raise ValueError("no RTSP")
    lines = raw[status.end() : end.start()].splitlines()
    if len(lines) > LINES:
        raise ValueError("too many headers")
    headers = _headers(lines)
    done = end.end() + _size(headers.get("content-length", "0"))
    if len(raw) < done:
        return None
    return Answer(int(status[1]), headers, raw[end.end() : done]), done


def _headers(lines: list[bytes]) -> dict[str, str]:
    """Those of the same name are joined, as the RFC joins them."""
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon:
            key = name.strip().lower()[:100]
            found[key] = f"{found[key]}, {value.strip()}" if key in found else value.strip()
    return found


def _size(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) > BODY:
        raise ValueError("a body that is too long")
    return int(text)


def beside(url: str, name: str) -> str:
    """The address of another stream in the same place."""
    return urljoin(url.partition("?")[0].rstrip("/"), name)
