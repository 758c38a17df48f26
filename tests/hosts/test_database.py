"""Databases on real hosts: where they listen, whom they let in, and what the remedy mends."""

from __future__ import annotations

import pytest

from facts.declared import Declared
from tests.hosts.database_hosts import BAD, GOOD, SERVED
from tests.lab.judged import compare, fixed, gathered, judged, truth

INTERNAL = Declared(internal=("198.18.0.0/15",))
LISTENING = (
    "for i in $(seq 100); do"
    " [ $(ss -Hlnt '( sport = :3306 or sport = :5432 or sport = :6379 )'"
    " | awk '{sub(/.*:/, \"\", $4); print $4}' | sort -u | wc -l) = 3 ] && exit 0; sleep 0.2;"
    " done; ss -lnt >&2; systemctl --failed >&2; exit 1"
)


@pytest.fixture(scope="module")
def hosts(lab):
    found = lab.start_many(
        {"database-good": GOOD, "database-served": SERVED, "database-bad": BAD, "database-none": ""}
    )
    for name in ("good", "served", "bad"):
        found[f"database-{name}"].sh(LISTENING)
    return found


@pytest.fixture(scope="module")
def facts(hosts):
    return {name: gathered(host) for name, host in hosts.items()}


@pytest.mark.parametrize(
    "name", ["database-good", "database-served", "database-bad", "database-none"]
)
def test_the_truth(facts, name):
    says = INTERNAL if name == "database-served" else Declared()
    compare(judged(facts[name], "database", says=says), truth("database")[name])


def test_an_internal_address_that_nobody_declared_fails(facts):
    found = judged(facts["database-served"], "database")
    assert found["database.listen"].status == "fail"


def test_without_sudo(hosts):
    found = judged(gathered(hosts["database-good"], sudo=False), "database")
    compare(found, truth("database")["database-good without sudo"])


def test_the_reasons(facts):
    found = judged(facts["database-bad"], "database")
    doors = found["database.auth"].evidence["doors"]
    assert doors == {
        "mysql": ["skip-grant-tables"],
        "postgresql": ["host all all 0.0.0.0/0 trust"],
        "redis": ["requirepass"],
    }
    assert set(found["database.tls"].evidence["databases"]) == {"mysql", "postgresql", "redis"}
    sockets = found["database.listen"].evidence["sockets"]
    assert "0.0.0.0:5432" in sockets and "0.0.0.0:6379" in sockets


def test_no_password_gets_into_the_facts(facts):
    for host in facts.values():
        assert "canary-redis" not in str(host.parts)


def test_fix_then_pass(hosts):
    """Runs last: it mends the careless host."""
    host = hosts["database-bad"]
    for _ in range(2):
        fixed(host, "database.auth", {"REDIS_PASSWORD_FILE": "/root/redis-password"})
        fixed(host, "database.listen")
    found = judged(gathered(host), "database")
    assert {name: str(f.status) for name, f in found.items()} == {
        "database.listen": "pass", "database.auth": "pass", "database.tls": "not_applicable",
    }, found  # fmt: skip
    fixed(host, "database.listen", {"ADDRESS": host.address})
    fixed(host, "database.tls", {"NAME": "database-bad"})
    found = judged(gathered(host), "database", says=INTERNAL)
    assert {str(f.status) for f in found.values()} == {"pass"}, found
