"""Single handshakes with sslyze's connections, for what its scan commands don't ask."""

from __future__ import annotations

from contextlib import suppress

from nassl._nassl import OpenSSLError
from nassl.ephemeral_key_info import (
    _OPENSSL_NID_TO_SECG_ANSI_X9_62,
    DhEphemeralKeyInfo,
    EcDhEphemeralKeyInfo,
    OpenSslEcNidEnum,
)
from nassl.legacy_ssl_client import LegacySslClient
from nassl.ssl_client import ClientCertificateRequested, SslClient
from sslyze.connection_helpers.opportunistic_tls_helpers import ProtocolWithOpportunisticTlsEnum
from sslyze.errors import (
    ServerRejectedTlsHandshake,
    ServerTlsConfigurationNotSupported,
    TlsHandshakeTimedOut,
)
from sslyze.server_connectivity import (
    ClientAuthRequirementEnum,
    ServerConnectivityInfo,
    ServerTlsProbingResult,
    TlsVersionEnum,
    check_connectivity_to_server,
    enable_ecdh_cipher_suites,
)
from sslyze.server_setting import ServerNetworkConfiguration, ServerNetworkLocation

NETWORK_TIMEOUT = 5  # seconds for one answer
EVERY_SUITE = "ALL:COMPLEMENTOFALL:-PSK:-SRP"
CURVES = dict(_OPENSSL_NID_TO_SECG_ANSI_X9_62)


def connect(
    name: str, address: str, port: int, starttls: str, timeout: int = NETWORK_TIMEOUT
) -> ServerConnectivityInfo:
    """The first handshake.  No name is looked up: `address` is where it goes.

    Raises sslyze's `ConnectionToServerFailed`, and `UnicodeError` for what is no name.
    """
    where = ServerNetworkLocation(hostname=name, port=port, ip_address=address)
    wrapped = ProtocolWithOpportunisticTlsEnum[starttls.upper()] if starttls else None
    how = ServerNetworkConfiguration(
        tls_server_name_indication=where.hostname,
        tls_opportunistic_encryption=wrapped,
        network_timeout=timeout,
        network_max_retries=2,
    )
    try:
        probing = check_connectivity_to_server(where, how)
    except ServerTlsConfigurationNotSupported as error:
        if "only supports SSL 2.0" not in str(error):
            for version in (TlsVersionEnum.TLS_1_2, TlsVersionEnum.TLS_1_1, TlsVersionEnum.TLS_1_0):
                server = ServerConnectivityInfo(where, how, _guess(version))
                if shake(server, version, EVERY_SUITE) in {"accepted", "small"}:
                    return server
        raise
    return ServerConnectivityInfo(where, how, probing)


def _guess(version: TlsVersionEnum) -> ServerTlsProbingResult:
    """What sslyze would have found, had its new library the anonymous and tiny suites too."""
    return ServerTlsProbingResult(
        highest_tls_version_supported=version,
        cipher_suite_supported=EVERY_SUITE,
        client_auth_requirement=ClientAuthRequirementEnum.DISABLED,
        supports_ecdh_key_exchange=False,
    )


def shake(
    server: ServerConnectivityInfo, version: TlsVersionEnum, suites: str, *, scsv: bool = False
) -> str:
    """One handshake with the old library: accepted, refused, unanswered, small, fallback."""
    connection = server.get_preconfigured_tls_connection(
        override_tls_version=version, should_use_legacy_openssl=True
    )
    client = connection.ssl_client
    assert isinstance(client, LegacySslClient)
    client.set_cipher_list(suites)
    if scsv:
        client.enable_fallback_scsv()
    try:
        connection.connect()
    except ClientCertificateRequested:
        return "accepted"
    except ServerTlsConfigurationNotSupported:  # the server was willing, our library was not
        return "small"
    except ServerRejectedTlsHandshake:
        return "refused"
    except TlsHandshakeTimedOut:
        return "unanswered"
    except Exception as error:
        if "inappropriate fallback" in str(error):
            return "fallback"
        raise
    finally:
        connection.close()
    return "accepted"


def curve_works(
    server: ServerConnectivityInfo,
    version: TlsVersionEnum,
    curve: OpenSslEcNidEnum,
    must: tuple[OpenSslEcNidEnum, ...],
) -> bool:
    """Is a key exchange on this curve completed?  `must` is offered too, after it."""
    connection = server.get_preconfigured_tls_connection(
        override_tls_version=version, should_use_legacy_openssl=False
    )
    client = connection.ssl_client
    assert isinstance(client, SslClient)
    enable_ecdh_cipher_suites(version, client)
    client.set_groups([curve, *(one for one in must if one != curve)])
    try:
        with suppress(ClientCertificateRequested):
            connection.connect()
        key = client.get_ephemeral_key()
    except (ServerRejectedTlsHandshake, TlsHandshakeTimedOut):
        return False
    except OpenSSLError as error:  # how some servers say no: as in sslyze's own test
        if any(word in str(error) for word in ("wrong curve", "unexpected message")):
            return False
        raise
    finally:
        connection.close()
    return isinstance(key, EcDhEphemeralKeyInfo) and key.curve == curve


def alive(server: ServerConnectivityInfo) -> bool:
    """Does the handshake that worked at first still work?"""
    highest = server.tls_probing_result.highest_tls_version_supported
    if server.tls_probing_result.cipher_suite_supported == EVERY_SUITE:
        return shake(server, highest, EVERY_SUITE) in {"accepted", "small"}
    connection = server.get_preconfigured_tls_connection()
    try:
        with suppress(ClientCertificateRequested):
            connection.connect()
    finally:
        connection.close()
    return True


def key_of(key: object) -> dict[str, object] | None:
    """An ephemeral key as JSON."""
    if isinstance(key, EcDhEphemeralKeyInfo):
        return {"type": "ECDH", "bits": key.size, "curve": key.curve_name}
    if isinstance(key, DhEphemeralKeyInfo):
        return {"type": "DH", "bits": key.size}
    return None
