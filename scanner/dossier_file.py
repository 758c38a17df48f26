"""A system's level dossier as it is written: its shape.

What contradicts itself in it: `scanner/dossier.py`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from scanner.part import Part
from scanner.values import Day, line, or_nothing

MOST_PEOPLE = 10_000_000_000  # more than there are is a typing error

Words = Annotated[str, AfterValidator(or_nothing(line))]
# strict: in Vietnam 100.000 is a hundred thousand, and YAML reads a hundred
People = Annotated[int, Field(ge=0, le=MOST_PEOPLE, strict=True)]


class Appraisal(Part):
    """The appraisal (thẩm định) of the dossier."""

    document: Words = Field(default="", description="Number of the appraisal's paper, 12/TĐ-CAT.")
    date: Day | None = Field(default=None, description="Its day, 2026-02-10.")


class Regulation(Part):
    """The owner's security regulation (quy chế bảo đảm an toàn)."""

    decision: Words = Field(default="", description="Number of the decision that issues it.")
    date: Day | None = Field(default=None, description="Day of that decision, 2026-02-01.")


class Plan(Part):
    """How far the security plan of the dossier is carried out."""

    state: Literal["none", "partly", "complete"] = Field(
        default="none", description="How much of it is done."
    )
    expected: Day | None = Field(
        default=None, description="When all of it will be done, while it is not."
    )


class Basis(Part):
    """Why the system has its level."""

    kind: Literal["data", "risk", "policy"] = Field(
        description="data: the number of people whose personal data it holds; risk: the result of "
        "a risk assessment; policy: a decision that asks for the level, such as 348/QĐ-TTg."
    )
    people: People = Field(
        default=0, description="Of how many people it holds basic personal data."
    )
    sensitive_people: People = Field(
        default=0, description="Of how many people it holds sensitive personal data."
    )
    note: Words = Field(default="", description="The paper that shows it, or the decision meant.")


class Dossier(Part):
    """Where the security-level dossier stands: what form 08 of Decree 331/2026 asks of a system."""

    state: Literal["none", "drafted", "proposed", "appraised", "approved"] = Field(
        default="none", description="How far it has come."
    )
    decision: Words = Field(default="", description="Number of the approval, 15/QĐ-BBL.")
    date: Day | None = Field(default=None, description="Day of the approval, 2025-03-01.")
    law: Literal["nd85", "nd331"] | None = Field(
        default=None,
        description="Under which decree the level is approved: nd85 (85/2016) or nd331 (331/2026).",
    )
    proposed: Day | None = Field(
        default=None, description="The day on which it was sent to be appraised."
    )
    appraisal: Appraisal = Field(default=Appraisal(), description="Its appraisal.")
    expected: Day | None = Field(
        default=None, description="When it will be approved, while it is not."
    )
    regulation: Regulation = Field(
        default=Regulation(), description="The owner's security regulation."
    )
    plan: Plan | None = Field(
        default=None, description="How far its security plan is carried out; none: not told."
    )
    basis: Basis | None = Field(default=None, description="Why the system has its level.")
    owner: Words = Field(
        default="", description="Who owns the system (chủ quản); none: the agency itself."
    )
    operator: Words = Field(
        default="", description="Who operates the system (vận hành); none: the agency itself."
    )
