"""`press-scan`: the group of all commands."""

from __future__ import annotations

import click

from press_scan.attest import attest
from press_scan.catalogue import checks
from press_scan.demo import demo
from press_scan.diff import diff
from press_scan.doctor import doctor
from press_scan.papers import attestations, waivers
from press_scan.profiles import profile
from press_scan.questionnaire import import_sheet, sheet
from press_scan.results import baseline, judge, report, runs
from press_scan.scan import scan
from press_scan.setup import init, inventory, schedule
from press_scan.status import due, status
from press_scan.waive import waive
from press_scan.words import Group, Option, lang_option
from scanner.reach import scanner_version


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(scanner_version(), "--version", prog_name="press-scan", cls=Option)
@lang_option
def main() -> None:
    """Check press agencies' systems against information-security level 3."""


for command in (
    init, scan, judge, report, status, due, diff, attest, waive, attestations, waivers,
    checks, profile, inventory, runs, baseline, schedule, doctor, demo,
):  # fmt: skip
    main.add_command(command)
for command in (sheet, import_sheet):
    attest.add_command(command)
