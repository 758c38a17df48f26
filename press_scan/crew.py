"""Options of `scan` and `worker` that say where the work is handed out, and the shared key."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from press_scan.common import stop
from press_scan.words import option, t
from scanner.credentials import CredentialError, reference, resolve
from scanner.inventory import Inventory
from scanner.sealed import SHORTEST_KEY, Brief, Seal

if TYPE_CHECKING:
    from celery import Celery

    from scanner.workers import CeleryWorkers

broker_option = option(
    "--broker",
    default="",
    envvar="PRESS_SCAN_BROKER",
    metavar="URL",
    help="Where jobs are handed out: redis://HOST, amqp://HOST, or a reference (file:PATH).",
)
results_option = option(
    "--results",
    default="",
    envvar="PRESS_SCAN_RESULTS",
    metavar="URL",
    help="A Redis for the answers, where the broker is none.",
)
key_option = option(
    "--worker-key",
    default="env:PRESS_SCAN_WORKER_KEY",
    show_default=True,
    metavar="REFERENCE",
    help="The key that seals jobs and answers: env:NAME, file:PATH, keyring:..., vault:...",
)


@dataclass(frozen=True)
class Office:
    """Where jobs are handed out, and with which key."""

    app: Celery
    seal: Seal

    def crew(self, brief: Brief) -> AbstractContextManager[CeleryWorkers]:
        """The executor of one walk of the engine."""
        from scanner.workers import crew

        return crew(self.app, self.seal, brief)


def office(broker: str, results: str, key: str, lost_after: int = 30) -> Office:
    """Open it; a mistake ends with code 2.  No message holds the key or a password."""
    try:
        from scanner import workers
    except ImportError:
        stop(t("workers need Celery: pip install 'press-scan[workers]'"))
    try:
        seal = Seal(resolve(key))
        url, answers = _address(broker), _address(results)
    except CredentialError as error:
        stop(t(error.message))
    except ValueError:
        stop(t("the workers' key is too short: it needs {count} characters", count=SHORTEST_KEY))
    if not url.startswith(("redis://", "rediss://", "amqp://", "amqps://")):
        stop(t("name the broker: --broker redis://HOST or amqp://HOST"))
    if not (answers or url).startswith(("redis://", "rediss://")):
        stop(t("RabbitMQ keeps no answers: name a Redis for them with --results"))
    return Office(workers.make_app(url, answers, lost_after), seal)


def _address(text: str) -> str:
    """A URL, or what a reference to one leads to."""
    try:
        return resolve(reference(text)).reveal()
    except ValueError:
        return text


def must_be_served(place: Office, inventory: Inventory, agencies: tuple[str, ...]) -> None:
    """Every zone has a worker, and the broker answers; else it ends with code 2."""
    from scanner.workers import AWAY, unserved

    try:
        missing = unserved(place.app, zones_of(inventory, agencies))
    except AWAY:
        stop(t("the broker does not answer"))
    if missing:
        stop(t("no worker reads the queue of: {zones}", zones=", ".join(missing)))


def zones_of(inventory: Inventory, agencies: tuple[str, ...]) -> set[str]:
    """The zones in which something is to be visited; "" is the default."""
    return {
        asset.worker_zone or system.worker_zone or ""
        for agency in inventory.agencies
        if not agencies or agency.id in agencies
        for system in agency.systems
        for asset in system.assets
    }
