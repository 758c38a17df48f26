"""Verdicts on what a site gives away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from checks import Status
from checks.web import exposure
from facts.base import NOT_GATHERED, Undecided, Unknown
from facts.paths import ODD_REQUESTS
from facts.signatures import FILES, FOLDERS, STATUS_PAGES
from tests.factories.exposure import paths

CHECKS = {
    exposure.exposed_files: ("files", tuple(FILES)),
    exposure.listing: ("listings", FOLDERS),
    exposure.status_pages: ("status_pages", tuple(STATUS_PAGES)),
    exposure.errors: ("errors", ODD_REQUESTS),
}
LATE = Unknown("No answer in time")


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_found_passes(check):
    assert check(paths()).status is Status.PASS


@pytest.mark.parametrize("check", CHECKS)
def test_a_find_fails_though_the_rest_is_unknown(check):
    name, keys = CHECKS[check]
    trials = {**dict.fromkeys(keys, LATE), keys[-1]: True}
    verdict = check(paths(**{name: trials, "seen": {keys[-1]: f"{keys[-1]} (kind)"}}))
    assert verdict.status is Status.FAIL
    assert keys[-1] in verdict.evidence["found"][0]


@pytest.mark.parametrize("check", CHECKS)
def test_one_unknown_trial_stops_the_pass(check):
    name, keys = CHECKS[check]
    for missing in ({**dict.fromkeys(keys, False), keys[0]: LATE}, dict.fromkeys(keys[1:], False)):
        with pytest.raises(Undecided):
            check(paths(**{name: missing}))


def test_what_an_error_page_showed_is_named():
    verdict = exposure.errors(
        paths(errors={"missing-php": True}, seen={"missing-php": "stack_trace, file_path"})
    )
    assert verdict.evidence == {"found": ["missing-php: stack_trace, file_path"]}


def test_security_txt():
    good = paths()
    assert exposure.security_txt(good).status is Status.PASS
    assert exposure.security_txt(paths(security_txt=None)).status is Status.FAIL
    old = replace(good.security_txt, expires=datetime(2026, 1, 1, tzinfo=UTC))
    assert exposure.security_txt(paths(security_txt=old)).evidence["problems"] == ["expired"]
    mute = replace(good.security_txt, contacts=())
    assert exposure.security_txt(paths(security_txt=mute)).status is Status.FAIL
    for unknown in (LATE, NOT_GATHERED):
        with pytest.raises(Undecided):
            exposure.security_txt(paths(security_txt=unknown))
