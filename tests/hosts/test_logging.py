"""Logging on real hosts: each against the truth that was written down before, then mended."""

from __future__ import annotations

import pytest

from checks import Status
from tests.hosts import logging_hosts as setups
from tests.hosts.conftest import no_lab
from tests.lab.judged import compare, fixed, gathered, judged, truth
from tests.lab.roots import NoLab

KERNELS = ("logging.process", "logging.audit")  # a container does not see its kernel's audit
BAD = (
    "logging.remote", "logging.retention", "logging.logins", "logging.privileged", "logging.web",
    "logging.database", "logging.time-sync", "logging.permissions",
)  # fmt: skip
SILENT = ("logging.running", "logging.dhcp", "logging.web")


@pytest.fixture(scope="module")
def hosts(lab):
    lab.start("logging-sink", setup=setups.SINK)
    hosts = lab.start_many(
        {
            "logging-good": setups.GOOD,
            "logging-bad": setups.BAD,
            "logging-silent": setups.SILENT,
        }
    )
    hosts["logging-good"].sh("chronyc waitsync 30 0 0 0.5")
    return hosts


@pytest.fixture(scope="module")
def kernel(lab):
    try:
        return lab.kernel("logging-kernel")
    except NoLab as reason:
        no_lab(reason)


@pytest.mark.parametrize("name", ["logging-good", "logging-bad", "logging-silent"])
def test_a_host_is_judged_as_it_was_written_down(hosts, name):
    compare(judged(gathered(hosts[name]), "logging"), truth("logging")[name])


def test_without_sudo_nothing_that_root_alone_sees_passes(hosts):
    found = judged(gathered(hosts["logging-good"], sudo=False), "logging")
    for name in ("logins", "privileged", "permissions", "retention"):
        assert found[f"logging.{name}"].status is Status.ERROR, name


@pytest.mark.parametrize(("name", "mended"), [("logging-bad", BAD), ("logging-silent", SILENT)])
def test_fix_then_pass(hosts, name, mended):
    for check in mended:
        fixed(hosts[name], check, {"SERVER": "logging-sink", "SERVERS": "logging-sink"})
    found = judged(gathered(hosts[name]), "logging")
    left = {check: found[check] for check in mended if found[check].status is not Status.PASS}
    assert not left


def test_a_kernels_audit_without_rules_then_with_them(kernel):
    wanted = truth("logging")
    for host, mend in (("kernel-plain", ()), ("kernel-audited", KERNELS)):
        for check in mend:
            fixed(kernel, check)
        found = judged(gathered(kernel), "logging")
        compare({check: found[check] for check in KERNELS}, wanted[host])
