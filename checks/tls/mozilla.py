"""Mozilla's recommendations for servers, as far as a client can see whether they are followed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from checks import Severity, Verdict, check, failed, passed
from facts.base import found, need
from facts.guidelines import Guideline
from facts.tls import CURVES, PUBLIC_STORES, VERSIONS, Chain, TlsFacts
from facts.world import World

MOST_NAMED = 20  # deviations of one kind that a finding lists


@check(Severity.LOW)
def mozilla_config(
    tls: TlsFacts,
    world: World,
    *,
    config: Literal["modern", "intermediate", "old"] = "intermediate",
) -> Verdict:
    """The service follows the Mozilla server-side TLS configuration named by `config`.

    Why: Mozilla's list is what browser makers hold to be sound today: it keeps every reader of the
    last years and leaves out what is not needed.
    Fix: take the settings for your server and its version from
    https://ssl-config.mozilla.org/ ("Intermediate"), or the snippet below.
    """
    wanted = world.guidelines[config]
    by = {"config": config, "guideline": wanted.version, "table": world.named(wanted.table)}
    deviations = dict(_deviations(tls, wanted))
    if deviations:
        return failed("The configuration differs from Mozilla's recommendation", **by, **deviations)
    found(tls.accepts, [version for version in VERSIONS if version not in wanted.versions])
    for suites in tls.suites.values():
        need(suites)
    found(tls.curves, [curve for curve in CURVES if curve not in wanted.curves])
    if not found(tls.accepts, wanted.versions):
        return failed("None of the recommended protocol versions is offered", **by)
    return passed("The configuration follows Mozilla's recommendation", **by)


def _deviations(tls: TlsFacts, wanted: Guideline) -> Iterator[tuple[str, list[str]]]:
    """Everything seen that is not recommended, by kind."""
    extra = [v for v in VERSIONS if v not in wanted.versions and tls.accepts.get(v) is True]
    if extra:
        yield "accepted", extra
    known = {s for suites in tls.suites.values() if isinstance(suites, tuple) for s in suites}
    if suites := sorted(known - wanted.suites):
        yield "suites", suites[:MOST_NAMED]
    if curves := [c for c in CURVES if c not in wanted.curves and tls.curves.get(c) is True]:
        yield "curves", curves
    chains = need(tls.chains) if not (extra or suites or curves) else tls.chains
    if isinstance(chains, tuple):
        if keys := sorted(_keys(chains, wanted)):
            yield "certificates", keys
        if lives := sorted(_lives(chains, wanted)):
            yield "lifetime", lives


def _keys(chains: tuple[Chain, ...], wanted: Guideline) -> Iterator[str]:
    """Keys and signatures of leaves that are not recommended."""
    leaves = [chain.leaf for chain in chains]
    if not any(leaf.key_type in wanted.keys for leaf in leaves):
        yield from {f"{leaf.key_type} {leaf.key_bits}" for leaf in leaves}
    for leaf in leaves:
        short = leaf.key_type == "rsa" and leaf.key_bits < wanted.rsa_bits
        odd = leaf.key_type == "ec" and leaf.curve not in wanted.key_curves
        if short or odd:
            yield f"{leaf.key_type} {leaf.key_bits} {leaf.curve}".strip()
        if leaf.digest and leaf.digest not in wanted.digests and not leaf.self_signed:
            yield leaf.digest


def _lives(chains: tuple[Chain, ...], wanted: Guideline) -> Iterator[str]:
    """Certificates that live too long; a rule for public ones, not for the owner's own."""
    for chain in chains:
        days = (chain.leaf.not_after - chain.leaf.not_before).days
        if days > wanted.days and found(chain.trusted, PUBLIC_STORES):
            yield str(days)
