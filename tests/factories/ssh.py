"""OpenSSH as Debian 12 sets it up, with keys only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from facts.ssh import Offers, SshFacts, methods
from tests.factories import GOOD

GOOD[SshFacts] = SshFacts(
    observed_at=datetime(2026, 11, 23, 3, 0, tzinfo=UTC),
    banner="SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10",
    offers=Offers(
        kex=(
            "sntrup761x25519-sha512",
            "curve25519-sha256",
            "ecdh-sha2-nistp256",
            "diffie-hellman-group-exchange-sha256",
            "diffie-hellman-group14-sha256",
            "kex-strict-s-v00@openssh.com",
        ),
        host_keys=("ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256", "ecdsa-sha2-nistp256"),
        ciphers=("chacha20-poly1305@openssh.com", "aes128-ctr", "aes256-gcm@openssh.com"),
        macs=("umac-64-etm@openssh.com", "hmac-sha2-256-etm@openssh.com", "hmac-sha1"),
    ),
    methods=methods(["publickey"]),
)


def ssh(**changes: object) -> SshFacts:
    """The good facts, changed."""
    return replace(GOOD[SshFacts], **changes)


def offering(**lists: tuple[str, ...]) -> SshFacts:
    """A server that offers other algorithms."""
    return ssh(offers=replace(GOOD[SshFacts].offers, **lists))
