"""Data that knows where it stands, fitted into a pydantic model: every misfit with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from facts.message import N_, Message
from scanner.problems import Problem, show
from scanner.yamltree import Document, Step

Model = TypeVar("Model", bound=BaseModel)

MISSING_KEY = N_("missing key {key}")

_TEXT = N_("text is wanted here, not {value}")
_NUMBER = N_("a number is wanted here, not {value}")
_LIST = N_('a list is wanted here: lines that begin with "- ", or [one, two]; not {value}')
_KEYS = N_("keys with values (key: value) are wanted here, not {value}")
_WANTED = {
    "int": N_("a whole number is wanted here, not {value}"),
    "bool": N_("true or false is wanted here, not {value}"),
    "datetime": N_("a date and time such as 2026-12-31T08:00:00Z is wanted here, not {value}"),
    "date": N_("a date such as 2026-12-31 is wanted here, not {value}"),
    "time": N_("a time such as 22:00 is wanted here, not {value}"),
    "string": _TEXT,
    **dict.fromkeys(("float", "decimal", "finite_number"), _NUMBER),
    **dict.fromkeys(("list", "tuple", "set", "frozen_set"), _LIST),
    **dict.fromkeys(("dict", "model", "mapping", "dataclass"), _KEYS),
}
_LIMITS = {
    "greater_than_equal": ("ge", N_("at least {limit} is wanted here, not {value}")),
    "greater_than": ("gt", N_("more than {limit} is wanted here, not {value}")),
    "less_than_equal": ("le", N_("at most {limit} is wanted here, not {value}")),
    "less_than": ("lt", N_("less than {limit} is wanted here, not {value}")),
    "string_too_long": ("max_length", N_("the text is too long: at most {limit} characters")),
    "string_too_short": ("min_length", N_("the text is too short: at least {limit} characters")),
    "too_short": ("min_length", N_("the list is too short: at least {limit} entries are wanted")),
    "too_long": ("max_length", N_("the list is too long: at most {limit} entries are wanted")),
    "string_pattern_mismatch": ("pattern", N_("{value} does not have the form {limit}")),
}


def fit(document: Document, model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """The document as `model`, and every problem, the document's own included, sorted.

    The model is None when there is any problem.
    """
    problems = list(document.problems)
    value = None
    if document.whole:
        try:
            value = model.model_validate(document.data)
        except ValidationError as error:
            told = {problem.place for problem in problems}
            misfits = set(_problems(document, model, error))
            problems += [p for p in misfits if p.place not in told or is_missing_key(p)]
    return (None if problems else value), sorted(problems)


def is_missing_key(problem: Problem) -> bool:
    """Is this problem that a key is not there?"""
    return getattr(problem.message, "template", "") == MISSING_KEY


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys of a model as they are written."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _problems(
    document: Document, model: type[BaseModel], error: ValidationError
) -> Iterator[Problem]:
    details = [d for d in error.errors(include_url=False) if not _echo(d)]
    meant: set[tuple[Step, ...]] = set()  # keys that are there under a wrong name
    for detail in details:
        if detail["type"] == "extra_forbidden":
            near = _near_key(model, detail["loc"])
            if near:
                meant.add((*detail["loc"][:-1], near))
    for detail in details:
        loc = detail["loc"]
        if detail["type"] == "missing":
            if loc not in meant:
                yield document.problem(loc[:-1], Message("missing key {key}", key=show(loc[-1])))
        elif detail["type"] == "extra_forbidden":
            yield document.problem(loc, _unknown_key(model, loc), key=True)
        else:
            path = _existing(document.data, loc)
            yield document.problem(path, _message(detail), key=loc[-1:] == ("[key]",))


def _echo(detail: ErrorDetails) -> bool:
    """Is it a list that is short only because its entries did not fit?"""
    given = detail["input"]
    return detail["type"] == "too_short" and len(given) >= detail["ctx"]["min_length"]


def _existing(data: Any, loc: Sequence[Step]) -> list[Step]:
    """The steps of `loc` that the data has; pydantic adds names of unions and validators."""
    path: list[Step] = []
    for step in loc:
        here = (isinstance(data, Mapping) and step in data) or (
            isinstance(data, list) and isinstance(step, int) and step < len(data)
        )
        if here:
            path.append(step)
            data = data[step]
    return path


def _message(detail: ErrorDetails) -> Message:
    """A pydantic error in our words."""
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    value = show(given)
    if kind in {"value_error", "assertion_error"}:
        said = context["error"].args[0] if context["error"].args else ""
        return said if isinstance(said, Message) else Message("{value} is not right", value=value)
    if given is None:
        return Message("a value is missing here")
    if kind in {"literal_error", "enum"}:
        return _choice(str(given), context["expected"])
    if kind == "string_type" and not isinstance(given, Mapping | list):
        return Message("text is wanted here: put {value} in quotes", value=value)
    if context.get("min_length") == 1:
        return Message("this must not be empty")
    if kind in _LIMITS:
        name, template = _LIMITS[kind]
        return Message.of(template, limit=context[name], value=value)
    family = next((f for f in _WANTED if kind == f or kind.startswith(f"{f}_")), "")
    if not family:
        return Message("{value} is not right", value=value)
    return Message.of(_WANTED[family], value=value)


def _choice(given: str, expected: str) -> Message:
    choices = re.findall(r"'([^']*)'", expected)
    near = get_close_matches(given.lower(), choices, 1)
    if near:
        return Message(
            "{value} is not known here; did you mean {near}?",
            value=show(given),
            near=show(near[0]),
        )
    return Message(
        "{value} is not known here; one of: {choices}",
        value=show(given),
        choices=", ".join(choices) or expected,
    )


def _unknown_key(model: type[BaseModel], loc: Sequence[Step]) -> Message:
    key = show(loc[-1])
    near = _near_key(model, loc)
    if near:
        return Message("unknown key {key}; did you mean {near}?", key=key, near=show(near))
    allowed = ", ".join(dict.fromkeys(k for m in _models(model, loc[:-1]) for k in keys_of(m)))
    return Message("unknown key {key}; known here: {allowed}", key=key, allowed=allowed)


def _near_key(model: type[BaseModel], loc: Sequence[Step]) -> str:
    keys = [key for found in _models(model, loc[:-1]) for key in keys_of(found)]
    given = str(loc[-1]).lower().replace("-", "_")
    return next(iter(get_close_matches(given, keys, 1)), "")


def _models(kind: Any, path: Sequence[Step]) -> list[type[BaseModel]]:
    """Which models may stand at the end of the path, from this annotation on."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if not path:
            return [kind]
        for name, field in kind.model_fields.items():
            if path[0] in {name, field.alias}:
                return _models(field.annotation, path[1:])
        return _models(kind, path[1:]) if path[0] == kind.__name__ else []  # a union's tag
    inner = [arg for arg in get_args(kind) if arg is not type(None) and arg is not Ellipsis]
    if path and get_origin(kind) in {list, tuple, set, frozenset, dict, Sequence, Mapping}:
        path = path[1:]
    return [found for arg in inner for found in _models(arg, path)]
