"""Fetches the public data sets: over HTTPS only, certificates checked, bounded in size and time."""

from __future__ import annotations

import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from facts.message import Message
from scanner.data_sets import DataSet
from scanner.data_shelf import Lack, Offer, State
from scanner.manifest import NAME, Manifest, Untrusted, parse
from scanner.version import scanner_version

WITHIN = 300.0  # seconds for all sets together
_SILENT = (10, 30)  # seconds: to connect, and between two packets
_REDIRECTS = 5
_MANIFEST = 1 << 20
_CHUNK = 1 << 16


class _Failed(Exception):
    def __init__(self, state: State, why: Message, detail: str = "") -> None:
        self.lack = Lack(state, why, detail[:300])
        super().__init__(why)


def fetch(
    sets: Iterable[DataSet], mirror: str = "", ca: Path | None = None, within: float = WITHIN
) -> dict[str, Offer | Lack]:
    """Each set from its makers, or all of them from a mirror: a data folder put on the web.

    `mirror` is an address that ends with a slash; `ca` has the authorities to trust instead of the
    public ones.
    """
    ends = time.monotonic() + within
    sets = tuple(sets)
    manifest: Manifest | Lack = _mirrored(mirror, ca, within) if mirror else Manifest()
    if isinstance(manifest, Lack):
        return dict.fromkeys((one.name for one in sets), manifest)
    urls = {one.name: urljoin(mirror, one.file) if mirror else one.url for one in sets}
    asked = [(urls[one.name], one.most) for one in sets]
    found = dict(zip(urls, _all(asked, ca, ends), strict=True))
    if not mirror or all(_absent(data) for data in found.values()):
        found = {name: _missed(data) for name, data in found.items()}
    return {
        name: data
        if isinstance(data, Lack)
        else Offer(data, urls[name], manifest.tables.get(name), fresh=not mirror)
        for name, data in found.items()
    }


def _absent(data: bytes | Lack) -> bool:
    return isinstance(data, Lack) and data.state is State.ABSENT


def _missed(data: bytes | Lack) -> bytes | Lack:
    """A set that its own makers do not have is a failure, and a mirror with none is."""
    if isinstance(data, Lack) and data.state is State.ABSENT:
        return replace(data, state=State.FAILED)
    return data


def good_address(url: str) -> bool:
    """`https://` with a host, and no password that others could read in a list of processes."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


def _mirrored(mirror: str, ca: Path | None, within: float) -> Manifest | Lack:
    """What a mirror says of its files; one that says nothing has files without dates."""
    (text,) = _all([(urljoin(mirror, NAME), _MANIFEST)], ca, time.monotonic() + within)
    if isinstance(text, Lack):
        return Manifest() if _absent(text) else text
    try:
        return parse(text)
    except Untrusted:
        return Lack(State.REFUSED, Message("Its manifest was not understood"), mirror)


def _all(asked: list[tuple[str, int]], ca: Path | None, ends: float) -> list[bytes | Lack]:
    """The answers.  A server that sends a byte now and then keeps nobody waiting."""
    late = Lack(State.FAILED, Message("It took too long"))
    found: list[bytes | Lack] = [late] * len(asked)

    def work(index: int, url: str, most: int) -> None:
        try:
            found[index] = _get(url, most, ca)
        except _Failed as error:
            found[index] = error.lack

    threads = [
        threading.Thread(target=work, args=(index, *one), daemon=True)
        for index, one in enumerate(asked)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, ends - time.monotonic()))
    return list(found)


def _get(url: str, most: int, ca: Path | None) -> bytes:
    with requests.Session() as session:
        session.auth = _nobody
        session.headers = {"User-Agent": f"press-scan/{scanner_version()}", "Accept": "*/*",
                           "Accept-Encoding": "identity"}  # fmt: skip
        for _ in range(_REDIRECTS + 1):
            if not good_address(url):
                raise _Failed(State.REFUSED, Message("It leads to an address without HTTPS"), url)
            try:
                with session.get(url, timeout=_SILENT, stream=True, allow_redirects=False,
                                 verify=str(ca) if ca else True) as answer:  # fmt: skip
                    if not answer.is_redirect:
                        return _body(answer, most)
                    url = urljoin(url, answer.headers["Location"])
            except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:  # requests' too
                raise _Failed(State.FAILED, _why(error), f"{url}{_more(error)}") from error
        raise _Failed(State.FAILED, Message("It leads from address to address"), url)


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No password out of `~/.netrc` is sent."""
    return request


def _body(answer: requests.Response, most: int) -> bytes:
    code = answer.status_code
    if code in (404, 410):
        raise _Failed(State.ABSENT, Message("It is not there"), answer.url)
    if code != 200:
        raise _Failed(State.FAILED, Message("The server answered {code}", code=code), answer.url)
    data = bytearray()
    while chunk := answer.raw.read(_CHUNK, decode_content=False):
        data += chunk
        if len(data) > most:
            raise _Failed(State.REFUSED, Message("It is too large"), answer.url)
    packed = answer.headers.get("Content-Encoding", "identity").lower()
    if packed == "identity":
        return bytes(data)
    if packed not in ("gzip", "x-gzip"):
        raise _Failed(State.REFUSED, Message("It is packed in a way that is not known"), packed)
    return _unpacked(bytes(data), most, answer.url)


def _unpacked(data: bytes, most: int, url: str) -> bytes:
    unzip = zlib.decompressobj(31)
    try:
        plain = unzip.decompress(data, most + 1)
    except zlib.error as error:
        raise _Failed(State.FAILED, Message("It broke off"), url) from error
    if len(plain) > most:
        raise _Failed(State.REFUSED, Message("It is too large"), url)
    if not unzip.eof:
        raise _Failed(State.FAILED, Message("It broke off"), url)
    return plain


def _why(error: Exception) -> Message:
    if isinstance(error, requests.exceptions.SSLError):
        return Message("Its certificate is not to be trusted, or TLS failed")
    if isinstance(error, requests.exceptions.ProxyError):
        return Message("The proxy did not let it through")
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return Message("It took too long")
    if isinstance(error, requests.ConnectionError):
        return Message("It can't be reached")
    return Message("It broke off")


def _more(error: BaseException) -> str:
    """What OpenSSL says of a certificate, or the system of a connection."""
    for one in _chain(error):
        if isinstance(one, ssl.SSLCertVerificationError):
            return f": {one.verify_message}"
    for one in _chain(error):
        if isinstance(one, OSError) and one.strerror and not isinstance(one, ssl.SSLError):
            return f": {one.strerror}"
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
