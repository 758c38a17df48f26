"""`checks` and `profile`: what is looked for, and what it counts for."""

from __future__ import annotations

import json
from difflib import get_close_matches

import click

import checks as registry
from checks import Check
from checks.words import snippets, words
from press_scan.common import format_json, mistakes, stop
from press_scan.words import Group, lang_option, t, translator
from reports.labels import Labels
from scanner import profile as profiles


@click.group(cls=Group)
def checks() -> None:
    """What press-scan looks for."""


@checks.command("list")
@format_json
@lang_option
def list_checks(form: str) -> None:
    """List every check."""
    known = registry.load().values()
    if form == "json":
        rows = [_row(check) for check in known]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    language = words(translator().lang)
    severity = Labels(translator()).severity
    for check in known:
        click.echo(f"{check.id:<24} {severity[check.severity]:<14} {language.title(check)}")


@checks.command()
@click.argument("check_id", metavar="ID")
@format_json
@lang_option
def explain(check_id: str, form: str) -> None:
    """Explain a check: what passes, why it matters, how to mend it."""
    known = registry.load()
    if check_id not in known:
        near = get_close_matches(check_id, known, n=1)
        hint = t('; did you mean "{near}"?', near=near[0]) if near else ""
        stop(t('no check is named "{name}"', name=check_id) + hint)
    check = known[check_id]
    if form == "json":
        click.echo(json.dumps(_row(check), ensure_ascii=False, indent=2))
        return
    _explain(check)


def _explain(check: Check) -> None:
    language = words(translator().lang)
    severity = Labels(translator()).severity[check.severity]
    click.echo(f"{check.id}  ({t('severity')}: {severity})\n")
    for heading, text in (
        (t("What passes"), language.title(check)),
        (t("Why it matters"), language.why(check)),
        (t("How to mend it"), language.fix(check)),
    ):
        click.echo(click.style(heading, bold=True))
        click.echo(click.wrap_text(text, 78, "  ", "  ") + "\n")
    for server, text in snippets(check).items():
        click.echo(click.style(server, bold=True))
        click.echo("\n".join(f"    {line}" for line in text.splitlines()) + "\n")
    for name, value in check.params.items():
        click.echo(f"{t('A profile may set')}: {name} = {value}")
    bound = [c for c in profiles.load("level3", registry.load()).controls if check.id in c.bound]
    for control in bound:
        click.echo(f"{control.standard} {control.clause}: {control.title[translator().lang]}")


def _row(check: Check) -> dict[str, object]:
    language = words(translator().lang)
    return {
        "id": check.id,
        "area": check.area,
        "severity": str(check.severity),
        "title": language.title(check),
        "why": language.why(check),
        "fix": language.fix(check),
        "snippets": snippets(check),
        "params": dict(check.params),
    }


@click.group(cls=Group)
def profile() -> None:
    """Sets of requirements, and the checks that speak for each."""


@profile.command("list")
@format_json
@lang_option
def list_profiles(form: str) -> None:
    """List the profiles that come with press-scan."""
    rows = []
    for name in profiles.names():
        one = profiles.load(name, registry.load())
        title = one.title[translator().lang]
        rows.append({"id": name, "title": title, "version": one.version,
                     "standard": one.standard, "controls": len(one.controls)})  # fmt: skip
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['id']:<16} {row['version']:<9} {row['controls']:>4}  {row['title']}")


@profile.command("show")
@click.argument("name", default="level3")
@format_json
@lang_option
def show_profile(name: str, form: str) -> None:
    """Show a profile's controls, and what speaks for each."""
    with mistakes():
        one = profiles.load(name, registry.load())
    lang = translator().lang
    if form == "json":
        rows = [
            {
                "id": c.id,
                "clause": c.clause,
                "standard": c.standard,
                "group": c.group,
                "title": c.title[lang],
                "decides": c.decides,
                "hints": c.hints,
            }
            for c in one.controls
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for control in one.controls:
        click.echo(f"{control.clause:<16} {control.title[lang]}")
        if control.decides:
            click.echo(f"{'':<16} {t('decided by')}: {', '.join(control.decides)}")
        if control.hints:
            click.echo(f"{'':<16} {t('hinted at by')}: {', '.join(control.hints)}")


@profile.command("coverage")
@click.argument("name", default="level3")
@format_json
@lang_option
def coverage_of(name: str, form: str) -> None:
    """Show how many requirements a machine decides, and how many need a person."""
    with mistakes():
        one = profiles.load(name, registry.load())
    rows = {group: profiles.coverage(one, group) for group in one.groups}
    rows["all"] = profiles.coverage(one)
    if form == "json":
        click.echo(json.dumps({group: vars(row) for group, row in rows.items()}, indent=2))
        return
    names = {group: title[translator().lang] for group, title in one.groups.items()}
    heads = (t("decided"), t("hinted at"), t("no check yet"), t("attested"))
    click.echo(f"{'':<12}" + "".join(f"{head:>16}" for head in heads))
    for group, row in rows.items():
        numbers = (row.decided, row.hinted, row.waiting, row.attested)
        title = names.get(group, t("all"))
        click.echo(f"{title:<12}" + "".join(f"{number:>16}" for number in numbers))


@profile.command("lint")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@lang_option
def lint_profile(file: str) -> None:
    """Check a profile file: every name in it must exist."""
    with mistakes():
        one = profiles.load(file, registry.load())
    click.echo(t("{n} controls; no problem found", n=len(one.controls)))


__all__ = ["checks", "profile"]
