"""The same programme, told by somebody who means ill."""

from dataclasses import replace

from tests.reports import factory

TAG = "<script>alert(1)</script>"
NASTY = [
    TAG,
    '"><img src=x onerror=alert(1)>',
    "</style></title></pre><h1>Owned</h1>",
    "{{ 7 * 7 }} {% raw %} {0} {name!r}",
    "[bold red]not markup[/] :smile:",
    "\x1b[2J\x1b[31mred\x07\r\n\tnext",
    "abc\u202egpj.exe\u2066\u200b\ufeff\u2028",
    "lone \udc80 surrogate \x00 nul \x9b31m",
    "e" + "\u0301" * 200,
    "W" * 5000,
    "https://evil.example/" + "a" * 900,
    "漢字" * 300,
]
ALL = " ".join(NASTY)
NAME = ALL[:250]  # the inventory takes no more than 300 characters


def assessment():
    """Every text that an owner, a server or a plug-in may choose is nasty."""
    good = factory.assessment()
    evidence = {f"key {at} {TAG}": text for at, text in enumerate(NASTY)}
    evidence |= {"list": NASTY, "deep": {TAG: [{TAG: [[NASTY]]}]}, "nan": float("nan")}
    findings = tuple(
        replace(
            one, reason=TAG + one.reason, detail=ALL, endpoint=ALL, address=ALL, evidence=evidence
        )
        for one in good.findings
    )
    return replace(
        good,
        run=replace(good.run, id=f"1{TAG}\x1b", standard=NAME, profile=TAG, data=((NAME, TAG),)),
        programme=replace(good.programme, name=NAME),
        agencies=tuple(
            replace(
                agency,
                name=f"{agency.name} {NAME}",
                systems=tuple(replace(one, name=NAME) for one in agency.systems),
            )
            for agency in good.agencies
        ),
        findings=findings,
        failures=tuple(replace(one, reason=ALL, endpoint=ALL) for one in good.failures),
    )
