"""What codes are called, and the sentences that every format says in the same words."""

from __future__ import annotations

from collections.abc import Mapping

from reports.i18n import Translator
from reports.view import COMPLIANT, NOT_COMPLIANT, UNPROVEN, AgencyCard, ProgrammeCard
from reports.view_system import PaperCount
from scanner.assessment import Coverage, RunInfo
from scanner.timeline import Timeline


class Labels:
    """The names of codes in one language: `labels.status["met"]`."""

    def __init__(self, t: Translator) -> None:
        self.status: Mapping[str, str] = {
            "met": t("Met"),
            "partial": t("Partly met"),
            "not_met": t("Not met"),
            "unverified": t("Unverified"),
            "not_applicable": t("Not applicable"),
        }
        self.severity: Mapping[str, str] = {
            "critical": t("CRITICAL"),
            "high": t("HIGH"),
            "medium": t("MEDIUM"),
            "low": t("LOW"),
            "info": t("ADVICE"),
        }
        self.verdict: Mapping[str, str] = {
            COMPLIANT: t("COMPLIANT"),
            NOT_COMPLIANT: t("NOT COMPLIANT"),
            UNPROVEN: t("NOT YET PROVEN"),
        }
        self.decided_by: Mapping[str, str] = {
            "checks": t("Machine"),
            "attestation": t("Attested"),
            "waiver": t("Waived"),
            "runs": t("Own scans"),
            "profile": t("Left out"),
            "none": "–",
        }
        self.answer: Mapping[str, str] = {
            "met": t("Met"),
            "equivalent": t("Equivalent measure"),
            "not_applicable": t("Not applicable"),
            "partial": t("Partly met"),
            "not_met": t("Not met"),
        }
        self.dossier: Mapping[str, str] = {
            "none": t("no dossier yet"),
            "drafted": t("drafted"),
            "proposed": t("proposed"),
            "appraised": t("appraised"),
            "approved": t("approved"),
        }
        self.basis: Mapping[str, str] = {
            "data": t("number of people whose data it holds"),
            "risk": t("result of the risk assessment"),
            "policy": t("a decision asks for it"),
        }
        self.plan: Mapping[str, str] = {
            "none": t("not begun"),
            "partly": t("some measures"),
            "complete": t("wholly"),
        }
        self.confidence: Mapping[str, str] = {
            "high": t("sure"),
            "medium": t("fairly sure"),
            "low": t("not confirmed"),
        }
        self.reading: Mapping[str, str] = {
            "A": t("The level dossier is approved"),
            "B": t("Every requirement is met"),
            "C": t("Assessed within the year"),
        }
        self.vantage: Mapping[str, str] = {
            "external": t("from outside"),
            "internal": t("from inside"),
        }


def target(t: Translator, of: ProgrammeCard) -> str:
    """What must be reached, by when, and under which reading."""
    values = {"target": t.percent(of.target), "level": of.level, "reading": of.reading}
    if of.by is None:
        return t("The target is {target} at level {level} (reading {reading})", **values)
    return t(
        "The target is {target} at level {level} by {by} (reading {reading})", by=of.by, **values
    )


def standing(t: Translator, of: ProgrammeCard) -> str:
    """How far it is from there."""
    if not of.counted:
        return t("No electronic press agency is counted")
    if of.reached:
        return t("The target is reached")
    if of.late:
        return t.ngettext(
            "{n} agency is missing, and the day has passed",
            "{n} agencies are missing, and the day has passed",
            of.missing,
        )
    return t.ngettext("{n} agency is still missing", "{n} agencies are still missing", of.missing)


def share(t: Translator, of: ProgrammeCard) -> str:
    """The arithmetic: who complies, of whom."""
    return t.ngettext(
        "{compliant} of {n} electronic press agency complies",
        "{compliant} of {n} electronic press agencies comply",
        of.counted,
        compliant=of.compliant,
    )


def coverage(t: Translator, of: Coverage) -> str:
    """Who settled how many controls: what a score must never be shown without."""
    total = of.decided + of.hinted + of.attested + of.unverified + of.not_applicable
    said = t(
        "Of {total} requirements machines decided {decided} and hinted at {hinted};"
        " people attested {attested}; {unverified} are unverified",
        total=total,
        decided=of.decided,
        hinted=of.hinted,
        attested=of.attested,
        unverified=of.unverified,
    )
    if not of.not_applicable:
        return said
    return said + t("; {n} do not apply", n=of.not_applicable)


def fingerprints(t: Translator, of: tuple[str, str, str]) -> str:
    """By which profile, from which facts and papers: two reports with the same say the same."""
    profile, facts, papers = (one[:12] or "–" for one in of)
    return t(
        "Fingerprints: profile {profile} · facts {facts} · papers {papers}",
        profile=profile,
        facts=facts,
        papers=papers,
    )


def papers(t: Translator, of: PaperCount) -> str:
    """How many statements and waivers count; "" when there never was one."""
    if of == PaperCount():
        return ""
    said = t("Papers: {n} statements and {m} waivers count", n=of.attestations, m=of.waivers)
    said += t("; {n} have expired", n=of.expired) if of.expired else ""
    return said + (t("; the first ends on {day}", day=of.until) if of.until else "")


def looked(t: Translator, of: AgencyCard) -> str:
    """Which run looked at an agency, and when."""
    if of.seen is None:
        return t("No scan has looked at it yet.")
    values = {"day": of.seen, "id": of.run}
    if of.stale:
        return t(
            "Last looked at on {day} (run {id}): too long ago, nothing of it counts.", **values
        )
    return t("Last looked at on {day} (run {id}).", **values)


def conclusion(t: Translator, of: AgencyCard) -> str:
    """One sentence on an agency."""
    values = {"met": of.counts.met, "all": of.counts.applicable, "score": t.percent(of.score)}
    said = t("{met} of {all} applicable requirements are met ({score})", **values)
    if of.serious:
        said += "; " + t.ngettext("{n} serious fault", "{n} serious faults", of.serious)
    return said


def when(t: Translator, of: RunInfo) -> str:
    """When the run was, and how long it took."""
    if of.finished is None:
        return t.datetime(of.started)
    return f"{t.datetime(of.started)} ({t.duration((of.finished - of.started).total_seconds())})"


def since(t: Translator, of: Timeline) -> list[str]:
    """What became of the result and of the faults since the run before; nothing without one."""
    if not of.since:
        return []
    last, now = of.since, of.trend[-1]
    became = t(
        "Since run {id} ({day}): {was} became {now}",
        id=last.run, day=last.day, was=t.percent(last.percent), now=t.percent(now.percent),
    )  # fmt: skip
    said = t(
        "Faults: {new} new, {mended} mended, {same} unchanged",
        new=last.new, mended=last.mended, same=last.same,
    )  # fmt: skip
    said += t("; {n} could not be seen again", n=last.unseen) if last.unseen else ""
    said += t("; {n} come and go", n=last.flapping) if last.flapping else ""
    return [became, said]
