"""How a connection is protected: versions, cipher suites, key exchange, and known attacks."""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, not_applicable, passed
from facts.base import found, need
from facts.tls import ATTACKS, BROKEN, CURVES, MODERN, TOO_SMALL, WEAK, TlsFacts, groups_of

MOST_NAMED = 20  # suites that a finding lists
DH_BITS = 2048
CURVE_BITS = 224
SMALL_CURVES = tuple(curve for curve, bits in CURVES.items() if bits < CURVE_BITS)


@check(Severity.HIGH)
def protocols(tls: TlsFacts) -> Verdict:
    """No SSLv2, SSLv3, TLS 1.0 or TLS 1.1 is accepted; TLS 1.2 or TLS 1.3 is offered.

    Why: TLS is what puts the lock in front of an address: it encrypts what travels between a
    reader and your server, so that nobody on the way (in a cafe's Wi-Fi, at a provider) can read
    or change it.  It exists in several versions.  The old ones, SSLv2 to TLS 1.1, have known holes
    (POODLE, BEAST, DROWN): an attacker on the way can bring a connection down to one of them and
    read passwords and log-in cookies.  Browsers gave them up in 2020, so no reader needs them.
    Fix: allow TLS 1.2 and TLS 1.3 only, and restart the server: nginx
    `ssl_protocols TLSv1.2 TLSv1.3;`, Apache `SSLProtocol -all +TLSv1.2 +TLSv1.3`, on Windows turn
    the old versions off in the registry (SCHANNEL) or with IIS Crypto.  A load balancer or a
    content-delivery network in front has its own setting.
    """
    if broken := found(tls.accepts, BROKEN):
        return failed("Broken protocol versions are accepted", accepted=broken)
    if modern := found(tls.accepts, MODERN):
        return passed("Only TLS 1.2 and later are accepted", accepted=modern)
    return failed("Neither TLS 1.2 nor TLS 1.3 is accepted")


@check(Severity.LOW)
def tls13(tls: TlsFacts) -> Verdict:
    """TLS 1.3 is offered.

    Why: TLS 1.3 connects faster and has dropped everything in TLS 1.2 that can be set up wrongly.
    Fix: use OpenSSL 1.1.1 or later (Debian 10, Ubuntu 20.04, RHEL 8 and later have it), or Windows
    Server 2022, and allow TLS 1.3: nginx `ssl_protocols TLSv1.2 TLSv1.3;`, Apache
    `SSLProtocol -all +TLSv1.2 +TLSv1.3`.
    """
    if found(tls.accepts, ("TLSv1.3",)):
        return passed("TLS 1.3 is offered")
    return failed("TLS 1.3 is not offered")


@check(Severity.HIGH)
def ciphers(tls: TlsFacts) -> Verdict:
    """No cipher suite with NULL, anonymous key exchange, EXPORT, RC4, DES, 3DES or MD5 is accepted.

    Why: a cipher suite is the set of methods that encrypts a connection.  These encrypt nothing,
    don't prove who the server is, or can be broken.
    Fix: allow modern suites only: nginx `ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;`, Apache
    `SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20`, on Windows remove the old suites with
    `Disable-TlsCipherSuite`.
    """
    if groups := found(tls.weak, WEAK):
        seen = {s for suites in tls.suites.values() if isinstance(suites, tuple) for s in suites}
        weak = sorted(suite for suite in seen if groups_of(suite))
        return failed("Weak cipher suites are accepted", groups=groups, suites=weak[:MOST_NAMED])
    return passed("No weak cipher suite is accepted", tried=list(WEAK))


@check(Severity.MEDIUM)
def forward_secrecy(tls: TlsFacts) -> Verdict:
    """Every TLS 1.2 suite accepted has forward secrecy (ECDHE or DHE); TLS 1.3 always has.

    Why: without it, whoever records the traffic today and gets the server's key one day can then
    read all of it.
    Fix: allow suites with ECDHE only: nginx `ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;`, Apache
    `SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20`, on Windows remove the suites that begin with
    `TLS_RSA_`.
    """
    suites = need(tls.forward)
    if without := [suite for suite, has_it in suites.items() if has_it is False]:
        return failed("Suites without forward secrecy are accepted", suites=without[:MOST_NAMED])
    for has_it in suites.values():
        need(has_it)
    if suites:
        return passed("Every TLS 1.2 suite has forward secrecy", suites=list(suites)[:MOST_NAMED])
    if found(tls.accepts, ("TLSv1.3",)):
        return passed("TLS 1.2 is off, and TLS 1.3 always has forward secrecy")
    return not_applicable("TLS 1.2 is not offered")


@check(Severity.MEDIUM)
def dh_size(tls: TlsFacts) -> Verdict:
    """Diffie-Hellman groups have at least 2048 bits, and elliptic curves at least 224.

    Why: the key of a connection is agreed on in such a group or on such a curve.  Small ones can
    be broken (Logjam), and everything that is sent with them.
    Fix: use curves and no finite-field groups: nginx `ssl_ecdh_curve X25519:prime256v1:secp384r1;`
    and suites with ECDHE only; Apache `SSLOpenSSLConfCmd Groups X25519:P-256:P-384`.  Where DHE
    must stay, make a group of 2048 bits: `openssl dhparam -out dhparam.pem 2048`.
    """
    groups = {s: b for s, b in tls.dh_bits.items() if isinstance(b, int) and b < DH_BITS}
    curves = [curve for curve in SMALL_CURVES if tls.curves.get(curve) is True]
    if groups or curves:
        bits = sorted({str(b) if b != TOO_SMALL else "< 1024" for b in groups.values()})
        return failed("Key exchange in groups that are too small is accepted",
                      bits=bits, curves=curves, suites=list(groups)[:MOST_NAMED])  # fmt: skip
    sizes = sorted({need(bits) for bits in tls.dh_bits.values()})
    found(tls.curves, SMALL_CURVES)
    used = [curve for curve in CURVES if tls.curves.get(curve) is True]
    if not sizes and not used:
        found(tls.curves, CURVES)
        return not_applicable("No Diffie-Hellman key exchange is offered")
    return passed("All groups for the key exchange are large enough", bits=sizes, curves=used)


@check(Severity.CRITICAL)
def known_attacks(tls: TlsFacts) -> Verdict:
    """The service is not open to Heartbleed, CCS injection, ROBOT, CRIME (compression), insecure
    or client-driven renegotiation, or a downgrade that nobody notices (no fallback SCSV).

    Why: each of these has a ready-made tool.  Heartbleed gives away passwords and the server's key
    itself; others let an attacker read or change what readers send, or keep the server busy.
    Fix: update OpenSSL, or the appliance's firmware; then turn TLS compression and renegotiation
    by the client off.  Today's OpenSSL does so by itself.  After Heartbleed, also renew the
    certificate with a new key and change the passwords.
    """
    if attacks := found(tls.attacks, ATTACKS):
        return failed("The service is open to known attacks", attacks=attacks)
    return passed("The service is not open to the attacks tried", tried=list(ATTACKS))
