"""What a comparison of two assessments says: plain frozen data, for every format.

The two are called A and B, in the order in which they were named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from facts.message import Message
from reports.diff_became import Became
from reports.diff_read import Card


class Why(StrEnum):
    """The kinds of causes.  Each is read off the data of both sides; none is guessed."""

    PROFILE = "profile"  # a requirement or check is in one profile only
    LEFT_OUT = "left_out"  # one profile leaves the requirement out
    RULE = "rule"  # the requirement is settled by other checks
    PARAMETER = "parameter"  # a check was asked with another value
    VERSION = "version"  # another version of the scanner
    DATA = "data"  # other tables
    VANTAGE = "vantage"  # looked at from elsewhere
    SCOPE = "scope"  # only one looked
    INCOMPLETE = "incomplete"  # a run was stopped before it came there
    FACT = "fact"  # something else was seen
    AGE = "age"  # the same was seen at another time
    OWNER = "owner"  # the inventories say different things of the place
    STALE = "stale"  # a look is too old to count
    ATTESTATION = "attestation"  # only one has this statement
    WAIVER = "waiver"  # only one has this waiver
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    WITHDRAWN = "withdrawn"
    EVIDENCE = "evidence"  # other evidence files
    STATEMENT = "statement"  # another statement or waiver
    CONTESTED = "contested"  # a statement does not answer a fault
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True)
class Cause:
    """Why something differs."""

    why: Why
    says: Message  # with whatever differs filled in, harmless
    check: str = ""
    asset: str = ""
    endpoint: str = ""


UNEXPLAINED = Cause(Why.UNEXPLAINED, Message("unexplained: nothing that was compared tells why"))


class Level(StrEnum):
    """What differs."""

    AGENCY = "agency"
    SYSTEM = "system"
    CONTROL = "control"
    FINDING = "finding"


class Weight(IntEnum):
    """What a difference means, the heaviest first."""

    VERDICT = 0  # an agency or system complies on one side only
    SETTLED = 1  # a requirement is out of the way on one side only
    STATUS = 2  # another status
    PAPER = 3  # the same status, settled by somebody else, or on other papers


@dataclass(frozen=True)
class Side:
    """How one of the two sees it: a status, and who decided it; empty: it is not there."""

    status: str = ""
    by: str = ""


@dataclass(frozen=True)
class Difference:
    """One thing that differs, and why."""

    level: Level
    weight: Weight
    agency: str
    system: str = ""
    id: str = ""  # of the control or check
    clause: str = ""
    asset: str = ""
    endpoint: str = ""
    a: Side = Side()
    b: Side = Side()
    causes: tuple[Cause, ...] = ()

    @property
    def sure(self) -> bool:
        """Is there one cause?  Of several, one alone or all together may have done it."""
        kinds = {one.why for one in self.causes}
        return len(kinds) == 1 and Why.UNEXPLAINED not in kinds

    @property
    def same(self) -> bool:
        """Is the status the same on both sides, and waived on both or on neither?"""
        return self.weight is Weight.PAPER


@dataclass(frozen=True)
class Prints:
    """Whether both have the same fingerprints."""

    profile: bool
    facts: bool
    papers: bool

    @property
    def all(self) -> bool:
        """All three."""
        return self.profile and self.facts and self.papers


@dataclass(frozen=True)
class Comparison:
    """Where two assessments differ, and why; what makes a difference to the verdict first."""

    a: Card
    b: Card
    prints: Prints
    runs: tuple[Cause, ...]  # how the two runs differ as a whole
    differences: tuple[Difference, ...]
    other_facts: int = 0  # places where something else was seen, with the same verdict
    agency: str = field(default="")  # only this one was compared
    became: Became = field(default_factory=Became)  # the faults, from A to B

    @property
    def by_cause(self) -> Mapping[Why, int]:
        """How many results differ for each kind of cause; one may have several."""
        kinds = (kind for one in self.differences if not one.same
                 for kind in {cause.why for cause in one.causes})  # fmt: skip
        return dict(sorted(Counter(kinds).items()))

    @property
    def same(self) -> bool:
        """The same statuses everywhere?"""
        return all(one.same for one in self.differences)


def unique(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Each once, in their order."""
    return tuple(dict.fromkeys(causes))
