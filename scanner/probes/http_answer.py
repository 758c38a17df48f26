"""An answer's parts, read with limits: its body, what compression hides, its header lines."""

from __future__ import annotations

import contextlib
import http.client
import time
import zlib
from collections.abc import Iterator

import requests
import urllib3

from facts.cookies import mask


def read_body(raw: urllib3.response.BaseHTTPResponse, most: int, ends: float) -> tuple[bytes, bool]:
    """The body's first `most` bytes as sent, and whether there was more; stops at `ends`.

    Raises `requests.ConnectionError` when not a byte of a promised body came.
    """
    parts: list[bytes] = []
    size = 0
    try:
        while part := raw.read1(16384, decode_content=False):
            parts.append(part)
            size += len(part)
            if size > most or time.monotonic() > ends:
                return b"".join(parts)[:most], True
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
        if not parts:
            raise requests.ConnectionError(error) from error
        return b"".join(parts), True
    return b"".join(parts), False


def inflate(raw: bytes, encoding: str, most: int) -> tuple[bytes, bool]:
    """Undo a compression that nobody asked for, to at most `most` bytes; was something lost?"""
    kind = encoding.strip().lower()
    if kind in ("", "identity"):
        return raw, False
    if kind not in ("gzip", "x-gzip", "deflate"):
        return b"", True
    for window in (47, -15):  # with a header that says which, or a bare stream
        engine = zlib.decompressobj(window)
        with contextlib.suppress(zlib.error):
            text = engine.decompress(raw, most)
            return text, bool(engine.unconsumed_tail or engine.unused_data) or not engine.eof
    return b"", True


def header_lines(headers: urllib3.HTTPHeaderDict) -> Iterator[tuple[str, str]]:
    """The headers in order, each line its own; cookies without their values."""
    for name, value in headers.iteritems():
        yield str(name), mask(str(value)) if name.lower() == "set-cookie" else str(value)
