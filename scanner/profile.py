"""A profile: the controls of one standard, and the checks that speak for each.  Data alone.

Every check and parameter that it names must exist; every mistake is told at once, with its place.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field, replace
from difflib import get_close_matches
from hashlib import sha256
from importlib.resources import as_file, files
from itertools import islice
from pathlib import Path
from typing import Any

from checks import Check
from facts.host.areas import types
from facts.message import Message
from scanner.fit import fit
from scanner.problems import FileError, Problem
from scanner.profile_file import Control, ProfileFile, Source, Title, too_long
from scanner.profile_names import wrong_names, wrong_references
from scanner.tailoring import Changed, Firm, changes, firm_in, together
from scanner.yamlfile import load as load_yaml
from scanner.yamltree import MOST_PROBLEMS, Document

PARTS = ("decides", "hints")  # how a control names its checks
MOST_BASES = 16  # profiles that extend one another


@dataclass(frozen=True)
class Profile:
    """One standard, as this project reads it, with what it extends merged in."""

    id: str
    version: str
    title: Title
    standard: str
    level: int
    credit: Mapping[str, str]  # by language; none: empty
    groups: Mapping[str, Title]
    params: Mapping[str, Mapping[str, Any]]
    controls: tuple[Control, ...]
    watched: frozenset[str]  # judged, shown, not counted: `watch`, and what `select` left out
    installed: frozenset[str]  # the checks that there are; an area of ours may be left out
    digest: str  # SHA-256 of all that it holds, and of the values that its checks have
    superseded: bool = False  # is it of a standard that is no longer in force?
    sources: Mapping[str, Source] = field(default_factory=dict)
    firm: Firm = field(default_factory=dict)  # parameters whose values the standard fixes
    left_out: Mapping[str, str] = field(default_factory=dict)  # by control, which stays: why
    base: str = ""  # what it tailors: the profile at the end of `extends`
    changed: tuple[Changed, ...] = ()  # parameters whose values differ from the base's
    added: tuple[str, ...] = ()  # controls that the base has not
    replaced: tuple[str, ...] = ()  # controls of the base that were written anew

    def checks(self) -> frozenset[str]:
        """The checks that are judged under it."""
        named = self.watched.union(*(control.bound for control in self.controls))
        return named & self.installed

    def params_of(self, check: Check) -> dict[str, Any]:
        """The check's own defaults, with this profile's values."""
        return {**check.params, **self.params.get(check.id, {})}


@dataclass(frozen=True)
class Bindings:
    """How many of a profile's controls each kind of evidence speaks for.  They add up to all."""

    decided: int = 0  # checks, or the tool's own runs, settle them
    hinted: int = 0  # checks indicate them; a person confirms
    waiting: int = 0  # a machine could look at them, but no check does yet
    attested: int = 0  # a person's statement alone
    left_out: int = 0  # tailoring left them out, whatever speaks for them


def coverage(profile: Profile, group: str = "") -> Bindings:
    """What speaks for the profile's controls, or for those of one group; absent checks don't."""
    counts = Counter(
        "left_out" if control.id in profile.left_out else spoken_for(control, profile.installed)
        for control in profile.controls
        if group in ("", control.group)
    )
    return Bindings(**counts)


def spoken_for(control: Control, installed: frozenset[str]) -> str:
    """What speaks for one control, as a field of `Bindings`: decided, hinted, waiting, attested."""
    if control.runs == "decides" or (control.decides and installed.issuperset(control.decides)):
        return "decided"
    if control.runs or installed.intersection(control.bound):
        return "hinted"
    return "attested" if control.verify == "attest" else "waiting"


def names() -> list[str]:
    """The profiles that come with press-scan."""
    return sorted(f.name[:-5] for f in files("profiles").iterdir() if f.name.endswith(".yaml"))


def load(name: str, known: Mapping[str, Check]) -> Profile:
    """A profile by its name, or from a YAML file.

    Raises `FileError` with every problem of the file and of those that it extends.
    """

    def wrong(message: Message) -> Problem:
        return Problem(name, 1, 1, message)

    profile = _load(_find(name, Path(), wrong), known, ())
    return replace(profile, digest=_fingerprint(profile, known))


def _fingerprint(profile: Profile, known: Mapping[str, Check]) -> str:
    """Over everything that can change what is judged or shown; comments and layout can't.

    The checks' own defaults are in it: with the same fingerprint, the same values were asked for.
    """
    held = asdict(replace(profile, controls=(), sources={}))
    del held["installed"]
    held["controls"] = [control.model_dump() for control in profile.controls]
    held["sources"] = {name: one.model_dump() for name, one in profile.sources.items()}
    held["watched"] = sorted(profile.watched)
    held["values"] = {name: profile.params_of(known[name]) for name in profile.checks()}
    return sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


def _find(name: str, folder: Path, wrong: Callable[[Message], Problem]) -> str:
    """The name of a profile of ours, or the path of a file, `folder` being where it is named."""
    if name in names():
        return name
    path = folder / name
    if path.exists():
        return str(path)
    if path.suffix in {".yaml", ".yml"}:
        raise FileError([wrong(Message("there is no such file"))])
    near = get_close_matches(name, names(), n=1)
    if near:
        message = Message('no profile is named so; did you mean "{near}"?', near=near[0])
    else:
        message = Message("no profile is named so; there are: {names}", names=", ".join(names()))
    raise FileError([wrong(message)])


