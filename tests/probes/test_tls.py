"""The TLS probe and its checks against real nginx, Apache, Dovecot, Postfix, vsftpd and OpenSSL."""

from __future__ import annotations

import pytest

from checks import Status, load
from facts.declared import Kind, Target
from facts.tls import TlsFacts
from facts.world import World
from scanner.judge import judge
from scanner.probes import table, tls
from tests.factories import GOOD
from tests.lab import tls_servers
from tests.lab.engines import differences, with_sslyze
from tests.probes.reaches import reach

ADDRESS = "127.31.7.1"
SITE = tls_servers.SITE
PASS, FAIL, NA = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE
CHECKS = {check.id: check for check in load().values() if check.area == "tls"}


@pytest.fixture(scope="module")
def servers():
    with tls_servers.farm(ADDRESS) as running:
        yield running


@pytest.fixture(scope="module")
def seen(servers):
    """Every service visited, in batches as the engine makes them: name -> (target, facts)."""
    targets = {
        name: Target(
            Kind.TLS,
            ADDRESS if name == "address" else SITE,
            address=ADDRESS,
            port=port,
            ca=servers.ca,
            declared=True,
        )
        for name, port in servers.ports.items()
    }
    told = tls.gather_many(list(targets.values()), reach("127.31.0.0/16"))
    found = {target.port: facts for target, facts in told}
    return {name: (target, found[target.port]) for name, target in targets.items()}


def test_sslyze_sees_the_same(seen):
    """Of every service of the lab; where they know it both."""
    theirs = with_sslyze([target for target, _ in seen.values()], reach("127.31.0.0/16"))
    told = {name: differences(mine, theirs[one.port]) for name, (one, mine) in seen.items()}
    assert {name: lines for name, lines in told.items() if lines} == {}


def status(seen, name, check):
    target, facts = seen[name]
    assert isinstance(facts, TlsFacts), facts
    one = CHECKS[f"tls.{check}"]
    return judge(one, one.params, target, {TlsFacts: facts}, GOOD[World]).status


@pytest.mark.parametrize("check", [name.removeprefix("tls.") for name in CHECKS])
@pytest.mark.parametrize("name", ["good", "with root", "apache mozilla-config"])
def test_a_well_kept_service_passes_everything(seen, name, check):
    assert status(seen, name, check) is PASS


@pytest.mark.parametrize(
    ("name", "check", "wanted"),
    [
        ("weak", "protocols", FAIL),
        ("apache old", "protocols", FAIL),
        ("protocols", "protocols", PASS),
        ("apache protocols", "protocols", PASS),
        ("only 1.3", "protocols", PASS),
        ("only 1.2", "protocols", PASS),
        ("only 1.2", "tls13", FAIL),
        ("tls13", "tls13", PASS),
        ("apache tls13", "tls13", PASS),
        ("weak", "ciphers", FAIL),
        ("apache old", "ciphers", PASS),  # mod_ssl itself leaves the worst out
        ("ciphers", "ciphers", PASS),
        ("apache ciphers", "ciphers", PASS),
        ("no secrecy", "ciphers", PASS),
        ("no secrecy", "forward-secrecy", FAIL),
        ("weak", "forward-secrecy", FAIL),
        ("only 1.3", "forward-secrecy", PASS),
        ("forward-secrecy", "forward-secrecy", PASS),
        ("apache forward-secrecy", "forward-secrecy", PASS),
        ("weak", "dh-size", FAIL),
        ("small curve", "dh-size", FAIL),
        ("no secrecy", "dh-size", NA),
        ("only 1.3", "dh-size", PASS),
        ("dh-size", "dh-size", PASS),
        ("apache dh-size", "dh-size", PASS),
        ("only 1.3", "known-attacks", PASS),
        ("no secrecy", "known-attacks", PASS),
        ("weak", "known-attacks", PASS),
        ("apache known-attacks", "known-attacks", PASS),
        ("self-signed", "cert-trusted", FAIL),
        ("stranger", "cert-trusted", FAIL),
        ("incomplete", "cert-trusted", FAIL),
        ("expired", "cert-trusted", PASS),
        ("early", "cert-trusted", PASS),
        ("misordered", "cert-trusted", PASS),
        ("short key", "cert-trusted", PASS),
        ("sha1", "cert-trusted", PASS),
        ("other name", "cert-trusted", PASS),
        ("other name", "cert-name", FAIL),
        ("wildcard", "cert-name", PASS),
        ("address", "cert-name", PASS),
        ("two certificates", "cert-name", FAIL),
        ("expired", "cert-expiry", FAIL),
        ("soon", "cert-expiry", FAIL),
        ("early", "cert-expiry", FAIL),
        ("short key", "cert-key", FAIL),
        ("apache old", "cert-key", PASS),
        ("sha1", "cert-signature", FAIL),
        ("self-signed", "cert-signature", NA),
        ("incomplete", "cert-chain", FAIL),
        ("misordered", "cert-chain", FAIL),
        ("self-signed", "cert-chain", NA),
        ("stranger", "cert-chain", Status.ERROR),  # is the issuer's issuer a root?  Nobody knows
        ("weak", "mozilla-config", FAIL),
        ("only 1.2", "mozilla-config", FAIL),
        ("long life", "mozilla-config", PASS),  # of the owner's own authority
        ("short key", "mozilla-config", FAIL),
    ],
)
def test_planted_faults(seen, name, check, wanted):
    assert status(seen, name, check) is wanted


def test_one_fault_is_one_finding(seen):
    """An expired, misnamed, or misordered certificate fails its own check only."""
    own = {"expired": "cert-expiry", "soon": "cert-expiry", "early": "cert-expiry",
           "other name": "cert-name", "misordered": "cert-chain", "self-signed": "cert-trusted",
           "stranger": "cert-trusted"}  # fmt: skip
    for name, check in own.items():
        failing = {c.removeprefix("tls.") for c in CHECKS if status(seen, name, c[4:]) is FAIL}
        assert failing == {check}, name


def test_the_facts_can_be_stored(seen):
    codec = table()["tls"].codec
    for _, facts in seen.values():
        assert codec.validate_json(codec.dump_json(facts)) == facts


def test_a_certificate_with_two_kinds_of_keys_is_seen_whole(seen):
    chains = seen["two certificates"][1].chains
    assert {chain.leaf.key_type for chain in chains} == {"rsa", "ec"}
