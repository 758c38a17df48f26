"""From an assessment to what is shown: translated, sorted worst first, grouped.  Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache

from checks import Severity, Status
from checks.words import words
from facts.declared import Kind
from reports.i18n import Translator
from reports.mend import gaps_of, mends
from reports.notes import Notes, counted
from reports.programme_card import harmless, programme_card, score
from reports.rows import Rows, said, tailored
from reports.sources import Profile, registered
from reports.text import clean, plain, readable
from reports.view import (
    COMPLIANT,
    NOT_COMPLIANT,
    UNPROVEN,
    AgencyCard,
    CheckText,
    Failed,
    Gap,
    Scorecard,
    Seen,
)
from reports.view_system import Counts
from scanner.assessment import (
    AgencyAssessment,
    Assessment,
    ControlStatus,
    Coverage,
    DecidedBy,
    Finding,
)
from scanner.timeline import NO_HISTORY, History

STATUSES = (Status.FAIL, Status.ERROR, Status.NOT_APPLICABLE, Status.PASS)  # worst first
SERIOUS = (Severity.CRITICAL, Severity.HIGH)


def scorecard(
    assessment: Assessment,
    profile: Profile,
    lang: str,
    *,
    digest: str = "",
    agency: str = "",
    describe: Callable[[str], CheckText] | None = None,
    history: History = NO_HISTORY,
    thin: bool = False,
) -> Scorecard:
    """The scorecard of the programme, or of one agency (by its id), in "vi" or "en".

    `digest` is the SHA-256 over the run's observations; `describe` gives a check's texts by its
    id, by default those of the registry; `history` is what there was before the run; `thin` counts
    the requirements without showing them.  Raises `KeyError` for an unknown agency.
    """
    describe = describe or registered(lang)
    whole = _Builder(assessment, profile, Translator(lang), describe, history, thin).build(digest)
    return for_agency(whole, agency) if agency else whole


def for_agency(whole: Scorecard, agency: str) -> Scorecard:
    """One agency's part.  The programme stays as it is.  Raises `KeyError` for an unknown id."""
    card = next((one for one in whole.agencies if one.id == agency), None)
    if card is None:
        raise KeyError(agency)
    return replace(
        whole,
        agencies=(card,),
        findings=tuple(one for one in whole.findings if one.agency == agency),
        failed=tuple(one for one in whole.failed if one.agency == agency),
        mends=card.mends,
        gaps=card.gaps,
        coverage=card.coverage,
        only=agency,
        inside=tuple(place for place in whole.inside if place[0] == agency),
        papers=whole.papers.of([agency]),
    )


