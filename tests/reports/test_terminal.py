"""The summary on a terminal, and what changed for the worse."""

import io
import os
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from checks import Status
from reports import screen, sources
from reports.changes import Change, changes_for_worse, worse_by_agency
from reports.i18n import Translator
from reports.terminal import changes, summary, summary_text
from scanner.assessment import ControlStatus, Failure
from tests.reports import factory, nasty


class Screen(io.StringIO):
    """Text that somebody prints to, on a terminal or not."""

    def __init__(self, terminal=False, encoding="utf-8"):
        super().__init__()
        self._terminal, self._encoding = terminal, encoding

    encoding = property(lambda self: self._encoding)

    def isatty(self):
        return self._terminal

    def fileno(self):
        raise OSError


@pytest.fixture(autouse=True)
def made_up_texts(monkeypatch):
    """The made-up checks are in no registry."""
    monkeypatch.setattr("reports.scorecard.registered", factory.describe)
    assert sources.registered is not factory.describe


def shown(lang="vi", of=None, **screen):
    file = Screen(**screen)
    summary(of or factory.assessment(), factory.profile(), Translator(lang), file)
    return file.getvalue()


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("make", [factory.assessment, nasty.assessment])
@pytest.mark.parametrize("width", [80, 60])
def test_it_fits_the_width(card, lang, make, width):
    for line in summary_text(card(lang, of=make()), width).splitlines():
        assert cell_len(line) <= width, line


def test_it_says_the_programme_the_agencies_the_worst_and_what_next():
    text = " ".join(shown().split())
    told = [
        "Chuyển đổi số báo chí tỉnh Bạc Liêu",
        "Báo Bạc Liêu CHƯA ĐẠT 72,6% 6 9 40 2",
        "1 trên 3 cơ quan báo chí điện tử đạt (33,3%). Còn thiếu 2 cơ quan.",
        "Máy quyết định 28/633 yêu cầu",
        "1. NGHIÊM TRỌNG ports.databases",
        "2. CAO tls.protocols",
        "? Đài Phát thanh và Truyền hình Bạc Liêu: intranet · nb.dai.vn",
        "press-scan checks explain ports.databases",
        "press-scan report 20261122-0001 --format html --output scorecards",
    ]
    at = [text.index(one) for one in told]
    assert at == sorted(at)


def test_a_pipe_gets_no_escape_and_a_terminal_does(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b" not in shown()
    assert "\x1b[1;31m" in shown(terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in shown(terminal=True)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "no-such-encoding"])
def test_a_terminal_without_vietnamese_letters_gets_plain_ones(encoding):
    text = shown(encoding=encoding)
    assert text.isascii()
    assert "Bao Bac Lieu" in text
    assert "?" not in text.replace("   ? ", "")


def test_hostile_text_steers_no_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    for on in (True, False):
        text = shown(of=nasty.assessment(), terminal=on)
        left = re.sub(r"\x1b\[[0-9;]*m", "", text) if on else text
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", left)
    assert "[bold red]not markup[/]" in " ".join(text.split())


def test_many_agencies_are_cut():
    good = factory.assessment()
    many = tuple(replace(good.agencies[0], id=f"bao-{at}") for at in range(40))
    text = shown(of=replace(good, agencies=many))
    assert text.count("Báo Bạc Liêu  ") == 30
    assert "và 10 mục nữa" in text


def test_a_good_programme_has_nothing_to_mend():
    good = factory.assessment()
    fine = tuple(replace(one, status=Status.PASS) for one in good.findings)
    text = shown("en", of=replace(good, findings=fine, failures=()))
    assert "No check found a fault." in text
    assert "explain" not in text
    assert "could not be assessed" not in text


def test_a_run_that_was_cut_off_says_so():
    good = factory.assessment()
    cut = replace(good, run=replace(good.run, complete=False, finished=None))
    assert "Lượt quét này bị dừng trước khi xong." in shown(of=cut)


# What changed for the worse


def good_and(**status):
    """The made-up programme with some findings of the magazine turned."""
    of = factory.assessment()
    turned = tuple(
        replace(one, status=status[one.check], reason="HSTS is not set", severity=one.severity)
        if one.agency == "tap-chi-vhvn" and one.check in status
        else one
        for one in of.findings
    )
    return replace(of, findings=turned)


def kinds(before, after):
    return [(one.kind, one.what) for one in changes_for_worse(before, after)]


BEFORE = factory.assessment()


def test_nothing_changed():
    assert changes_for_worse(BEFORE, BEFORE) == []


@pytest.mark.parametrize(
    ("was", "now", "worse"),
    [
        ("pass", "fail", "fault"), ("not_applicable", "fail", "fault"), ("error", "fail", "fault"),
        ("pass", "error", "blind"), ("not_applicable", "error", "blind"),
        ("fail", "error", None), ("fail", "pass", None), ("error", "pass", None),
        ("fail", "fail", None), ("error", "error", None), ("pass", "not_applicable", None),
    ],
)  # fmt: skip
def test_a_check_s_change(was, now, worse):
    before, after = (good_and(**{"web.hsts": Status(one)}) for one in (was, now))
    assert kinds(before, after) == ([(worse, "web.hsts")] if worse else [])


