"""`doctor`: does the log-in work, which questions does each host answer, and what is missing."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from itertools import groupby
from pathlib import Path

import click

from checks.words import words
from facts.declared import Look
from facts.host.areas import asks
from facts.host.asks import Ask
from press_scan import doctor_sudoers as allowed
from press_scan.common import format_json, mistakes, stop
from press_scan.doctor_visit import ABSENT, FAILED, MISSING, WORKS, Visit, inside, target, visit
from press_scan.show import COMPLIANT, INCOMPLETE
from press_scan.words import Command, lang_option, option, t, translator
from scanner.inventory_file import check_valid, load
from scanner.plan import Place
from scanner.problems import FileError
from scanner.scope import Scope

SCHEMA = "press-scan/doctor/1"
USER = "scan"
NO_KEY = "ssh-ed25519 AAAA... press-scan"


@click.command(cls=Command)
@click.argument("inventory", required=False, type=click.Path(exists=True, path_type=Path))
@click.argument("host", required=False, default="", metavar="[HOST]")
@option("--sudoers", is_flag=True, help="Print the sudoers file that a host needs; ask nobody.")
@option("--account", is_flag=True,
        help="Print a script that makes the account on a host; ask nobody.")  # fmt: skip
@format_json
@lang_option
def doctor(inventory: Path | None, host: str, sudoers: bool, account: bool, form: str) -> None:
    """Try the log-in to each host of an inventory, and say what is missing there.

    HOST is an asset's id or address. Without an inventory, --sudoers and --account speak of the
    account "scan". Exit code: 0 every question works; 2 wrong usage, inventory or scope;
    3 something could not be asked.
    """
    logging.basicConfig(level=logging.ERROR)
    if sudoers or account:
        user, questions, key = _declared(inventory, host)
        if sudoers:
            click.echo(_file(user, questions))
        if account:
            click.echo(_script(user, key), nl=False)
        return
    if inventory is None:
        stop(t("name an inventory, or ask for --sudoers or --account"))
    seen = [visit(place) for place in _places(inventory, host)]
    if form == "json":
        click.echo(json.dumps({"schema": SCHEMA, "hosts": [_data(one) for one in seen]},
                              ensure_ascii=False, indent=2))  # fmt: skip
    else:
        for one in seen:
            _tell(one)
    raise SystemExit(COMPLIANT if all(one.well for one in seen) else INCOMPLETE)


def _places(inventory: Path, host: str) -> list[Place]:
    """The assets to look at; none is a mistake of the user's."""
    with mistakes():
        loaded = load(inventory)
        problem = check_valid(loaded, date.today())  # noqa: DTZ011  # the user's own day counts
        if problem:
            raise FileError([problem])
        scope = Scope(loaded.inventory.authorisation.authorisation())
        scope.permit_time()
        found = inside(loaded.inventory, host, scope)
    if not found:
        stop(
            t('no asset with a log-in (ssh:) has the id or address "{host}"', host=host)
            if host
            else t("no asset of this inventory has a log-in (ssh:)")
        )
    return found


def _declared(inventory: Path | None, host: str) -> tuple[str, Sequence[Ask], str]:
    """The account, its questions and its public key, as the inventory has them."""
    if inventory is None:
        return USER, asks(Look()), NO_KEY
    found = _places(inventory, host)
    users = {place.asset.ssh.user for place in found if place.asset.ssh}
    if len(users) > 1:
        stop(t("the hosts have different accounts; name one host"))
    questions = {ask: None for place in found for ask in asks(target(place).look)}
    keys = {place.asset.ssh.key for place in found if place.asset.ssh and place.asset.ssh.key}
    public = Path(f"{keys.pop()}.pub").expanduser() if len(keys) == 1 else None
    try:
        key = public.read_text("utf-8").strip() if public else NO_KEY
    except (OSError, ValueError):
        key = NO_KEY
    return users.pop(), tuple(questions), key if key.count("\n") == 0 else NO_KEY


# -- what is printed


def _file(user: str, questions: Sequence[Ask]) -> str:
    """The whole sudoers file, each line with its reason."""
    head = (
        t("press-scan: what the account {user} may run as root, and nothing else", user=user),
        t("install:  visudo -c -f FILE  and then  install -m 440 FILE {path}", path=allowed.FILE),
        t("Every line is one exact command that reads; no shell, editor or pager can be started."),
    )
    text = [*(f"# {line}" for line in head), ""]
    text += [f"# {t('no terminal is needed, and a command that hangs is ended by sudo')}"]
    text += [allowed.defaults(questions, user)]
    for line in allowed.lines(questions):
        text += ["", f"# {', '.join(line.asks)}", line.text(user)]
    return "\n".join(text)


def _script(user: str, key: str) -> str:
    """The script that makes the account, with what it does as a comment."""
    head = (
        t("press-scan: run as root on the host; it makes the account {user}", user=user),
        t("It has no password, one key, no forwarding, no terminal; root owns its key file."),
    )
    notes = [f"# {line}\n" for line in head]
    if key == NO_KEY:
        notes.append(f"# {t('put the public key (the .pub file) into KEY first')}\n")
    return "".join(notes) + allowed.account(user, key)


def _data(one: Visit) -> dict[str, object]:
    lines = [line.text(one.user) for line in one.missing]
    return {
        "asset": one.asset,
        "address": one.address,
        "user": one.user,
        "port": one.port,
        "works": one.well,
        "reason": one.why,
        "detail": one.detail,
        "questions": [asdict(question) for question in one.questions],
        "missing_sudoers": lines,
    }


def _tell(one: Visit) -> None:
    say = words(translator().lang).sentence
    click.echo(f"{one.asset}  {one.user}@{one.address}:{one.port}")
    if one.why:
        click.echo(f"  ✗ {say(one.why)}: {one.detail}" if one.detail else f"  ✗ {say(one.why)}")
        click.echo("  " + t("the account's set-up:  press-scan doctor INVENTORY HOST --account"))
        return
    for area, group in groupby(one.questions, lambda question: question.area):
        asked = list(group)
        states = [question.state for question in asked]
        good, absent = states.count(WORKS), states.count(ABSENT)
        mark = "✗" if {MISSING, FAILED} & set(states) else "✓"
        told = t("{good} of {n} work", good=good, n=len(asked) - absent)
        if absent:
            told += t(", {n} programs are not there", n=absent)
        click.echo(f"  {mark} {area}: {told}")
        for question in asked:
            if question.state in {MISSING, FAILED}:
                click.echo(f"      {question.name}: {say(question.why)}: {question.detail}")
    if one.missing:
        click.echo("  " + t("missing in {path} on this host:", path=allowed.FILE))
        for line in one.missing:
            click.echo(f"    {line.text(one.user)}")
