"""What is said beside a requirement, word for word, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from reports.i18n import Translator
from reports.notes import Notes, counted
from reports.view_system import PaperCount
from scanner.assessment import ControlResult, ControlStatus, DecidedBy
from scanner.papers import Answer, Evidence, Papers
from tests.scanner.test_papers import D, said, waived

DAY = D("2026-02-01")
KEY = ("bao", "portal")
FILE = Evidence("quy trình.pdf", "ab" * 32, 9, "pdf")
MET = ControlResult("C-1", ControlStatus.MET, DecidedBy.ATTESTATION, due=D("2026-07-10"))
NOT = ControlResult("C-1", ControlStatus.NOT_MET, DecidedBy.CHECKS)


def notes(result, paper=None, waiver=None, lang="en", day=DAY):
    papers = Papers((paper,) if paper else (), (waiver,) if waiver else ())
    return Notes(papers, day, Translator(lang)).of(*KEY, result)


def test_a_statement_says_who_when_with_what_proof_and_until_when():
    paper = said(statement="Đủ bốn bước", document="15/QĐ", evidence=(FILE,), by="Lan")
    (note,) = notes(MET, paper)
    assert note.text == (
        "Met: Lan, 10 Jan 2026 (A-0001); counts until 10 Jul 2026; document 15/QĐ;"
        " evidence: quy trình.pdf (SHA-256 abababababab…)"
    )
    assert (note.more, note.counts) == ("Đủ bốn bước", True)
    (note,) = notes(MET, replace(paper, answer=Answer.EQUIVALENT), lang="vi")
    assert note.text.startswith("Biện pháp tương đương: Lan, 10/01/2026 (A-0001); có giá trị đến")


@pytest.mark.parametrize(
    ("paper", "told"),
    [
        (said("2025-01-01", "2026-01-31"), "expired on 31 Jan 2026: counts for nothing"),
        (said("2026-01-10", "2026-02-01"), "counts until 1 Feb 2026"),
    ],
)
def test_one_that_has_expired_is_marked(paper, told):
    (note,) = notes(NOT, paper)
    assert told in note.text and note.counts is ("counts until" in told)


def test_a_fault_that_came_later_is_named():
    result = replace(NOT, contested=("tls.a@web", "tls.b@web"))
    (_, note) = notes(result, said())
    assert note.kind == "contested"
    assert note.text == "Attested, but the machine has seen since: tls.a@web, tls.b@web"


def test_a_plan():
    paper = said(answer=Answer.NOT_MET, plan="Mua thiết bị", plan_by=date(2026, 9, 1))
    (note,) = notes(NOT, paper)
    assert "plan: Mua thiết bị, by 1 Sep 2026" in note.text


def test_a_waiver_in_force_ended_and_to_come():
    result = replace(NOT, decided_by=DecidedBy.WAIVER, due=D("2026-07-10"))
    (note,) = notes(result, waiver=waived())
    assert note.text == (
        "Waived (W-0001) by decision 1/QĐ; requested by Lan, approved by Minh;"
        " counts until 10 Jul 2026"
    )
    (note,) = notes(NOT, waiver=waived("2025-01-01", "2025-12-31"))
    assert "expired on 31 Dec 2025" in note.text and not note.counts
    (note,) = notes(NOT, waiver=waived("2026-03-01", "2026-12-31"))
    assert "begins on 1 Mar 2026: does not count yet" in note.text and not note.counts
    gone = replace(waived("2026-03-01", "2026-12-31"), withdrawn=DAY)
    assert notes(NOT, waiver=gone) == ()
    met = replace(MET, decided_by=DecidedBy.CHECKS)
    assert notes(met, waiver=waived("2025-01-01", "2025-12-31")) == ()  # nobody needs it now


def test_the_rhythm_is_told_where_it_asks_sooner_than_the_paper_ends():
    result = replace(MET, due=D("2026-04-10"))
    assert [note.text for note in notes(result, said())][-1] == "due again by 10 Apr 2026"
    assert [note.kind for note in notes(MET, said())] == ["attestation"]


def test_what_the_profile_leaves_out():
    result = replace(NOT, left_out="Không có truyền hình")
    assert [note.text for note in notes(result)] == ["Left out: Không có truyền hình"]


def test_people_s_words_are_made_harmless():
    paper = said(by="\x1b[2J", statement="a\u202eb", document="\x07",
                 evidence=(replace(FILE, name="\x9b31m"),))  # fmt: skip
    waiver = waived(reason="\x1b]0;x\x07", decision="\x00", approved_by="\u2028")
    for note in notes(NOT, paper, waiver):
        assert (note.text + note.more).isprintable()


def test_how_many_count():
    papers = Papers(
        (said(), said(control="C-2", until="2026-01-20"), said("2026-01-05", "2026-01-08")),
        (waived(), waived(control="C-2", until="2026-01-20"), waived(until="2026-01-15")),
    )
    assert counted(papers, DAY) == PaperCount(1, 1, 2, D("2026-07-10"))
    assert counted(Papers(), DAY) == PaperCount()
