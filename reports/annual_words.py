"""The words that the yearly report and form 08 share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from reports.annual_facts import Year
from reports.annual_model import Blank, Letter, Para, Section, Text, text
from reports.i18n import Translator
from reports.text import clean
from scanner.report_settings import NAME, ReportSettings

DECREE = "331/2026/NĐ-CP"


class Words:
    """Texts of one report in one language."""

    def __init__(self, t: Translator, year: Year) -> None:
        self.t, self.year = t, year
        self.state = {
            "none": t("No dossier made"), "drafted": t("Being drafted"),
            "proposed": t("Sent for appraisal"), "appraised": t("Appraisal done"),
            "approved": t("Level approved"),
        }  # fmt: skip
        self.plan = {
            "none": t("Measures not begun"), "partly": t("Some measures carried out"),
            "complete": t("All measures carried out"),
        }  # fmt: skip

    def setting(self, value: str, key: str, what: str) -> Text:
        """A setting, or a blank that names it."""
        return text(clean(value) if value else Blank(what, f"{NAME}: {key}"))

    def lines(self, values: Iterable[str], key: str, what: str) -> tuple[Text, ...]:
        """A list of settings, or one blank."""
        found = tuple(text(clean(one)) for one in values)
        return found or (self.setting("", key, what),)

    def dossier(self, value: str, agency: str, system: str, key: str, what: str) -> Text:
        """Something of a system's dossier, or a blank that names its place."""
        place = self.t(
            "inventory: {agency}/{system}: dossier.{key}", agency=agency, system=system, key=key
        )
        return text(clean(value) if value else Blank(what, place))

    def day(self, value: date | None) -> str:
        """A day; "" when there is none."""
        return self.t.date(value) if value else ""

    def contradictions(self) -> tuple[Section, ...]:
        """What contradicts itself, as a page of a draft; none without any."""
        found = self.year.contradictions
        said = (f"{one.agency}/{one.system}: {self.t(one.message)}" for one in found)
        blocks = tuple(Para(text(one), "item") for one in said)
        title = text(self.t("What contradicts itself"))
        return (Section(blocks, title, self.t("to be mended before signing")),) if found else ()

    def letter(self, title: str, subject: str, bases: tuple[Text, ...]) -> Letter:
        """What stands around the body."""
        t, of = self.t, self.year.settings
        signer = of.signer
        capacity = (text(clean(signer.capacity)),) if signer.capacity else ()
        return Letter(
            governing=self.setting(of.governing.upper(), "governing", t("governing body")),
            issuing=self.setting(of.issuing.upper(), "issuing", t("issuing body")),
            number=(t("No:") + " ", *self.setting(of.number, "number", t("number of the report"))),
            country=t("SOCIALIST REPUBLIC OF VIET NAM"),
            motto=t("Independence - Freedom - Happiness"),
            place_date=_place_date(self, of),
            title=title,
            subject=subject,
            to_label=t("To:"),
            to=self.lines(of.to, "to", t("to whom the report is addressed")),
            bases=(*bases, *(text(clean(one)) for one in of.bases)),
            signer=(
                *capacity,
                self.setting(signer.title.upper(), "signer.title", t("title of the signer")),
            ),
            name=self.setting(signer.name, "signer.name", t("name of the signer")),
            copies_label=t("Copies to:"),
            copies=self.lines(of.copies, "copies", t("who receives a copy")),
        )


def _place_date(words: Words, of: ReportSettings) -> Text:
    """`Cà Mau, ngày 08 tháng 12 năm 2026`: days under 10 and months 1 and 2 with a 0."""
    t = words.t
    place = words.setting(of.place, "place", t("place of signing"))
    if of.date is None:
        return (*place, ", ", Blank(t("day of signing"), f"{NAME}: date"))
    month = f"{of.date.month:02}" if of.date.month < 3 else str(of.date.month)
    said = t("day {day} month {month} year {year}", day=f"{of.date.day:02}", month=month,
             year=str(of.date.year))  # fmt: skip
    return (*place, f", {said}")
