"""The registry.  A check is a pure function: facts in, verdict out.

Its id is where it lives: `cert_expiry` in `checks/tls.py` is `tls.cert-expiry`.  Its positional
parameters are the facts that it reads; its keyword-only parameters are what a profile may set.
One written `inside: HostThing | Unknown` is read elsewhere on the same asset (such as over the
log-in, for a check of a site): it is `Unknown`, and the check is judged, where nobody looked.
Its docstring is its documentation: the first line says what passes, then `Why:` and `Fix:`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property
from importlib.metadata import entry_points
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from facts.base import Unknown

Judge = TypeVar("Judge", bound=Callable[..., "Verdict"])

PLUGINS = "press_scan.checks"  # the entry-point group: each names a module of checks
BASELINE = "baseline"  # a keyword that is no parameter: the same facts from the accepted run


class Status(StrEnum):
    """A check's author returns the first three; `error` is given by the judge alone."""

    PASS = "pass"  # noqa: S105  # a verdict, no password
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"


class Severity(StrEnum):
    """How much a failure weighs, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True)
class Verdict:
    """What a check concludes, in one literal sentence, and what it saw, language-neutral."""

    status: Status
    says: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


def passed(says: str, /, **evidence: Any) -> Verdict:
    """All is well.  `says` is a literal: it is translated when shown."""
    return Verdict(Status.PASS, says, evidence)


def failed(says: str, /, **evidence: Any) -> Verdict:
    """It is not.  The evidence says what was seen."""
    return Verdict(Status.FAIL, says, evidence)


def not_applicable(says: str, /, **evidence: Any) -> Verdict:
    """The thing that this check is about is not there."""
    return Verdict(Status.NOT_APPLICABLE, says, evidence)


@dataclass(frozen=True)
class Check:
    """A registered check: the function, and what its signature and docstring say."""

    id: str
    severity: Severity
    function: Callable[..., Verdict]
    reads: Mapping[str, type]
    params: Mapping[str, Any]
    title: str
    why: str
    fix: str
    drifts: bool = False  # it takes a `baseline`, which the judge hands in
    elsewhere: Mapping[str, type] = field(default_factory=dict)  # other targets' facts, if any

    @cached_property
    def kinds(self) -> tuple[type, ...]:
        """The types of all facts that it reads, by name."""
        read = {*self.reads.values(), *self.elsewhere.values()}
        return tuple(sorted(read, key=lambda kind: kind.__name__))

    @cached_property
    def own_kinds(self) -> tuple[type, ...]:
        """Of these, those that it reads of the target itself, not elsewhere on the asset."""
        own = set(self.reads.values())
        return tuple(kind for kind in self.kinds if kind in own)

    @property
    def area(self) -> str:
        """The part before the dot: `tls`."""
        return self.id.partition(".")[0]

    @property
    def module(self) -> str:
        """The module that holds it; its texts lie beside it."""
        return self.function.__module__


CHECKS: dict[str, Check] = {}


def check(severity: Severity) -> Callable[[Judge], Judge]:
    """Register the function below as a check, and hand it back unchanged.

    Raises `ValueError` when its id is taken or its docstring lacks a part.
    """

    def register(function: Judge) -> Judge:
        described = _describe(function, severity)
        if described.id in CHECKS:
            raise ValueError(f"two checks are named {described.id}")
        CHECKS[described.id] = described
        return function

    return register


@cache
def load() -> Mapping[str, Check]:
    """Import every area of this package and of the plug-ins; all checks, by id."""
    for module in pkgutil.walk_packages(__path__, prefix=f"{__name__}."):
        importlib.import_module(module.name)
    for plugin in entry_points(group=PLUGINS):
        plugin.load()
    return dict(sorted(CHECKS.items()))


def _describe(function: Callable[..., Verdict], severity: Severity) -> Check:
    parts = function.__module__.split(".")
    area = parts[1] if parts[0] == __name__ else parts[-1]
    name = f"{area}.{function.__name__}".replace("_", "-")
    hints = get_type_hints(function)
    given = inspect.signature(function).parameters.values()
    head, why, fix = _sections(name, inspect.cleandoc(function.__doc__ or ""))
    facts = {p.name: hints[p.name] for p in given if p.kind is not p.KEYWORD_ONLY}
    elsewhere = {name: kind for name, hint in facts.items() if (kind := _maybe(hint))}
    return Check(
        id=name,
        severity=severity,
        function=function,
        reads={name: hint for name, hint in facts.items() if name not in elsewhere},
        elsewhere=elsewhere,
        params={
            p.name: p.default for p in given if p.kind is p.KEYWORD_ONLY and p.name != BASELINE
        },
        drifts=any(p.name == BASELINE for p in given),
        title=head,
        why=why,
        fix=fix,
    )


def _maybe(hint: Any) -> type | None:
    """X, where the parameter is written `X | Unknown`."""
    if get_origin(hint) not in (Union, UnionType):
        return None
    one, *others = (kind for kind in get_args(hint) if kind is not Unknown)
    if others:
        raise ValueError("a fact that may be unknown is written `X | Unknown`")
    return one  # type: ignore[no-any-return]  # a type's argument


def _sentence(text: str) -> str:
    """On one line, and begun as a sentence is; a program's name stays as it is."""
    flat = " ".join(text.split())
    first = flat.partition(" ")[0]
    return flat if first in {"nginx", "sshd"} else flat[:1].upper() + flat[1:]


def _sections(name: str, text: str) -> tuple[str, str, str]:
    """The three parts of a check's docstring, each on one line."""
    head, _, rest = text.partition("\nWhy:")
    why, _, fix = rest.partition("\nFix:")
    parts = tuple(_sentence(part) for part in (head, why, fix))
    if not all(parts):
        raise ValueError(f"{name}: its docstring must say what passes, then `Why:` and `Fix:`")
    return parts[0], parts[1], parts[2]
