"""What a profile that extends another changed of it.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checks import Check

Params = Mapping[str, Mapping[str, Any]]  # by check and parameter
Firm = Mapping[str, tuple[str, ...]]  # by check: parameters


@dataclass(frozen=True)
class Changed:
    """A parameter whose value differs from the base's."""

    check: str
    param: str
    was: Any
    now: Any
    firm: bool  # the standard fixes this value: a change of it is no longer the standard


def together(below: Params, above: Params) -> dict[str, dict[str, Any]]:
    """Both, value by value; what is above wins."""
    return {name: {**below.get(name, {}), **above.get(name, {})} for name in {**below, **above}}


def firm_in(below: Firm, above: Firm) -> dict[str, tuple[str, ...]]:
    """What either says is firm: what extends a profile can't make a standard's value soft."""
    return {
        name: tuple(dict.fromkeys((*below.get(name, ()), *above.get(name, ()))))
        for name in {**below, **above}
    }


def changes(
    earlier: Iterable[Changed], below: Params, now: Params, firm: Firm, known: Mapping[str, Check]
) -> tuple[Changed, ...]:
    """What differs from the profile at the end of `extends`, in the order of names.

    `earlier` are the changes of the profile below, whose values `below` are; a parameter that
    a profile doesn't set has the check's own default.
    """
    first = {(one.check, one.param): one.was for one in earlier}
    found = []
    for name in sorted(now.keys() & known.keys()):
        defaults = known[name].params
        for param in sorted(now[name].keys() & defaults.keys()):
            before = {**defaults, **below.get(name, {})}[param]
            was, value = first.get((name, param), before), now[name][param]
            if was != value:
                fixed = param in firm.get(name, ())
                found.append(Changed(name, param, was, value, fixed))
    return tuple(found)


__all__ = ["Changed", "Firm", "changes", "firm_in", "together"]
