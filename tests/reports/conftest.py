"""Scorecards to be shown."""

import pytest

from reports.scorecard import scorecard
from tests.reports import factory, nasty


@pytest.fixture
def card():
    """Makes the scorecard of the made-up programme."""

    def make(lang="vi", of=None, **more):
        of = of or factory.assessment()
        more.setdefault("history", factory.history())
        return scorecard(of, factory.profile(), lang, describe=factory.describe(lang), **more)

    return make


@pytest.fixture
def nasty_card(card):
    """The same with hostile texts everywhere."""
    return lambda lang="vi", **more: card(lang, of=nasty.assessment(), **more)
