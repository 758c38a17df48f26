"""Hand an assessment over: files, one format on standard output, or the summary; exit codes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from checks import Severity
from press_scan.common import stop
from press_scan.words import t, translator
from reports.brief import Briefing, Short
from reports.formats import USUAL, by_agency, render, write_by_agency, write_card
from reports.scorecard import for_agency, scorecard
from reports.terminal import summary_of
from reports.view import Scorecard
from scanner.assessment import Assessment
from scanner.by_agency import Tally
from scanner.history import history
from scanner.profile import Profile
from scanner.spread import spread
from scanner.store import Store
from scanner.timeline import NO_HISTORY, History

COMPLIANT, NOT_COMPLIANT, INCOMPLETE, INTERRUPTED = 0, 1, 3, 130


def one_place(formats: Sequence[str], output: Path | None) -> None:
    """Several formats need a folder: said before anything is sent."""
    if len(formats) > 1 and not output:
        stop(t("several formats need --output DIR"))


def show(
    assessment: Assessment,
    profile: Profile,
    formats: Sequence[str],
    output: Path | None,
    agency: str = "",
    digest: str = "",
    db: str = "",
    before: History = NO_HISTORY,
) -> None:
    """Write the formats into `output`; or print the only one; or print the summary.

    `digest` is that of the run's observations; `db` is the store, when it is not the usual one;
    `before` is what there was before the run.
    """
    if formats and not output:
        data = render(formats[0], assessment, profile, translator(), agency, digest, before)
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        return
    lang = translator().lang
    card = scorecard(assessment, profile, lang, digest=digest, history=before)
    if output:
        shown = for_agency(card, agency) if agency else card
        _told(write_card(output, shown, formats or USUAL))
    summary_of(card, translator(), db=db)


def show_kept(
    store: Store,
    run: str,
    profile: Profile,
    formats: Sequence[str],
    output: Path | None,
    agency: str = "",
    db: str = "",
    judged: str = "",
) -> None:
    """`show`, of what is kept; the summary and PDFs are made one agency at a time.

    `judged` names the judgement, when it is not the profile's id.
    """
    kept = judged or profile.id
    before = history(store, store.run(run), profile.id, [agency] if agency else ())
    head, t = store.judgement_head(run, kept), translator()
    if not head:
        return
    parts, digest = store.parts(run, kept), store.digest(run)
    if not formats and not output:
        summary_of(_summary(store, head, profile, t.lang, before), t, db=db)
    elif output and len(formats) == 1 and by_agency(formats) and not agency:
        (name,) = formats
        written, card = write_by_agency(output, head, parts, profile, t, name, digest, before)
        _told(written)
        summary_of(card, t, db=db)
    elif whole := store.judgement(run, kept):
        show(whole, profile, formats, output, agency, digest, db, before)


def _summary(
    store: Store, head: Assessment, profile: Profile, lang: str, before: History
) -> Scorecard:
    """What the summary tells; each agency's part by itself."""
    run, of, making = head.run.id, head.run.profile, Briefing(profile, lang, before)

    def short(agency: str) -> Short | None:
        part = store.part(run, of, agency, head)
        return making.short(part) if part else None

    shorts = spread(short, store.judged_agencies(run, of), store.forked)
    return making.whole(head, filter(None, shorts))


def _told(written: Iterable[Path]) -> None:
    for path in written:
        click.echo(t("written: {path}", path=path), err=True)


def exit_code(of: Tally, fail_on: str | None = None, only: Sequence[str] = ()) -> int:
    """3 when something could not be assessed; else 1 for non-compliance; else 0.

    With `fail_on`, non-compliance is a failing finding of that severity or worse; with `only`, the
    other agencies were not in scope.
    """
    if of.incomplete:
        return INCOMPLETE
    if fail_on:
        worst = Severity(fail_on).rank
        return NOT_COMPLIANT if any(one.rank <= worst for one in of.failing) else COMPLIANT
    in_scope = (complies for name, complies in of.compliant.items() if not only or name in only)
    return COMPLIANT if all(in_scope) else NOT_COMPLIANT
