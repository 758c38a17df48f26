"""Where the texts of controls and checks come from: the profile, and the registry of checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import checks
from checks.words import snippets, words
from reports.text import clean
from reports.view import CheckText


class Control(Protocol):
    """What a profile says of a control, as far as it is shown."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def clause(self) -> str: ...  # noqa: D102
    @property
    def standard(self) -> str: ...  # noqa: D102
    @property
    def group(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def confidence(self) -> str | None: ...  # noqa: D102
    @property
    def every(self) -> int | None: ...  # noqa: D102
    @property
    def advice(self) -> bool: ...  # noqa: D102


class Source(Protocol):
    """Where a requirement was read."""

    @property
    def title(self) -> Mapping[str, str]: ...  # noqa: D102


class Changed(Protocol):
    """A value that a profile changed of the one that it extends."""

    @property
    def check(self) -> str: ...  # noqa: D102
    @property
    def param(self) -> str: ...  # noqa: D102
    @property
    def was(self) -> object: ...  # noqa: D102
    @property
    def now(self) -> object: ...  # noqa: D102
    @property
    def firm(self) -> bool: ...  # noqa: D102


class Profile(Protocol):
    """What a profile says, as far as it is shown."""

    @property
    def title(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def credit(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def groups(self) -> Mapping[str, Mapping[str, str]]: ...  # noqa: D102
    @property
    def controls(self) -> Iterable[Control]: ...  # noqa: D102
    @property
    def sources(self) -> Mapping[str, Source]: ...  # noqa: D102
    @property
    def changed(self) -> Iterable[Changed]: ...  # noqa: D102


def registered(lang: str) -> Callable[[str], CheckText]:
    """What registered checks say of themselves, by id."""
    known, say = checks.load(), words(lang)

    def describe(name: str) -> CheckText:
        check = known.get(name)
        if check is None:  # a plug-in's, gone since
            return CheckText(name, name, "", "")
        title, why, fix = map(_sentence, (say.title(check), say.why(check), say.fix(check)))
        return CheckText(name, title, why, fix, tuple(snippets(check).items()))

    return describe


def _sentence(text: str) -> str:
    """Harmless, with a capital: in a docstring it goes on after `Why:`."""
    shown = clean(text)
    return shown[:1].upper() + shown[1:]
