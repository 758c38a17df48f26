"""Patching on real hosts: Debian 11, 12 and 13 with updates that really wait."""

from __future__ import annotations

import pytest

from facts.declared import Declared
from facts.host.patching import PatchingFacts
from tests.hosts import patching_hosts as made
from tests.lab.hosts import Spec
from tests.lab.judged import compare, fixed, gathered, judged, truth

HOSTS = {
    "patching-good": Spec("d12", made.GOOD),
    "patching-bad": Spec("d12", made.BAD),
    "patching-stale": Spec("d12", made.STALE),
    "patching-eol": Spec("d11", made.EOL),
    "patching-13": Spec("d13", made.THIRTEEN),
}
PREPARED = {
    "patching-bad": made.PREPARE_BAD,
    "patching-stale": made.PREPARE_STALE,
    "patching-13": made.PREPARE_13,
}
SAYS = {
    "patching-good": Declared(mirrors=("deb.debian.org",)),
    "patching-13": Declared(mirrors=("mirror.bao.test",)),
}
EACH = pytest.mark.parametrize("name", HOSTS)


@pytest.fixture(scope="module")
def hosts(lab):
    started = lab.start_many(HOSTS)
    for host in started.values():  # until the start is done, PAM lets only root in
        host.sh("systemctl is-system-running --wait || true")
    for name, script in PREPARED.items():
        started[name].sh(script)
    return started


@pytest.fixture(scope="module")
def facts(hosts):
    return {name: gathered(host) for name, host in hosts.items()}


def found(facts, name):
    return judged(facts, "patching", says=SAYS.get(name, Declared()))


@EACH
def test_the_truth(facts, name):
    compare(found(facts[name], name), truth("patching")[name])


@pytest.mark.parametrize("name", ["patching-good", "patching-eol", "patching-bad"])
def test_what_waits_is_what_apt_prints(hosts, facts, name):
    said = hosts[name].sh("LC_ALL=C apt-get -s dist-upgrade").stdout
    wanted = {line.split()[1] for line in said.splitlines() if _security(line)}
    pending = facts[name].split()[PatchingFacts].pending
    assert {update.name for update in pending} == wanted
    assert wanted


def _security(line):
    return line.startswith("Inst ") and "[" in line.split("(")[0] and "Debian-Security:" in line


def test_the_reasons(facts):
    bad = found(facts["patching-bad"], "patching-bad")
    evidence = {name.removeprefix("patching."): dict(f.evidence) for name, f in bad.items()}
    assert evidence["security-updates"]["overdue"] == ["roundcube-core 1.6.5+dfsg-1+deb12u6 (60 d)"]
    assert evidence["exploited"]["packages"] == ["roundcube 1.6.1+dfsg-1"]
    assert evidence["reboot"]["programs"] == ["lab-sleep"]
    assert evidence["repositories"]["sources"] == ["unsigned.list: ./"]
    assert evidence["runtimes"]["ended"] == ["nodejs 16.20.2 (/usr/local/bin/node)"]
    stale = found(facts["patching-stale"], "patching-stale")
    assert "wordpress 6.1.9" in stale["patching.runtimes"].evidence["ended"][0]
    assert "old" in stale["patching.security-updates"].reason
    thirteen = found(facts["patching-13"], "patching-13")
    assert "No security repository" in thirteen["patching.security-updates"].reason
    assert thirteen["patching.automatic"].evidence["jobs"] == ["/etc/cron.daily/patch"]


def test_a_password_in_a_proxy_stays_on_the_host(facts):
    assert "canary5d1f" not in repr(facts["patching-13"])


def test_without_sudo_nothing_passes_unseen(hosts):
    limited = found(gathered(hosts["patching-good"], sudo=False), "patching-good")
    assert limited["patching.reboot"].status == "error"
    assert limited["patching.runtimes"].status == "error"  # a site's folder is closed to others
    assert limited["patching.security-updates"].status == "pass"


def test_fix_then_pass(hosts):
    bad, stale, thirteen = (hosts[f"patching-{name}"] for name in ("bad", "stale", "13"))
    stale.sh(made.ARCHIVE + "publish today")
    fixed(stale, "patching.metadata-fresh")
    fixed(bad, "patching.runtimes", {"REMOVE": "/usr/local/bin/node"})
    bad.sh("rm -f /etc/apt/sources.list.d/unsigned.list.bak")
    fixed(bad, "patching.repositories")
    bad.sh("rm /etc/apt/sources.list.d/unsigned.list")  # never signed: it goes
    for check in ("automatic", "exploited", "security-updates", "reboot"):
        fixed(bad, f"patching.{check}")
    thirteen.sh("rm /etc/apt/apt.conf.d/81lab")
    thirteen.sh(made.ARCHIVE.replace("bookworm", "trixie") + "package 1.0\npublish today")
    fixed(thirteen, "patching.security-updates", {"MIRROR": "file:/srv/repo"})
    fixed(thirteen, "patching.repositories")
    fixed(thirteen, "patching.managed", {"MIRROR": "http://mirror.bao.test:3142"})
    mended = judged(gathered(bad), "patching")
    names = "security-updates exploited automatic reboot repositories runtimes"
    for name in names.split():
        assert mended[f"patching.{name}"].status == "pass", mended[f"patching.{name}"]
    after = judged(gathered(stale), "patching")
    assert after["patching.metadata-fresh"].status == "pass"
    assert after["patching.security-updates"].status == "pass"
    again = found(gathered(thirteen), "patching-13")
    for name in ("managed", "security-updates", "repositories"):
        assert again[f"patching.{name}"].status == "pass", again[f"patching.{name}"]
