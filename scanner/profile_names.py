"""Whether every name in a profile exists: checks, parameters, groups, sources, controls."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin, get_type_hints

from checks import Check
from facts.message import Message
from scanner.problems import Problem, show
from scanner.profile_file import Control, ProfileFile
from scanner.yamltree import Document, Step

NAMED = 12  # names that a message lists at most
MOST = 10**9  # of days, seconds or pieces: more is a typing error
NEAR = 100  # characters of a name that are compared with the right ones


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
            message = Message("the control {id} is here twice", id=show(control.id))
            yield document.problem(["controls", i, "id"], message)
        seen.add(control.id)
        spoken: set[str] = set()
        for at, name in _bindings(i, control):
            if missing(name):
                yield document.problem(at, _unknown_check(name, known))
            elif name in spoken:
                message = Message("the control already names the check {name}", name=show(name))
                yield document.problem(at, message)
            spoken.add(name)
    for i, name in enumerate(file.watch):
        if missing(name):
            yield document.problem(["watch", i], _unknown_check(name, known))
    for part in ("params", "firm"):
        for name in getattr(file, part):
            if missing(name):
                yield document.problem([part, name], _unknown_check(name, known), key=True)
    for name, params in file.params.items():
        for param, value in params.items() if name in known else ():
            yield from _wrong_value(document, known[name], param, value)
    for name, firm in file.firm.items():
        for i, param in enumerate(firm) if name in known else ():
            if param not in known[name].params:
                yield document.problem(["firm", name, i], _unknown_param(known[name], param))


def wrong_references(
    document: Document,
    file: ProfileFile,
    groups: Collection[str],
    sources: Collection[str],
    controls: Collection[str],
) -> Iterator[Problem]:
    """Groups, sources and left-out controls that nothing names.

    The three collections are the file's own and those of what it extends.
    """
    own = {control.id for control in file.controls}
    for i, control in enumerate(file.controls):
        if groups and control.group not in groups:
            message = Message(
                "no group is named {name}; there are: {names}",
                name=show(control.group), names=some(groups),
            )  # fmt: skip
            yield document.problem(["controls", i, "group"], message)
        if control.source and control.source not in sources:
            message = Message(
                "no source is named {name}; there are: {names}",
                name=show(control.source), names=some(sources),
            )  # fmt: skip
            yield document.problem(["controls", i, "source"], message)
    for name in file.leave_out:
        at: list[Step] = ["leave_out", name]
        if name in own:
            message = Message("this file writes the control itself: take it out of one of the two")
            yield document.problem(at, message, key=True)
        elif name not in controls:
            yield document.problem(at, _unknown_control(name, controls), key=True)


def _bindings(index: int, control: Control) -> Iterator[tuple[list[Step], str]]:
    for part, bound in (("decides", control.decides), ("hints", control.hints)):
        for i, name in enumerate(bound):
            yield ["controls", index, part, i], name


def _wrong_value(document: Document, check: Check, param: str, value: Any) -> Iterator[Problem]:
    at: list[Step] = ["params", check.id, param]
    if param not in check.params:
        yield document.problem(at, _unknown_param(check, param), key=True)
        return
    default, choices = check.params[param], _choices(check, param)
    if not _alike(value, default):
        example = repr(default)
        yield document.problem(at, Message("this value should be like {example}", example=example))
    elif choices and value not in choices:
        message = Message("{value} is not known here; one of: {choices}", value=show(value),
                          choices=", ".join(choices))  # fmt: skip
        yield document.problem(at, message)
    elif isinstance(value, int | float) and value < 0:
        message = Message("at least {limit} is wanted here, not {value}", limit=0, value=value)
        yield document.problem(at, message)
    elif isinstance(value, int | float) and value > MOST:
        message = Message("at most {limit} is wanted here, not {value}", limit=MOST,
                          value=show(value))  # fmt: skip
        yield document.problem(at, message)


def _choices(check: Check, param: str) -> tuple[str, ...]:
    """The values that the check knows, where it names them; none: any."""
    kind = get_type_hints(check.function)[param]
    return get_args(kind) if get_origin(kind) is Literal else ()


def _alike(value: Any, default: Any) -> bool:
    """Has the value the type of the default?"""
    if isinstance(default, tuple):
        examples = default[:1] * len(value) if isinstance(value, list) else ()
        return isinstance(value, list) and all(map(_alike, value, examples))
    if isinstance(value, bool) or isinstance(default, bool):
        return type(value) is type(default)
    wanted = (int, float) if isinstance(default, float) else type(default)
    return isinstance(value, wanted) and value == value  # nan is no value


def _unknown_param(check: Check, param: str) -> Message:
    return Message(
        "the check {check} has no parameter {name}; it has: {allowed}",
        check=check.id, name=show(param), allowed=", ".join(check.params) or "–",
    )  # fmt: skip


def _unknown_check(name: str, known: Mapping[str, Check]) -> Message:
    for near in get_close_matches(name[:NEAR], known, n=1):
        return Message(
            "no check is named {name}; did you mean {near}?", name=show(name), near=show(near)
        )
    return Message("no check is named {name}", name=show(name))


def _unknown_control(name: str, controls: Collection[str]) -> Message:
    for near in get_close_matches(name[:NEAR], controls, n=1):
        return Message(
            "no control has the id {name}; did you mean {near}?", name=show(name), near=show(near)
        )
    return Message("no control has the id {name}", name=show(name))


def some(names: Collection[str]) -> str:
    """A list of names as a message shows it: the first twelve."""
    shown = [show(name).strip('"') for name in list(names)[:NAMED]]
    return ", ".join([*shown, "…"] if len(names) > NAMED else shown) or "–"
