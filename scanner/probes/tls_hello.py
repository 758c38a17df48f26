"""A TLS client's first message: TLS 1.0 to 1.3, every suite that this Python has."""

from __future__ import annotations

import contextlib
import ssl
import warnings

from scanner.scope import is_address


def hello(name: str) -> bytes:
    """A ClientHello that asks for this name; for an address it asks for none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with contextlib.suppress(ssl.SSLError):
        context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(), contextlib.suppress(ValueError):
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    written = ssl.MemoryBIO()
    try:
        client = context.wrap_bio(
            ssl.MemoryBIO(), written, server_hostname=None if is_address(name) else name or None
        )
    except ValueError:  # a label too long: no name
        client = context.wrap_bio(ssl.MemoryBIO(), written)
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return written.read()
