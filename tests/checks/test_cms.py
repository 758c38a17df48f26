from dataclasses import replace

import pytest

from checks import Status
from checks.cms import outside, versions
from facts.base import Undecided, Unknown
from facts.cms import Component
from facts.declared import Kind, Target, Vantage
from facts.host.cms import CmsInside
from facts.host.patching import PatchingFacts
from facts.host.patching.model import Program
from tests.factories import GOOD
from tests.factories.cms import cms
from tests.factories.world import world

PASS, FAIL, ERROR, NA = Status.PASS, Status.FAIL, Undecided, Status.NOT_APPLICABLE
WHY = Unknown("It was not learnt")
SITE = Target(Kind.SITE, "www.bao.test", "127.38.1.1", 443, "https://www.bao.test/")
EDITORS = replace(SITE, roles=("cms",))
NONE = cms(product="", admin={"/admin/": False}, installer={}, users={}, legacy={}, registration={})


def judged(check, *facts):
    """The status, or Undecided, so that a row can say either."""
    try:
        return check(*facts).status
    except Undecided:
        return Undecided


TRIALS = [
    (outside.installer, "installer"), (outside.user_listing, "users"),
    (outside.legacy_api, "legacy"), (outside.registration, "registration"),
    (outside.admin_exposed, "admin"), (outside.debug, "debug"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "part"), TRIALS)
@pytest.mark.parametrize(
    ("trials", "status"),
    [
        ({"/a": False, "/b": False}, PASS),
        ({"/a": False, "/b": True}, FAIL),
        ({"/a": WHY, "/b": True}, FAIL),
        ({"/a": WHY, "/b": False}, ERROR),
    ],
)
def test_each_trial_counts(check, part, trials, status):
    facts = (cms(**{part: trials}), SITE) if part != "debug" else (cms(debug=trials),)
    assert judged(check, *facts) is status


@pytest.mark.parametrize(("check", "part"), TRIALS)
def test_an_unknown_system_is_no_pass_where_there_ought_to_be_one(check, part):
    if part == "debug":
        assert judged(check, replace(NONE, debug={})) is ERROR
        return
    assert judged(check, NONE, SITE) is (PASS if part == "admin" else NA)
    assert judged(check, NONE, EDITORS) is ERROR


def test_from_inside_editors_reach_their_log_in():
    inside = replace(SITE, vantage=Vantage.INTERNAL)
    assert judged(outside.admin_exposed, cms(admin={"/wp-login.php": True}), inside) is NA


@pytest.mark.parametrize(
    ("version", "exact", "status"),
    [("6.1.9", True, FAIL), ("4.5", False, PASS), ("", False, PASS), (WHY, WHY, ERROR),
     ("6.1", WHY, ERROR)],
)  # fmt: skip
def test_version_hidden(version, exact, status):
    assert judged(outside.version_hidden, cms(version=version, exact=exact), SITE) is status


def host(*found):
    """What the log-in found of WordPress: (version, is it a package?)."""
    programs = tuple(
        Program("wordpress", version, f"/srv/{at}/wp-includes/version.php", packaged)
        for at, (version, packaged) in enumerate(found)
    )
    return replace(GOOD[PatchingFacts], programs=programs)


SHOWN = {"version": "7.1.2", "exact": True}


@pytest.mark.parametrize(
    ("shown", "inside", "status"),
    [
        (SHOWN, WHY, PASS),
        ({}, WHY, ERROR),  # hidden, and nobody looked inside
        ({"version": "7.1", "exact": False}, WHY, ERROR),
        ({"version": "6.0.3", "exact": True}, WHY, FAIL),
        ({"version": "6.1.9", "exact": True}, WHY, ERROR),  # it may be Debian's
        ({"version": "7.1.0", "exact": True}, WHY, FAIL),  # a known fault of it is mended
        ({"version": "9.9.9", "exact": True}, WHY, ERROR),  # the table does not have it
        ({"version": "rác", "exact": True}, WHY, ERROR),
        ({}, host(("7.1.2", False)), PASS),
        ({}, host(("6.1.9", True)), PASS),  # the package is the release's affair
        ({}, host(("7.1.2", False), ("6.0.1", False)), FAIL),
        ({}, host(("6.1.999", False)), FAIL),  # of a line that Debian packages, but unpacked
        (SHOWN, host(), PASS),  # none of it on that host
        (
            {"version": "6.0.3", "exact": True},
            host(("7.1.2", False)),
            PASS,
        ),  # the host knows better
        ({}, replace(GOOD[PatchingFacts], programs=WHY), ERROR),
    ],
)
def test_supported(shown, inside, status):
    assert judged(versions.supported, cms(**shown), SITE, world(), inside) is status


