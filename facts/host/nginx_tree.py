"""nginx's configuration language: text to a tree of directives.  Pure.

Source: nginx.org/en/docs/beginners_guide.html#conf_structure, and src/core/ngx_conf_file.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from facts.base import Unknown
from facts.host.includes import matching, unreadable

DEEPEST = 20  # blocks in blocks, includes in includes
MOST = 200_000  # directives, all files together

_TOKEN = re.compile(
    r"""\s+|\#[^\n]*                                   # between tokens
    |(?P<mark>[;{}])
    |"(?P<double>(?:[^"\\]|\\.)*)"(?=[\s;{)]|\Z)
    |'(?P<single>(?:[^'\\]|\\.)*)'(?=[\s;{)]|\Z)
    |(?P<word>(?:\\.|\$\{|[^\s;{}\\"'\#])(?:\\.|\$\{|[^\s;{\\])*)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Directive:
    """`name args;` or `name args { block }`."""

    name: str
    args: tuple[str, ...] = ()
    block: tuple[Directive, ...] | None = None


class _Broken(Exception):
    """This is no text of nginx's language."""


class _Hidden(Exception):
    """A file that is included may not be read."""


def tree(files: Mapping[str, str], first: str, base: str) -> tuple[Directive, ...] | Unknown:
    """The directives of `first`, with what it includes (of `files`, by name) in its place."""
    reader = _Reader(files, base)
    try:
        return reader.file(first, 0)
    except _Hidden as hidden:
        return Unknown("The log-in may not read this file on the host", str(hidden)[:160])
    except (_Broken, RecursionError) as broken:
        return Unknown("The web server's settings were not understood", str(broken)[:160])


class _Reader:
    """Reads one configuration; counts what it read."""

    def __init__(self, files: Mapping[str, str], base: str) -> None:
        self._files = files
        self._base = base
        self._count = 0

    def file(self, name: str, deep: int) -> tuple[Directive, ...]:
        """One file's directives."""
        tokens = _tokens(name, self._files[name])
        return self._block(tokens, deep, name, top=True)

    def _block(
        self, tokens: Iterator[tuple[str, bool]], deep: int, name: str, *, top: bool
    ) -> tuple[Directive, ...]:
        if deep > DEEPEST:
            raise _Broken(name)
        found: list[Directive] = []
        words: list[str] = []
        for word, mark in tokens:
            self._count += 1
            if self._count > MOST:
                raise _Broken(name)
            if not mark:
                words.append(word)
            elif word == "}":
                if top or words:
                    raise _Broken(name)
                return tuple(found)
            elif not words:
                raise _Broken(name)
            else:
                block = None
                if word == "{":
                    block = self._block(tokens, deep + 1, name, top=False)
                found += self._directive(words, block, deep)
                words = []
        if words or not top:
            raise _Broken(name)
        return tuple(found)

    def _directive(
        self, words: list[str], block: tuple[Directive, ...] | None, deep: int
    ) -> list[Directive]:
        if words[0] != "include" or block is not None or len(words) != 2:
            return [Directive(words[0], tuple(words[1:]), block)]
        files = {file: text for file, text in self._files.items() if not file.startswith("!")}
        if hidden := unreadable(words[1], self._base, self._files):
            raise _Hidden(hidden[0])
        included = matching(words[1], self._base, files)
        if not included and not re.search(r"[*?\[]", words[1]):
            raise _Hidden(words[1])
        return [each for file in included for each in self.file(file, deep + 1)]


def _tokens(name: str, text: str) -> Iterator[tuple[str, bool]]:
    """Each word or mark (`;`, `{`, `}`) and whether it is a mark."""
    at, word = 0, ""
    while at < len(text):
        hit = _TOKEN.match(text, at)
        if not hit or hit.end() == at:
            raise _Broken(f"{name}: {text.count(chr(10), 0, at) + 1}")  # never its text: a secret
        at = hit.end()
        kind = hit.lastgroup
        if kind is None:
            continue
        if hit.group(kind) == "{" and kind == "mark" and word.endswith("_by_lua_block"):
            at = _after_lua(name, text, at)
            yield ";", True
            continue
        word = hit.group(kind)
        if kind != "mark":
            word = re.sub(r"\\([\"' ;{}$\\])", r"\1", word)
        yield word, kind == "mark"


def _after_lua(name: str, text: str, at: int) -> int:
    """Where a block of Lua, braces in braces, has ended."""
    deep = 1
    for hit in re.compile(r"--[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[{}]").finditer(
        text, at
    ):
        deep += {"{": 1, "}": -1}.get(hit.group(), 0)
        if deep == 0:
            return hit.end()
    raise _Broken(name)
