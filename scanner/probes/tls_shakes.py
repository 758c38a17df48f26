"""The two trials that need a whole handshake: TLS 1.3's certificates, and renegotiation.

Both are made with sslyze's own TLS library, nassl, on a socket that is ready for TLS.
"""

from __future__ import annotations

import socket
from contextlib import suppress

from nassl.legacy_ssl_client import LegacySslClient
from nassl.ssl_client import (
    BaseSslClient,
    ClientCertificateRequested,
    OpenSslVerifyEnum,
    OpenSslVersionEnum,
    SslClient,
)

from scanner.probes.tls_names import SSLV3, TLS10, TLS11, TLS12, TLS13

PATIENCE = 5.0  # seconds for one answer
ATTEMPTS = 10  # renegotiations in a row: as sslyze does, to see through a limit
_NASSL = {
    SSLV3: OpenSslVersionEnum.SSLV3,
    TLS10: OpenSslVersionEnum.TLSV1,
    TLS11: OpenSslVersionEnum.TLSV1_1,
    TLS12: OpenSslVersionEnum.TLSV1_2,
    TLS13: OpenSslVersionEnum.TLSV1_3,
}


class NoSuiteInCommon(Exception):
    """The old library could not come to a handshake at all."""


def chain_of(sock: socket.socket, version: int, name: str) -> list[str]:
    """The certificates of one handshake as PEM, leaf first.

    Raises `OSError`, nassl's `OpenSSLError`.
    """
    client = SslClient(
        ssl_version=_NASSL[version],
        underlying_socket=sock,
        ssl_verify=OpenSslVerifyEnum.NONE,
        ignore_client_authentication_requests=True,
    )
    _shake(client, sock, name)
    chain: list[str] = client.get_received_chain()
    return chain


def renegotiates(sock: socket.socket, version: int, name: str) -> bool:
    """Does the server let its client renegotiate, time and again?

    Raises `NoSuiteInCommon`, `OSError`.
    """
    client = LegacySslClient(
        ssl_version=_NASSL[version],
        underlying_socket=sock,
        ssl_verify=OpenSslVerifyEnum.NONE,
        ignore_client_authentication_requests=True,
    )
    client.set_cipher_list("ALL:COMPLEMENTOFALL:-PSK:-SRP")
    try:
        _shake(client, sock, name)
    except Exception as error:
        raise NoSuiteInCommon(str(error)[:200]) from error
    try:
        for _ in range(ATTEMPTS):
            client.do_renegotiate()
    except Exception:  # noqa: BLE001  # an alert, an end, silence: each is a way to refuse
        return False
    return True


def _shake(client: BaseSslClient, sock: socket.socket, name: str) -> None:
    sock.settimeout(PATIENCE)
    if name:
        client.set_tlsext_host_name(name)
    with suppress(ClientCertificateRequested):
        client.do_handshake()
