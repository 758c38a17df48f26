"""Where the parts of a chart stand."""

from datetime import date

import pytest

from reports.html_charts import LEFT, WIDE, arcs, dots, segments
from reports.view_system import Counts
from scanner.timeline import Point


def test_bars_hold_every_status_and_no_more_than_their_width():
    parts = segments(Counts(met=200, not_met=1, unverified=10), 220)
    assert [status for status, _, _ in parts] == ["met", "not_met", "unverified"]
    assert all(wide > 0 for _, _, wide in parts)
    assert parts[-1][1] + parts[-1][2] <= 220
    assert segments(Counts(), 220) == []


def test_a_ring_s_parts_end_where_it_began():
    parts = arcs(Counts(met=2000, not_applicable=1))
    assert parts[-1][1] + parts[-1][2] <= 100
    assert arcs(Counts(not_met=4)) == [("not_met", 0, 100)]


@pytest.mark.parametrize("many", [1, 2, 5, 7, 12])
def test_a_line_goes_from_left_to_right_and_says_its_ends(many):
    points = tuple(Point(f"r{at}", date(2026, 1, at + 1), 100.0 * (at % 2), False)
                   for at in range(many))  # fmt: skip
    found = dots(points)
    assert [one.point for one in found] == list(points)
    assert (found[0].x, found[-1].x) == (LEFT, LEFT + WIDE if many > 1 else LEFT)
    assert found[0].labelled and found[-1].labelled
    assert sum(one.labelled for one in found) <= 5
