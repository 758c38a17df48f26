"""Look a name up, and have the guard sort its addresses."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from datetime import UTC, datetime
from threading import Thread

from facts.base import Undecided
from facts.declared import Target
from facts.names import NameFacts
from scanner.reach import Reach
from scanner.scope import Resolution

SECONDS = 15.0  # the system's resolver has no time limit of its own


def gather(target: Target, reach: Reach) -> NameFacts:
    """Every address of the name.  Raises `Undecided` when the name has none, or nobody answers."""
    answer: Future[Resolution] = Future()

    def ask() -> None:
        try:
            answer.set_result(reach.scope.resolve(target.name))
        except Exception as error:  # noqa: BLE001  # it is handed to the thread that waits
            answer.set_exception(error)

    Thread(target=ask, daemon=True, name="resolver").start()
    try:
        found = answer.result(reach.remaining(SECONDS))
    except Late:
        raise Undecided("The resolver did not answer in time", target.name) from None
    except OSError as error:
        raise Undecided("The name does not resolve", target.name) from error
    return NameFacts(datetime.now(UTC), found.addresses, found.refused)
