"""Judge a whole run from what is stored: replay the plan, judge every target, assess.

No network, no clock: the same observations, profile, tables, papers and day give the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from checks import CHECKS, Check, Status
from facts.base import Absent, Undecided, Unknown
from facts.declared import Kind, Target, Vantage
from facts.host.areas import HostFacts
from facts.names import NameFacts
from facts.ports import PortFacts
from facts.streams import AssetStreams, StreamFacts
from facts.world import World
from scanner.assess import Look, assess
from scanner.assessment import Assessment, Failure, Finding, Permit, RunInfo
from scanner.doors import has_media
from scanner.fingerprint import Prints, Seen, of_nothing, of_owner
from scanner.inventory import Permission
from scanner.judge import checks_for, judge, without
from scanner.plan import Place, expand, places
from scanner.probes import Probe, table
from scanner.profile import Profile
from scanner.scope import Scope
from scanner.store import Run, Store

NOT_VISITED = "It was not visited in this run"
NOT_IN_BASELINE = "The accepted baseline run did not see this host"
NO_SERVICE = "The port sweep found no such service"
NO_LOGIN = "No log-in is declared for this asset, so its inside was not looked at"
NO_SITE = "No site is declared for this asset"
NO_STREAM = "No stream is declared for this asset"
NO_ZONE = "No domain is declared for this asset"


@lru_cache(maxsize=64)
def probes_for(checks: frozenset[str]) -> frozenset[str]:
    """The probes that these checks need, and the sweep that finds services for the others."""
    reads = {kind for name in checks for kind in CHECKS[name].reads.values()}
    wanted = {name: probe for name, probe in table().items() if probe.types & reads}
    found_by_sweep = any(
        probe.visits in {Kind.TLS, Kind.SSH, Kind.MEDIA} for probe in wanted.values()
    )
    beside = any(AssetStreams in CHECKS[name].elsewhere.values() for name in checks)
    more = {"ports": found_by_sweep, "streams": beside}
    return frozenset(wanted) | {name for name, needed in more.items() if needed}


@dataclass(frozen=True)
class Judgement:
    """How one run is judged."""

    store: Store
    run: Run
    profile: Profile
    world: World
    checks: frozenset[str]
    baseline: str = ""  # the accepted run that drift is measured against
    as_of: date | None = None  # the day on which papers and ages count; None: the run's own

    def assessment(self) -> Assessment:
        """Everything, ready to be shown."""
        inventory = self.run.inventory
        looks = [self.look(agency.id) for agency in inventory.agencies]
        findings = [finding for look in looks for finding in look.findings]
        failures = [failure for look in looks for failure in look.failures]
        papers = self.store.papers(agency.id for agency in inventory.agencies)
        return assess(self.info, self.profile, inventory, findings, failures, papers, self.as_of)

    def look(self, agency: str) -> Look:
        """What the run saw of one agency, judged; nothing when it did not look there."""
        findings: list[Finding] = []
        failures: list[Failure] = []
        scope = Scope(self.run.inventory.authorisation.authorisation())
        options = self.run.options
        if not options.agencies or agency in options.agencies:
            only = frozenset([agency])
            vantage = Vantage(options.vantage)
            for place in places(self.run.inventory, scope, vantage, only, options.allow):
                self._judge_asset(place, findings, failures)
        return Look(self.info, findings, failures)

    @property
    def info(self) -> RunInfo:
        """The run, as every report names it."""
        return RunInfo(
            id=self.run.id,
            started=self.run.started,
            finished=self.run.finished,
            scanner_version=self.run.scanner_version,
            vantage=self.run.options.vantage,
            profile=self.profile.id,
            profile_version=self.profile.version,
            standard=self.profile.standard,
            data=self.world.data,
            complete=self.run.state == "done",
            only=self.run.options.only,
            permit=_permit(self.run.inventory.authorisation),
        )

    def faults(self, place: Place) -> int:
        """How many failing findings there are on one asset."""
        findings: list[Finding] = []
        self._judge_asset(place, findings, [])
        return sum(finding.status is Status.FAIL for finding in findings)

    def _judge_asset(self, place: Place, findings: list[Finding], failures: list[Failure]) -> None:
        kinds: set[Kind] = set()
        swept: list[bool] = []
        targets = list(self._targets(place))
        inside = _inside(targets)
        for target, own in targets:
            known = {**own, **{kind: f for kind, f in inside(target).items() if kind not in own}}
            known[AssetStreams] = _streams(targets, target)
            kinds.add(target.kind)
            if target.kind is Kind.HOST:
                swept.append(isinstance(known.get(PortFacts), PortFacts))
            failures += _failures(target, own)
            applying, prints = checks_for(target.kind, self.checks), Prints(target, known)
            findings += [self._judge(check, target, known, prints) for check in applying]
        findings += self._nothing_there(place, kinds, bool(swept) and all(swept))

    def _judge(
        self, check: Check, target: Target, known: Mapping[type[Any], Any], prints: Prints
    ) -> Finding:
        before = accepted = None
        if check.drifts and self.baseline:
            before = accepted = self.store.known(self.baseline, target.key, "ports")
            if not isinstance(before, PortFacts):  # there is a baseline, but not of this host
                accepted = Undecided(NOT_IN_BASELINE, self.baseline)
                before, known = None, {**known, PortFacts: accepted}
        params = self.profile.params_of(check)
        seen = prints.of(check, accepted)
        return judge(check, params, target, known, self.world, before, seen)

    def _targets(self, place: Place) -> Iterator[tuple[Target, dict[type[Any], Any]]]:
        """Each target of an asset with its facts, or the reasons why there are none."""

        visits: dict[str, dict[str, Callable[[], Any]]] = {}  # each is read once

        def seen(key: str, probe: str) -> Any:
            if key not in visits:
                found = self.store.visits(self.run.id, key)
                visits[key] = {name: cache(read) for name, read in found.items()}
            if probe in visits[key]:
                return visits[key][probe]()
            return Undecided(NOT_VISITED, key) if probe == "names" else None

        needed = probes_for(self.checks)
        for planned in expand(place, seen):
            target = planned.target
            known: dict[type[Any], Any] = {}
            for name, probe in table().items():
                if probe.visits is not target.kind or name not in {*needed, "names"}:
                    continue
                fact = planned.blocked or seen(target.key, name)
                known |= _parts(probe, fact or Undecided(NOT_VISITED, target.key))
            if target.kind is not Kind.DOMAIN or not isinstance(known.get(NameFacts), NameFacts):
                yield target, known

    def _nothing_there(self, place: Place, kinds: set[Kind], swept: bool) -> Iterator[Finding]:
        """Checks of what the asset lacks, once for the asset: `not_applicable`, or `error`."""
        missing: dict[Kind, Absent | Undecided] = {Kind.SITE: Absent(NO_SITE)}
        missing[Kind.LOGIN] = Undecided(NO_LOGIN)  # it has an inside, and nobody looks
        needed = {Kind.STREAM: ("streaming", NO_STREAM), Kind.ZONE: ("mail", NO_ZONE)}
        for kind, (role, reason) in needed.items():
            missing[kind] = (Undecided if role in place.asset.roles else Absent)(reason)
        media = Undecided(NOT_VISITED) if has_media(place.asset) else Absent(NO_STREAM)
        missing[Kind.MEDIA] = media
        if swept:
            missing |= {Kind.TLS: Absent(NO_SERVICE), Kind.SSH: Absent(NO_SERVICE)}
        target = place.base()
        owner = of_owner(target)
        for kind, why in missing.items():
            for check in () if kind in kinds else checks_for(kind, self.checks):
                facts = of_nothing(check, why)
                yield without(check, target, why, Seen(facts, owner, None))


def _inside(
    targets: list[tuple[Target, dict[type[Any], Any]]],
) -> Callable[[Target], dict[type[Any], Any]]:
    """What the log-in to a target's own host brought; nothing where there is none."""
    logins = {t.address: known for t, known in targets if t.kind is Kind.LOGIN}
    only = next(iter(logins.values())) if len(logins) == 1 else {}
    absent = dict.fromkeys(table()["login"].types, Undecided(NO_LOGIN))

    def of(target: Target) -> dict[type[Any], Any]:
        return absent | (logins.get(target.address) or only)

    return of


