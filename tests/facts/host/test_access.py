"""Access: settings that loosen, stacks that do not reach a module, rules, hashes, and garbage."""

from __future__ import annotations

import pytest
from hypothesis import given as fuzz
from hypothesis import strategies as st

from facts.base import Unknown
from facts.host import access, sshd
from facts.host.access import accounts, idle, keys, pam, policy, sudoers
from facts.host.asks import Answer, Answers
from tests.factories.host_system import system
from tests.facts.host.recorded import given

MAIN = "/etc/ssh/sshd_config"


def files(text, more=""):
    lines = [f"{MAIN}:{line}" for line in text.strip().split("\n")]
    lines += [f"/etc/ssh/sshd_config.d/a.conf:{line}" for line in more.strip().split("\n") if line]
    return "\n".join(lines)


def test_the_first_value_counts_and_match_ends_with_its_file():
    answers = given(
        sshd__effective=Answer(code=1, err="no hostkeys"),
        sshd__files=files(
            "Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes",
            "PasswordAuthentication no\nMatch Group sftp\nPasswordAuthentication yes",
        ),
    )
    server = sshd.read(answers)
    assert server.base.settings["passwordauthentication"] == "no"
    assert server.blocks == (sshd.Block("group sftp", {"passwordauthentication": "yes"}),)
    assert "permitrootlogin" not in server.base.settings  # its default is not certain
    assert [b.settings["passwordauthentication"] for b in server.ways("an", ("sftp",))] == ["yes"]
    assert [b.settings["passwordauthentication"] for b in server.ways("an", ("sudo",))] == ["no"]


@pytest.mark.parametrize(
    ("condition", "user", "groups", "answer"),
    [
        ("all", "an", (), True),
        ("user root", "root", (), True),
        ("user an*,!an2", "an2", (), False),
        ("group sudo address 10.0.0.0/8", "an", ("sudo",), None),
        ("group sudo address 10.0.0.0/8", "an", ("www",), False),
    ],
)
def test_whom_a_match_block_is_for(condition, user, groups, answer):
    assert sshd.applies(condition, user, groups) is answer


def test_an_include_elsewhere_is_not_known():
    answers = given(sshd__effective="", sshd__files=files("Include /opt/ssh/*.conf"))
    assert isinstance(sshd.read(answers).blocks, Unknown)


DEBIAN = """auth requisite pam_faillock.so preauth
auth [success=1 default=ignore] pam_unix.so nullok
auth [default=die] pam_faillock.so authfail
auth sufficient pam_faillock.so authsucc
auth requisite pam_deny.so
auth required pam_permit.so
"""
FAST = "auth sufficient pam_unix.so\nauth required pam_google_authenticator.so\n"
SKIPPED = "auth sufficient pam_unix.so\nauth [default=die] pam_faillock.so authfail deny=5\n"


def of(auth="auth required pam_unix.so\n", password="", **more):
    told = {"/etc/pam.d/sshd": auth, "/etc/pam.d/passwd": password} | more
    return policy.read(pam.Pam(told))


def test_lockout_must_be_reached():
    assert of(DEBIAN).attempts == {"sshd": 3}
    assert of(DEBIAN, **{"/etc/security/faillock.conf": "deny = 5"}).attempts == {"sshd": 5}
    assert of(SKIPPED).attempts == {"sshd": 0}


def test_a_second_factor_behind_a_sufficient_password_is_none():
    second = "auth required pam_google_authenticator.so"
    assert of(FAST).second == ()
    assert of(f"auth required pam_unix.so\n{second}\n").second == ("pam_google_authenticator",)
    lax = of(f"auth required pam_unix.so\n{second} nullok\n")
    assert (lax.second, lax.lenient) == ((), ("pam_google_authenticator",))
    assert of(f"{DEBIAN}{second}\n").second == ()  # authsucc ends the stack


