"""Large scorecards to be shown: an agency with 400 findings, a province of 120 agencies."""

from dataclasses import replace
from functools import cache

from checks import Status
from reports.scorecard import for_agency, scorecard
from scanner.timeline import History
from tests.reports import factory

AGENCY = "bao-bac-lieu"
FINDINGS, AGENCIES = 400, 120


@cache
def many_findings(lang):
    """The newspaper's scorecard: every check fails in forty places."""
    good = factory.assessment()
    places = FINDINGS // len(factory.CHECKS)
    known = {one.check: one for one in good.findings if one.agency == AGENCY}
    found = tuple(
        replace(
            one, status=Status.FAIL, asset=f"web-{at}",
            endpoint=f"https://www-{at}.bao-bac-lieu.vn/tin-tuc/{one.check}",
            evidence={"headers": {"server": f"nginx/1.{at}", "x-powered-by": "PHP/7.4.33"}},
        )
        for one in known.values() for at in range(places)
    )  # fmt: skip
    whole = scorecard(replace(good, findings=found), factory.profile(), lang,
                      describe=factory.describe(lang), history=factory.history())  # fmt: skip
    return for_agency(whole, AGENCY)


@cache
def province(lang):
    """The programme's scorecard; every third agency is like the newspaper, and so on."""
    good, history = factory.assessment(), factory.history()
    agencies, findings, lines = [], [], {}
    for number in range(AGENCIES):
        like = good.agencies[number % len(good.agencies)]
        name = f"co-quan-{number:03}"
        agencies.append(replace(like, id=name, name=f"{like.name} số {number}"))
        findings += [replace(f, agency=name) for f in good.findings if f.agency == like.id]
        lines[name] = history.of(like.id)
    programme = replace(good.programme, counted=AGENCIES, compliant=AGENCIES // 3)
    whole = replace(good, agencies=tuple(agencies), findings=tuple(findings), programme=programme)
    return scorecard(whole, factory.profile(), lang, describe=factory.describe(lang),
                     history=History(history.programme, lines))  # fmt: skip
