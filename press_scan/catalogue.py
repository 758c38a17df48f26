"""`checks`: what is looked for."""

from __future__ import annotations

import json
from difflib import get_close_matches

import click

import checks as registry
from checks import Check
from checks.words import snippets, words
from press_scan.common import format_json, stop
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


__all__ = ["checks"]
