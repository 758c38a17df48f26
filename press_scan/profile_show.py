"""A profile, and one of its requirements, as a person reads them and as a program does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, NoReturn

import click

import checks as registry
from checks.words import words
from press_scan.common import stop
from press_scan.words import t, translator
from reports.text import clean, plain
from scanner import profile as profiles
from scanner.profile import Control, Profile

WIDTH = 80
ASIDE = 18  # columns of what stands before the colon
NEAR = 100  # characters of a name that are compared with the right ones


def named(control: Control) -> str:
    """A requirement's clause, with its standard, and its title."""
    title = clean(control.title[translator().lang])
    return f"{clean(control.standard)} {clean(control.clause)}  {title}"


def chosen(profile: Profile, name: str) -> list[Control]:
    """The requirements with this id, this clause, or a clause that begins so; "": all.

    Ends with exit code 2 when there is none.
    """
    every = list(profile.controls)
    bare = _bare(name)
    for found in (
        [control for control in every if control.id == name],
        [control for control in every if _bare(control.clause) in {bare, f"{bare})"}],
        [control for control in every if _bare(control.clause).startswith(bare)],
    ):
        if found:
            return found
    if name:
        _unknown(profile, name)
    return every


def _unknown(profile: Profile, name: str) -> NoReturn:
    ids = {control.id for control in profile.controls}
    near = get_close_matches(name[:NEAR], ids, n=1)
    hint = t('; did you mean "{near}"?', near=clean(near[0])) if near else ""
    said = t('the profile {profile} has no requirement "{id}"', profile=profile.id, id=clean(name))
    stop(said + hint)


def _bare(clause: str) -> str:
    return "".join(clause.split()).casefold()


def whole(profile: Profile) -> str:
    """A profile as a person reads it: what it is, what it changes, and every requirement."""
    lines = [*_head(profile), *_tailored(profile)]
    for control in profile.controls:
        lines += ["", _wrap(named(control), "", "    "), f"    [{clean(control.id)}]"]
        if control.id in profile.left_out:
            lines.append(_wrap(f"{t('left out')}: {clean(profile.left_out[control.id])}"))
        if control.decides:
            lines.append(_wrap(f"{t('decided by')}: {', '.join(control.decides)}"))
        if control.hints:
            lines.append(_wrap(f"{t('hinted at by')}: {', '.join(control.hints)}"))
    return "\n".join(lines)


def _head(profile: Profile) -> Iterator[str]:
    yield _wrap(clean(profile.title[translator().lang]), "", "")
    yield _wrap(f"{profile.id} · {clean(profile.version)} · {clean(profile.standard)}", "", "")
    if profile.superseded:
        yield _wrap(t("superseded: for dossiers that were approved under it"), "", "")
    yield f"SHA-256 {profile.digest}"
    if profile.credit:
        yield _wrap(clean(profile.credit[translator().lang]), "", "")


def _tailored(profile: Profile) -> Iterator[str]:
    """What the profile changed of the one that it extends."""
    if not profile.base:
        return
    yield "\n" + t("It tailors {base}:", base=profile.base)
    for one in profile.changed:
        fixed = f" ({t('the standard fixes this value')})" if one.firm else ""
        now = f"{one.check} {one.param}: {_value(one.was)} → {_value(one.now)}"
        yield _wrap(now + fixed)
    for heading, ids in (
        (t("added controls"), profile.added),
        (t("controls written anew"), profile.replaced),
    ):
        if ids:
            yield _wrap(f"{heading} ({len(ids)}): {', '.join(map(clean, ids))}")
    if profile.left_out:
        yield _wrap(f"{t('left out')} ({len(profile.left_out)}):")
    for control, why in profile.left_out.items():
        yield _wrap(f"{clean(control)}: {clean(why)}", "      ", "        ")
    if not (profile.changed or profile.added or profile.replaced or profile.left_out):
        yield _wrap(t("no value and no control is changed"))


