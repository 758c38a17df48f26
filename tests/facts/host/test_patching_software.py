"""Runtimes, restarts and jobs: what is read of them, and what must stay unknown."""

from __future__ import annotations

import pytest

from facts.base import Unknown
from facts.declared import Look
from facts.host.asks import Answer
from facts.host.patching import Job, Program, jobs, restarts, software
from tests.factories.host_system import system as about
from tests.facts.host.recorded import given

LISTS = "x@lists.debian.org"
DEBIAN = "Debian PHP Maintainers <team+pkg-php@tracker.debian.org>"


def programs(packages="end", binaries="==> end <==", cms="end", root=""):
    return software.programs(
        given(
            patching__packages=packages,
            patching__binaries=binaries,
            patching__cms=cms,
            patching__cms__root=root if isinstance(root, Answer) else Answer(1, root),
        )
    )


@pytest.mark.parametrize(
    ("name", "version", "maker", "product", "shown", "own"),
    [
        ("php8.2-fpm", "8.2.32-1~deb12u1", DEBIAN, "php", "8.2", True),
        ("php8.3-fpm", "8.3.9-1+0~20240709.30+debian12~1.gbp5c", DEBIAN, "php", "8.3", False),
        ("nodejs", "20.20.2-1nodesource1", "x@nodesource.com", "nodejs", "20.20.2", False),
        ("nginx", "1.22.1-9+deb12u9", "x@alioth-lists.debian.net", "nginx", "1.22.1", True),
        ("nginx", "1.30.2-1~bookworm", "NGINX <x@nginx.com>", "nginx", "1.30.2", False),
        ("postgresql-16", "16.3-1.pgdg120+1", LISTS, "postgresql", "16", False),
        ("mariadb-server", "1:10.11.18-0+deb12u1", LISTS, "mariadb", "10.11.18", True),
        ("mariadb-server", "1:11.4.2+maria~deb12", "x@mariadb.org", "mariadb", "11.4.2", False),
        ("openjdk-17-jre-headless", "17.0.9+9-1", LISTS, "eclipse-temurin", "17", True),
        ("httpd", "2.4.57-5.el9", "Rocky", "apache-http-server", "2.4.57", True),
        ("php", "8.3.9-1.el9.remi", "Remi's RPM repository", "php", "8.3.9", False),
        ("mysql-community-server", "8.0.36-1.el9", "Oracle, MySQL", "mysql", "8.0.36", False),
    ],
)  # fmt: skip
def test_packages(name, version, maker, product, shown, own):
    (one,) = programs(packages=f"installed\t{name}\t{version}\t{maker}\nend")
    assert one == Program(product, shown, name, own)


def test_a_removed_package_is_not_there():
    assert programs(packages=f"config-files\tphp8.2-fpm\t8.2.1\t{DEBIAN}\nend") == ()


SAID = """==> /usr/local/bin/node <==
v16.20.2
==> /opt/jdk/bin/java <==
openjdk version "1.8.0_392" 2023-10-17
==> /usr/local/sbin/httpd <==
Server version: Apache/2.4.62 (Unix)
==> /usr/local/bin/php <==
PHP 7.4.33 (cli) (built: x)
==> /usr/local/mysql/bin/mysqld <==
/usr/local/mysql/bin/mysqld  Ver 8.0.36 for Linux on x86_64
==> end <==
"""


def test_binaries():
    found = [(one.product, one.version) for one in programs(binaries=SAID)]
    assert found == [
        ("nodejs", "16.20.2"),
        ("eclipse-temurin", "8"),
        ("apache-http-server", "2.4.62"),
        ("php", "7.4.33"),
        ("mysql", "8.0.36"),
    ]
    assert isinstance(programs(binaries=SAID.replace("PHP 7.4.33", "x")), Unknown)


CMS = """/var/www/a/wp-includes/version.php: * @global string $wp_version
/var/www/a/wp-includes/version.php:$wp_version = '6.1.9';
/var/www/b/libraries/src/Version.php:    const MAJOR_VERSION = 5;
/var/www/b/libraries/src/Version.php:    const MINOR_VERSION = 1;
/var/www/b/libraries/src/Version.php:    const PATCH_VERSION = 2;
/var/www/c/core/lib/Drupal.php:  const VERSION = '10.1.5';
/var/www/d/includes/bootstrap.inc:define('VERSION', '7.99');
/var/www/e/data/config/config_global.php:$global_config['version'] = '4.5.02';
/usr/share/wordpress/wp-includes/version.php:$wp_version = '6.1.9';
"""


