"""A questionnaire goes out, is filled in, and comes back: the same statements, whoever fills in."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from scanner import sheet_yaml
from scanner.attesting import Draft, attestation_of, longest
from scanner.evidence_files import Folder
from scanner.evidence_find import Finder
from scanner.papers import Answer, Papers
from scanner.sheet import sheet_of
from scanner.sheet_import import Desk, take
from scanner.sheet_words import ANSWERS, COLUMNS, answers, fold
from tests.scanner.sheets import (
    BOTH,
    COLUMN,
    FIRST,
    PDF,
    TODAY,
    answered,
    edit,
    export,
    mistakes,
    read,
    spoken,
    standing,
)

NAMES = ["quy-chế.pdf", "Kế hoạch 2026.pdf", "a;b.pdf", "c.pdf"]
CONTROLS = [one.id for one in standing().profile.controls]


def kept(new, recorded=datetime(2026, 11, 23, 8, tzinfo=UTC)):
    return Papers(tuple(replace(one, id=f"A-{i}", recorded=recorded) for i, one in enumerate(new)))


def test_what_goes_out(tmp_path):
    path = export(tmp_path / "p.xlsx", standing(faults={CONTROLS[1]: ["tls.hsts@web"]}))
    first, table = load_workbook(path).worksheets
    assert (first.title, table.title) == ("Đọc trước", "Câu hỏi")
    assert [cell.value for cell in table[1]] == list(COLUMN)
    assert [cell.value for cell in table[2]][:5] == [
        "STT", "Chủ đề", "Mục và văn bản", "Yêu cầu (diễn đạt lại)", "Máy đã thấy",
    ]  # fmt: skip
    assert [table.cell(row, COLUMN["id"]).value for row in range(3, 11)] == CONTROLS
    assert table.cell(4, COLUMN["seen"]).value == f"{CONTROLS[1]} tls.hsts@web"
    assert table.cell(4, COLUMN["saw"]).value.startswith("web chưa đạt: ")
    assert table.freeze_panes == "E3"
    assert table.auto_filter.ref == "A2:P10"
    assert (table.page_setup.orientation, table.page_setup.paperSize) == ("landscape", 9)
    lists = [one.formula1 for one in table.data_validations.dataValidation if one.type == "list"]
    assert lists == ['"Đạt,Biện pháp tương đương,Không áp dụng,Một phần,Chưa đạt"']
    told = {row[0].value: row[2].value for row in first.iter_rows() if row[0].value}
    assert told["agency"] == "agency-0" and told["sheet"] == "press-scan/questionnaire/1"
    assert len(told["sha256"]) == 64 and told["run"] == "R-1"


def test_each_language_has_its_own_words(tmp_path):
    pages = load_workbook(export(tmp_path / "p.xlsx", lang="en")).worksheets
    assert [page.title for page in pages] == ["Read first", "Questions"]
    assert pages[1].cell(2, COLUMN["answer"]).value == "Answer"


def test_what_is_settled_is_not_asked_again(tmp_path):
    new = read(edit(export(tmp_path / "p.xlsx"), *answered(FIRST))).new
    # by now the assessment would call it met
    of = standing(kept(new))
    met = {CONTROLS[0]: replace(of.results.get(CONTROLS[0]) or _met(), control=CONTROLS[0])}
    of = replace(of, results=met)
    assert [one.control.id for one in sheet_of(of).questions] == CONTROLS[1:]
    whole = sheet_of(of, whole=True).questions
    assert [one.control.id for one in whole] == CONTROLS
    assert whole[0].present == kept(new).attestations[0]


def _met():
    from scanner.assessment import ControlResult, ControlStatus, DecidedBy

    return ControlResult("", ControlStatus.MET, DecidedBy.ATTESTATION)


def test_an_empty_sheet_brings_nothing(tmp_path):
    taken = read(export(tmp_path / "p.xlsx"))
    assert (taken.new, taken.unchanged, taken.skipped) == ([], 0, 8)
    assert not taken.older_profile


def test_the_first_page_speaks_for_rows_that_are_silent(tmp_path):
    path = export(tmp_path / "p.xlsx")
    rows = {row[0].value: row[0].row for row in load_workbook(path).worksheets[0].iter_rows()}
    edit(path, lambda page: page.cell(rows["by"], 3, "Lan"),
         lambda page: page.cell(rows["made"], 3, "20/11/2026"), page=0)  # fmt: skip
    edit(path, (3, "answer", "Đạt"), (3, "document", 15), *answered(4, by="An"))
    one, other = read(path).new
    assert (one.by, one.made, one.document) == ("Lan", date(2026, 11, 20), "15")
    assert (other.by, other.made) == ("An", TODAY)


def test_who_runs_the_import_speaks_last(tmp_path):
    path = edit(export(tmp_path / "p.xlsx"), *answered(3, by=None), *answered(4, by="An"))
    assert [one.by for one in read(path, by="Minh").new] == ["Minh", "An"]


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("Đạt", Answer.MET),
        ("  ĐẠT. ", Answer.MET),
        (unicodedata.normalize("NFD", "Đạt"), Answer.MET),
        ("met", Answer.MET),
        ("chưa  đạt", Answer.NOT_MET),
        ("chưa\u00a0đạt", Answer.NOT_MET),
        ("Chua dat", Answer.NOT_MET),
        ("Not_met", Answer.NOT_MET),
        ("một phần", Answer.PARTIAL),
        ("PARTLY MET", Answer.PARTIAL),
        ("biện pháp tương đương", Answer.EQUIVALENT),
        ("không áp dụng", Answer.NOT_APPLICABLE),
        ("Not applicable", Answer.NOT_APPLICABLE),
        ("không đạt", None),
        ("có", None),
        ("yes", None),
        ("x", None),
    ],
)
def test_answers_are_known_in_both_languages(written, answer):
    assert answers(BOTH).get(fold(written)) is answer


def test_no_two_answers_are_written_alike():
    assert len(answers(BOTH)) == len({fold(str(a)) for a in Answer} | {
        fold(t(words)) for t in BOTH for words in ANSWERS.values()})  # fmt: skip
    for t in BOTH:
        assert len({fold(t(one.heading)) for one in COLUMNS}) == len(COLUMNS)


def test_the_same_file_again_changes_nothing(tmp_path):
    (tmp_path / "a.pdf").write_bytes(PDF)
    path = edit(export(tmp_path / "p.xlsx"), *answered(3, evidence="A.PDF"), *answered(4))
    new = read(path).new
    again = read(path, standing(kept(new)))
    assert (again.new, again.unchanged, again.skipped) == ([], 2, 6)
    # the files need not be there again
    (tmp_path / "a.pdf").unlink()
    assert read(path, standing(kept(new))).unchanged == 2
    # a year later it is still the same, though it counts no longer
    assert read(path, standing(kept(new), day=date(2028, 1, 1))).unchanged == 2


def test_a_changed_answer_takes_the_place_of_the_last(tmp_path):
    path = edit(export(tmp_path / "p.xlsx"), *answered(3))
    before = kept(read(path).new)
    edit(path, (3, "statement", "Đã rà soát lại"))
    assert [one.statement for one in read(path, standing(before)).new] == ["Đã rà soát lại"]
    edit(path, (3, "made", TODAY - timedelta(1)))
    assert mistakes(path, standing(before)) == [
        ("K3", "a newer answer, of 2026-11-23, is recorded already")
    ]


def test_a_withdrawn_answer_does_not_come_back(tmp_path):
    path = edit(export(tmp_path / "p.xlsx"), *answered(3, made=TODAY - timedelta(9)))
    (new,) = read(path).new
    gone = Papers((replace(new, withdrawn=TODAY - timedelta(1)),))
    ((cell, message),) = mistakes(path, standing(gone))
    assert cell == "K3" and "withdrawn on 2026-11-22" in message


def test_a_statement_answers_what_the_sheet_showed_and_the_machine_still_shows(tmp_path):
    shown = standing(faults={CONTROLS[0]: ["a.b@web", "a.c@web"]})
    path = edit(export(tmp_path / "p.xlsx", shown), *answered(3))
    now = standing(faults={CONTROLS[0]: ["a.c@web", "a.d@web"]})
    assert read(path, now).new[0].seen == ("a.c@web",)
    edit(path, (3, "seen", f"{CONTROLS[1]} a.c@web"))
    assert [cell for cell, _ in mistakes(path, now)] == ["O3"]
    edit(path, (3, "seen", f"{CONTROLS[0]} a.c@web"))
    # made before the sheet: it can't speak of what the sheet showed
    edit(path, (3, "made", TODAY - timedelta(1)))
    assert read(path, now).new[0].seen == ()


# -- whatever is answered comes back as it was meant

words = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=12, max_size=60
).filter(lambda text: len("".join(text.split())) > 10)
lines = st.lists(words, min_size=1, max_size=3).map("\n".join)
days = st.dates(date(2026, 1, 1), TODAY)


@st.composite
def drafts(draw, finder):
    answer, made = draw(st.sampled_from(Answer)), draw(days)
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))
    proof = answer in (Answer.MET, Answer.EQUIVALENT)
    open_ = answer in (Answer.PARTIAL, Answer.NOT_MET)
    control = standing().profile.controls[0]
    last = longest(made, control)
    return Draft(
        answer=answer,
        by=draw(words),
        made=made,
        statement=draw(lines),
        document=draw(words) if proof and not names else draw(words | st.just("")),
        evidence=tuple(finder.find(name)[1] for name in names),
        valid_until=draw(st.none() | st.dates(max(made, TODAY), last)) if last >= TODAY else None,
        plan=draw(lines) if open_ else "",
        plan_by=made + timedelta(draw(st.integers(0, 900))) if open_ else None,
    )


def cells(row, draft, t):
    day = draft.made
    return [
        (row, "answer", t(ANSWERS[draft.answer])), (row, "statement", draft.statement),
        (row, "document", draft.document), (row, "by", draft.by),
        (row, "evidence", "\n".join(file.name for file in draft.evidence)),
        (row, "made", f"{day.day:02}/{day.month:02}/{day.year}" if day.day % 2 else day),
        (row, "valid_until", draft.valid_until), (row, "plan", draft.plan),
        (row, "plan_by", draft.plan_by),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A folder with evidence in it."""
    folder = tmp_path_factory.mktemp("office")
    for name in NAMES:
        (folder / name).write_bytes(PDF + name.encode())
    return folder


