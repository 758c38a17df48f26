"""Plug-ins and themes by the headers that grep prints on a real tree, and by any line."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from facts.base import Unknown
from facts.cms import Component
from facts.declared import Look
from facts.host import cms
from facts.host.asks import Answer, Answers
from facts.host.system import SystemFacts

PLUGIN = """<?php
/**
 * Plugin Name: Contact Form 7
 * Version: 5.7.1
 * Secret: DB_PASSWORD
 */
define( 'VERSION', '9.9' );
"""
STYLE = "/*\nTheme Name: Báo Xuân\nVersion: 1.2\n*/\n"
SYSTEM = SystemFacts(datetime(2026, 11, 23, tzinfo=UTC))
OTHER = "<?php\n/* Version: 3.0 of a helper */\n"


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "var" / "www" / "bao"
    for name, text in {
        "wp-content/plugins/contact-form-7/wp-contact-form-7.php": PLUGIN,
        "wp-content/plugins/contact-form-7/helper.php": OTHER,
        "wp-content/plugins/contact-form-7/includes/deep.php": PLUGIN,
        "wp-content/plugins/hello.php": PLUGIN,
        "wp-content/themes/bao-xuan/style.css": STYLE,
        "wp-content/themes/bao-xuan/assets/style.css": STYLE,
        "wp-config.php": "<?php define('DB_PASSWORD', 'secret-of-the-newsroom');",
    }.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return root


def run(root):
    """The log-in's own question, run by a real shell in this folder alone."""
    ask = cms.asks(Look(web_roots=(str(root),)))[0]
    done = subprocess.run(["/bin/sh", "-c", ask.run], capture_output=True, text=True, timeout=60)
    return Answers({ask.name: Answer(done.returncode, done.stdout, done.stderr)})


def test_a_real_tree(tree):
    answers = run(tree)
    mine = [line for line in answers.text(cms.ASKED).split("\n") if str(tree) in line]
    assert "DB_PASSWORD" not in "".join(mine)
    found = [one for one in cms.read(answers, SYSTEM).components if str(tree) in one.proof]
    assert {(one.kind, one.name, one.version) for one in found} == {
        ("plugin", "contact-form-7", "5.7.1"),
        ("theme", "bao-xuan", "1.2"),
    }


def test_a_refused_or_cut_answer_is_unknown():
    late, empty = {cms.ASKED: Answer(late=True)}, {cms.ASKED: Answer()}
    for answer in (Answers(), Answers(late), Answers(empty)):
        assert isinstance(cms.read(answer, SYSTEM).components, Unknown)


def test_a_distribution_s_package_is_left_out():
    lines = [f"/usr/share/wordpress/wp-content/plugins/akismet/akismet.php: * {part}"
             for part in ("Plugin Name: Akismet", "Version: 5.0")]  # fmt: skip
    assert cms.components(tuple(lines)) == ()
    theirs = tuple(line.replace("/usr/share/wordpress", "/srv/x") for line in lines)
    (one,) = cms.components(theirs)
    assert one == Component(
        "plugin", "akismet", "5.0", "/srv/x/wp-content/plugins/akismet/akismet.php"
    )


@given(st.lists(st.text(max_size=200), max_size=20))
@example(["/a/wp-content/plugins/" + "x" * 400 + "/y.php: Version: 1"])
@example(["/a/wp-content/plugins/x/y.php:Plugin Name:", "/a/wp-content/plugins/x/y.php:Version:"])
def test_any_lines(lines):
    for one in cms.components(tuple(lines)):
        assert one.kind in {"plugin", "theme"} and "/" not in one.name
