"""Which service a port is: by its number, and by the name and product that nmap found.  Pure.

Numbers are IANA's registrations and the products' documented defaults.  A number that many other
programs use as well (`SHARED`) says nothing by itself: there nmap must have named the product.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """How a service is recognised."""

    ports: frozenset[int]
    names: frozenset[str] = frozenset()  # nmap's service names, in lower case
    products: str = ""  # a pattern for nmap's product and extra text, in lower case


def _known(ports: Iterable[int] = (), names: str = "", products: str = "") -> Known:
    return Known(frozenset(ports), frozenset(names.split()), products)


ADMIN: Mapping[str, Known] = {
    "ssh": _known([22], "ssh"),
    "telnet": _known([23], "telnet telnets"),
    "r-services": _known([512, 513], "exec login"),
    "rdp": _known([3389], "ms-wbt-server ms-term-serv", "xrdp|terminal services"),
    "vnc": _known([*range(5900, 5911), *range(5800, 5804)], "vnc vnc-http", r"\bvnc\b"),
    "winrm": _known([5985, 5986], "wsman wsmans"),
    "winbox": _known([8291], "winbox mikrotik-winbox", "winbox"),
    "mikrotik-api": _known([8728, 8729], "routeros-api", "routeros api"),
    "ipmi": _known([], "asf-rmcp ipmi", "ipmi|idrac|supermicro|\\bilo\\b|integrated lights-out"),
    "x11": _known(range(6000, 6008), "x11"),
    "radmin": _known([4899], "radmin", "radmin"),
    "dameware": _known([6129], "dameware unknown-dameware"),
    "cpanel": _known([2082, 2083, 2086, 2087], "", r"\bcpanel\b|cpsrvd"),
    "directadmin": _known([2222], "", "directadmin"),
    "webmin": _known([], "", "webmin|usermin|miniserv"),
    "plesk": _known([], "", r"plesk|sw-cp-server"),
    "hestia": _known([], "", "hestia|vesta control"),
    "aapanel": _known([], "", "aapanel|baota"),
    "centos-web-panel": _known([], "", "centos web panel|cwpsrv"),
    "proxmox": _known([8006], "", "proxmox"),
    "esxi": _known([902], "vmware-auth iss-realsecure", "vmware esxi|vmware authentication daemon"),
    "cockpit": _known([], "", "cockpit"),
}

DATABASES: Mapping[str, Known] = {
    "mysql": _known([3306, 33060], "mysql mysqlx", "mysql|mariadb"),
    "postgresql": _known([5432, 6432], "postgresql", "postgresql|pgbouncer"),
    "mssql": _known([1433, 1434], "ms-sql-s ms-sql-m", "microsoft sql server"),
    "oracle": _known([1521, 1522, 2483, 2484], "oracle oracle-tns", "oracle.*tns"),
    "mongodb": _known([27017, 27018, 27019], "mongodb mongod", "mongodb"),
    "redis": _known([6379, 6380, 16379, 26379], "redis", "redis|valkey"),
    "memcached": _known([11211], "memcache memcached", "memcached"),
    "elasticsearch": _known([9200, 9300], "elasticsearch wap-wsp", "elasticsearch|opensearch"),
    "solr": _known([8983], "", r"apache solr|\bsolr\b"),
    "couchdb": _known([5984, 6984], "couchdb", "couchdb"),
    "cassandra": _known([9042, 9160, 7199], "cassandra cassandra-native apani1", "cassandra"),
    "clickhouse": _known([8123], "clickhouse", "clickhouse"),
    "influxdb": _known([8086], "influxdb", "influxdb"),
    "neo4j": _known([7474, 7687], "bolt", "neo4j"),
    "etcd": _known([2379, 2380], "etcd-client etcd-server", "etcd"),
    "zookeeper": _known([2181], "zookeeper", "zookeeper"),
    "kafka": _known([9092, 9094], "kafka", "apache kafka"),
    "rabbitmq": _known([5671, 5672, 15672, 25672, 4369], "amqp amqps epmd", "rabbitmq"),
    "activemq": _known([61616, 8161], "apachemq", "activemq"),
    "nats": _known([4222], "nats", r"\bnats\b"),
    "mqtt": _known([1883, 8883], "mqtt secure-mqtt", "mosquitto|mqtt"),
    "beanstalkd": _known([11300], "beanstalk beanstalkd", "beanstalk"),
    "gearman": _known([4730], "gearman", "gearman"),
    "firebird": _known([3050], "firebird gds_db", "firebird"),
    "db2": _known([50000, 523], "ibm-db2 drda", r"\bdb2\b"),
    "sphinx": _known([9306, 9312], "sphinx-search", "sphinx search|manticore"),
    "meilisearch": _known([7700], "", "meilisearch"),
    "rethinkdb": _known([28015, 29015], "rethinkdb", "rethinkdb"),
    "hazelcast": _known([5701], "hazelcast", "hazelcast"),
}

FILE_SHARING: Mapping[str, Known] = {
    "smb": _known([139, 445], "netbios-ssn microsoft-ds", "samba smbd"),
    "nfs": _known([2049], "nfs nfs_acl mountd"),
    "rsync": _known([873], "rsync", "rsync"),
    "afp": _known([548], "afp afpovertcp", "netatalk"),
}

# Services that must ask for a log-in; each is asked one harmless question.
OPEN_DOORS: Mapping[str, Known] = {
    "redis": _known([6379, 6380, 16379], "redis", "redis|valkey"),
    "mongodb": _known([27017, 27018, 27019], "mongodb mongod", "mongodb"),
    "elasticsearch": _known([9200], "elasticsearch wap-wsp", "elasticsearch|opensearch"),
    "memcached": _known([11211], "memcache memcached", "memcached"),
    "couchdb": _known([5984, 6984], "couchdb", "couchdb"),
    "etcd": _known([2379], "etcd-client", "etcd"),
    "docker": _known([2375, 2376], "docker docker-s", "docker"),
    "kubelet": _known([10250, 10255], "", "kubelet|kubernetes"),
}

# Services that may take passwords in clear; each is asked what it offers.
TALKATIVE: Mapping[str, Known] = {
    "telnet": _known([23], "telnet"),
    "rexec": _known([512], "exec"),
    "rlogin": _known([513], "login"),
    "rsh": _known([514], "shell"),
    "ftp": _known([21], "ftp"),
    "pop3": _known([110], "pop3"),
    "imap": _known([143], "imap imap4"),
    "smtp": _known([25, 587, 2525], "smtp submission"),
}

# Panels live here, and much else: what is there is asked for its start page, once.
SHARED = frozenset({2030, 2031, 7800, 8080, 8083, 8443, 8880, 8888, 9090, 9443, 10000, 20000})
PANELS: Mapping[str, str] = {  # what their start pages say, in lower case
    "cpanel": r"cpsrvd|<title>(cpanel|whm) login",
    "directadmin": "directadmin",
    "webmin": r"server: miniserv|<title>login to (webmin|usermin)",
    "plesk": r"server: sw-cp-server|<title>[^<]{0,80}plesk",
    "hestia": r"<title>[^<]{0,80}(hestia control|hestiacp|vesta)",
    "aapanel": r"aapanel|<title>[^<]{0,80}(bt-panel|宝塔)",
    "centos-web-panel": "cwpsrv|centos web panel|control web panel",
    "cockpit": r"cockpit-ws|<title>[^<]{0,80}cockpit|id=\"login\"[^>]{0,200}cockpit|cockpit/static",
    "proxmox": "<title>[^<]{0,80}proxmox",
    "portainer": "<title>portainer",
    "ispconfig": "<title>[^<]{0,80}ispconfig",
    "cyberpanel": "cyberpanel",
    "phpmyadmin": "<title>phpmyadmin",
    "tomcat-manager": "<title>/manager",
}

WANTED = tuple(sorted({n for family in (ADMIN, DATABASES, FILE_SHARING, OPEN_DOORS, TALKATIVE)
                       for known in family.values() for n in known.ports} | SHARED))  # fmt: skip


# What a role implies to be open, TCP.  SSH is never implied: the inventory says who needs it.
ROLES: Mapping[str, tuple[int, ...]] = {
    "web": (80, 443),
    "cms": (80, 443),
    "streaming": (80, 322, 443, 554, 1935),
    "mail": (25, 465, 587, 993, 995),
    "dns": (53, 853),
    "vpn": (443, 1194),
}
INSIDE: Mapping[str, tuple[int, ...]] = {  # only seen from the inner network
    "database": (1433, 1521, 3306, 5432, 6379, 27017),
    "file": (139, 445, 873, 2049),
    "monitoring": (514, 6514, 10051),
    "backup": (8007, 9102, 9103),
}


@dataclass(frozen=True)
class Seen:
    """What is known of one open port."""

    number: int
    name: str = ""  # nmap's service name
    guessed: bool = True  # the name is only what usually has this number
    product: str = ""
    extra: str = ""


def families(seen: Seen, table: Mapping[str, Known]) -> tuple[str, ...]:
    """What it is, of a table's services; mostly one, often none.

    What nmap found out by asking goes before the number: SSH on port 3306 is no MySQL.
    """
    text = f"{seen.product} {seen.extra}".lower()[:400]
    name = seen.name.lower()
    asked = [
        family
        for family, known in table.items()
        if (name in known.names and not seen.guessed)
        or (known.products and seen.product and re.search(known.products, text))
    ]
    if asked:
        return tuple(asked)
    if not seen.guessed and seen.product and name not in _VAGUE:
        return ()
    return tuple(family for family, known in table.items() if seen.number in known.ports)


_VAGUE = frozenset({"", "http", "https", "tcpwrapped", "unknown", "ssl", "http-proxy"})
