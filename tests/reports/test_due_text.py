"""What falls due, as cron mails it."""

from __future__ import annotations

from datetime import date

import pytest

from reports.due_text import FEW, due_list
from reports.i18n import Translator
from reports.screen import as_text
from scanner.due import Due, Item, Kind
from tests.scanner.findings import control

DAY, LAST = date(2026, 11, 23), date(2026, 12, 1)
CONTROLS = {f"C-{n}": control(id=f"C-{n}", clause=f"5.{n}") for n in range(9)}


def told(*items, lang="en", never=None):
    of = Due(DAY, tuple(items), never or {})
    names = {"a": "Báo A", "b": "Báo B"}
    return as_text(due_list(of, items, names, CONTROLS, LAST, Translator(lang)), 80, colour=False)


def statements(many, day=LAST, system="portal"):
    return [Item(day, "a", system, Kind.ATTEST, f"C-{n}", f"A-{n:04}", "Lan") for n in range(many)]


def test_few_statements_are_told_one_by_one():
    text = told(*statements(FEW))
    assert text.count("press-scan attest C-") == FEW and "attest sheet" not in text


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_many_of_one_system_and_day_are_one_line_and_one_questionnaire(lang):
    text = told(*statements(9), lang=lang)
    assert text.count("→") == 1
    assert "9 statements" in text or "9 xác nhận" in text
    assert "5.0, 5.1, 5.2, …" in text
    assert "press-scan attest sheet --all --system a/portal --output …" in " ".join(text.split())
    assert text.splitlines()[0].startswith("press-scan: 9 ")


def test_other_days_systems_and_kinds_stay_apart():
    items = [
        *statements(4),
        *statements(4, system="mail"),
        *statements(4, date(2026, 11, 30)),
        *(Item(LAST, "a", "portal", Kind.WAIVER, f"C-{n}", f"W-{n:04}") for n in range(5)),
        Item(LAST, "b", "", Kind.SCAN),
    ]
    text = told(*sorted(items, key=lambda one: (one.day, one.agency, one.system, one.kind)))
    assert text.count("attest sheet") == 3 and text.count("press-scan waive") == 5
    assert text.count("press-scan scan") == 1 and text.index("Báo A") < text.index("Báo B")


def test_a_requirement_to_scan_is_named():
    assert "the last scan serves until then: 5.3" in told(Item(LAST, "a", "p", Kind.SCAN, "C-3"))
    assert "what the last scan saw counts" in told(Item(LAST, "a", "", Kind.SCAN))


def test_nothing_of_a_statement_steers_the_terminal():
    text = told(Item(LAST, "a", "portal", Kind.PLAN, "C-1", "A-1", "L\x1b[31m", "mua\x1b]0;x\x07"))
    assert "\x1b" not in text and "\x07" not in text