def test_cms():
    found = programs(cms=CMS + "end")
    assert [(one.product, one.version) for one in found] == [
        ("wordpress", "6.1.9"),
        ("joomla", "5.1.2"),
        ("drupal", "10.1.5"),
        ("drupal", "7.99"),
        ("nukeviet", "4.5.02"),
        ("wordpress", "6.1.9"),
    ]
    assert [one.packaged for one in found] == [False] * 5 + [True]
    assert isinstance(programs(cms=CMS.replace("'6.1.9'", "x") + "end"), Unknown)


def test_a_closed_folder_is_looked_into_as_root_or_not_known():
    refused = Answer(126, "")
    assert isinstance(programs(cms="! /var/www/a\nend", root=refused), Unknown)
    found = programs(cms="! /var/www/a\nend", root=CMS)
    assert len(found) == 6
    assert isinstance(programs(cms="! /home/a/site\nend", root=CMS), Unknown)
    assert all(ask.keep is False for ask in software.asks(Look()) if "cms" in ask.name)


@pytest.mark.parametrize("part", ["packages", "binaries", "cms"])
def test_an_empty_answer_is_unknown(part):
    assert isinstance(programs(**{part: ""}), Unknown)


HEAP = "/proc/1/maps:55-56 rw-p 00000000 00:00 0                          [heap]\n"
MAPS = (
    HEAP
    + "/proc/7/maps:7f-8f r-xp 00000000 08:01 12  /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)\n"
    "/proc/8/maps:7f-8f rw-s 00000000 00:01 12  /dev/zero (deleted)\n"
    "/proc/9/maps:7f-8f r-xp 00000000 08:01 12  /memfd:x (deleted)\n"
    "/proc/10/maps:7f-8f r-xp 00000000 08:01 12 /usr/sbin/nginx (deleted)\n"
)
PS = "root 7 sshd sshd\npostgres 8 postgres postgres\nx 9 x x\nroot 10 nginx nginx\n"


def test_programs_that_run_replaced_files():
    said = given(patching__deleted=MAPS, processes__list=PS)
    assert restarts.outdated(said) == ("nginx", "sshd")
    assert restarts.outdated(given(patching__deleted=Answer(1, HEAP), processes__list=PS)) == ()
    for odd in ("", "garbage", HEAP + "/proc/7/maps:x\n"):
        assert isinstance(
            restarts.outdated(given(patching__deleted=odd, processes__list=PS)), Unknown
        )
    assert isinstance(restarts.outdated(given(patching__deleted=MAPS)), Unknown)


def kernel(rows, running, family="debian"):
    said = f"==> flags <==\n==> kernels <==\n{rows}==> end <==\n"
    return restarts.newest_kernel(
        given(patching__reboot=said), about(kernel=running, family=family)
    )


DEBIANS = (
    "installed linux-image-6.1.0-9-amd64 6.1.27-1\ninstalled linux-image-6.1.0-49-amd64 6.1.170-1\n"
    "installed linux-image-6.1.0-50-cloud-amd64 6.1.180-1\n"
    "config-files linux-image-6.1.0-51-amd64 6.1.181-1\n"
)


def test_the_newest_kernel_of_the_running_one_s_kind():
    assert kernel(DEBIANS, "6.1.0-9-amd64") == "6.1.0-49-amd64"
    assert kernel(DEBIANS, "6.1.0-49-amd64") == "6.1.0-49-amd64"
    assert kernel(DEBIANS, "6.18.5-own") == ""
    assert kernel("", "6.18.5") == ""
    rows = (
        "installed kernel-core 5.14.0-427.13.1.el9_4.x86_64\n"
        "installed kernel-core 5.14.0-362.24.1.el9_3.x86_64\n"
    )
    newest = "5.14.0-427.13.1.el9_4.x86_64"
    assert kernel(rows, "5.14.0-362.24.1.el9_3.x86_64", "rhel") == newest
    assert kernel(rows, newest, "rhel") == newest
    assert kernel(rows, "6.1.0", "rhel") == ""
    assert isinstance(restarts.newest_kernel(given(patching__reboot=""), about()), Unknown)