def test_another_address_is_no_change_and_the_worst_one_counts():
    moved = tuple(replace(one, address="198.51.100.9") for one in BEFORE.findings)
    assert changes_for_worse(BEFORE, replace(BEFORE, findings=moved)) == []
    second = factory.finding(
        "web.https", Status.FAIL, "tap-chi-vhvn", address="198.51.100.9", reason="No HTTPS"
    )
    both = replace(BEFORE, findings=(second, *BEFORE.findings))
    assert kinds(BEFORE, both) == [("fault", "web.https")]
    assert changes_for_worse(both, BEFORE) == []


def test_what_was_not_looked_at_is_no_change():
    assert changes_for_worse(BEFORE, replace(BEFORE, findings=(), failures=())) == []


@pytest.mark.parametrize(
    ("was", "now", "worse"),
    [
        ("met", "partial", True), ("met", "unverified", True), ("partial", "not_met", True),
        ("unverified", "not_met", True), ("not_applicable", "not_met", True),
        ("partial", "unverified", False), ("not_met", "met", False), ("met", "met", False),
        ("met", "not_applicable", False),
    ],
)  # fmt: skip
def test_a_control_s_change(was, now, worse):
    def with_first(status):
        last = BEFORE.agencies[2]
        first, *rest = last.systems[0].results
        system = replace(
            last.systems[0], results=(replace(first, status=ControlStatus(status)), *rest)
        )
        return replace(BEFORE, agencies=(*BEFORE.agencies[:2], replace(last, systems=(system,))))

    assert len(changes_for_worse(with_first(was), with_first(now))) == worse


def test_an_agency_that_complies_no_more_comes_first():
    fallen = (*BEFORE.agencies[:2], replace(BEFORE.agencies[2], compliant=False))
    after = replace(good_and(**{"web.hsts": Status.FAIL}), agencies=fallen)
    assert [kind for kind, _ in kinds(BEFORE, after)] == ["agency", "fault"]
    assert kinds(replace(BEFORE, agencies=fallen), BEFORE) == []


def test_a_failed_visit_that_no_finding_tells_of():
    failure = Failure("tap-chi-vhvn", "portal", "new", "names", "x.vn", "The name does not resolve")
    after = replace(BEFORE, failures=(*BEFORE.failures, failure))
    assert kinds(BEFORE, after) == [("blind", "names")]
    assert changes_for_worse(after, after) == []


def test_the_first_run_tells_all_that_is_not_well():
    told = changes_for_worse(None, BEFORE)
    assert [one.kind for one in told].count("fault") == 7
    assert told[0].what == "ports.databases"
    assert not [one for one in told if one.kind == "control"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_changes_are_printed_within_the_width(lang):
    told = changes_for_worse(None, nasty.assessment())
    told += [
        Change("agency", nasty.ALL),
        Change("control", nasty.ALL, "portal", what="X-1", was="met", now="not_met"),
    ]
    file = Screen()
    changes(told, Translator(lang), file)
    assert all(cell_len(line) <= 80 for line in file.getvalue().splitlines())
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", file.getvalue())


def test_changes_in_words():
    after = good_and(**{"web.hsts": Status.FAIL, "web.https": Status.ERROR})
    told = changes_for_worse(BEFORE, after)
    told += [
        Change("agency", "Báo Bạc Liêu"),
        Change("control", "Báo Bạc Liêu", "portal", what="X-1", was="met", now="not_met"),
    ]
    file = Screen()
    changes(told, Translator("vi"), file)
    text = " ".join(file.getvalue().split())
    assert "TRUNG BÌNH web.hsts Tạp chí Văn hóa Văn nghệ Bạc Liêu: web-1 · tcp/443" in text
    assert "? không đánh giá được web.https" in text
    assert "Báo Bạc Liêu không còn đạt" in text
    assert "Báo Bạc Liêu, portal: X-1: Đạt → Chưa đạt" in text


def test_nothing_worse_prints_nothing():
    file = Screen()
    changes([], Translator("vi"), file)
    assert file.getvalue() == ""


def test_a_terminal_s_own_width_is_kept(monkeypatch):
    monkeypatch.setattr(screen.os, "get_terminal_size", lambda _: os.terminal_size((50, 20)))
    monkeypatch.setattr(Screen, "fileno", lambda _: 1)
    text = re.sub(r"\x1b\[[0-9;]*m", "", shown(terminal=True))
    assert max(cell_len(line) for line in text.splitlines()) <= 50


@pytest.mark.parametrize("backwards", [False, True])
def test_agency_by_agency_it_is_the_same_list(backwards):
    after = good_and(**{"web.hsts": Status.FAIL, "web.https": Status.ERROR})
    failure = Failure("tap-chi-vhvn", "portal", "new", "names", "x.vn", "The name does not resolve")
    after = replace(after, failures=(*BEFORE.failures, failure))
    after = replace(after, agencies=after.agencies[::-1]) if backwards else after
    order = [one.id for one in after.agencies]  # as the store keeps them
    failures = sorted(after.failures, key=lambda one: order.index(one.agency))
    after = replace(after, failures=tuple(failures))

    def part(whole, agency):
        return replace(
            whole,
            agencies=tuple(one for one in whole.agencies if one.id == agency),
            findings=tuple(one for one in whole.findings if one.agency == agency),
            failures=tuple(one for one in whole.failures if one.agency == agency),
        )

    for before in (BEFORE, None):
        ids = [one.id for one in after.agencies]
        pairs = ((before and part(before, one), part(after, one)) for one in ids)
        assert worse_by_agency(pairs) == changes_for_worse(before, after)
