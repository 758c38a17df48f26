"""A way out for tests of probes: loopback networks, no pace."""

from __future__ import annotations

import threading
from datetime import date
from ipaddress import ip_network

from scanner.reach import Pace, Reach
from scanner.resolver import Resolver
from scanner.scope import Authorisation, Scope


def reach(
    *networks: str, names: tuple[str, ...] = (), lookup=None, resolvers: tuple[str, ...] = ()
) -> Reach:
    """A reach that may go to these networks; `lookup` maps names to addresses.

    Records are asked of `resolvers`; without any, of a port where nothing answers.
    """
    table = lookup or {}

    def look(name: str) -> list[str]:
        if name not in table:
            raise OSError(f"no address for {name}")
        return list(table[name])

    authorisation = Authorisation(
        document="Số 1",
        valid_from=date(2000, 1, 1),
        valid_to=date(2999, 12, 31),
        networks=tuple(ip_network(one) for one in networks or ("127.32.0.0/16",)),
        names=names,
        contact="soc@example.vn",
    )
    return Reach(
        Scope(authorisation, lookup=look), stop=threading.Event(), pace=Pace(10_000),
        resolver=Resolver(resolvers or ("127.0.0.1#9",)),
    )  # fmt: skip
