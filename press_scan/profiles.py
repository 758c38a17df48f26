"""`profile`: sets of requirements, what speaks for each, and how they hang together."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import zip_longest
from textwrap import wrap

import click

import checks as registry
from press_scan.common import USAGE, format_json, mistakes
from press_scan.profile_show import chosen, control_row, detail, named, profile_row, whole
from press_scan.words import Group, lang_option, option, t, translator
from reports.text import clean
from scanner import profile as profiles
from scanner.crosswalk import crosswalk
from scanner.problems import FileError, Problem
from scanner.profile import Control, Profile
from scanner.profile_lint import notices

WIDTH = 80
NAME, CELL = 12, 11  # columns of a table's first column and of the others


@click.group(cls=Group)
def profile() -> None:
    """Sets of requirements, and the checks that speak for each."""


def _load(name: str) -> Profile:
    with mistakes():
        return profiles.load(name, registry.load())


def _print(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


@profile.command("list")
@format_json
@lang_option
def list_profiles(form: str) -> None:
    """List the profiles that come with press-scan."""
    every = [_load(name) for name in profiles.names()]
    if form == "json":
        _print([_listed(one) for one in every])
        return
    for one in every:
        start = f"{one.id:<14} {one.version:<8} {len(one.controls):>4}  "
        title = clean(one.title[translator().lang])
        click.echo(click.wrap_text(title, WIDTH, start, " " * len(start)))


def _listed(one: Profile) -> dict[str, object]:
    return {
        "id": one.id,
        "title": one.title[translator().lang],
        "version": one.version,
        "standard": one.standard,
        "level": one.level,
        "superseded": one.superseded,
        "base": one.base,
        "controls": len(one.controls),
    }


@profile.command("show")
@click.argument("name", default="level3")
@click.argument("control", default="")
@format_json
@lang_option
def show_profile(name: str, control: str, form: str) -> None:
    """Show a profile's controls, and what speaks for each.

    NAME is a profile's name, or a YAML file. With CONTROL (an id, a clause, or how a clause
    begins), those controls alone are shown, with all that is known of them.
    """
    one = _load(name)
    found = chosen(one, control)
    if form == "json":
        rows = [control_row(one, each) for each in found]
        _print(rows if control else {**profile_row(one), "controls": rows})
    elif control:
        click.echo("\n\n".join(detail(one, each) for each in found))
    else:
        click.echo(whole(one))


@profile.command("coverage")
@click.argument("name", default="")
@option("--profile", "given", default="", help="Profile: its name, or a YAML file.")
@format_json
@lang_option
def coverage_of(name: str, given: str, form: str) -> None:
    """Show how many requirements a machine decides, and how many need a person."""
    one = _load(name or given or "level3")
    named_groups = dict.fromkeys([*one.groups, *(control.group for control in one.controls)])
    rows = {group: profiles.coverage(one, group) for group in named_groups}
    rows["all"] = profiles.coverage(one)
    if form == "json":
        _print({group: vars(row) for group, row in rows.items()})
        return
    names = {group: clean(title[translator().lang]) for group, title in one.groups.items()}
    names["all"] = t("all")
    for line in zip_longest(*map(_lines, _heads().values()), fillvalue=""):
        click.echo(_line("", line))
    for group, row in rows.items():
        counts = vars(row)
        cells = (counts[field] if field else sum(counts.values()) for field in _heads())
        click.echo(_line(names.get(group, clean(group)), cells))


def _heads() -> dict[str, str]:
    """The columns of `coverage`: the field of each ("": their sum), and its heading."""
    return {
        "decided": t("decided"), "hinted": t("hinted at"), "waiting": t("no check yet"),
        "attested": t("attested"), "left_out": t("left out"), "": t("sum"),
    }  # fmt: skip


def _lines(head: str) -> list[str]:
    """A heading on several lines, filled from the last word on: "no / check yet"."""
    return [line[::-1] for line in wrap(head[::-1], CELL - 1)][::-1]


def _line(name: str, cells: Iterable[object]) -> str:
    return f"{name[:NAME]:<{NAME}}" + "".join(f"{cell!s:>{CELL}}" for cell in cells).rstrip()


@profile.command("crosswalk")
@click.argument("first", default="level3-2017")
@click.argument("second", default="level3")
@format_json
@lang_option
def show_crosswalk(first: str, second: str, form: str) -> None:
    """Show which requirements of one standard took over which of another.

    For each requirement of FIRST (a profile's name, or a YAML file) those of SECOND that it
    became or came from; then those of both sides without a partner.
    """
    found = crosswalk(_load(first), _load(second))
    if form == "json":
        rows = [
            {**_brief(row.control), "partners": [_brief(one) for one in row.partners]}
            for row in found.rows
        ]
        _print({"rows": rows, "alone": [_brief(one) for one in found.alone],
                "without": [_brief(one) for one in found.without]})  # fmt: skip
        return
    for row in found.rows:
        click.echo(click.wrap_text(named(row.control), WIDTH, "", "    "))
        for partner in row.partners:
            click.echo(click.wrap_text(f"→ {named(partner)}", WIDTH, "    ", "      "))
    for side, alone in ((first, found.alone), (second, found.without)):
        click.echo(
            "\n" + t("{profile}: without a partner ({n})", profile=clean(side), n=len(alone))
        )
        for control in alone:
            click.echo(click.wrap_text(named(control), WIDTH, "    ", "      "))


def _brief(control: Control) -> dict[str, str]:
    title = control.title[translator().lang]
    return {"id": control.id, "standard": control.standard, "clause": control.clause,
            "title": title}  # fmt: skip


@profile.command("lint")
@click.argument("file")
@format_json
@lang_option
def lint_profile(file: str, form: str) -> None:
    """Check a profile file: every name in it must exist.

    Mistakes end with exit code 2. Notices are what is worth knowing of a profile that has none:
    controls that no check looks at though one could, changed values that the standard fixes,
    checks that no control names.
    """
    wrong: list[Problem] = []
    found: list[Problem] = []
    count = 0
    try:
        one, found = notices(file, registry.load())
        count = len(one.controls)
    except FileError as error:
        if form != "json":
            click.echo(error.text(translator()), err=True)
            raise SystemExit(USAGE) from error
        wrong = list(error.problems)
    if form == "json":
        _print({"controls": count, "errors": list(map(_told, wrong)),
                "notices": list(map(_told, found))})  # fmt: skip
        raise SystemExit(USAGE if wrong else 0)
    for notice in found:
        click.echo(f"{notice.place}: {translator()(notice.message)}")
    if found:
        click.echo(t("{n} controls; no mistake, {m} notices", n=count, m=len(found)))
    else:
        click.echo(t("{n} controls; no problem found", n=count))


def _told(problem: Problem) -> dict[str, object]:
    message = translator()(problem.message)
    return {"file": problem.file, "line": problem.line, "column": problem.column,
            "message": message}  # fmt: skip


__all__ = ["profile"]
