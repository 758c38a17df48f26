"""Databases by their settings and sockets: what lets in, what is served, what is not known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from facts.base import Unknown
from facts.host import database
from facts.host.asks import Answer, Answers
from facts.host.database import DatabaseFacts
from tests.factories.host_system import system

RUNNING = {
    "mysql": "mysql 5 mariadbd /usr/sbin/mariadbd",
    "postgresql": "postgres 6 postgres /usr/lib/postgresql/15/bin/postgres"
    " -D /var/lib/postgresql/15/main -c config_file=/etc/postgresql/15/main/postgresql.conf",
    "redis": "redis 7 redis-server /usr/bin/redis-server 127.0.0.1:6379",
    "mongodb": "mongodb 8 mongod /usr/bin/mongod --config /etc/mongod.conf",
}
PG, REDIS, MONGO = (
    "/etc/postgresql/15/main/postgresql.conf",
    "/etc/redis/redis.conf",
    "/etc/mongod.conf",
)
HBA = "/etc/postgresql/15/main/pg_hba.conf"
BASE = f"hba_file = '{HBA}'"
SS = 'tcp LISTEN 0 128 {} *:* users:(("{}",pid=1,fd=3))\n'


def lines(**files):
    names = {"pg": PG, "hba": HBA, "redis": REDIS, "mongo": MONGO, "auto":
             "/var/lib/postgresql/15/main/postgresql.auto.conf"}  # fmt: skip
    return "".join(f"{names[n]}:{line}\n" for n, text in files.items() for line in text.split("\n"))


def one(engine, files="", sockets="", defaults="", version=""):
    """What is read of a host on which this alone runs."""
    head = "mariadbd would have been started with the following arguments:\n"
    answers = Answers(
        {
            "processes.list": Answer(out=f"{RUNNING[engine]}\nroot 1 init init\n"),
            "sockets.root": Answer(out=sockets or SS.format("0.0.0.0:22", "sshd"), root=True),
            "database.files": Answer(out=files),
            "database.mariadb": Answer(out=f"{head}{defaults}\n"),
            "database.mysql-version": Answer(out=version),
        }
    )
    (found,) = database.read(answers, system()).databases
    return found


@pytest.mark.parametrize(
    ("defaults", "doors"),
    [
        ("--bind-address=127.0.0.1", ()),
        ("--skip-grant-tables", ("skip-grant-tables",)),
        ("--loose-skip_grant_tables", ("skip-grant-tables",)),
        ("--skip_grant_tables=OFF", ()),
    ],
)
def test_whom_mariadb_lets_in(defaults, doors):
    assert one("mysql", defaults=defaults).doors == doors


@pytest.mark.parametrize(
    ("defaults", "version", "on"),
    [
        ("--ssl-cert=/a --ssl-key=/b", "", True),
        ("--require_secure_transport=ON", "", True),
        ("--skip-ssl", "mysqld  Ver 8.0.39 for Linux", False),
        ("", "mysqld  Ver 8.0.39 for Linux", True),
        ("", "mariadbd  Ver 10.11.6-MariaDB-0+deb12u1", False),
        ("", "mariadbd  Ver 11.4.2-MariaDB", True),
    ],
)
def test_mariadb_s_tls(defaults, version, on):
    assert one("mysql", defaults=defaults, version=version).tls is on


@pytest.mark.parametrize(
    ("rules", "doors"),
    [
        ("local all postgres peer\nhost all all 127.0.0.1/32 scram-sha-256", ()),
        ("local all all trust", ("local all all trust",)),
        ("host all all 10.0.0.0 255.0.0.0 trust", ("host all all 10.0.0.0 255.0.0.0 trust",)),
        ("host all all 10.0.0.0/8 ident", ("host all all 10.0.0.0/8 ident",)),
        ("local all all ident", ()),
        ("hostssl all all ::/0 md5 clientcert=verify-full", ()),
    ],
)
def test_whom_postgresql_lets_in(rules, doors):
    assert one("postgresql", lines(pg=BASE, hba=rules)).doors == doors


@pytest.mark.parametrize("rules", ["include more.conf", "host all all somewhere"])
def test_rules_that_are_not_understood(rules):
    assert isinstance(one("postgresql", lines(pg=BASE, hba=rules)).doors, Unknown)


@pytest.mark.parametrize(
    ("text", "auto", "on"),
    [("ssl = on  # yes", "", True), ("ssl = off", "ssl = 'on'", True), ("port = 5432", "", False)],
)
def test_postgresql_s_tls(text, auto, on):
    files = lines(pg=f"{BASE}\n{text}", hba="local all all peer", auto=auto or "# x")
    assert one("postgresql", files).tls is on


def test_postgresql_s_files_that_are_not_there():
    found = one("postgresql")
    assert isinstance(found.doors, Unknown) and isinstance(found.tls, Unknown)
    assert isinstance(one("postgresql", lines(pg=BASE)).doors, Unknown)
    missing = lines(pg=f"{BASE}\ninclude = 'more.conf'", hba="local all all peer")
    assert isinstance(one("postgresql", missing).doors, Unknown)


@pytest.mark.parametrize(
    ("text", "doors"),
    [
        ("bind 127.0.0.1\nrequirepass s3cret", ()),
        ("bind 127.0.0.1", ("requirepass",)),
        ('requirepass ""', ("requirepass",)),
        ("user default off\nuser app on >x ~* +@all", ()),
        ("user default on nopass ~* +@all", ("user default nopass",)),
        ("user default on >secret ~* +@all", ()),
    ],
)
def test_whom_redis_lets_in(text, doors):
    found = one("redis", lines(redis=text))
    assert found.doors == doors
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize(
    "text", ["aclfile /etc/redis/users.acl", "include /etc/other.conf", "x 'y"]
)
def test_redis_settings_that_are_elsewhere_or_broken(text):
    assert isinstance(one("redis", lines(redis=text)).doors, Unknown)


@pytest.mark.parametrize(
    ("text", "on"),
    [("port 0\ntls-port 6379", True), ("tls-port 6380", False), ("port 6379", False)],
)
def test_redis_s_tls(text, on):
    assert one("redis", lines(redis=text)).tls is on


@pytest.mark.parametrize(
    ("text", "doors", "on"),
    [
        ("security:\n  authorization: enabled\nnet:\n  tls:\n    mode: requireTLS", (), True),
        ("net:\n  bindIp: 0.0.0.0", ("security.authorization",), False),
        ("security:\n  keyFile: /k\nnet:\n  tls:\n    mode: allowTLS", (), False),
    ],
)
def test_mongodb(text, doors, on):
    found = one("mongodb", lines(mongo=text))
    assert (found.doors, found.tls) == (doors, on)


@pytest.mark.parametrize(
    ("address", "served"),
    [
        ("127.0.0.1:6379", 0),
        ("[::1]:6379", 0),
        ("*:6379", 1),
        ("[::]:6379", 1),
        ("10.1.2.3:6379", 1),
    ],
)
def test_where_it_listens(address, served):
    found = one("redis", lines(redis="requirepass x"), sockets=SS.format(address, "redis-server"))
    assert len(database.served(found)) == served


def test_open_sockets_without_names_may_be_anybody_s():
    plain = "tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*\n"
    answers = Answers(
        {
            "processes.list": Answer(out=f"{RUNNING['redis']}\n"),
            "sockets.root": Unknown("refused"),
            "sockets.plain": Answer(out=plain),
        }
    )
    (found,) = database.read(answers, system()).databases
    assert isinstance(found.listens, Unknown)


@given(st.text(max_size=300), st.sampled_from([0, 1, 2, 127]), st.sampled_from(sorted(RUNNING)))
def test_garbage_opens_no_door_and_closes_none(text, code, engine):
    names = ("database.files", "database.mariadb", "database.mysql", "database.mysql-version",
             "sockets.root", "sockets.plain")  # fmt: skip
    given_ = {name: Answer(code, text, text) for name in names}
    answers = Answers({**given_, "processes.list": Answer(out=f"{RUNNING[engine]}\n")})
    (found,) = database.read(answers, system()).databases
    assert isinstance(found.doors, Unknown) and found.tls is not True
    codec = TypeAdapter(DatabaseFacts)
    facts = DatabaseFacts((found,))
    assert codec.validate_json(codec.dump_json(facts)) == facts