def meant(given_drafts):
    """The statements by themselves, without any sheet."""
    whose = {"agency": "agency-0", "system": "portal", "seen": ()}
    controls = standing().profile.controls
    return [
        attestation_of(draft, controls[i], **whose)
        for i, draft in sorted(given_drafts.items())
        if longest(draft.made, controls[i]) >= TODAY
    ]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_export_fill_in_import_gives_the_same_statements(office, data):
    finder = Finder(office, Folder(office / "kept"))
    filled = data.draw(st.dictionaries(st.integers(0, 7), drafts(finder), max_size=5))
    controls = standing().profile.controls
    filled = {i: d for i, d in filled.items() if longest(d.made, controls[i]) >= TODAY}
    lang = data.draw(st.sampled_from([0, 1]))
    path = export(office / "p.xlsx", lang=BOTH[lang].lang)
    changes = [one for i, d in filled.items() for one in cells(FIRST + i, d, BOTH[1 - lang])]
    if changes:
        book = load_workbook(path)
        for row, key, value in changes:
            cell = book.worksheets[1].cell(row, COLUMN[key])
            cell.value = value
            cell.data_type = "s" if isinstance(value, str) else cell.data_type
        book.save(path)
    taken = read(path)
    assert by_control(taken.new) == by_control(meant(filled))
    assert taken.skipped == 8 - len(filled)

    papers = kept(taken.new)
    for whole in ("xlsx", "yaml"):  # exported with its answers, it says the same again
        again = sheet_of(standing(papers), whole=True)
        if whole == "xlsx":
            out = read(export(office / "q.xlsx", standing(papers), whole=True), standing(papers))
        else:
            (office / "q.yaml").write_text(sheet_yaml.text(again, spoken("vi")), "utf-8")
            desk = Desk(standing(papers), finder, BOTH)
            out = take(sheet_yaml.form(office / "q.yaml"), desk)
        assert (out.new, out.unchanged) == ([], len(filled))


def by_control(statements):
    return {one.control: one for one in statements}
