"""The command line in the user's language: Vietnamese, unless `--lang` or PRESS_SCAN_LANG differ.

Help texts are English docstrings; they are translated when they are shown.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from reports.i18n import Translator, flat, install_click

F = TypeVar("F", bound=Callable[..., Any])

LANGS = ("vi", "en")
_current = Translator("vi")


def t(text: str, **values: object) -> str:
    """A sentence of the command line, in the language in force."""
    return _current(text, **values)


def translator() -> Translator:
    """The language in force."""
    return _current


def speak(lang: str) -> None:
    """Set the language in force."""
    global _current  # one process, one user, one language
    _current = Translator(lang)
    install_click(lang)


def wanted(args: Sequence[str]) -> str:
    """The language that the arguments or the environment ask for."""
    for one, following in zip(args, [*args[1:], ""], strict=True):
        if one.startswith("--lang="):
            one, following = "--lang", one.partition("=")[2]
        if one == "--lang" and following in LANGS:
            return following
    named = os.environ.get("PRESS_SCAN_LANG", "vi")
    return named if named in LANGS else "vi"


class Option(click.Option):
    """An option whose help is translated when it is shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Its line in the help."""
        english, self.help = self.help, self.help and t(self.help)
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = english


class Command(click.Command):
    """A command whose help is translated when it is shown."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Its text in the help."""
        english, self.help = self.help, self.help and t(flat(self.help))
        try:
            super().format_help_text(ctx, formatter)
        finally:
            self.help = english

    def get_short_help_str(self, limit: int = 45) -> str:
        """Its line in the list of commands."""
        first = t(flat(self.help or "")).partition("\n")[0].partition(". ")[0].rstrip(".")
        return first if len(first) <= max(limit, 60) else f"{first[: max(limit, 60) - 1]}…"


class Group(Command, click.Group):
    """A group of commands; ours."""

    command_class = Command

    def main(self, args: Sequence[str] | None = None, *more: Any, **named: Any) -> Any:
        """Run, in the language that the arguments ask for."""
        args = list(sys.argv[1:] if args is None else args)
        speak(wanted(args))
        return super().main(args, *more, **named)


Group.group_class = Group


class LazyGroup(Group):
    """A group that imports a command's module when the command is used.

    `places` says in which module each is: a function of the command's name.
    """

    def __init__(self, *args: Any, places: Mapping[str, str], **how: Any) -> None:
        super().__init__(*args, **how)
        self._places = dict(places)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted(self._places)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """The command; None when there is no such one."""
        if name not in self._places:
            return None
        module = importlib.import_module(self._places[name])
        found = getattr(module, _function(name))
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from their docstrings, without importing one."""
        width = formatter.width - 6 - max(map(len, self._places))
        shown = {name: Command(name, help=_docstring(self._places[name], _function(name)))
                 for name in sorted(self._places)}  # fmt: skip
        with formatter.section(t("Commands")):
            formatter.write_dl(
                [(name, one.get_short_help_str(width)) for name, one in shown.items()]
            )


def _function(command: str) -> str:
    return command.replace("-", "_")


def _docstring(module: str, function: str) -> str:
    """A function's docstring, read from its source; parsing costs less than importing."""
    spec = importlib.util.find_spec(module)
    assert spec and spec.origin
    tree = ast.parse(Path(spec.origin).read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return ast.get_docstring(node) or ""
    raise LookupError(f"{module}.{function}")


def option(*names: str, **how: Any) -> Callable[[F], F]:
    """`click.option`, translated."""
    return click.option(*names, cls=Option, **how)


lang_option = option(
    "--lang",
    type=click.Choice(LANGS),
    expose_value=False,
    help="Language of everything that is shown: vi (default) or en.",
)