class _Builder:
    def __init__(
        self,
        assessment: Assessment,
        profile: Profile,
        t: Translator,
        describe: Callable[[str], CheckText],
        history: History,
        thin: bool,
    ) -> None:
        self._of = assessment
        self._t = t
        self._words = words(t.lang)
        self._text = cache(describe)
        self._profile, self._history = profile, history
        self._day = assessment.run.as_of or assessment.run.started.date()
        self._rows = Rows(profile, Notes(assessment.papers, self._day, t), thin)
        self._agencies = {one.id: clean(one.name) for one in assessment.agencies}
        self._spoke: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for agency in assessment.agencies:
            for system in agency.systems:
                for result in system.results:
                    for check in result.checks:
                        self._spoke[agency.id, system.id, check].append(result.control)

    def build(self, digest: str) -> Scorecard:
        findings = tuple(self._seen(one) for one in sorted(self._of.findings, key=_worst_first))
        failed = tuple(
            Failed(one.agency, one.system, clean(one.asset), one.probe, clean(one.endpoint),
                   clean(self._t(one.reason)), clean(one.detail))
            for one in sorted(self._of.failures, key=lambda f: tuple(map(str, vars(f).values())))
        )  # fmt: skip
        gaps = gaps_of(findings, failed, self._agencies)
        by_agency: dict[str, list[Seen]] = defaultdict(list)
        for one in findings:
            by_agency[one.agency].append(one)
        agencies = tuple(self._agency(one, by_agency[one.id], gaps) for one in self._of.agencies)
        return Scorecard(
            lang=self._t.lang,
            run=harmless(self._of.run),
            profile=said(self._profile.title, self._t.lang),
            credit=said(self._profile.credit, self._t.lang),
            programme=programme_card(self._of.programme, self._of),
            agencies=agencies,
            findings=findings,
            failed=failed,
            mends=mends(findings),
            gaps=gaps,
            coverage=sum((agency.coverage for agency in agencies), Coverage()),
            digest=digest,
            inside=_inside(self._of.findings),
            papers=self._of.papers,
            tailored=tailored(self._profile),
            basis=self._of.basis,
            time=self._history.programme,
        )

    def _seen(self, finding: Finding) -> Seen:
        evidence = plain(finding.evidence)
        return Seen(
            check=self._text(finding.check),
            status=finding.status.value,
            severity=finding.severity.value,
            agency=finding.agency,
            agency_name=self._agencies.get(finding.agency, finding.agency),
            system=finding.system,
            asset=clean(finding.asset),
            endpoint=clean(finding.endpoint),
            address=clean(finding.address),
            reason=clean(self._t(finding.reason)),
            detail=clean(finding.detail),
            evidence=evidence,
            labelled=self._labelled(evidence),
            controls=tuple(self._spoke[finding.agency, finding.system, finding.check]),
            facts=finding.facts,
            owner=finding.owner,
            observed=finding.observed,
        )

    def _labelled(self, evidence: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
        yes, no = self._t("yes"), self._t("no")
        return tuple(
            (clean(self._words.label(key)), readable(value, yes, no))
            for key, value in evidence.items()
        )

    def _agency(self, of: AgencyAssessment, mine: list[Seen], gaps: tuple[Gap, ...]) -> AgencyCard:
        systems = tuple(self._rows.system(of.id, one) for one in of.systems)
        level = self._of.programme.level
        counts = sum((one.counts for one in systems if one.level >= level), Counts())
        fails = [one for one in mine if one.status == Status.FAIL]
        results = [r for s in of.systems for r in s.results if r.decided_by is DecidedBy.CHECKS]
        met = sum(1 for r in results if r.status is ControlStatus.MET)
        broken = counts.not_met + counts.partial
        return AgencyCard(
            id=of.id,
            name=self._agencies[of.id],
            electronic=of.electronic,
            compliant=of.compliant,
            verdict=COMPLIANT if of.compliant else NOT_COMPLIANT if broken else UNPROVEN,
            score=score(of.score),
            coverage=of.coverage,
            counts=counts,
            readings=of.readings,
            systems=systems,
            mends=mends(mine),
            gaps=tuple(one for one in gaps if one.agency == of.id),
            serious=sum(1 for one in fails if one.severity in SERIOUS),
            by_machine=(met, len([r for r in results if r.status != "not_applicable"])),
            run=clean(of.run),
            seen=of.seen,
            stale=of.stale,
            papers=counted(self._of.papers.of([of.id]), self._day),
            time=self._history.of(of.id),
        )


def _inside(findings: Iterable[Finding]) -> tuple[tuple[str, str, str], ...]:
    """The assets whose inside was seen: a check of it could decide."""
    kind = f"{Kind.LOGIN}:"
    seen = {
        (one.agency, one.system, clean(one.asset))
        for one in findings
        if one.target.startswith(kind) and one.status is not Status.ERROR
    }
    return tuple(sorted(seen))


def _worst_first(of: Finding) -> tuple[object, ...]:
    return (
        STATUSES.index(of.status), of.severity.rank, of.check,
        of.agency, of.system, of.asset, of.endpoint, of.address, of.reason, of.detail,
    )  # fmt: skip
