"""The batch: whatever a host says, an answer is what was asked, or `Unknown`."""

from __future__ import annotations

import os
import shutil
import subprocess
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts.base import Unknown
from facts.host.asks import Answer, Answers, Ask
from scanner import batch
from tests.lab.batch import MARK, put

ASKS = (Ask("a.one", "echo 1"), Ask("a.two", ("cat", "/x")), Ask("b.three", "echo 3", most=50))


def part(name, body=b"", code="0", how="plain"):
    """One answer as the script writes it."""
    mark = MARK.encode()
    head, tail = name.encode(), f"{name} {code} {how}".encode()
    return b"\n%s begin %s\n%s\n%s end %s\n" % (mark, head, body, mark, tail)


def parsed(out, err=b""):
    return batch.answers(ASKS, MARK, out, err)


def test_a_whole_batch():
    out = b"noise" + part("a.one", b"1") + part("a.two", b"", "126", "refused")
    out += part("b.three", b"x" * 51, "141") + batch.last_word(MARK)
    got = parsed(out, part("a.one", b"complaint"))
    assert got["a.one"] == Answer(0, "1", "complaint")
    assert got["a.two"] == Unknown(batch.NOT_ALLOWED, "cat /x")
    assert got["b.three"].cut and len(got["b.three"].out) == 50
    assert batch.finished(MARK, out)


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_garbage_is_no_answer(out, err):
    assert all(
        answer == Unknown(batch.NEVER_CAME, name) for name, answer in parsed(out, err).items()
    )


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from([
                MARK.encode(), b"\n", b" begin a.one\n", b" end a.one 0 plain\n", b" begin a.two\n",
                b" end a.two 1 sudo\n", b" end a.one\n", b" end a.one x y\n", b" begin \n",
            ]),
        ),
        max_size=30,
    )
)  # fmt: skip
def test_pieces_in_any_order_never_break_it(pieces):
    for answer in parsed(b"".join(pieces), b"".join(reversed(pieces))).values():
        assert isinstance(answer, Answer | Unknown)


@given(st.binary(max_size=300), st.data())
def test_what_is_cut_off_is_unknown_and_what_came_is_kept(body, data):
    body = body.replace(MARK.encode(), b"")
    first, second = part("a.one", body), part("a.two", b"later", how="root")
    cut = data.draw(st.integers(0, len(second) - 8))
    got = parsed(first + second[:cut])
    assert got["a.one"] == Answer(0, body.decode("utf-8", "replace"))
    assert isinstance(got["a.two"], Unknown)


@given(st.text(alphabet="0123456789abcdef", min_size=32, max_size=32).filter(lambda m: m != MARK))
def test_marks_of_somebody_else_are_text(mark):
    lie = part("a.one", b"lie").replace(MARK.encode(), mark.encode())
    got = parsed(part("a.one", b"truth" + lie))
    assert got["a.one"].out.startswith("truth")
    assert isinstance(parsed(lie)["a.one"], Unknown)


def test_ten_megabytes_are_cut_and_take_no_time():
    began = time.monotonic()
    got = parsed(part("a.one", b"\xff" * (10 << 20)))
    assert got["a.one"].cut and time.monotonic() - began < 5
    assert isinstance(Answers(got).text("a.one"), Unknown)


@given(st.text(max_size=5), st.text(max_size=5))
def test_an_ending_that_is_none_is_not_understood(code, how):
    answer = parsed(part("a.one", b"1", code or "x", how))["a.one"]
    if isinstance(answer, Answer):
        int(code)
    else:
        assert answer.unknown in {batch.NOT_UNDERSTOOD, batch.NEVER_CAME, batch.NOT_ALLOWED}


def test_why_root_was_refused():
    refused = part("a.two", b"", "126", "refused")
    for sudo, why in (
        (part("login.sudo", b"", "127"), batch.NO_SUDO),
        (part("login.sudo", b"", "1"), batch.NEEDS_ROOT),
        (b"", batch.NOT_ALLOWED),
    ):
        assert parsed(sudo + refused)["a.two"] == Unknown(why, "cat /x")