def parts(*found):
    """Components of (name, version)."""
    return tuple(Component("plugin", name, version) for name, version in found)


@pytest.mark.parametrize(
    ("shown", "inside", "seen", "status"),
    [
        (SHOWN, WHY, (), PASS),
        ({"version": "7.0.1", "exact": True}, WHY, (), FAIL),
        ({"version": "6.1.9", "exact": True}, WHY, (), ERROR),  # Debian's may be mended
        ({}, host(("6.1.9", True)), (), PASS),
        ({}, host(("7.0.1", False)), (), FAIL),
        (SHOWN, WHY, parts(("wp-file-manager", "6.8")), FAIL),
        (SHOWN, WHY, parts(("wp-file-manager", "6.9")), PASS),
        (SHOWN, WHY, parts(("akismet", "3.0")), PASS),  # a fault, but not an exploited one
        ({}, WHY, parts(("wp-file-manager", "6.8")), ERROR),
    ],
)
def test_exploited(shown, inside, seen, status):
    facts = cms(**shown, components=seen)
    assert judged(versions.exploited, facts, SITE, world(), inside, WHY) is status


def test_an_exploited_fault_whose_versions_are_not_known_is_no_pass():
    table = replace(world().cms, untold={"wordpress": ("CVE-2099-1",)})
    for inside, status in ((WHY, ERROR), (host(("6.1.9", True)), PASS)):
        given = (cms(**SHOWN), SITE, world(cms=table), inside, WHY)
        assert judged(versions.exploited, *given) is status


def test_an_old_table_of_exploited_faults_is_no_pass():
    data = [one for one in world().data if one[0] != "cms"]
    for more, status in (
        ([("cms", "2026-01-01")], ERROR),
        ([("kev", "2026-11-01"), ("cms", "2026-01-01")], PASS),
    ):
        given = (cms(**SHOWN), SITE, world(data=(*data, *more)), WHY, WHY)
        assert judged(versions.exploited, *given) is status
    assert versions.exploited(*given).evidence["table"] == "cms 2026-01-01, kev 2026-11-01"


@pytest.mark.parametrize(
    ("seen", "inside", "status"),
    [
        (parts(("akismet", "5.3")), WHY, PASS),
        (parts(("akismet", "3.1.4")), WHY, FAIL),
        (parts(("akismet", "")), WHY, ERROR),
        (parts(("akismet", WHY)), WHY, ERROR),
        (parts(("bao-xuan", "")), WHY, PASS),  # nothing is known against any version
        (parts(("yuzo-related-post", "")), WHY, FAIL),
        (parts(("strange", "1.0")), WHY, ERROR),
        (parts(("strange", "1.0"), ("akismet", "3.0")), WHY, FAIL),
        ((), WHY, NA),
        (WHY, WHY, ERROR),
        (parts(("akismet", "3.0")), CmsInside(parts(("akismet", "5.3")), True), PASS),
        (parts(("akismet", "5.3")), CmsInside(parts(("akismet", "3.0")), True), FAIL),
        (parts(("akismet", "3.0")), CmsInside(WHY, WHY), FAIL),
        (parts(("akismet", "3.0")), CmsInside((), True), FAIL),
    ],
)
def test_extensions(seen, inside, status):
    facts = cms(**SHOWN, components=seen)
    assert judged(versions.extensions, facts, SITE, world(), inside) is status


@pytest.mark.parametrize("check", [versions.supported, versions.exploited, versions.extensions])
def test_versions_of_an_unknown_system(check):
    more = [WHY, WHY] if check is versions.exploited else [WHY]
    assert judged(check, NONE, SITE, world(), *more) is NA
    assert judged(check, NONE, EDITORS, world(), *more) is ERROR


def test_a_finding_says_who_told_the_version_and_by_which_table():
    seen = versions.supported(cms(version="6.0.3", exact=True), SITE, world(), WHY)
    assert seen.evidence["shown"] == ["WordPress 6.0.3"]
    assert seen.evidence["table"] == "support 2026-11-01"
    told = versions.supported(cms(), SITE, world(), host(("7.1.0", False)))
    assert told.evidence["on_host"] == ["WordPress 7.1.0"]
    assert told.evidence["table"] == "cms 2026-11-01"
