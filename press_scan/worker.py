"""`worker`: visits for scans that run elsewhere."""

from __future__ import annotations

import logging
from ipaddress import ip_network

import click

from press_scan.crew import broker_option, key_option, office, results_option
from press_scan.words import Command, lang_option, option, t
from scanner.scope import Network
from scanner.values import identifier


def own_networks(
    _ctx: click.Context, _param: click.Parameter, texts: tuple[str, ...]
) -> tuple[Network, ...]:
    """Networks as CIDR."""
    try:
        return tuple(ip_network(text) for text in texts)
    except ValueError:
        raise click.BadParameter(t('write a network, "10.1.0.0/16"')) from None


def zone_name(_ctx: click.Context, _param: click.Parameter, text: str) -> str:
    """A zone is named as in the inventory."""
    try:
        return identifier(text)
    except ValueError:
        raise click.BadParameter(t("write a zone's name as the inventory has it")) from None


@click.command(cls=Command)
@option("--zone", default="default", show_default=True, callback=zone_name, metavar="NAME",
        help="Whose queue it reads: worker_zone in the inventory.")  # fmt: skip
@broker_option
@results_option
@key_option
@option("--slots", type=click.IntRange(1, 256), default=24, show_default=True,
        help="Visits at once.")  # fmt: skip
@option("--lost-after", type=click.IntRange(5, 3600), default=30, show_default=True,
        metavar="SECONDS",
        help="Take over the jobs of a worker that was silent so long (Redis).")  # fmt: skip
@option("--network", "networks", multiple=True, callback=own_networks, metavar="CIDR",
        help="Visit nothing outside of it, whatever a scan asks; may be repeated.")  # fmt: skip
@lang_option
def worker(
    zone: str, broker: str, results: str, worker_key: str, slots: int, lost_after: int,
    networks: tuple[Network, ...],
) -> None:  # fmt: skip
    """Make the visits of scans that run elsewhere (scan --engine celery), until it is stopped.

    It needs a way out to the broker, and none in.  Keys and passphrases of hosts are read here,
    where the inventory's references lead on this machine.
    """
    logging.basicConfig(level=logging.WARNING)
    place = office(broker, results, worker_key, lost_after)
    from scanner.zone_worker import Hands, serve

    serve(Hands(place.app, place.seal, zone, networks), place.app, zone, slots)