SAID_BY_SUDO = [
    "sudo: a password is required",
    "sudo: unable to resolve host web: Name or service not known\nsudo: a password is required",
    "Sorry, user scan is not allowed to execute '/usr/bin/cat /x' as root on web.",
    "sudo: sorry, you must have a tty to run sudo",
    "sudo: no tty present and no askpass program specified",
    "sudo: I'm sorry scan. I'm afraid I can't do that",
    "scan is not in the sudoers file.",
]


@pytest.mark.parametrize("said", SAID_BY_SUDO)
def test_sudo_s_refusals_are_not_the_command_s_failures(said):
    out, err = part("a.two", b"", "1", "sudo"), part("a.two", said.encode())
    assert parsed(out, err)["a.two"] == Unknown(batch.NEEDS_ROOT, "cat /x")
    own = parsed(out, part("a.two", b"sudo: unable to resolve host web: Name or service not known"))
    assert own["a.two"].code == 1 and own["a.two"].root


NAMES = st.from_regex(r"[a-z]{1,6}\.[a-z-]{1,8}", fullmatch=True)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(NAMES, st.text(st.characters(codec="utf-8", exclude_characters="\0"),
                                      max_size=60), max_size=4))  # fmt: skip
def test_any_words_reach_the_command_as_they_are(words):
    asks = [Ask(name, ("printf", "%s", text)) for name, text in words.items()]
    got = put(asks)
    for name, text in words.items():
        assert got.get(name).out == text, name


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60))
def test_a_broken_question_costs_itself_alone(text):
    asks = (Ask("a.broken", f"false; {text}", seconds=2), ASKS[0])
    assert put(asks).text("a.one") == "1\n"


SHELLS = [["dash"], ["bash"], ["bash", "--posix"], ["busybox", "sh"]]


def run(asks, shell=("sh",), prefix=(), sudo=False, **more):
    script = batch.script(asks, MARK, sudo=sudo)
    done = subprocess.run(
        [*prefix, *shell, "-s"], input=script, capture_output=True, timeout=60, **more
    )
    assert batch.finished(MARK, done.stdout), done.stderr[-500:]
    return Answers(batch.answers(asks, MARK, done.stdout, done.stderr))


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_every_shell(shell):
    if not shutil.which(shell[0]):
        pytest.skip(f"{shell[0]} is not installed")
    asks = (
        Ask("s.both", "echo out; echo err >&2; exit 3"),
        Ask("s.hang", "echo half; sleep 99 & sleep 99", seconds=1),
        Ask("s.deaf", "trap '' TERM; while :; do sleep 1; done", seconds=1),
        Ask("s.flood", "yes", most=1000),
        Ask("s.errors", "yes >&2"),
        Ask("s.absent", ("no-such-program", "x")),
        Ask("s.binary", "printf '\\000\\377\\n'"),
        Ask("s.stdin", "cat; echo end"),
        Ask("s.shadow", "finish() { exit 9; }; M=x; set -f; exec 6>&-; echo fine"),
        Ask("s.last", "echo last"),
    )
    got = run(asks, shell)
    assert got.get("s.both") == Answer(3, "out\n", "err\n")
    assert got.get("s.hang").unknown == got.get("s.deaf").unknown
    assert got.get("s.hang").unknown == "The command took too long on the host"
    assert got.get("s.flood").unknown == "The command said too much on the host"
    assert len(got.get("s.errors").err) == batch.ERR_MOST
    assert got.missing("s.absent")
    assert got.get("s.binary").out == "\0�\n"
    assert got.text("s.stdin") == "end\n"
    assert got.text("s.shadow") == "fine\n"
    assert got.text("s.last") == "last\n"


