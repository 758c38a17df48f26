"""The same programme, told by somebody who means ill."""

from dataclasses import replace

from scanner.assessment import DecidedBy
from scanner.dossier_file import Appraisal, Basis, Regulation
from scanner.papers import Papers
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
PROSE = " ".join(text[:900] for text in NASTY)  # a statement is no longer than 4000 characters
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
        papers=Papers(
            tuple(map(_statement, good.papers.attestations)),
            tuple(map(_waiver, good.papers.waivers)),
        ),
        run=replace(good.run, id=f"1{TAG}\x1b", standard=NAME, profile=TAG, data=((NAME, TAG),)),
        programme=replace(good.programme, name=NAME),
        agencies=tuple(
            replace(
                agency,
                name=f"{agency.name} {NAME}",
                run=f"1{TAG}\x1b",
                systems=tuple(map(_system, agency.systems)),
            )
            for agency in good.agencies
        ),
        findings=findings,
        failures=tuple(replace(one, reason=ALL, endpoint=ALL) for one in good.failures),
    )


def _system(of):
    """Names, faults, reasons, and all that the owner writes of the dossier."""
    dossier = of.dossier.model_copy(
        update={
            "decision": ALL,
            "regulation": Regulation.model_construct(decision=ALL, date=None),
            "appraisal": Appraisal.model_construct(document=ALL, date=None),
            "basis": Basis.model_construct(kind="policy", people=0, sensitive_people=0, note=ALL),
        }
    )
    return replace(of, name=NAME, dossier=dossier, results=tuple(map(_result, of.results)))


def _result(of):
    faults = tuple(f"web.headers@{text}" for text in NASTY) if of.checks else ()
    left_out = ALL if of.decided_by is DecidedBy.PROFILE else ""
    return replace(of, faults=faults, contested=faults, left_out=left_out)


def _statement(of):
    proof = tuple(replace(one, name=ALL) for one in of.evidence)
    return replace(
        of, statement=PROSE, by=NAME, document=ALL, plan=ALL, evidence=proof, seen=(ALL,)
    )


def _waiver(of):
    return replace(of, reason=PROSE, decision=ALL, requested_by=NAME, approved_by=NAME)
