"""`press-scan`: the group of all commands.  A command's module is imported when it is used."""

from __future__ import annotations

import click

from press_scan.words import LazyGroup, Option, lang_option
from scanner.version import scanner_version

# Command -> where its function is; for a group, the module has its own commands.
COMMANDS = {
    "init": "setup",
    "scan": "scan",
    "judge": "results",
    "report": "results",
    "status": "status",
    "due": "status",
    "annual-report": "annual",
    "diff": "diff",
    "notify": "notify",
    "attest": "attest",
    "waive": "waive",
    "attestations": "papers",
    "waivers": "papers",
    "checks": "catalogue",
    "profile": "profiles",
    "inventory": "setup",
    "runs": "results",
    "baseline": "results",
    "schedule": "setup",
    "doctor": "doctor",
    "demo": "demo",
    "update": "update",
    "worker": "worker",
}


@click.group(
    cls=LazyGroup,
    places={name: f"press_scan.{module}" for name, module in COMMANDS.items()},
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(scanner_version(), "--version", prog_name="press-scan", cls=Option)
@lang_option
def main() -> None:
    """Check press agencies' systems against information-security level 3."""
