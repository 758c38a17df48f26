"""What an SSH server offers to a stranger.

"Broken" is narrower than "old".  Sources: RFC 9142 (key exchanges that MUST NOT or SHOULD NOT be
used), RFC 8758 (RC4), RFC 8332 and OpenSSH 8.8 (RSA signatures with SHA-1), OpenSSH 7.0 (1024-bit
DSA), NIST SP 800-131A and SWEET32 (DES, 3DES and other ciphers of 64-bit blocks), RFC 6151 (MD5).
Not broken, and so not failed: the NIST curves, group14 with SHA-1 (RFC 9142: MAY), AES-CBC, HMAC
with SHA-1 (RFC 6194), 64-bit UMAC.
"""

from __future__ import annotations

import re

from checks import Severity, Verdict, check, failed, passed
from facts.base import Undecided, found, need
from facts.products import from_ssh
from facts.ssh import SshFacts
from facts.world import World

BROKEN_KEX = (
    r"diffie-hellman-group1-sha(1|256)|diffie-hellman-group-exchange-sha1|rsa1024-sha1"
    r"|gss-(group1|gex)-sha1-.*"
)
BROKEN_KEYS = (
    r"ssh-rsa(-cert-v0[01]@openssh\.com)?|(x509v3-(sign-|ssh-)?)?(ssh-)?(dss|dsa)(-.*)?"
    r"|x509v3-(sign-rsa|sign-rsa-sha1|ssh-rsa)|(pgp|spki)-sign-(dss|rsa)|null"
)
BROKEN_CIPHERS = r"none|(3?des|blowfish|cast128|cast128-12|idea)(-.*)?|arcfour.*|rc4.*|des-cbc.*"
BROKEN_MACS = r"none|hmac-md5.*|md5.*|sha1(-8)?|hmac-sha1-96.*|hmac-ripemd.*|ripemd160.*|cbcmac-.*"


@check(Severity.MEDIUM)
def algorithms(ssh: SshFacts) -> Verdict:
    """No broken key exchange, cipher, MAC or host-key algorithm is offered.

    Why: with broken algorithms, a session can be read or taken over by who records or diverts it;
        an attacker on the way can talk both sides into the weakest that they share.
    Fix: update OpenSSH and take its own lists; remove KexAlgorithms, Ciphers, MACs and
        HostKeyAlgorithms lines that switch old ones on again.
    """
    banner, offers = need(ssh.banner), need(ssh.offers)
    weak = {
        "kex": _match(BROKEN_KEX, offers.kex),
        "host_keys": _match(BROKEN_KEYS, offers.host_keys),
        "ciphers": _match(BROKEN_CIPHERS, offers.ciphers),
        "macs": _match(BROKEN_MACS, offers.macs),
        "protocol": _match(r"SSH-1\..*", (banner.rsplit(" ")[0],)),  # 1.99: both 1 and 2
    }
    weak = {kind: names for kind, names in weak.items() if names}
    if weak:
        return failed("Broken algorithms are offered", **weak)
    return passed("No broken algorithm is offered", banner=banner)


@check(Severity.HIGH)
def passwords(ssh: SshFacts) -> Verdict:
    """Password and keyboard-interactive log-in is not offered.

    Why: passwords are guessed, reused and phished; robots try millions of them on every SSH
        server. Keys cannot be guessed.
    Fix: give every administrator a key, then set PasswordAuthentication no and
        KbdInteractiveAuthentication no, and reload sshd. Try a second log-in before you leave.
    """
    if taken := found(ssh.methods, ("none", "password", "keyboard-interactive")):
        return failed("Log-in by password is offered", methods=taken)
    methods = [name for name, taken in ssh.methods.items() if taken is True]
    return passed("Log-in by password is not offered", methods=methods)


@check(Severity.HIGH)
def supported(ssh: SshFacts, world: World) -> Verdict:
    """The SSH server's version is inside its vendor's support; a distribution's back-ports count.

    Why: SSH is the door to the whole machine. When nobody mends its holes any more, the next one
        stays open.
    Fix: update the operating system to a supported release; OpenSSH comes with it.
    """
    banner = need(ssh.banner)
    product = from_ssh(banner)
    if product is None or not product.version:
        raise Undecided("The identification names no product that we know", banner[:80])
    support = world.outlook([product], ssh.observed_at)
    if support.ended:
        return failed("The SSH server is out of support", **support.ended[0].evidence())
    support.decide()
    return passed("The SSH server is supported", **support.supported[0].evidence())


def _match(pattern: str, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if re.fullmatch(pattern, name, re.IGNORECASE)]