def _streams(targets: list[tuple[Target, dict[type[Any], Any]]], target: Target) -> AssetStreams:
    """The asset's streams at a target's address, for checks of the whole server."""
    seen = [
        known.get(StreamFacts, Undecided(NOT_VISITED, one.endpoint))
        for one, known in targets
        if one.kind is Kind.STREAM and one.address == target.address
    ]
    known = (Unknown(f.why, f.detail) if isinstance(f, Undecided) else f for f in seen)
    return AssetStreams(tuple(f for f in known if isinstance(f, StreamFacts | Unknown)))


def _parts(probe: Probe, fact: Any) -> dict[type[Any], Any]:
    """A probe's facts by type; of a log-in, each area's."""
    if isinstance(fact, HostFacts):
        return {HostFacts: fact, **fact.split()}
    return dict.fromkeys(probe.types, fact)


def _failures(target: Target, known: Mapping[type[Any], Any]) -> Iterator[Failure]:
    for name, probe in table().items():
        fact = known.get(probe.brings)
        if isinstance(fact, Undecided) or (isinstance(fact, Absent) and target.declared):
            yield Failure(
                agency=target.agency,
                system=target.system,
                asset=target.asset,
                probe=name,
                endpoint=target.endpoint,
                reason=fact.why,
                detail=fact.detail,
            )


def incomplete(assessment: Assessment) -> bool:
    """Is there something that should have been assessed and could not be?"""
    errors = any(finding.status is Status.ERROR for finding in assessment.findings)
    return errors or bool(assessment.failures) or not assessment.run.complete


def _permit(of: Permission) -> Permit:
    """What of the authorisation every report names."""
    windows = tuple(f"{first:%H:%M}-{last:%H:%M}" for first, last in of.windows)
    return Permit(of.document, of.valid.from_, of.valid.to, of.networks, windows)
