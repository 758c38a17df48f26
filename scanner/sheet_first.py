"""The first page of a questionnaire: whose it is, and how to fill it in."""

from __future__ import annotations

from datetime import date

from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from facts.message import N_
from scanner import sheet_style as style
from scanner.papers import Answer
from scanner.sheet import Head, Sheet, counts
from scanner.sheet_rows import Words
from scanner.sheet_style import text_cell
from scanner.sheet_words import ANSWERS, VERSION, Speaker

READ_FIRST = N_("Read first")
STEPS = (
    N_("Fill in the yellow columns of the next page. Choose the answer from its list; a row without"
       " an answer is left out and may be answered another day."),
    N_("Several people may share the work: filter the column “Subject”. Sorting and filtering do no"
       " harm; leave the columns with a dark heading and the grey ids as they are."),
    N_("Put the evidence files into the folder of this file and write their names, one a line."
       " A document's number is a proof, too."),
    N_("Write days like 23/11/2026. Leave “Valid until” empty: the answer then counts for as long"
       " as the requirement allows."),
    N_("A cell that turns orange still lacks something. What the machine saw to fail is mended on"
       " the machine: a plain “Met” does not settle it."),
    N_("Save as .xlsx (no macros, no formulas, no merged cells) and hand it to who runs"
       " press-scan. Every mistake is reported with its cell; nothing is lost."),
)  # fmt: skip
EXAMPLES = {
    Answer.MET: N_("Document number: 12/QĐ-TTDL. Or evidence: training-plan-2026.pdf. How: all 42"
                   " members of staff were trained on 12/03/2026."),
    Answer.EQUIVALENT: N_("How: no central patch server; each server installs security updates by"
                          " itself every night. Evidence: unattended-upgrades.png"),
    Answer.NOT_APPLICABLE: N_("Reason: the agency has no wireless network at this site."),
    Answer.PARTIAL: N_("How: done on 3 of 5 servers. Plan: the other two. Planned for:"
                       " 31/03/2027."),
    Answer.NOT_MET: N_("Plan: the procedure is being drafted and will be issued. Planned for:"
                       " 30/06/2027."),
}  # fmt: skip
WIDE, NARROW = 100, 38
BOLD = 0.85  # bold letters take more room
_KEY, _LABEL, _VALUE = 1, 2, 3  # columns: what the machine reads by, a label, a value


class _Page:
    """Writes downwards."""

    def __init__(self, page: Worksheet) -> None:
        self.page = page
        self.at = 1

    def line(self, label: str, value: str | date | None = "", key: str = "") -> None:
        """A label with its value; `key` is what the machine finds it by."""
        for column, text in ((_KEY, key), (_LABEL, label), (_VALUE, value)):
            cell = style.at(self.page, self.at, column)
            if isinstance(text, str) and text:
                text_cell(cell, text)
            elif isinstance(text, date):
                cell.value, cell.number_format = text, "dd/mm/yyyy"
            bold = column == _LABEL
            cell.font = Font(name=style.FONT, size=11, bold=bold)
            cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
        texts = [(label, NARROW * BOLD), (value, WIDE)] if isinstance(value, str) else []
        style.height(self.page, self.at, texts)
        self.at += 1

    def title(self, text: str, size: int = 13) -> None:
        """A heading over what follows."""
        self.line("", "")
        self.line(text)
        cell = style.at(self.page, self.at - 1, _LABEL)
        cell.font = Font(name=style.FONT, size=size, bold=True, color=style.DARK)
        cell.alignment = Alignment(vertical="center")
        self.page.row_dimensions[self.at - 1].height = size * 1.6

    def formula(self, label: str, formula: str) -> None:
        """A figure that follows the table."""
        self.line(label)
        style.at(self.page, self.at - 1, _VALUE).value = formula

    def input(self) -> None:
        """The last value is to be filled in."""
        cell = style.at(self.page, self.at - 1, _VALUE)
        cell.fill = style.fill(style.INPUT)
        cell.border = style.BOX


def first_page(page: Worksheet, sheet: Sheet, words: Words, answers: str) -> None:
    """Fill the page in; `answers` is where the table's answers stand."""
    t, head = words.t, sheet.head
    page.title = t(READ_FIRST)
    for letter, width in (("A", 10.0), ("B", NARROW), ("C", WIDE)):
        page.column_dimensions[letter].width = width
    page.column_dimensions["A"].hidden = True
    out = _Page(page)
    out.title(t("Questionnaire: {name}", name=head.system_name), 16)
    for label, value, key in (
        (t("Agency"), head.agency_name, ""),
        (t("System"), head.system_name, ""),
        (t("Profile"), head.profile_title[t.lang], ""),
        (t("Made on"), head.created, "created"),
    ):
        out.line(label, value, key)
    _defaults(out, t)
    _how(out, t)
    _subjects(out, sheet, t, answers)
    _for_the_machine(out, head, t)
    _print_setup(page)


def _defaults(out: _Page, t: Speaker) -> None:
    out.title(t("For all rows that leave it empty"))
    out.line(t("Answered by"), "", "by")
    out.input()
    out.line(t("Answered on"), "", "made")
    out.input()
    style.at(out.page, out.at - 1, _VALUE).number_format = "dd/mm/yyyy"


def _how(out: _Page, t: Speaker) -> None:
    out.title(t("How to fill it in"))
    for number, step in enumerate(STEPS, 1):
        out.line(f"{number}.", t(step))
    out.title(t("Examples"))
    for answer, text in EXAMPLES.items():
        out.line(t(ANSWERS[answer]), t(text))


def _for_the_machine(out: _Page, head: Head, t: Speaker) -> None:
    out.title(t("What the questionnaire was made from (leave as it is)"))
    for label, value, key in (
        (t("Agency's id"), head.agency, "agency"),
        (t("System's id"), head.system, "system"),
        (t("Profile's id"), head.profile, "profile"),
        (t("Profile's version"), head.version, "version"),
        (t("Profile's SHA-256"), head.sha256, "sha256"),
        (t("Run"), head.run, "run"),
        (t("Kind of file"), VERSION, "sheet"),
    ):
        out.line(label, value, key)


def _subjects(out: _Page, sheet: Sheet, t: Speaker, answers: str) -> None:
    out.title(t("Subjects, and who may know"))
    for subject, n in counts(sheet.questions):
        asked = t("Questions: {n}; to ask: {who}", n=n, who=t(subject.asked))
        out.line(t(subject.title), asked)
    out.line(t("All questions"), str(len(sheet.questions)))
    if sheet.questions:
        out.formula(t("Answered so far"), f"=COUNTA({answers})")


def _print_setup(page: Worksheet) -> None:
    page.sheet_view.showGridLines = False
    style.a4(page, "portrait")
