"""Databases as the host sees them: passes, fails, and what is not known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks import Status, database
from facts.base import Undecided, Unknown
from facts.declared import Declared, Kind, Target
from facts.host.database import DatabaseFacts
from facts.host.sockets import Socket
from tests.factories.host_database import POSTGRESQL, databases, mariadb

NOT_SEEN = Unknown("not seen")
PLAIN = Target(Kind.LOGIN, "db")
INNER = replace(PLAIN, says=Declared(internal=("10.10.0.0/16",)))


def at(address, **changes):
    return mariadb(listens=(Socket("tcp", address, 3306, ("mariadbd",)),), **changes)


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (database.listen(databases(mariadb()), PLAIN), Status.PASS),
        (database.listen(databases(POSTGRESQL), INNER), Status.PASS),
        (database.listen(databases(POSTGRESQL), PLAIN), Status.FAIL),  # nobody declared it
        (database.listen(databases(at("0.0.0.0")), INNER), Status.FAIL),
        (database.listen(databases(at("::")), INNER), Status.FAIL),
        (database.listen(databases(at("*")), INNER), Status.FAIL),
        (database.listen(databases(at("*"), mariadb(listens=NOT_SEEN)), INNER), Status.FAIL),
        (database.listen(databases(), PLAIN), Status.NOT_APPLICABLE),
        (database.auth(databases(mariadb(doors=("skip-grant-tables",)))), Status.FAIL),
        (database.auth(databases(mariadb(doors=("x",)), mariadb(doors=NOT_SEEN))), Status.FAIL),
        (database.auth(databases(mariadb())), Status.PASS),
        (database.auth(databases()), Status.NOT_APPLICABLE),
        (database.tls(databases(at("10.10.0.5", tls=False))), Status.FAIL),
        (database.tls(databases(at("10.10.0.5", tls=True))), Status.PASS),
        (database.tls(databases(mariadb(tls=False))), Status.NOT_APPLICABLE),  # itself alone
        (database.tls(databases(mariadb(tls=NOT_SEEN))), Status.NOT_APPLICABLE),
    ],
)
def test_verdicts(verdict, status):
    assert verdict.status is status


@pytest.mark.parametrize(
    "judged",
    [
        lambda: database.listen(DatabaseFacts(NOT_SEEN), PLAIN),
        lambda: database.listen(databases(mariadb(listens=NOT_SEEN)), PLAIN),
        lambda: database.auth(databases(mariadb(doors=NOT_SEEN))),
        lambda: database.tls(databases(mariadb(listens=NOT_SEEN))),
        lambda: database.tls(databases(at("10.10.0.5", tls=NOT_SEEN))),
    ],
)
def test_what_is_not_known_is_undecided(judged):
    with pytest.raises(Undecided):
        judged()
