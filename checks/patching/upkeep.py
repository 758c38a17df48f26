"""How updates come: from where, signed by whom, by which job; and what still awaits a restart."""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, not_applicable, passed
from facts.base import Undecided, Unknown, need
from facts.declared import Target
from facts.host.patching import PatchingFacts
from facts.host.system import SystemFacts

MOST = 30


@check(Severity.INFO)
def managed(facts: PatchingFacts, target: Target) -> Verdict:
    """Updates come from a central patch server or a declared mirror.

    Why: with a central server one sees at a glance which host lacks what, patches are tried before
        they go everywhere, and hosts need no way to the Internet.
    Fix: set up a mirror (aptly, apt-cacher-ng, reposync) or a patch server (Landscape, Foreman,
        Satellite, SUSE Manager), point every host to it, and declare it under mirrors.
    """
    sources = need(facts.sources)
    mirrors = {name.lower() for name in target.says.mirrors}
    hosts = sorted({source.host.lower() for source in sources if source.host})
    if hosts and mirrors.issuperset(hosts):
        return passed("Every package source is a mirror that is declared", declared=hosts[:MOST])
    through = sorted(mirrors & {name.lower() for name in need(facts.proxies)})
    if through:
        return passed("Packages come through a mirror that is declared", declared=through)
    if tools := need(facts.central):
        return passed("A central tool manages the updates", tools=list(tools)[:MOST])
    return failed(
        "Updates do not come from a central patch server or a declared mirror",
        hosts=[name for name in hosts if name not in mirrors][:MOST],
    )


@check(Severity.MEDIUM)
def automatic(facts: PatchingFacts) -> Verdict:
    """Security updates install themselves, or a patch job is scheduled.

    Why: a small newsroom has nobody who patches every day. Updates that wait for a free hour wait
        for months.
    Fix: install unattended-upgrades (Debian, Ubuntu) or dnf-automatic with apply_updates = yes
        (RHEL and its kin), and switch its timer on.
    """
    jobs = need(facts.jobs)
    on = [job.name for job in jobs if job.on is True]
    if on:
        return passed("Updates install themselves", jobs=on[:MOST])
    for job in jobs:
        need(job.on)
    lacks = [f"{job.name}: {', '.join(job.lacks)}" for job in jobs if job.lacks]
    return failed("Nothing installs updates by itself", **({"lacks": lacks} if lacks else {}))


@check(Severity.HIGH)
def reboot(facts: PatchingFacts, system: SystemFacts) -> Verdict:
    """No restart of the host or of a service is pending for a patched kernel or library, and the
    running kernel is the newest installed; a container's kernel is its host's.

    Why: a mended library on the disk helps nobody while the service still runs the old one from
        memory.
    Fix: restart the named services; for a new kernel, restart the host at a quiet hour.
    """
    container = system.container
    newest, running = facts.kernel, system.kernel
    if facts.reboot_asked is True:
        return failed("The host asks to be restarted", **_programs(facts))
    if not isinstance(facts.outdated, Unknown) and facts.outdated:
        return failed("Programs still run files that were replaced", **_programs(facts))
    known = container == "" and not isinstance(newest, Unknown) and not isinstance(running, Unknown)
    if known and newest and newest != running:
        return failed("A newer kernel is installed than runs", running=running, newest=newest)
    need(facts.reboot_asked)
    need(facts.outdated)
    if box := need(container):
        return passed("No service awaits a restart; the kernel is the container host's", box=box)
    if not need(newest):
        raise Undecided("The running kernel comes from no installed package", need(running)[:80])
    return passed("Nothing awaits a restart", running=need(running))


def _programs(facts: PatchingFacts) -> dict[str, list[str]]:
    names = () if isinstance(facts.outdated, Unknown) else facts.outdated
    return {"programs": list(names[:MOST])} if names else {}


@check(Severity.MEDIUM)
def repositories(facts: PatchingFacts) -> Verdict:
    """Every package source is signed, and no setting lets unsigned packages in.

    Why: who stands between the host and an unsigned source can hand it any program, which then
        runs as root.
    Fix: take trusted=yes, allow-insecure and AllowUnauthenticated out of apt's settings and name
        the source's key with Signed-By; set gpgcheck=1 for dnf, yum and zypper.
    """
    allowed, sources = facts.unsigned_allowed, need(facts.sources)
    unsigned = [source.where for source in sources if source.signed is False]
    if unsigned:
        return failed("A package source is not signed", sources=unsigned[:MOST])
    if settings := need(allowed):
        return failed("A setting lets unsigned packages in", settings=list(settings)[:MOST])
    for source in sources:
        need(source.signed)
    if not sources:
        return not_applicable("No package source is configured")
    return passed("Every package source is signed", sources=[s.where for s in sources][:MOST])
