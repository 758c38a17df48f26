"""Much of everything: an agency with 400 findings, 120 agencies, and papers that end soon."""

from dataclasses import replace
from datetime import date

from checks import Status
from scanner.assessment import Assessment
from tests.reports import factory

AGENCY = "bao-bac-lieu"
KINDS = ("Báo", "Tạp chí", "Đài Phát thanh và Truyền hình", "Cổng thông tin điện tử")


def full(many: int = 400) -> Assessment:
    """The made-up programme, its newspaper with as many failing findings on many hosts."""
    good = factory.assessment()
    checks = list(factory.CHECKS)
    more = [
        factory.finding(
            checks[at % len(checks)], Status.FAIL, AGENCY, asset=f"may-chu-{at // len(checks):02}",
            endpoint=f"https://chuyen-trang-{at}.bao-bac-lieu.vn/thoi-su/trong-tinh/",
            reason="HSTS is not set", evidence={"missing": ["content-security-policy"], "at": at},
        )
        for at in range(many)
    ]  # fmt: skip
    others = [one for one in good.findings if one.agency != AGENCY]
    return replace(good, findings=(*more, *others))


def many(agencies: int = 120) -> Assessment:
    """A province: the made-up agencies over and over, under names of their own."""
    good = factory.assessment()
    models = {one.id: [f for f in good.findings if f.agency == one.id] for one in good.agencies}
    made, findings = [], []
    for at in range(agencies):
        model = good.agencies[at % len(good.agencies)]
        name = f"{KINDS[at % len(KINDS)]} số {at + 1} tỉnh Bạc Liêu"
        made.append(replace(model, id=f"bao-{at:03}", name=name, seen=date(2026, 11, 22)))
        findings += [replace(one, agency=f"bao-{at:03}") for one in models[model.id]]
    complying = sum(one.compliant for one in made)
    programme = replace(
        good.programme, counted=agencies, compliant=complying, percent=100 * complying / agencies
    )
    return replace(good, programme=programme, agencies=tuple(made), findings=tuple(findings))


def later(day: date = date(2027, 4, 10)) -> Assessment:
    """The made-up programme when its statements end soon, and a promised day has passed."""
    good = factory.assessment()
    return replace(good, run=replace(good.run, as_of=day))
