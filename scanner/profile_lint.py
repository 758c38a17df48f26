"""What is worth knowing of a profile that has no mistakes, each with its place in the file.

Mistakes are `FileError`s of `profile.load`; these are notices: the profile can be used as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checks import Check
from facts.message import Message
from scanner.fit import fit
from scanner.problems import FileError, Problem, show
from scanner.profile import Profile, document_of, load, spoken_for
from scanner.profile_file import ProfileFile
from scanner.profile_names import some
from scanner.yamltree import Document, Step


def notices(name: str, known: Mapping[str, Check]) -> tuple[Profile, list[Problem]]:
    """A profile, by its name or from a file, and its notices in the order of the file.

    Raises `FileError` with every mistake, as `profile.load` does.
    """
    profile = load(name, known)
    document = document_of(name)
    file, problems = fit(document, ProfileFile)
    if file is None:  # somebody wrote to it just now
        raise FileError(problems)
    found = [
        *_unbound(document, file, profile),
        *_anew(document, file, profile),
        *_firm(document, file, profile),
        *_useless(document, file, profile),
        *_silent(document, file, profile),
        *_unsure(document, profile),
    ]
    return profile, sorted(found)


def _unbound(document: Document, file: ProfileFile, profile: Profile) -> Iterator[Problem]:
    """Requirements that a machine could look at, and no check does."""
    for i, control in enumerate(file.controls):
        if spoken_for(control, profile.installed) == "waiting":
            where: list[Step] = ["controls", i, "id"]
            yield document.problem(where, Message(
                "a machine could look at {id}, but no check does: a person must state it",
                id=show(control.id),
            ))  # fmt: skip


def _anew(document: Document, file: ProfileFile, profile: Profile) -> Iterator[Problem]:
    """Requirements of the base that this file writes anew."""
    replaced = set(profile.replaced)
    for i, control in enumerate(file.controls):
        if control.id in replaced:
            message = Message("this takes the place of {id} in {base}", id=show(control.id),
                              base=profile.base)  # fmt: skip
            yield document.problem(["controls", i, "id"], message)


def _firm(document: Document, file: ProfileFile, profile: Profile) -> Iterator[Problem]:
    """Values that the standard fixes, and that are others here."""
    for one in profile.changed:
        if one.firm:
            message = Message(
                "the standard fixes {param} of {check} at {was}; here it is {now}",
                param=one.param, check=one.check, was=show(one.was), now=show(one.now),
            )  # fmt: skip
            here = one.param in file.params.get(one.check, {})
            yield document.problem(
                ["params", one.check, one.param] if here else ["extends"], message
            )


def _useless(document: Document, file: ProfileFile, profile: Profile) -> Iterator[Problem]:
    """Values for checks that speak for nothing."""
    for check in file.params:
        if check in profile.installed and check not in profile.checks():
            message = Message(
                "no control names the check {name}: its values do nothing", name=show(check)
            )
            yield document.problem(["params", check], message, key=True)


def _silent(document: Document, file: ProfileFile, profile: Profile) -> Iterator[Problem]:
    """Checks that speak for nothing; a view from outside leaves out those from inside."""
    silent = sorted(profile.installed - profile.checks()) if file.select == "all" else []
    if silent:
        message = Message(
            "no control names these checks ({n}): {names}", n=len(silent), names=some(silent)
        )
        yield document.problem(["controls"], message, key=True)


def _unsure(document: Document, profile: Profile) -> Iterator[Problem]:
    """How many requirements nobody has read in the standard."""
    low = sum(control.confidence == "low" for control in profile.controls)
    if low:
        message = Message(
            "{n} of {all} controls are of low confidence: compare them with the standard's text",
            n=low, all=len(profile.controls),
        )  # fmt: skip
        yield document.problem(["controls"], message, key=True)


__all__ = ["notices"]