def detail(profile: Profile, control: Control) -> str:
    """All that is known of one requirement, as a person reads it."""
    lang = translator().lang
    group = profile.groups.get(control.group, {}).get(lang, control.group)
    lines = [
        _wrap(named(control), "", "    "),
        _aside(t("id"), clean(control.id)),
        _aside(t("group"), clean(group)),
        _aside(t("obligation"), t("the values are suggestions") if control.advice else t("must")),
        _aside(t("who can see it"), _verify()[control.verify]),
        _aside(t("rhythm"), rhythm_told(control)),
        *_source(profile, control),
    ]
    if control.id in profile.left_out:
        lines.append(_aside(t("left out"), clean(profile.left_out[control.id])))
    if control.id in profile.added:
        lines.append(_aside(t("added"), t("{base} has no such control", base=profile.base)))
    if control.id in profile.replaced:
        lines.append(_aside(t("written anew"), t("it differs in {base}", base=profile.base)))
    for heading, ids in ((t("decided by"), control.decides), (t("hinted at by"), control.hints)):
        for check in ids:
            lines += [_aside(heading, check), *_check(profile, check)]
            heading = ""
    for heading, ids in ((t("took over"), control.legacy), (t("taken over by"), control.maps_to)):
        for other in _elsewhere(ids):
            lines.append(_aside(heading, other))
            heading = ""
    return "\n".join(lines)


def rhythm_told(control: Control) -> str:
    """How often a requirement must be seen to."""
    told = t("every {n} months", n=control.every) if control.every else t("the text names none")
    runs = {
        "": "",
        "decides": t("press-scan's own whole runs settle it"),
        "hints": t("press-scan's own whole runs are a part of it"),
    }
    return "; ".join(filter(None, (told, runs[control.runs])))


def _source(profile: Profile, control: Control) -> Iterator[str]:
    """Where it was read, and how sure that is."""
    source = profile.sources.get(control.source)
    if source:
        yield _aside(t("source"), clean(source.title[translator().lang]))
        if source.url:
            yield " " * ASIDE + clean(source.url)  # in one piece, so that it can be copied
    if control.confidence:
        yield _aside(t("confidence"), _sure()[control.confidence])


def _check(profile: Profile, name: str) -> Iterator[str]:
    """What a check looks at, and the values that it has in this profile."""
    known = registry.load()
    if name not in known:  # an area that was left out
        return
    check, indent = known[name], " " * (ASIDE + 2)
    yield _wrap(words(translator().lang).title(check), indent, indent)
    for param, value in profile.params_of(check).items():
        fixed = param in profile.firm.get(name, ())
        kind = t("the standard fixes this value") if fixed else t("a suggestion")
        yield _wrap(f"{param} = {_value(value)} ({kind})", indent, indent)


def _verify() -> dict[str, str]:
    return {
        "remote": t("a machine, from outside"),
        "host": t("a machine, by a read-only log-in"),
        "attest": t("a person, who states it"),
    }


def _sure() -> dict[str, str]:
    return {
        "high": t("high: two sources, or a legal text that was read"),
        "medium": t("medium: one source"),
        "low": t("low: compare it with the standard's text"),
    }


def _elsewhere(ids: Iterable[str]) -> Iterator[str]:
    """Requirements of other profiles of ours, with their standards; an id alone when unknown."""
    wanted = set(ids)
    if not wanted:
        return
    known = registry.load()
    every = (one for name in profiles.names() for one in profiles.load(name, known).controls)
    found = {control.id: control for control in every if control.id in wanted}
    for name in ids:
        yield named(found[name]) if name in found else clean(name)


def profile_row(profile: Profile) -> dict[str, Any]:
    """What a program may want to know of a profile."""
    lang = translator().lang
    return {
        "id": profile.id,
        "title": profile.title[lang],
        "version": profile.version,
        "standard": profile.standard,
        "level": profile.level,
        "superseded": profile.superseded,
        "sha256": profile.digest,
        "base": profile.base,
        "changed": [vars(one) for one in profile.changed],
        "added": profile.added,
        "replaced": profile.replaced,
        "left_out": dict(profile.left_out),
        "firm": dict(profile.firm),
        "sources": {
            name: {"title": source.title[lang], "url": source.url}
            for name, source in profile.sources.items()
        },
    }


def control_row(profile: Profile, control: Control) -> dict[str, Any]:
    """What a program may want to know of a requirement."""
    known = registry.load()
    params = {name: profile.params_of(known[name]) for name in control.bound if name in known}
    return {
        **control.model_dump(),
        "title": control.title[translator().lang],
        "params": {name: plain(values) for name, values in params.items() if values},
        "left_out": profile.left_out.get(control.id, ""),
    }


def _value(value: object) -> str:
    many = isinstance(value, tuple | list)
    # `many` says what can be joined
    return clean(", ".join(map(str, value)) if many else value)  # type: ignore[call-overload]


def _aside(heading: str, text: str) -> str:
    start = f"{heading}:" if heading else ""
    return _wrap(text, f"{start:<{ASIDE}}", " " * ASIDE)


def _wrap(text: str, first: str = "    ", rest: str = "      ") -> str:
    return click.wrap_text(text, WIDTH, first, rest)
