"""A profile: the controls of one standard, and the checks that speak for each.  Data alone.

Every check and parameter that it names must exist; every mistake is told at once, with its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from checks import Check
from facts.message import Message
from scanner.fit import fit
from scanner.problems import FileError, Problem
from scanner.yamlfile import load as load_yaml
from scanner.yamltree import Document, Step

SUGGESTED = "suggested_values"
Text = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _both(title: dict[str, str]) -> dict[str, str]:
    if set(title) != {"vi", "en"} or not all(title.values()):
        raise ValueError("write it in both languages: {vi: ..., en: ...}")
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


class _File(_Part):
    """A profile as it is written."""

    profile: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    version: Text
    title: Title
    standard: str = ""
    level: Annotated[int, Field(ge=1, le=5)] | None = None
    credit: str = ""
    extends: str = ""
    select: Literal["all", "decided"] = "all"
    groups: dict[str, Title] = {}
    params: dict[str, dict[str, Any]] = {}
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True)
class Profile:
    """One standard, as this project reads it, with what it extends merged in."""

    id: str
    version: str
    title: Title
    standard: str
    level: int
    credit: str
    groups: Mapping[str, Title]
    params: Mapping[str, Mapping[str, Any]]
    controls: tuple[Control, ...]
    watched: frozenset[str]  # checks of controls that `select` left out: judged, shown, not counted
    installed: frozenset[str]  # the checks that there are; an area of ours may be left out
    digest: str  # SHA-256 of its files

    def checks(self) -> frozenset[str]:
        """The checks that are judged under it."""
        named = self.watched.union(*(control.bound for control in self.controls))
        return named & self.installed

    def params_of(self, check: Check) -> dict[str, Any]:
        """The check's own defaults, with this profile's values."""
        return {**check.params, **self.params.get(check.id, {})}


def names() -> list[str]:
    """The profiles that come with press-scan."""
    return sorted(f.name[:-5] for f in files("profiles").iterdir() if f.name.endswith(".yaml"))


def load(name: str, known: Mapping[str, Check]) -> Profile:
    """A profile by its name, or from a YAML file.

    Raises `FileError` with every problem of the file and of those that it extends.
    """
    return _load(name, known, ())


def _load(name: str, known: Mapping[str, Check], above: tuple[str, ...]) -> Profile:
    document = _document(name)
    file, problems = fit(document, _File)
    if file is not None:
        # our own profiles outlive an area that was left out: its controls stay unverified
        areas = {name.partition(".")[0] for name in known} if name in names() else None
        problems += list(_wrong_names(document, file, known, areas))
        problems += list(_loops(document, file, above))
    if problems or file is None:
        raise FileError(problems)
    base = _load(file.extends, known, (*above, file.profile)) if file.extends else None
    return _merged(file, base, document, frozenset(known))


def _document(name: str) -> Document:
    if name in names():
        with as_file(files("profiles") / f"{name}.yaml") as path:
            return load_yaml(path)
    path = Path(name)
    if path.suffix in {".yaml", ".yml"} or path.exists():
        return load_yaml(path)
    near = get_close_matches(name, names(), n=1)
    if near:
        message = Message('no profile is named so; did you mean "{near}"?', near=near[0])
    else:
        message = Message("no profile is named so; there are: {names}", names=", ".join(names()))
    raise FileError([Problem(name, 1, 1, message)])


def _wrong_names(
    document: Document, file: _File, known: Mapping[str, Check], areas: set[str] | None
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
        for part, bound in (("decides", control.decides), ("hints", control.hints)):
            for j, name in enumerate(bound):
                if missing(name):
                    yield document.problem(["controls", i, part, j], _unknown_check(name, known))
    for name, params in file.params.items():
        if missing(name):
            yield document.problem(["params", name], _unknown_check(name, known), key=True)
        for param, value in params.items() if name in known else ():
            yield from _wrong_param(document, known[name], param, value)


def _wrong_param(document: Document, check: Check, param: str, value: Any) -> Iterator[Problem]:
    at: list[Step] = ["params", check.id, param]
    if param not in check.params:
        allowed = ", ".join(check.params) or "–"
        message = Message(
            'the check {check} has no parameter "{name}"; it has: {allowed}',
            check=check.id, name=param, allowed=allowed,
        )  # fmt: skip
        yield document.problem(at, message, key=True)
        return
    default = check.params[param]
    like: dict[type, tuple[type, ...]] = {float: (int, float), tuple: (list, tuple)}
    wanted = like.get(type(default), (type(default),))
    if not isinstance(value, wanted) or (isinstance(value, bool) != isinstance(default, bool)):
        message = Message("this value should be like {example}", example=repr(default))
        yield document.problem(at, message)


def _unknown_check(name: str, known: Mapping[str, Check]) -> Message:
    for near in get_close_matches(name, known, n=1):
        return Message('no check is named "{name}"; did you mean "{near}"?', name=name, near=near)
    return Message('no check is named "{name}"', name=name)


def _loops(document: Document, file: _File, above: tuple[str, ...]) -> Iterator[Problem]:
    if file.extends and file.extends in (*above, file.profile):
        chain = " → ".join((*above, file.profile, file.extends))
        yield document.problem(
            ["extends"], Message("profiles extend in a ring: {chain}", chain=chain)
        )


def _merged(
    file: _File, base: Profile | None, document: Document, installed: frozenset[str]
) -> Profile:
    controls = {control.id: control for control in base.controls} if base else {}
    controls |= {control.id: control for control in file.controls}
    params = {name: dict(values) for name, values in (base.params if base else {}).items()}
    for name, values in file.params.items():
        params[name] = {**params.get(name, {}), **_plain(values)}
    kept = tuple(c for c in controls.values() if file.select == "all" or c.decides)
    watched = frozenset(check for control in controls.values() for check in control.bound)
    both = (base.digest if base else "") + document.sha256
    return Profile(
        id=file.profile,
        version=file.version,
        title=file.title,
        standard=file.standard or (base.standard if base else ""),
        level=file.level or (base.level if base else 3),
        credit=file.credit or (base.credit if base else ""),
        groups={**(base.groups if base else {}), **file.groups},
        params=params,
        controls=kept,
        watched=watched | (base.watched if base else frozenset()),
        installed=installed,
        digest=sha256(both.encode()).hexdigest(),
    )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
