"""What the resolver said of one name and one type of record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Records:
    """An answer; an empty one says that the name has no such record, or does not exist."""

    name: str
    kind: str  # "TXT", "MX" ...
    values: tuple[str, ...]  # as zone files write them; a TXT record's strings are joined
    exists: bool = True  # False: there is no such name at all (NXDOMAIN)
    authentic: bool = False  # the resolver says that it validated the answer (AD)
    canonical: str = ""  # the name at the end of the aliases
