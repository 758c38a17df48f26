"""Findings and controls for the tests of the assessment."""

from __future__ import annotations

from checks import Severity, Status
from scanner.assessment import Finding
from scanner.profile import Control

P, F, E, N = Status.PASS, Status.FAIL, Status.ERROR, Status.NOT_APPLICABLE


def finding(status, check="tls.a", asset="web", agency="agency-0"):
    return Finding(
        check, Severity.HIGH, status, agency, "portal", asset, "key", "tcp/443", "127.0.0.1", "says"
    )


def control(**changes):
    base = {
        "id": "C",
        "clause": "1",
        "standard": "S",
        "group": "data",
        "title": {"vi": "x", "en": "x"},
    }
    return Control.model_validate({**base, **changes})
