"""The area's readers: what real hosts said; whole, damaged, in part; and one answer at a time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import checks
from checks import Status
from facts.base import Unknown
from facts.declared import Kind, Look, Target
from facts.host import hardening, sockets, system
from facts.host.areas import areas
from facts.host.asks import Answer, Answers
from facts.host.hardening import agents, files, kernel, monitors, sites, web
from facts.host.hardening.sites import Account, Site
from facts.world import World
from scanner.judge import judge
from tests.facts.host.recorded import changed, recording

SEEN = datetime(2026, 11, 23, 4, 37, tzinfo=UTC)
TARGET = Target(kind=Kind.LOGIN, name="lab", roles=("web", "cms"))
CHECKS = [check for check in checks.load().values() if check.id.startswith("hardening.")]
RECORDED = {name: recording(f"hardening-{name}") for name in ("good", "bad")}
KERNELS = {"hardening.kernel", "hardening.mandatory-access"}  # a container has its machine's


def judged(answers):
    """The area's findings: check id -> status."""
    about = system.read(answers, SEEN)
    facts = hardening.read(answers, about)
    codec = areas()["hardening"].codec
    assert codec.validate_json(codec.dump_json(facts)) == facts
    known = {hardening.HardeningFacts: facts, system.SystemFacts: about}
    return {c.id: judge(c, c.params, TARGET, known, World()).status for c in CHECKS}


GOOD = judged(RECORDED["good"])
# Where less is listed, less is there: a shorter list of what listens or of weak files is another
# host's whole answer.  These answers end with a mark, or are checked for being whole.
WHOLE = ("hardening.", "firewall.")


def test_the_recorded_hosts():
    assert {name for name, status in GOOD.items() if status is not Status.PASS} == KERNELS
    assert set(judged(RECORDED["bad"]).values()) == {Status.FAIL}


def test_every_question_has_its_limits():
    asks = hardening.asks(Look(uploads=("/srv/up loads",)))
    assert len({ask.name for ask in asks}) == len(asks)
    assert all(ask.seconds <= 20 and ask.most <= 1 << 20 for ask in asks)


def test_roots_questions_are_such_as_sudoers_can_hold():
    for ask in hardening.asks(Look()):
        if ask.root:
            assert not any(c in word for word in ask.run for c in "\\'\"\n"), ask.name
            assert not any(word.startswith("^") for word in ask.run[:1]), ask.name


def test_no_question_asked():
    assert set(judged(Answers()).values()) == {Status.ERROR}


@pytest.mark.parametrize("name", [n for n in RECORDED["good"].given if n.startswith(WHOLE)])
@pytest.mark.parametrize(
    "damage",
    [
        {"out": "", "code": 1, "err": "sudo: a password is required"},
        {"out": "", "late": True},
        {"out": "", "cut": True},
        {"out": "\ufffd\ufffd\x00" * 40},
        {"out": "Lệnh không tìm thấy\n", "code": 2},
        {"out": "x" * (10 << 20)},
    ],
    ids=["refused", "late", "cut", "garbage", "another language", "10 MB"],
)
def test_a_damaged_answer_passes_nothing_more(name, damage):
    found = judged(changed(RECORDED["good"], name, **damage))
    better = {c for c, s in found.items() if s is Status.PASS and GOOD[c] is not Status.PASS}
    assert not better
    worse = judged(changed(RECORDED["bad"], name, **damage))
    assert Status.PASS not in worse.values(), worse


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_a_torn_answer_makes_no_bad_host_good(data):
    bad = RECORDED["bad"]
    name = data.draw(st.sampled_from(sorted(n for n in bad.given if n.startswith(WHOLE))))
    text = bad.given[name].out
    length = data.draw(st.integers(0, len(text)))
    found = judged(changed(bad, name, out=text[:length]))
    assert Status.PASS not in found.values(), (name, length, found)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_garbage_makes_no_bad_host_good(data):
    bad = RECORDED["bad"]
    name = data.draw(st.sampled_from(sorted(n for n in bad.given if n.startswith(WHOLE))))
    raw = data.draw(st.binary(max_size=200))
    found = judged(changed(bad, name, out=raw.decode("utf-8", "replace")))
    assert Status.PASS not in found.values(), (name, raw, found)


