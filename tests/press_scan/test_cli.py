"""The command line's face: help, lists, explanations, in both languages."""

from __future__ import annotations

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

import checks
from press_scan.cli import main
from press_scan.words import speak


def run(*args, code=0):
    done = CliRunner().invoke(main, [str(a) for a in args])
    assert done.exit_code == code, done.output
    return done.output


def commands(group=main, path=()):
    yield path
    for name, command in below(group):
        yield from commands(command, (*path, name))


def below(group):
    context = click.Context(group)
    names = group.list_commands(context) if isinstance(group, click.Group) else []
    return [(name, group.get_command(context, name)) for name in names]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_every_command_helps_within_eighty_columns(path, lang):
    text = run("--lang", lang, *path, "--help")
    assert max(map(len, text.splitlines())) <= 80
    assert ("Tùy chọn:" if lang == "vi" else "Options:") in text


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_list_of_commands_says_what_their_own_help_says(lang):
    text = " ".join(run("--lang", lang, "--help").replace("…", "").split())
    for name, command in below(main):
        speak(lang)
        assert f"{name} {command.get_short_help_str()[:38]}" in text


def test_help_imports_no_command():
    asked = "import sys; from press_scan.cli import main; main(['--help'], standalone_mode=False)"
    told = f"{asked}; print(*sorted(m for m in sys.modules if '.' not in m))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {"sqlalchemy", "pydantic", "paramiko", "requests", "rich", "dns"}


def test_every_check_is_listed():
    listed = json.loads(run("checks", "list", "--format", "json"))
    assert [c["id"] for c in listed] == sorted(checks.load())
    assert {c["area"] for c in listed} >= {"tls", "web", "ports", "ssh-service"}
    assert all(c["title"] and c["why"] and c["fix"] and c["severity"] for c in listed)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("check", list(checks.load()))
def test_every_check_is_explained(check, lang):
    text = run("--lang", lang, "checks", "explain", check)
    assert check in text
    assert ("Vì sao" if lang == "vi" else "Why it matters") in text


def test_a_misspelt_check_is_set_right():
    assert 'did you mean "tls.protocols"' in run(
        "--lang", "en", "checks", "explain", "tls.protocol", code=2
    )


def test_an_inventory_begins_checks_and_is_described(tmp_path):
    run("init", tmp_path / "p")
    path = tmp_path / "p" / "inventory.yaml"
    before = path.read_text("utf-8")
    assert "inventory.yaml:" in run("inventory", "lint", path, code=2)
    run("init", tmp_path / "p", code=2)
    assert path.read_text("utf-8") == before
    assert json.loads(run("inventory", "schema"))["title"] == "press-scan inventory"


def test_an_empty_store_is_said(tmp_path):
    for args in (["judge", "latest"], ["report", "latest"], ["runs", "show", "latest"]):
        assert "no run yet" in run("--lang", "en", *args, "--db", tmp_path / "x.db", code=2)
    assert run("runs", "list", "--db", tmp_path / "x.db") == ""


@pytest.mark.parametrize("at", ["25:00", "2", "02:60", "x:y", "²:00"])
def test_a_time_of_day_that_is_none_is_said(tmp_path, at):
    run("schedule", "cron", tmp_path, "--at", at, code=2)
