"""The summary that is made one agency at a time reads as that of the whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from reports.brief import Briefing
from reports.i18n import Translator
from reports.scorecard import scorecard
from reports.terminal import summary_text
from reports.view import Scorecard
from scanner.assessment import Assessment
from scanner.papers import Papers
from tests.reports import factory


def apart(whole: Assessment) -> Iterable[Assessment]:
    for one in whole.agencies:
        yield replace(
            whole,
            agencies=(one,),
            findings=tuple(f for f in whole.findings if f.agency == one.id),
            failures=tuple(f for f in whole.failures if f.agency == one.id),
            papers=whole.papers.of([one.id]),
        )


def head(whole: Assessment) -> Assessment:
    return replace(whole, agencies=(), findings=(), failures=(), papers=Papers())


def brief(whole: Assessment, lang: str) -> Scorecard:
    making = Briefing(factory.profile(), lang)
    return making.whole(head(whole), map(making.short, apart(whole)))


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("backwards", [False, True])
def test_the_same_summary(lang, backwards):
    whole = factory.assessment()
    if backwards:
        whole = replace(whole, agencies=whole.agencies[::-1], findings=whole.findings[::-1])
    told = summary_text(brief(whole, lang))
    assert told == summary_text(scorecard(whole, factory.profile(), lang))
    assert len(whole.agencies) > 1 and Translator(lang)("What to do first") in told


def test_what_the_summary_does_not_tell_is_left_out():
    whole = factory.assessment()
    card = brief(whole, "vi")
    assert card.mends and card.gaps and not card.findings
    assert not any(one.systems for one in card.agencies)
    assert not any(seen.evidence for mend in card.mends for seen in mend.seen)
