"""What the yearly report needs and no scan can know: bodies, recipients, the signer, words.

One YAML file, by default `report.yaml` beside the inventory.  Every key may be left out: what is
missing is a marked blank in the report, and is listed.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from scanner.part import Part
from scanner.values import Day, line, or_nothing

NAME = "report.yaml"

Words = Annotated[str, AfterValidator(or_nothing(line))]
Lines = Annotated[tuple[Annotated[str, AfterValidator(line)], ...], Field(max_length=50)]


class Signer(Part):
    """Who signs (Decree 30/2020, Annex I)."""

    capacity: Words = Field(
        default="", description="TM., KT., TL., TUQ. or Q., with whom: KT. GIÁM ĐỐC."
    )
    title: Words = Field(default="", description="The signer's own title: PHÓ GIÁM ĐỐC.")
    name: Words = Field(default="", description="Full name.")


class Body(Part):
    """An organisation, as part 2 of form 08 asks for it."""

    name: Words = Field(default="", description="Its name.")
    founding: Words = Field(default="", description="The decision that founded it, number and day.")
    head: Words = Field(default="", description="Its head: name and title.")
    address: Words = Field(default="", description="Its address.")
    phone: Words = Field(default="", description="Its telephone number.")
    mail: Words = Field(default="", description="Its e-mail address.")


class Cuts(Part):
    """The days whose data count."""

    province: Day | None = Field(
        default=None, description="For the province's report; none: 9 December."
    )
    ministry: Day | None = Field(default=None, description="For form 08; none: 14 December.")


class ReportSettings(Part):
    """All of it."""

    governing: Words = Field(
        default="", description="The governing body: ỦY BAN NHÂN DÂN TỈNH CÀ MAU."
    )
    issuing: Words = Field(
        default="", description="Who issues the report: SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH."
    )
    number: Words = Field(default="", description="Its number and sign: 12/BC-SVHTTDL.")
    place: Words = Field(default="", description="Where it is signed: Cà Mau.")
    date: Day | None = Field(default=None, description="When it is signed, 2026-12-08.")
    to: Lines = Field(default=(), description="To whom it is addressed (Kính gửi).")
    copies: Lines = Field(
        default=(), description="Who receives it (Nơi nhận), the file last: Lưu: VT."
    )
    bases: Lines = Field(default=(), description="Legal bases besides those that the form names.")
    plan: Words = Field(
        default="", description="The plan reported on: Kế hoạch số 131/KH-UBND ngày ..."
    )
    signer: Signer = Field(default=Signer(), description="Who signs.")
    owner: Body = Field(default=Body(), description="The systems' owner (chủ quản).")
    security_unit: Body = Field(default=Body(), description="Its unit in charge of cyber security.")
    cuts: Cuts = Field(default=Cuts(), description="The days whose data count.")
    training: Lines = Field(default=(), description="Training done in the year.")
    budget: Lines = Field(default=(), description="Money planned and spent.")
    difficulties: Lines = Field(default=(), description="What is difficult.")
    proposals: Lines = Field(default=(), description="What is proposed.")
    next_year: Lines = Field(default=(), description="What is planned for the next year.")
    national_list: Lines = Field(
        default=(),
        description="Systems proposed for the list of those important to national security.",
    )
    obedience: Lines = Field(default=(), description="How the security regulation is obeyed.")
