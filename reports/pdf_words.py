"""What the PDF's pages and columns are called, and how they are to be read."""

from __future__ import annotations

from collections.abc import Iterator

from reports.i18n import Translator


def words(t: Translator) -> dict[str, str]:
    """Headings and labels, by what the template calls them."""
    return {**_sections(t), **_columns(t), **_sentences(t), **_signing(t)}


def _sections(t: Translator) -> dict[str, str]:
    return {
        "contents": t("Contents"), "summary": t("Summary"), "agencies": t("Agencies, ranked"),
        "requirements": t("Requirements"), "findings": t("Findings and how to mend them"),
        "gaps": t("What could not be assessed"), "papers": t("Attestations and waivers"),
        "held": t("In force"), "gone": t("Papers that count no longer"),
        "scope": t("Scope and method"), "permit": t("Authorisation"), "run": t("The run"),
        "method": t("How it was judged"), "tailored": t("What this profile changes"),
        "left_out": t("What this profile leaves out"), "how": t("How to read it"),
        "glossary": t("Glossary"), "sign": t("Signatures"),
        "first": t("What to do first"), "groups": t("Result by group"),
        "time": t("Since the last run"), "soon": t("Falls due soon"),
        "readings": t("Three readings of the target"), "dossier": t("Level dossier"),
    }  # fmt: skip


def _columns(t: Translator) -> dict[str, str]:
    return {
        "agency": t("Agency"), "check": t("Check"), "clause": t("Clause"),
        "conclusion": t("Conclusion"), "day": t("Day"), "by": t("Settled by"),
        "fix": t("How to mend it"), "group": t("Group"), "met": t("Met"), "paper": t("Paper"),
        "place": t("Where"), "rank": t("No."), "reading": t("Reading"), "reason": t("Reason"),
        "requirement": t("Requirement"), "result": t("Result"), "seen": t("What was seen"),
        "serious": t("Serious faults"), "share": t("Share"), "status": t("Status"),
        "system": t("System"), "undecided": t("Left undecided"), "value": t("Value"),
        "was": t("Was"), "now": t("Is"), "why": t("Why it matters"), "before": t("Before"),
        "by_machine": t("Decided by machines"), "unverified": t("Unverified"),
    }  # fmt: skip


def _sentences(t: Translator) -> dict[str, str]:
    return {
        "page": t("Page {page} of {pages}", page="{page}", pages="{pages}"),
        "none": t("No check found a fault."),
        "no_gap": t("All that should have been assessed was assessed."),
        "no_paper": t("No statement and no waiver counts."),
        "no_due": t("Nothing falls due within 60 days."),
        "gap_text": t("This should have been assessed and could not be. None of it counts as met."),
        "ranked": t("The best first; a score is no more than its coverage: what is unverified may"
                    " still turn out either way."),
    }  # fmt: skip


def _signing(t: Translator) -> dict[str, str]:
    return {
        "sign_by": t("Assessed by"), "sign_check": t("Checked by"),
        "sign_for": t("For the agency"), "sign_how": t("(signature, full name)"),
        "sign_seal": t("(signature, seal)"),
        "place_date": t("…………, day … month … year ……"),
    }  # fmt: skip


def key(t: Translator) -> Iterator[tuple[str, str]]:
    """What each status means."""
    yield "met", t("Every check passes, or a person attested it with evidence.")
    yield (
        "partial",
        t("Some hosts pass and some fail, or a machine saw a hint that a person must confirm."),
    )
    yield "not_met", t("A check fails.")
    yield (
        "unverified",
        t(
            "Nobody has decided it yet: no check can, or it could not be looked at, and no"
            " person has attested it. It never counts as met."
        ),
    )
    yield "not_applicable", t("The thing is not there. It is left out of the percentage.")


def method(t: Translator) -> list[str]:
    """By which rules a status, a score and a conclusion come about."""
    return [
        t("A program visited what the inventory names, without changing anything there, and kept"
          " what it saw; checks judged these observations, and can do so again years later."),
        t("A requirement that checks decide is met when all of them pass on every host, partly met"
          " when some hosts pass and some fail, not met when all fail, and unverified when one"
          " could not look. A check that only hints never settles it: a person must confirm."),
        t("All others count as met only when a person attested them, with a day on which that"
          " ends. A waiver, by a decision, also lets a requirement count. What has expired counts"
          " for nothing."),
        t("The score is the share of the applicable requirements that are met. It says no more"
          " than its coverage: how many a machine decided or hinted at, people attested, and"
          " nobody verified."),
        t("An agency complies when every applicable requirement of all its systems at the"
          " programme's level or above is met or validly waived."),
    ]  # fmt: skip
