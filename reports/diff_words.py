"""The words and the grouping that a comparison's text and its page share."""

from __future__ import annotations

from collections.abc import Iterable

from reports.diff_became import Became
from reports.diff_findings import text
from reports.diff_model import Cause, Comparison, Difference, Level, Side
from reports.diff_parts import Place
from reports.i18n import Translator
from reports.labels import Labels


def which(of: Comparison, t: Translator) -> str:
    """Which fingerprints differ though the results don't."""
    names = {
        t("profile"): of.prints.profile,
        t("facts"): of.prints.facts,
        t("papers"): of.prints.papers,
    }
    other = ", ".join(name for name, same in names.items() if not same)
    if not other:
        return t("All three fingerprints are the same.")
    return t("Not the same fingerprints, though: {names}.", names=other)


def counts(of: Comparison, t: Translator) -> str:
    """How many results differ, level by level."""
    heavy = [one for one in of.differences if not one.same]
    many = [sum(one.level is level for one in heavy) for level in Level]
    return t(
        "Agencies: {agencies}; systems: {systems}; requirements: {controls};"
        " what checks said: {findings}.",
        agencies=many[0],
        systems=many[1],
        controls=many[2],
        findings=many[3],
    )


def blocks(differences: Iterable[Difference]) -> list[list[Difference]]:
    """Those that differ in the same way for the same reasons; a finding stands alone."""

    def key(one: Difference) -> tuple[object, ...]:
        where = (one.id, one.asset, one.endpoint) if one.level is Level.FINDING else ()
        return one.level, one.weight, one.agency, one.system, one.a, one.b, one.causes, where

    found: dict[tuple[object, ...], list[Difference]] = {}
    for one in differences:
        found.setdefault(key(one), []).append(one)
    return list(found.values())


def said(cause: Cause, t: Translator, *, here: bool = False, again: bool = False) -> str:
    """`here`: its place stands there already; `again`: so does the whole sentence."""
    place = "" if here else " · ".join(filter(None, (cause.check, cause.asset, cause.endpoint)))
    words = t("as above") if again and cause.asset else t(cause.says)
    return f"{place}: {words}" if place else words


def status(side: Side, t: Translator, label: Labels) -> str:
    """A status, and who decided it."""
    names = {
        **label.status,
        **label.verdict,
        "pass": t("passes"),
        "fail": t("fails"),
        "error": t("could not be assessed"),
        "": t("not there"),
        "approved": t("dossier approved"),
        "not_approved": t("dossier not approved"),
    }
    by = {
        "attestation": t("by attestation"),
        "waiver": t("waived"),
        "runs": t("own scans"),
        "profile": t("left out by the profile"),
        "checks": t("by checks"),
    }.get(side.by)
    name = names.get(side.status, side.status)
    return f"{name} ({by})" if by else name


def became(of: Became, t: Translator) -> str:
    """What became of the faults from A to B."""
    told = t(
        "From A to B: {new} new faults, {mended} mended, {same} unchanged",
        new=len(of.new), mended=len(of.mended), same=len(of.same),
    )  # fmt: skip
    told += t("; {n} could not be seen again", n=len(of.unseen)) if of.unseen else ""
    if of.flapping is None:
        return told + t("; whether any comes and goes is not known from these two alone")
    return told + (t("; {n} come and go", n=len(of.flapping)) if of.flapping else "")


def place_of(place: Place) -> str:
    """A place on one line."""
    agency, system, asset, check, endpoint = map(text, place)
    spot = " · ".join(filter(None, (check, asset, endpoint)))
    return f"{agency}/{system}: {spot}"