def one(ask, out="", code=0, **more):
    return Answers({ask: Answer(out=out, code=code, **more)})


@pytest.mark.parametrize(
    ("text", "jails"),
    [
        ("Status\n|- Number of jail:\t2\n`- Jail list:\tnginx-http-auth, sshd\n",
         ("nginx-http-auth", "sshd")),
        ("Status\n|- Number of jail:\t0\n`- Jail list:\t\n", ()),
    ],
)  # fmt: skip
def test_fail2ban_is_its_jails(text, jails):
    listed = Answer(out="root 1 fail2ban-server /usr/bin/python3 /usr/bin/fail2ban-server -xf\n")
    answers = Answers({"hardening.fail2ban": Answer(out=text), "processes.list": listed})
    found = agents.prevention(answers, system.read(answers, SEEN))
    assert (found.jails, found.runs["fail2ban"]) == (jails, bool(jails))


def test_fail2ban_that_does_not_answer_is_unknown():
    listed = Answer(out="root 1 fail2ban-server fail2ban-server\n")
    answers = Answers({"hardening.fail2ban": Answer(code=255), "processes.list": listed})
    assert isinstance(
        agents.prevention(answers, system.read(answers, SEEN)).runs["fail2ban"], Unknown
    )


MANDATORY = "==> apparmor <==\n{}\n==> selinux <==\n{}\n==> security <==\n\n==> end <==\n"


@pytest.mark.parametrize(
    ("apparmor", "selinux", "profiles", "found"),
    [
        ("Y", "", "/usr/sbin/mariadbd (enforce)\nman (complain)\n", (True, 1, False)),
        ("Y", "", "man (complain)\n", (True, 0, False)),
        ("N", "1", "", (False, 0, True)),
        ("", "0", "", (False, 0, False)),
    ],
)
def test_mandatory_access(apparmor, selinux, profiles, found):
    given = {
        "hardening.mandatory": Answer(out=MANDATORY.format(apparmor, selinux)),
        "hardening.apparmor": Answer(out=profiles),
    }
    told = agents.mandatory(Answers(given))
    assert (told.apparmor, told.enforcing, told.selinux) == found


def test_profiles_that_may_not_be_read_are_told_by_aa_status_or_unknown():
    given = {"hardening.mandatory": Answer(out=MANDATORY.format("Y", ""))}
    assert isinstance(agents.mandatory(Answers(given)).enforcing, Unknown)
    given["hardening.aa-status"] = Answer(out='{"version": "2", "profiles": {"man": "enforce"}}')
    assert agents.mandatory(Answers(given)).enforcing == 1


IPV4 = ("rp_filter", "accept_redirects", "send_redirects", "accept_source_route")


def sysctl(**changes):
    """grep's lines of a host with one interface."""
    values = {"kernel/randomize_va_space": 2, "kernel/kptr_restrict": 1,
              "kernel/dmesg_restrict": 1, "net/ipv4/tcp_syncookies": 1}  # fmt: skip
    for where in ("all", "default", "eth0", "docker0", "lo"):
        values |= {f"net/ipv4/conf/{where}/{key}": 0 for key in IPV4}
    values |= {name.replace("__", "/"): value for name, value in changes.items()}
    return "".join(f"{name}:{value}\n" for name, value in values.items()) + "==> end <==\n"


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({}, "rp_filter", 0),
        ({"net__ipv4__conf__all__rp_filter": 1}, "rp_filter", 1),
        ({"net__ipv4__conf__eth0__rp_filter": 2}, "rp_filter", 2),
        ({"net__ipv4__conf__docker0__accept_redirects": 1}, "accept_redirects", 0),
        ({"net__ipv4__conf__eth0__accept_redirects": 1}, "accept_redirects", 1),
        ({"net__ipv4__conf__all__send_redirects": 1}, "send_redirects", 1),
        ({"net__ipv4__conf__eth0__accept_source_route": 1}, "accept_source_route", 0),
        ({"net__ipv4__conf__eth0__accept_source_route": 1,
          "net__ipv4__conf__all__accept_source_route": 1}, "accept_source_route", 1),
    ],
)  # fmt: skip
def test_the_kernels_settings_in_force(changes, name, value):
    found = kernel.settings(one("hardening.kernel", sysctl(**changes)))
    assert found[f"net.ipv4.{name}"] == value


