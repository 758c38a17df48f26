"""Look a name up, and have the guard sort its addresses."""

from __future__ import annotations

from datetime import UTC, datetime

from facts.base import Undecided
from facts.declared import Target
from facts.names import NameFacts
from scanner.reach import Reach


def gather(target: Target, reach: Reach) -> NameFacts:
    """Every address of the name.  Raises `Undecided` when the name has none, or nobody answers."""
    try:
        found = reach.resolve(target.name)
    except TimeoutError:
        raise Undecided("The resolver did not answer in time", target.name) from None
    except OSError as error:
        raise Undecided("The name does not resolve", target.name) from error
    return NameFacts(datetime.now(UTC), found.addresses, found.refused)
