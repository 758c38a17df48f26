"""What a comparison reads of a scorecard's JSON: strictly, and other keys are ignored.

A newer version's file can be read too, and an older one's, which lacks the newer keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, FailFast, Field

from checks import Status
from scanner.assessment import ControlStatus, DecidedBy
from scanner.basis import CheckRule, ControlRule
from scanner.papers import Attestation, Waiver

T = TypeVar("T")
Many = Annotated[tuple[T, ...], FailFast()]
Digest = Annotated[str, Field(pattern="^([0-9a-f]{64})?$")]
Place = tuple[str, str, str, str, str]  # agency, system, asset, check, endpoint


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Table(_Part):
    """A table that the checks leaned on."""

    name: str
    date: str


class ProfilePart(_Part):
    """By which profile it was judged."""

    id: str
    version: str
    standard: str
    sha256: Digest = ""


class RunPart(_Part):
    """The run."""

    id: str
    started: datetime
    scanner_version: str
    vantage: Literal["external", "internal"]
    profile: ProfilePart
    data: Many[Table]
    complete: bool = True
    as_of: date | None = None
    only: Many[str] = ()
    digest: Digest = ""

    @property
    def day(self) -> date:
        """The day on which papers and ages count."""
        return self.as_of or self.started.date()


class ControlPart(_Part):
    """One requirement of one system."""

    id: str
    clause: str
    status: ControlStatus
    decided_by: DecidedBy
    checks: Many[str]
    faults: Many[str] = ()
    contested: Many[str] = ()
    left_out: str = ""

    @property
    def settled(self) -> bool:
        """Is it out of the way: met, validly waived, or not applicable?"""
        out = {ControlStatus.MET, ControlStatus.NOT_APPLICABLE}
        return self.decided_by is DecidedBy.WAIVER or self.status in out


class DossierPart(_Part):
    """Its level dossier."""

    approved: bool


class SystemPart(_Part):
    """One system."""

    id: str
    level: int
    compliant: bool
    dossier: DossierPart | None = None
    controls: Many[ControlPart]


class AgencyPart(_Part):
    """One agency."""

    id: str
    compliant: bool
    seen: date | None = None
    stale: bool = False
    systems: Many[SystemPart]


class FindingPart(_Part):
    """One verdict."""

    check: str
    status: Status
    agency: str
    system: str
    asset: str
    endpoint: str
    reason: str
    detail: str
    evidence: Mapping[str, Any]
    facts: Digest = ""
    owner: Digest = ""
    observed: datetime | None = None

    @property
    def place(self) -> Place:
        """Where it is, whatever address a name led to."""
        return self.agency, self.system, self.asset, self.check, self.endpoint


class PapersPart(_Part):
    """What people said."""

    attestations: Many[Attestation] = ()
    waivers: Many[Waiver] = ()


class RulesPart(_Part):
    """By what it was judged."""

    checks: Many[CheckRule] = ()
    controls: Many[ControlRule] = ()


class CardFile(_Part):
    """All of it."""

    kind: Literal["press-scan/scorecard/1"] = Field(alias="schema")
    run: RunPart
    agencies: Many[AgencyPart]
    findings: Many[FindingPart]
    papers: PapersPart = PapersPart()
    rules: RulesPart = RulesPart()