def test_a_setting_that_is_not_told_is_unknown():
    found = kernel.settings(one("hardening.kernel", "==> end <==\n"))
    assert all(isinstance(value, Unknown) for value in found.values())
    assert not any(name.startswith("net.ipv6") for name in found)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("==> console <==\n==> desktop <==\n", (False, False)),
        ("==> console <==\n/etc/inittab:1:2345:respawn:/sbin/getty -a an tty1\n==> desktop <==\n",
         (True, False)),
        ("==> console <==\n==> desktop <==\n/etc/gdm3/daemon.conf:AutomaticLoginEnable = true\n",
         (False, True)),
        ("==> console <==\n==> desktop <==\n/etc/gdm3/daemon.conf:AutomaticLoginEnable=false\n",
         (False, False)),
        ("==> console <==\n==> desktop <==\n/etc/sddm.conf:[Autologin]\n/etc/sddm.conf:User=an\n",
         (False, True)),
        ("==> console <==\n==> desktop <==\n/etc/sddm.conf:[Users]\n/etc/sddm.conf:User=an\n",
         (False, False)),
        ("==> console <==\n==> desktop <==\n/etc/lightdm/lightdm.conf:autologin-user=an\n",
         (False, True)),
    ],
)  # fmt: skip
def test_what_logs_in_by_itself(lines, found):
    answers = one("hardening.auto-login", f"{lines}==> end <==\n")
    told = kernel.auto_login(answers, system.read(answers, SEEN))
    assert (told["console"], told["desktop"]) == found


def test_a_desktops_settings_that_may_not_be_read_are_unknown():
    lines = "==> console <==\n==> desktop <==\n/etc/lightdm/lightdm.conf:unreadable\n==> end <==\n"
    answers = one("hardening.auto-login", lines)
    assert isinstance(kernel.auto_login(answers, system.read(answers, SEEN))["desktop"], Unknown)


def test_a_file_is_open_only_where_the_way_to_it_is():
    lines = (
        "640 ,755,755 /etc/shadow\n644 ,755,755 /etc/ssh/ssh_host_rsa_key\n"
        "644 ,710,755,755 /etc/ssl/private/a.key\n644 ,755,755,755 /srv/a b/wp-config.php\n"
    )
    assert files.world_readable(one("hardening.secret-files", f"{lines}==> end <==\n")) == {
        "/etc/shadow": False,
        "/etc/ssh/ssh_host_rsa_key": True,
        "/etc/ssl/private/a.key": False,
        "/srv/a b/wp-config.php": True,
    }
    assert isinstance(files.world_readable(one("hardening.secret-files", lines)), Unknown)


VERSIONS = {
    "/w/wp-includes/version.php:$wp_version = '6.8.1';": Site("wordpress", "6.8.1", ""),
    "/j/administrator/manifests/files/joomla.xml:<version>5.1.0</version>":
        Site("joomla", "5.1.0", ""),
    "/d/core/lib/Drupal.php:  const VERSION = '10.3.2';": Site("drupal", "10.3.2", ""),
    "/d/includes/bootstrap.inc:define('VERSION', '7.99');": Site("drupal", "7.99", ""),
    "/t/Classes/Information/Typo3Version.php:  protected const VERSION = '12.4.1';":
        Site("typo3", "12.4.1", ""),
    "/n/vendor/vinades/nukeviet/Core/Encryption.php: case '{SSHA512}':":
        Site("nukeviet", "", "", "salted SHA"),
    "/n/vendor/vinades/nukeviet/Core/Encryption.php: return password_hash($a);":
        Site("nukeviet", "", "", "bcrypt"),
}  # fmt: skip


