"""Have one check judge one target.  Whatever goes wrong is `error`; nothing passes by accident."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from checks import BASELINE, Check, Status, Verdict, load
from facts.base import Absent, Undecided, Unknown, need
from facts.declared import Kind, Target
from facts.world import World
from scanner.assessment import Finding
from scanner.evidence import clean
from scanner.fingerprint import UNSEEN, Seen
from scanner.probes import table

LOG = logging.getLogger(__name__)

Known = Mapping[type[Any], Any]  # a facts type -> facts, or the exception that says why not

BROKE = "The check broke; its trace is in the log"
NOT_GATHERED = "The facts that this check needs were not gathered"
DECLARED = "It is declared, but it could not be reached"


@lru_cache(maxsize=64)
def checks_for(kind: Kind, wanted: frozenset[str]) -> tuple[Check, ...]:
    """Which of these checks judge this kind of target, in the order of their ids."""
    known = load()
    return tuple(known[name] for name in sorted(wanted) if _visited(known[name]) is kind)


def judge(
    check: Check,
    params: Mapping[str, Any],
    target: Target,
    known: Known,
    world: World,
    baseline: Any = None,
    seen: Seen = UNSEEN,
) -> Finding:
    """Run one check on one target's facts; `seen` is what these facts are.  Never raises."""
    detail, evidence = "", dict[str, Any]()
    try:
        given = {name: _fact(kind, target, known, world) for name, kind in check.reads.items()}
        given |= {name: _if_known(known.get(kind)) for name, kind in check.elsewhere.items()}
        more = {BASELINE: baseline} if check.drifts else {}
        verdict = _verdict(check.function(**given, **params, **more))
        evidence = clean(dict(verdict.evidence))
    except (Absent, Undecided) as why:
        return without(check, target, why, seen)
    except Exception as bug:
        LOG.exception("check %s broke on %s", check.id, target.key)
        verdict, detail = Verdict(Status.ERROR, BROKE), type(bug).__name__
    return _finding(check, target, verdict, detail, evidence, seen)


def without(check: Check, target: Target, why: Absent | Undecided, seen: Seen = UNSEEN) -> Finding:
    """What a check comes to that has nothing to judge, for this reason."""
    verdict, detail = Verdict(Status.ERROR, why.why), why.detail
    if isinstance(why, Absent):
        if target.declared:  # the owner says that it is there
            verdict, detail = Verdict(Status.ERROR, DECLARED), f"{why.why} {detail}".strip()
        else:
            verdict = Verdict(Status.NOT_APPLICABLE, why.why)
    return _finding(check, target, verdict, detail, {}, seen)


def _finding(
    check: Check, target: Target, verdict: Verdict, detail: str, evidence: Any, seen: Seen
) -> Finding:
    return Finding(
        check=check.id,
        severity=check.severity,
        status=verdict.status,
        agency=target.agency,
        system=target.system,
        asset=target.asset,
        target=target.key,
        endpoint=target.endpoint,
        address=target.address,
        reason=verdict.says,
        detail=clean(detail),
        evidence=evidence,
        facts=seen.facts,
        owner=seen.owner,
        observed=seen.observed,
    )


def _verdict(said: object) -> Verdict:
    """What a check returned, when it is one of the three that it may return."""
    if isinstance(said, Verdict) and said.status is not Status.ERROR:
        return said
    raise TypeError("a check returns passed, failed or not_applicable")


def _fact(kind: type[Any], target: Target, known: Known, world: World) -> Any:
    if kind is Target:
        return target
    if kind is World:
        return world
    fact = known.get(kind)
    if fact is None:
        raise Undecided(NOT_GATHERED, kind.__name__)
    if isinstance(fact, Exception):
        raise fact
    return need(fact)


def _if_known(fact: Any) -> Any:
    """The facts of another target, or why there are none: the check itself decides."""
    if fact is None:
        return Unknown(NOT_GATHERED)
    return Unknown(fact.why, fact.detail) if isinstance(fact, Absent | Undecided) else fact


def _visited(check: Check) -> Kind | None:
    """The kind of target that a check judges: what the probes visit that bring its facts."""
    return _kinds().get(check.id)


@cache
def _kinds() -> dict[str, Kind]:
    brought = {facts: probe.visits for probe in table().values() for facts in probe.types}
    kinds = {}
    for check in load().values():
        visited = {brought[fact] for fact in check.reads.values() if fact in brought}
        if len(visited) > 1:
            raise ValueError(f"{check.id} reads facts of several kinds of targets")
        if visited:
            kinds[check.id] = visited.pop()
    return kinds
