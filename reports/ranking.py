"""Agencies in the order in which a programme's report lists them.  Pure."""

from __future__ import annotations

from reports.view import AgencyCard, Scorecard


def ranked(card: Scorecard) -> tuple[AgencyCard, ...]:
    """Those that comply, then by score; equals stay in the inventory's order."""
    return tuple(sorted(card.agencies, key=lambda one: (not one.compliant, -one.score)))