@pytest.mark.parametrize("line", VERSIONS)
def test_a_cms_tells_its_version(line):
    (found,) = sites.sites([line])
    wanted = VERSIONS[line]
    assert (found.product, found.version, found.hashing) == (
        wanted.product, wanted.version, wanted.hashing)  # fmt: skip


def test_a_plugin_of_wordpress_may_hash_better():
    lines = [
        "/w/wp-includes/version.php:$wp_version = '6.1';",
        "/w/wp-content/plugins/wp-password-bcrypt/wp-password-bcrypt.php: password_hash(",
    ]
    assert [site.hashing for site in sites.sites(lines)] == ["bcrypt"]


WWW = Account("www-data", "33", ("33",))


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("644 33 33 regular file|/var/www/html/index.php", True),
        ("444 33 33 regular file|/var/www/html/index.php", False),
        ("664 0 33 regular file|/var/www/html/index.php", True),
        ("644 0 33 regular file|/var/www/html/index.php", False),
        ("666 0 0 regular file|/var/www/html/index.php", True),
        ("775 1000 1000 directory|/var/www/html", False),
        ("777 1000 1000 directory|/var/www/html/a b", True),
        ("755 33 33 directory|/var/www/html/wp-content/uploads/2026", False),
        ("644 33 33 regular file|/var/www/html/wp-content/uploads/2026/a.php", False),
        ("755 33 33 directory|/var/www/html/wp-content/plugins", True),
        ("755 33 33 directory|/var/www", True),
        ("755 33 33 directory|/var/www/html/declared/here", False),
        ("find: '/var/www/x': Permission denied", False),
    ],
)
def test_what_the_web_servers_account_may_write(line, counts):
    found = list(sites.writers([line], [WWW], ["/var/www/html/declared/"]))
    assert bool(found) is counts


def test_a_search_that_was_refused_is_whole_only_where_root_looked():
    refused = "==> /var/www <==\nfind: '/var/www/html': Permission denied\n==> end <==\n"
    own = {"hardening.web-keys": Answer(out=refused, code=0)}
    assert isinstance(web.search(Answers(own), "keys").whole, Unknown)
    for root, whole in (
        (Answer(out="", code=1), True),
        (Answer(code=1, err="find: '/srv/www': No such file or directory\n"), True),
        (Answer(code=1, err="sudo: a password is required\n"), False),
        (Answer(code=0, late=True), False),
        (Answer(code=126), False),
    ):
        found = web.search(Answers({**own, "hardening.web-keys-root": root}), "keys")
        assert (found.whole is True) is whole
    elsewhere = {"hardening.web-keys": Answer(out=refused.replace("/var/www", "/data"))}
    root = {"hardening.web-keys-root": Answer(code=1)}
    assert isinstance(web.search(Answers({**elsewhere, **root}), "keys").whole, Unknown)


def test_a_search_that_was_stopped_still_tells_what_it_found():
    late = Answer(out="==> /var/www <==\n/var/www/a.php\n", late=True)
    found = web.search(Answers({"hardening.web-keys": late}), "keys")
    assert "/var/www/a.php" in found.lines and isinstance(found.whole, Unknown)


PS = "snmp 5 snmpd /usr/sbin/snmpd -LOw\n"
LISTENING = (sockets.Socket("udp", "0.0.0.0", 161, ("snmpd",)),)


@pytest.mark.parametrize(
    ("settings_", "accepted"),
    [("rouser watcher authPriv\n", True), ("rouser x\nrocommunity public\n", False),
     ("rocommunity6 public\n", False)],
)  # fmt: skip
def test_snmp_by_version_3_alone(settings_, accepted):
    answers = Answers({"hardening.snmp": Answer(out=settings_), "processes.list": Answer(out=PS)})
    (found,) = monitors.read(answers, LISTENING, system.read(answers, SEEN))
    assert (found.name, found.accepted, found.listens) == ("snmp", accepted, True)
