"""`notify`: tell people of a run, by mail and to a web address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from press_scan.common import (
    db_option,
    mistakes,
    open_store,
    profile_and_world,
    profile_option,
    stop,
)
from press_scan.words import Command, lang_option, option, t, translator
from reports import mail_report
from reports.formats import FORMATS
from reports.scorecard import for_agency, scorecard
from reports.view import Scorecard
from scanner.beside import beside, load
from scanner.history import history
from scanner.notify_settings import NAME, Mail, NotifySettings, Webhook
from scanner.outbox import NotSent, post_hook, post_mail
from scanner.store import Run, Store

DONE, NOT_SENT = 0, 3


@dataclass(frozen=True)
class Letter:
    """One thing to hand over."""

    channel: str  # mail, webhook
    agency: str  # "" for the programme
    card: Scorecard
    to: tuple[str, ...] = ()

    @property
    def whom(self) -> str:
        """For messages; a web address may be a secret."""
        return ", ".join(self.to) or t("the web address")


@click.command(cls=Command)
@click.argument("run", default="latest")
@option("--settings", type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Who is told, and how; none: notify.yaml beside the inventory.")  # fmt: skip
@option("--only-changes", is_flag=True, help="Tell only whom something changed for.")
@option("--again", is_flag=True, help="Tell those too who were told of this run.")
@option("--dry-run", is_flag=True, help="Print what would be sent; send nothing.")
@profile_option
@db_option
@lang_option
def notify(
    run: str, settings: Path | None, only_changes: bool, again: bool, dry_run: bool,
    profile: str | None, db: str,
) -> None:  # fmt: skip
    """Tell people of a run: by mail, and to a web address.

    The subject says what got better or worse since the run before. Nobody is told twice of a run
    that was judged under one profile. Nothing is sent that notify.yaml does not name.

    Exit code: 0 everything was handed over, or nothing was to be told; 2 wrong usage or settings;
    3 something could not be sent.
    """
    failed = False
    with mistakes(), open_store(db) as store:
        kept = store.run(run)
        file = settings or _near(kept)
        told = load(file, NotifySettings)
        whole = _card(store, kept, profile)
        for one in list(_letters(told, whole)):
            key = (kept.id, whole.run.profile, one.channel, one.agency)
            if (only_changes and not mail_report.changed(one.card)) or (
                not again and not dry_run and store.noticed(*key)
            ):
                continue
            if dry_run:
                _print(one, told)
                continue
            try:
                _send(one, told, file.parent)
            except NotSent as error:
                failed = True
                click.echo(
                    t("not sent to {whom}: {why}", whom=one.whom, why=error.message), err=True
                )
            else:
                store.notice(*key)
                click.echo(t("sent to {whom}", whom=one.whom), err=True)
    raise SystemExit(NOT_SENT if failed else DONE)


def _near(run: Run) -> Path:
    path = Path(run.inventory_path)
    found = beside(path, NAME) if path.exists() else None
    if found is None:
        stop(t("there is no {name} beside {path}; name it with --settings", name=NAME, path=path))
    return found


def _card(store: Store, run: Run, profile: str | None) -> Scorecard:
    assessment = store.judgement(run.id, profile or "")
    if assessment is None:
        stop(t("run {run} was not judged; use:  press-scan judge {run}", run=run.id))
    named = run.options.profile
    chosen, _ = profile_and_world(
        profile or (named if Path(named).suffix else assessment.run.profile), None
    )
    before = history(store, run, chosen.id)
    return scorecard(
        assessment, chosen, translator().lang, digest=store.digest(run.id), history=before
    )


def _letters(of: NotifySettings, whole: Scorecard) -> Iterator[Letter]:
    known = {one.id for one in whole.agencies}
    if of.mail:
        if of.mail.to:
            yield Letter("mail", "", whole, of.mail.to)
        for agency, boxes in of.mail.agencies.items():
            if agency not in known:
                stop(t('no agency has the id "{id}"', id=agency))
            if boxes:
                yield Letter("mail", agency, for_agency(whole, agency), boxes)
    if of.webhook:
        yield Letter("webhook", "", whole)


def _send(one: Letter, of: NotifySettings, folder: Path) -> None:
    if one.channel == "mail":
        assert isinstance(of.mail, Mail)
        attached: dict[str, bytes] = {
            name: FORMATS[name].render(one.card) for name in dict.fromkeys(of.mail.attach)
        }
        made = mail_report.message(one.card, of.mail.sender, one.to, attached)
        post_mail(of.mail, made, folder)
        return
    assert isinstance(of.webhook, Webhook)
    post_hook(of.webhook, mail_report.hook_body(one.card, of.webhook.style), folder)


def _print(one: Letter, of: NotifySettings) -> None:
    click.echo(f"{one.channel}: {one.whom}")
    if one.channel == "mail":
        click.echo(mail_report.body(one.card, translator()))
    elif of.webhook:
        click.echo(mail_report.hook_body(one.card, of.webhook.style).decode())
