"""A profile as it is written: its shape.  Whether its names exist: `profile_names`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from facts.message import Message
from scanner.problems import Problem
from scanner.yamltree import Document

SUGGESTED = "suggested_values"
MOST_MONTHS = 120  # a longer rhythm is a typing error
LONGEST_ID = 200  # characters
MOST_ENTRIES = 5_000  # of one part of a file
MOST_NAMES = 500  # of checks or requirements that one requirement names


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _written(text: str) -> str:
    if not text.strip():
        raise ValueError(Message("this must not be empty"))
    return text


def _id(name: str) -> str:
    if not name.strip() or " ".join(name.split()) != name or len(name) > LONGEST_ID:
        raise ValueError(Message("an id is one short line, without spaces around it"))
    return name


def _both(title: dict[str, str]) -> dict[str, str]:
    if set(title) != {"vi", "en"} or not all(text.strip() for text in title.values()):
        raise ValueError(Message("a title is wanted in both languages: vi and en"))
    return title


def _said(reason: str) -> str:
    if not reason.strip():
        raise ValueError(Message("say why this is left out"))
    return reason.strip()


Text = Annotated[str, AfterValidator(_written)]
Id = Annotated[str, AfterValidator(_id)]
Names = Annotated[tuple[str, ...], Field(max_length=MOST_NAMES)]
Title = Annotated[dict[str, str], AfterValidator(_both)]
Reason = Annotated[str, AfterValidator(_said)]


class Source(_Part):
    """Where a requirement's text was read."""

    title: Title
    url: str = ""


class Control(_Part):
    """One requirement of a standard."""

    id: Id
    clause: Text
    standard: Text
    group: Text
    title: Title
    obligation: Literal["must", "suggested_values"] = "must"
    verify: Literal["remote", "host", "attest"] = "attest"  # who could see it: a stranger, a log-in
    decides: Names = ()  # checks that settle it
    hints: Names = ()  # checks that indicate it; a person confirms
    every: Annotated[int, Field(ge=1, le=MOST_MONTHS)] | None = None  # months: its own rhythm
    runs: Literal["", "decides", "hints"] = ""  # what press-scan's own whole runs say of it
    source: str = ""  # one of the profile's `sources`
    confidence: Literal["high", "medium", "low"] | None = None  # that clause and content are right
    legacy: Names = ()  # the superseded standard's requirements that it takes over
    maps_to: Names = ()  # of a superseded requirement: those that took it over

    @property
    def bound(self) -> tuple[str, ...]:
        """Every check that speaks for it."""
        return (*self.decides, *self.hints)

    @property
    def advice(self) -> bool:
        """Does the standard only suggest its values?  Then no check can make it `not_met`."""
        return self.obligation == SUGGESTED


class ProfileFile(_Part):
    """A profile as it is written."""

    profile: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    version: Text
    title: Title
    standard: str = ""
    level: Annotated[int, Field(ge=1, le=5)] | None = None
    credit: Title | None = None  # whose work the texts follow, and what they are not
    extends: str = ""
    select: Literal["all", "outside"] = "all"  # outside: what a stranger's checks alone settle
    status: Literal["in_force", "superseded"] | None = None  # None: as what it extends
    groups: dict[str, Title] = {}
    sources: dict[str, Source] = {}
    params: dict[str, dict[str, Any]] = {}
    firm: dict[str, Names] = {}  # by check: parameters whose values the standard fixes
    leave_out: dict[str, Reason] = {}  # by control: why it does not apply here
    watch: Names = ()  # checks that are judged and shown, and speak for no requirement: advice
    controls: tuple[Control, ...] = ()


def too_long(document: Document) -> Iterator[Problem]:
    """Parts with more entries than any standard has requirements: nobody reads on then."""
    data = document.data if isinstance(document.data, dict) else {}
    for part in ("controls", "leave_out", "params", "firm", "groups", "sources", "watch"):
        if isinstance(data.get(part), list | dict) and len(data[part]) > MOST_ENTRIES:
            message = Message(
                "the list is too long: at most {limit} entries are wanted", limit=MOST_ENTRIES
            )
            yield document.problem([part], message, key=True)