def test_the_host_asks_for_a_restart():
    said = "==> flags <==\n{}==> kernels <==\n==> end <==\n"
    flagged = given(patching__reboot=said.format("/run/reboot-required\n"))
    quiet = given(patching__reboot=said.format(""), patching__needs_restarting=Answer(127))
    assert restarts.asked(flagged, about()) is True
    assert restarts.asked(quiet, about()) is False
    for answer, wanted in (
        (Answer(1, "Reboot is required to fully utilize these updates.\n"), True),
        (Answer(0, "No core libraries or services have been updated.\n"), False),
    ):
        asked = given(patching__reboot=said.format(""))
        asked = type(asked)({**asked.given, "patching.needs-restarting": answer})
        assert restarts.asked(asked, about(family="rhel")) is wanted


APT = 'APT::Architecture "amd64";\n'
ON = (
    APT
    + 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n'
    + 'Unattended-Upgrade::Origins-Pattern:: "origin=Debian,label=Debian-Security";\n'
)
DPKG = "unattended-upgrades\t2.9\tall\tinstalled\t\t\n"
TIMERS = "\n\n".join(
    f"Id={name}.timer\nActiveState=active\nUnitFileState=enabled"
    for name in ("apt-daily", "apt-daily-upgrade")
)


def found_jobs(config=ON, dpkg=DPKG, timers=TIMERS, script=""):
    part = f"==> /etc/cron.daily/patch <==\n{script}\n" if script else ""
    return jobs.jobs(
        given(
            patching__apt__config=config,
            packages__list=dpkg,
            units__services="",
            units__files="",
            units__timers=timers,
            cron__all=part,
            cron__plain=f"{part}==> modes <==\n755 0 /etc/cron.daily/patch\n==> home <==\n",
            cron__called="",
            cron__scripts="",
            cron__timers="",
            processes__list="root 1 cron cron\n",
        ),
        about(),
    )


def test_unattended_upgrades():
    assert Job("unattended-upgrades", on=True) in found_jobs()
    (job,) = found_jobs(timers="")
    assert job.on is False and job.lacks == ("apt-daily-upgrade.timer",)
    (job,) = found_jobs(config=ON.replace('Upgrade "1"', 'Upgrade "0"'))
    assert job.lacks == ("APT::Periodic::Unattended-Upgrade",)
    (job,) = found_jobs(config=ON.replace("Debian-Security", "Debian"))
    assert job.lacks == ("Unattended-Upgrade::Origins-Pattern",)
    (job,) = found_jobs(config=ON.replace('Lists "1"', 'Lists "30"'))
    assert job.lacks == ("APT::Periodic::Update-Package-Lists",)


@pytest.mark.parametrize(
    ("script", "counts"),
    [
        ("apt-get -qq update && apt-get -y dist-upgrade", True),
        ("dnf -y upgrade --security", True),
        ("# apt-get upgrade", False),
        ("apt-get -s upgrade | mail root", False),
        ("apt-get --download-only upgrade", False),
        ("apt-get update", False),
        ("echo please upgrade", False),
    ],
)
def test_a_job_of_one_s_own(script, counts):
    found = found_jobs(dpkg="bash\t5\tall\tinstalled\t\t\n", script=f"#!/bin/sh\n{script}")
    assert bool(found) is counts


def test_central_tools():
    said = (
        "/etc/rhsm/rhsm.conf:hostname = sat.bao.test\n"
        "/etc/landscape/client.conf:url = https://landscape.bao.test/message-system\nend\n"
    )
    assert jobs.central(given(patching__central=said)) == (
        "rhsm: sat.bao.test",
        "client: landscape.bao.test",
    )
    public = "/etc/rhsm/rhsm.conf:hostname = subscription.rhsm.redhat.com\nend\n"
    assert jobs.central(given(patching__central=public)) == ()
    assert isinstance(jobs.central(given(patching__central="")), Unknown)


def test_ubuntu_pro():
    on = '"attached": true\n"name": "esm-infra", "status": "enabled"'
    assert jobs.esm(given(patching__pro=on)) is True
    assert jobs.esm(given(patching__pro=on.replace("true", "false"))) is False
    assert jobs.esm(given(patching__pro=on.replace("enabled", "disabled"))) is False
    assert jobs.esm(given(patching__pro=Answer(127))) is False