@pytest.mark.parametrize(
    ("conf", "args", "wanted"),
    [
        ("minlen = 14\nminclass = 4", "", policy.Policy(14, 4)),
        ("minlen = 14\nucredit = 1\ndcredit = 2", "", policy.Policy(11, 0)),
        ("minlen = 14\nucredit=-1\nlcredit=-1\ndcredit=-1\nocredit=-1", "", policy.Policy(14, 4)),
        ("minlen = 14", "minlen=8", policy.Policy(8, 0)),
        ("minlen = 14\nenforcing = 0", "", policy.Policy(0, 0)),
        ("", "", policy.Policy(8, 0)),
    ],
)
def test_credits(conf, args, wanted):
    stack = f"password requisite pam_pwquality.so {args}\npassword required pam_unix.so\n"
    assert of(password=stack, **{"/etc/security/pwquality.conf": conf}).policy == wanted


def test_an_optional_module_demands_nothing():
    stack = "password optional pam_pwquality.so minlen=20\npassword required pam_unix.so\n"
    assert of(password=stack).policy == policy.Policy(0, 0)


def rules(text):
    told = "\n".join(f"/etc/sudoers:{line}" for line in text.strip().split("\n"))
    return sudoers.read(given(access__sudoers=told))


def test_sudo():
    found = rules(
        "Cmnd_Alias ANY = ALL\nUser_Alias OPS = an, binh\n%sudo ALL=(ALL:ALL) ALL\n"
        "OPS ALL = NOPASSWD: ANY\nscan ALL=(root) NOPASSWD: /usr/bin/cat /etc/shadow\n"
        "huy ALL=(ALL) PASSWD: /bin/ls, NOPASSWD: /bin/bash"
    )
    told = [(rule.who, rule.everything, rule.asks) for rule in found]
    assert told == [
        ("%sudo", True, True), ("OPS", True, False), ("scan", False, True), ("huy", True, False),
    ]  # fmt: skip
    assert rules("Defaults !authenticate\n%sudo ALL=(ALL) ALL")[0].asks is False


@pytest.mark.parametrize(
    ("field", "kind"),
    [("", "empty"), ("!", "locked"), ("*", "locked"), ("!$6$x", "locked"), ("$1$a$b", "md5"),
     ("$y$j9T$a$b", "yescrypt"), ("$6$a$b", "sha512"), ("abJnggxhB/yWI", "des"), ("x", "locked"),
     ("$9$a", "other")],
)  # fmt: skip
def test_kinds_of_hashes(field, kind):
    assert accounts.kind(field) == kind


@pytest.mark.parametrize(
    ("text", "seconds"), [("300", 300), ("5m", 300), ("1h 30min", 5400), ("5min", 300)]
)
def test_spans(text, seconds):
    assert idle.span(text) == seconds


NAMES = ["access.accounts", "access.shadow", "access.logins", "access.pam", "access.sudoers",
         "access.keys", "access.idle", "access.sssd", "sshd.effective", "sshd.nobody",
         "sshd.files", "processes.list"]  # fmt: skip


@pytest.mark.parametrize("text", ["", "\ufffd" * 99, "==> end <==", "x" * (10 << 20)])
def test_what_says_nothing_is_unknown(text):
    all_unknown(text)


@fuzz(st.text(max_size=300))
def test_garbage_is_unknown(text):
    all_unknown(text)


def all_unknown(text):
    facts = access.read(Answers(dict.fromkeys(NAMES, Answer(out=text, root=True))), system())
    assert isinstance(facts.accounts, Unknown)
    assert isinstance(facts.rules, Unknown)
    assert isinstance(facts.sshd.base, Unknown)
    assert isinstance(facts.pam.policy, Unknown)
    assert isinstance(facts.central, Unknown)


def test_no_key_is_kept():
    line = "  12  4 -rw-------   1 an  an  100 Nov 23 04:00 /home/an/.ssh/authorized_keys"
    found = keys.read(given(access__keys=f'{line}\nfrom="10.0.0.1" ssh-ed25519 AAAAC3Nz an@bao\n'))
    assert found.keys == (keys.Key("/home/an/.ssh/authorized_keys", "ssh-ed25519", 0, True),)
