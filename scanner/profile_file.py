"""A profile as it is written: its shape, and whether every name in it exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from checks import Check
from facts.message import Message
from scanner.problems import Problem
from scanner.yamltree import Document, Step

SUGGESTED = "suggested_values"
Text = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _both(title: dict[str, str]) -> dict[str, str]:
    if set(title) != {"vi", "en"} or not all(title.values()):
        raise ValueError(Message("a title is wanted in both languages: vi and en"))
    return title


Title = Annotated[dict[str, str], AfterValidator(_both)]


class Control(_Part):
    """One requirement of a standard."""

    id: Text
    clause: Text
    standard: Text
    group: Text
    title: Title
    obligation: Literal["must", "suggested_values"] = "must"
    verify: Literal["remote", "host", "attest"] = "attest"  # who could see it: a stranger, a log-in
    decides: tuple[str, ...] = ()  # checks that settle it
    hints: tuple[str, ...] = ()  # checks that indicate it; a person confirms
    legacy: tuple[str, ...] = ()  # the superseded standard's requirements that it takes over

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
    credit: str = ""
    extends: str = ""
    select: Literal["all", "outside"] = "all"  # outside: what a stranger's checks alone settle
    groups: dict[str, Title] = {}
    params: dict[str, dict[str, Any]] = {}
    controls: tuple[Control, ...] = ()


def wrong_groups(
    document: Document, file: ProfileFile, groups: Mapping[str, object]
) -> Iterator[Problem]:
    """Groups that the profile does not name, where it names any."""
    for i, control in enumerate(file.controls):
        if groups and control.group not in groups:
            message = Message(
                'no group is named "{name}"; there are: {names}',
                name=control.group, names=", ".join(groups),
            )  # fmt: skip
            yield document.problem(["controls", i, "group"], message)


def wrong_names(
    document: Document, file: ProfileFile, known: Mapping[str, Check], areas: set[str] | None
) -> Iterator[Problem]:
    """Checks and parameters that do not exist, values of the wrong type, control ids twice.

    With `areas`, a check of another area is no mistake.
    """

    def missing(name: str) -> bool:
        return name not in known and (areas is None or name.partition(".")[0] in areas)

    seen: set[str] = set()
    for i, control in enumerate(file.controls):
        if control.id in seen:
            at: list[Step] = ["controls", i, "id"]
            yield document.problem(at, Message('the control "{id}" is here twice', id=control.id))
        seen.add(control.id)
        spoken: set[str] = set()
        for at, name in _bindings(i, control):
            if missing(name):
                yield document.problem(at, _unknown_check(name, known))
            elif name in spoken:
                message = Message('the control already names the check "{name}"', name=name)
                yield document.problem(at, message)
            spoken.add(name)
    for name, params in file.params.items():
        if missing(name):
            yield document.problem(["params", name], _unknown_check(name, known), key=True)
        for param, value in params.items() if name in known else ():
            yield from _wrong_param(document, known[name], param, value)


def _bindings(index: int, control: Control) -> Iterator[tuple[list[Step], str]]:
    for part, bound in (("decides", control.decides), ("hints", control.hints)):
        for i, name in enumerate(bound):
            yield ["controls", index, part, i], name


def _wrong_param(document: Document, check: Check, param: str, value: Any) -> Iterator[Problem]:
    at: list[Step] = ["params", check.id, param]
    if param not in check.params:
        allowed = ", ".join(check.params) or "–"
        message = Message(
            'the check {check} has no parameter "{name}"; it has: {allowed}',
            check=check.id, name=param, allowed=allowed,
        )  # fmt: skip
        yield document.problem(at, message, key=True)
    elif not _alike(value, check.params[param]):
        example = repr(check.params[param])
        yield document.problem(at, Message("this value should be like {example}", example=example))


def _alike(value: Any, default: Any) -> bool:
    """Has the value the type of the default?"""
    if isinstance(default, tuple):
        examples = default[:1] * len(value) if isinstance(value, list) else ()
        return isinstance(value, list) and all(map(_alike, value, examples))
    if isinstance(value, bool) or isinstance(default, bool):
        return type(value) is type(default)
    wanted = (int, float) if isinstance(default, float) else type(default)
    return isinstance(value, wanted) and value == value  # nan is no value


def _unknown_check(name: str, known: Mapping[str, Check]) -> Message:
    for near in get_close_matches(name, known, n=1):
        return Message('no check is named "{name}"; did you mean "{near}"?', name=name, near=near)
    return Message('no check is named "{name}"', name=name)
