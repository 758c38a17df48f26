"""What people say of the made-up programme: statements, waivers, dossiers."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

from scanner.assessment import DecidedBy, SystemAssessment
from scanner.dossier_file import Dossier
from scanner.papers import Answer, Attestation, Evidence, Papers, Waiver

RECORDED = datetime(2026, 5, 20, 3, tzinfo=UTC)
DOSSIERS = {
    False: Dossier.model_validate({
        "state": "approved", "decision": "15/QĐ-BBL", "date": "2025-03-01",
        "regulation": {"decision": "02/QĐ-BBL", "date": "2025-02-01"},
        "basis": {"kind": "policy", "note": "348/QĐ-TTg"}, "plan": {"state": "complete"},
    }),
    True: Dossier.model_validate({
        "state": "proposed", "expected": "2026-10-01",
        "plan": {"state": "partly", "expected": "2027-06-30"},
    }),
}  # fmt: skip


PROOF = Evidence("Biên bản rà soát quý 3.pdf", "5f" * 32, 120_000, "pdf")
LONG = "Đã rà soát từng mục của quy trình cùng phòng kỹ thuật và ban biên tập. " * 4


def papers(systems: Iterable[tuple[str, SystemAssessment]]) -> Papers:
    """A statement for everything attested; one expired, one contested, one plan; three waivers."""
    systems, said, waived = list(systems), [], []
    for agency, of in systems:
        for at, one in enumerate(of.results):
            if one.decided_by is DecidedBy.ATTESTATION:
                said.append(statement(agency, one.control, at))
            if one.decided_by is DecidedBy.WAIVER:
                waived.append(waiver(agency, one.control, at, date(2027, 6, 30)))
            elif agency.startswith("bao") and at in {35, 40}:
                last = date(2026, 10, 31) if at == 35 else date(2027, 12, 31)
                begins = date(2026, 1, 1) if at == 35 else date(2026, 11, 1)
                waived.append(waiver(agency, one.control, at, last, begins))
    neglected = dict(systems)["bao-bac-lieu"].results
    open_ = [one.control for one in neglected if one.status == "unverified"]
    said += [
        statement("bao-bac-lieu", open_[0], 901, valid_until=date(2026, 10, 1)),
        statement("bao-bac-lieu", open_[1], 902, answer=Answer.NOT_MET, evidence=(), document="",
                  plan="Mua thiết bị chống thất thoát dữ liệu", plan_by=date(2027, 3, 31)),
    ]  # fmt: skip
    return Papers(tuple(said), tuple(waived))


def statement(agency: str, control: str, at: int, **changes) -> Attestation:
    """What somebody said of one control."""
    good = Attestation(
        id=f"A-{at:04}", agency=agency, system="portal", control=control,
        answer=Answer.EQUIVALENT if at % 40 == 6 else Answer.MET,
        statement=LONG if at % 10 == 1 else "Có biên bản kèm theo", by="Trần Thị Lan",
        made=date(2026, 5, 20), valid_until=date(2027, 5, 20), recorded=RECORDED,
        evidence=(PROOF,) if at % 2 else (), document="" if at % 2 else "15/QĐ-BBL",
    )  # fmt: skip
    return replace(good, **changes)


def waiver(agency: str, control: str, at: int, last: date, begins=date(2026, 7, 1)) -> Waiver:
    """An accepted deviation."""
    return Waiver(
        f"W-{at:04}", agency, "portal", control, "Thiếu kinh phí, cổng mạng không dùng đã tắt",
        "07/QĐ-BBL", "Trần Thị Lan", "Lê Văn Minh", begins, last, RECORDED,
    )  # fmt: skip