def _load(source: str, known: Mapping[str, Check], above: tuple[str, ...]) -> Profile:
    """`above` are the sources that led here, each extending the next."""
    ours = source in names()
    document = document_of(source)
    if problems := list(too_long(document)):
        raise FileError(problems)
    file, problems = fit(document, ProfileFile)
    if file is None:
        raise FileError(problems)
    # our own profiles outlive an area that was left out: its controls stay unverified
    areas = {name.partition(".")[0] for name in known} if ours else None
    problems += islice(wrong_names(document, file, known, areas), MOST_PROBLEMS)
    base = None
    try:
        base = _base(document, file, known, (*above, source))
    except FileError as error:
        problems += error.problems
    else:
        groups = {**(base.groups if base else {}), **file.groups}
        sources = {**(base.sources if base else {}), **file.sources}
        inherited = [control.id for control in base.controls] if base else []
        wrong = wrong_references(document, file, groups, sources, inherited)
        problems += islice(wrong, MOST_PROBLEMS)
    if problems:
        raise FileError(problems)
    whole = _alone(file, known)
    return _selected(_over(base, whole, file, known) if base else whole, file, known)


def document_of(source: str) -> Document:
    """A profile as it is written, by its name or from a file."""
    if source not in names():
        return load_yaml(Path(source))
    with as_file(files("profiles") / f"{source}.yaml") as path:
        return load_yaml(path)


def _base(
    document: Document, file: ProfileFile, known: Mapping[str, Check], chain: tuple[str, ...]
) -> Profile | None:
    """The profile that this one extends.  A file is looked for beside the one that names it."""
    if not file.extends:
        return None

    def wrong(message: Message) -> Problem:
        return document.problem(["extends"], message)

    source = _find(file.extends, Path(chain[-1]).parent, wrong)
    if source in chain or any(_same(source, one) for one in chain):
        told = " → ".join((*chain, source))
        raise FileError([wrong(Message("profiles extend in a ring: {chain}", chain=told))])
    if len(chain) > MOST_BASES:
        message = Message("more than {most} profiles extend one another", most=MOST_BASES)
        raise FileError([wrong(message)])
    return _load(source, known, chain)


def _same(one: str, other: str) -> bool:
    return {one, other}.isdisjoint(names()) and Path(one).samefile(other)


def _alone(file: ProfileFile, known: Mapping[str, Check]) -> Profile:
    """The file, without what it extends."""
    return Profile(
        id=file.profile,
        version=file.version,
        title=file.title,
        standard=file.standard,
        level=file.level or 3,
        credit=file.credit or {},
        groups=file.groups,
        params={name: _plain(values) for name, values in file.params.items()},
        controls=file.controls,
        sources=file.sources,
        firm=file.firm,
        left_out=file.leave_out,
        superseded=file.status == "superseded",
        watched=frozenset(file.watch).union(*(control.bound for control in file.controls)),
        installed=frozenset(known),
        digest="",
    )


def _over(base: Profile, own: Profile, file: ProfileFile, known: Mapping[str, Check]) -> Profile:
    """The file's own over what it extends."""
    mine = {control.id: control for control in own.controls}
    before = {control.id: control for control in base.controls}
    params, firm = together(base.params, own.params), firm_in(base.firm, own.firm)
    kept_out = {name: why for name, why in base.left_out.items() if name not in mine}
    new = [name for name in mine if name not in before]
    anew = [name for name in mine if name in before and name not in base.added]
    return replace(
        own,
        standard=own.standard or base.standard,
        level=file.level or base.level,
        credit=own.credit or base.credit,
        groups={**base.groups, **own.groups},
        params=params,
        controls=tuple((before | mine).values()),
        sources={**base.sources, **own.sources},
        firm=firm,
        left_out={**kept_out, **own.left_out},
        superseded=own.superseded if file.status else base.superseded,
        base=base.base or base.id,
        changed=changes(base.changed, base.params, params, firm, known),
        added=(*base.added, *new),
        replaced=tuple(dict.fromkeys((*base.replaced, *anew))),
        watched=base.watched.union(own.watched, *(c.bound for c in (before | mine).values())),
    )


def _selected(profile: Profile, file: ProfileFile, known: Mapping[str, Check]) -> Profile:
    """Only what a stranger's checks settle, where the file wants no more."""
    if file.select == "all":
        return profile
    inside = {check.id for check in known.values() if types() & set(check.reads.values())}
    outside = (_without(control, inside) for control in profile.controls)
    kept = tuple(control for control in outside if control.decides)
    return replace(profile, controls=kept, watched=profile.watched - inside)


def _without(control: Control, names: AbstractSet[str]) -> Control:
    """The control without these checks."""
    kept = {part: tuple(n for n in getattr(control, part) if n not in names) for part in PARTS}
    return control.model_copy(update=kept)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}


__all__ = [
    "Bindings", "Changed", "Control", "FileError", "Profile", "coverage", "document_of", "load",
    "names", "spoken_for",
]  # fmt: skip