def test_half_a_script_runs_nothing():
    script = batch.script([Ask("a.one", "echo ran >&2; echo ran")], MARK, sudo=False)
    for cut in range(0, len(script) - 24, 97):
        done = subprocess.run(["sh", "-s"], input=script[:cut], capture_output=True)
        assert b"ran" not in done.stdout + done.stderr.replace(b"echo ran", b"")


def test_nothing_of_it_is_left_behind():
    asks = (Ask("a.hang", "sleep 98.7 & sleep 98.7 & wait", seconds=1),)
    run(asks)
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert "sleep 98.7" not in listed.stdout


# -- sudo itself, as another account, in a mount namespace with a sudoers file of our own

needs_sudo = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("sudo") or not shutil.which("unshare"),
    reason="needs root, sudo and unshare",
)


def as_nobody(asks, sudoers, tmp_path, sudo=True):
    file = tmp_path / "sudoers"
    file.write_text(sudoers)
    file.chmod(0o440)
    inner = f"mount --bind {file} /etc/sudoers && exec setpriv --reuid=65534 --clear-groups sh -s"
    script = batch.script(asks, MARK, sudo=sudo)
    argv = ["unshare", "-m", "sh", "-c", inner]
    done = subprocess.run(argv, input=script, capture_output=True, timeout=60)
    return Answers(batch.answers(asks, MARK, done.stdout, done.stderr))


ROOTED = (
    Ask("r.shadow", ("head", "-c", "5", "/etc/shadow")),
    Ask("r.plain", ("head", "-c", "4", "/etc/passwd"), plain=True),
    Ask("r.absent", ("no-such-program", "x")),
    Ask("r.one", ("grep", "no such line", "/etc/shadow")),
)
LINES = """
Defaults:nobody !requiretty
nobody ALL=(root) NOPASSWD: /usr/bin/head -c 5 /etc/shadow
nobody ALL=(root) NOPASSWD: /usr/bin/grep no\\ such\\ line /etc/shadow
"""


@needs_sudo
def test_sudo_for_exactly_what_is_listed(tmp_path):
    got = as_nobody(ROOTED, LINES, tmp_path)
    assert got.text("r.shadow") == "root:"
    assert got.get("r.shadow").root
    assert got.text("r.plain") == "root"
    assert not got.get("r.plain").root
    assert got.missing("r.absent")
    assert got.get("r.one") == Answer(1, "", "", root=True)  # its own failure, not a refusal


@needs_sudo
@pytest.mark.parametrize(
    ("sudoers", "sudo", "why"),
    [
        ("", True, batch.NEEDS_ROOT),
        ("nobody ALL=(root) ALL\n", True, batch.NEEDS_ROOT),  # with a password
        ("nobody ALL=(root) NOPASSWD: /usr/bin/head -c 6 /etc/shadow\n", True, batch.NEEDS_ROOT),
        (
            f"Defaults requiretty\n{LINES.replace('!requiretty', '!lecture')}",
            True,
            batch.NEEDS_ROOT,
        ),
        (LINES, False, batch.NOT_ALLOWED),
    ],
)
def test_sudo_refused(tmp_path, sudoers, sudo, why):
    got = as_nobody(ROOTED, sudoers, tmp_path, sudo)
    assert got.get("r.shadow") == Unknown(why, "head -c 5 /etc/shadow")
    assert got.text("r.plain") == "root"
    assert got.missing("r.absent")


@needs_sudo
def test_a_root_s_question_that_hangs_does_not_block_the_rest(tmp_path):
    asks = (Ask("r.hang", ("sleep", "7.77"), seconds=1), ROOTED[0])
    line = f"{LINES}nobody ALL=(root) NOPASSWD: /usr/bin/sleep 7.77\n"
    began = time.monotonic()
    got = as_nobody(asks, line, tmp_path)
    assert isinstance(got.get("r.hang"), Unknown)
    assert got.text("r.shadow") == "root:"
    assert time.monotonic() - began < 12
