"""Apache's configuration language: text to sections of directives.  Pure.

Source: httpd.apache.org/docs/2.4/configuring.html, mod/core.html (Define, IfDefine, IfModule,
Include), mod/mod_so.html (LoadModule), mod/mod_macro.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from facts.base import Unknown
from facts.host.includes import matching, unreadable

DEEPEST = 20
MOST = 100_000  # lines, all files together

STATIC = {"core", "so", "http_core", "log_config", "logio", "version", "unixd", "watchdog"}
_TEMPLATES = {"macro"}  # sections that are not in effect where they stand


@dataclass
class Section:
    """A section `<Name args>`, or the whole; names in small letters."""

    name: str = ""
    args: tuple[str, ...] = ()
    lines: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    inner: list[Section] = field(default_factory=list)
    modules: tuple[str, ...] = ()  # of the whole alone

    def values(self, name: str) -> list[tuple[str, ...]]:
        """The arguments of each line of this directive, in order."""
        return [args for own, args in self.lines if own == name]

    def all_names(self) -> Iterator[str]:
        """Every directive's name, of inner sections too."""
        yield from (name for name, _ in self.lines)
        for section in self.inner:
            yield from section.all_names()


class _Broken(Exception):
    """Not understood."""


class _Hidden(Exception):
    """A file that is included may not be read."""


def tree(files: Mapping[str, str], first: str) -> Section | Unknown:
    """The settings that begin in `first`, with what they include of `files` (by name)."""
    reader = _Reader(files, first)
    try:
        whole = reader.whole(first)
    except _Hidden as hidden:
        return Unknown("The log-in may not read this file on the host", str(hidden)[:160])
    except (_Broken, RecursionError) as broken:
        return Unknown("The web server's settings were not understood", str(broken)[:160])
    return whole


class _Reader:
    """Reads one configuration in order, as Apache does: what is defined counts from there on."""

    def __init__(self, files: Mapping[str, str], first: str) -> None:
        self._hidden = {name: "" for name in files if name.startswith("!")}
        self._files = {name: text for name, text in files.items() if not name.startswith("!")}
        self._base = "/etc/httpd" if first.startswith("/etc/httpd") else "/etc/apache2"
        self._defined = _exported(files.get("envvars", ""))
        self._flags: set[str] = set()  # Define without a value
        self._modules: set[str] = set()  # mod_ssl.c, ssl_module
        self._lines = 0

    def whole(self, first: str) -> Section:
        """The main file."""
        top = Section()
        self._file(first, [top], 0)
        top.modules = tuple(sorted(name for name in self._modules if name.endswith("_module")))
        return top

    def _file(self, name: str, stack: list[Section], deep: int) -> None:
        if deep > DEEPEST:
            raise _Broken(name)
        below = len(stack)
        skipped: list[str] = []  # sections that are not in effect, and those inside them
        for line in _whole_lines(self._files[name]):
            self._lines += 1
            if self._lines > MOST:
                raise _Broken(name)
            if line.startswith("</"):
                self._close(line[2:].rstrip("> \t").lower(), stack, skipped, below, name)
            elif line.startswith("<"):
                self._open(line, stack, skipped, name)
            elif not skipped:
                self._line(line, stack, deep, name)
        if skipped or len(stack) != below:
            raise _Broken(name)

    def _open(self, line: str, stack: list[Section], skipped: list[str], name: str) -> None:
        hit = re.fullmatch(r"<\s*([A-Za-z]\w*)\s*(.*?)>?\s*", line, re.DOTALL)
        if not hit:
            raise _Broken(f"{name}: {line[:60]}")
        kind, args = hit.group(1).lower(), _words(self._filled(hit.group(2)))
        if skipped or kind in _TEMPLATES or not self._holds(kind, args):
            skipped.append(kind)
            return
        if len(stack) > DEEPEST:
            raise _Broken(name)
        conditional = kind in {"ifmodule", "ifdefine", "ifversion", "iffile", "ifdirective"}
        section = Section(kind, args)
        if conditional:  # what stands in it stands, as it were, outside
            section.lines, section.inner = stack[-1].lines, stack[-1].inner
        stack.append(section)

    def _close(
        self, kind: str, stack: list[Section], skipped: list[str], below: int, name: str
    ) -> None:
        if skipped:
            if skipped.pop() != kind:
                raise _Broken(name)
            return
        if len(stack) <= below or stack[-1].name != kind:
            raise _Broken(name)
        closed = stack.pop()
        if closed.lines is not stack[-1].lines:
            stack[-1].inner.append(closed)

    def _holds(self, kind: str, args: tuple[str, ...]) -> bool:
        """Is a conditional section in effect?  IfVersion and the like are taken to be."""
        if kind not in {"ifmodule", "ifdefine"} or not args:
            return True
        wanted = args[0].removeprefix("!")
        if kind == "ifdefine":
            there = wanted in self._defined or wanted in self._flags
        else:
            plain = wanted.removeprefix("mod_").removesuffix(".c").removesuffix("_module")
            there = wanted in self._modules or plain in STATIC
        return there != args[0].startswith("!")

    def _line(self, line: str, stack: list[Section], deep: int, name: str) -> None:
        word, _, rest = line.replace("\t", " ").partition(" ")
        args = _words(self._filled(rest))
        key = word.lower()
        if key in {"include", "includeoptional"} and args:
            self._include(args[0], stack, deep, optional=key == "includeoptional")
        elif key == "define" and args:
            self._flags.add(args[0])
            if len(args) > 1:
                self._defined[args[0]] = args[1]
        elif key == "undefine" and args:
            self._flags.discard(args[0])
            self._defined.pop(args[0], None)
        elif key == "use":
            raise _Broken(f"{name}: Use {' '.join(args[:1])}")
        else:
            if key == "loadmodule" and len(args) > 1:
                file = args[1].rpartition("/")[2].removesuffix(".so")
                self._modules |= {args[0], f"{file}.c"}
            stack[-1].lines.append((key, args))

    def _include(self, pattern: str, stack: list[Section], deep: int, *, optional: bool) -> None:
        if hidden := unreadable(pattern, self._base, self._hidden):
            raise _Hidden(hidden[0])
        found = matching(pattern, self._base, self._files)
        if not found and not optional and not re.search(r"[*?\[]", pattern):
            raise _Hidden(pattern)
        if "${" in pattern:
            raise _Broken(pattern)
        for file in found:
            self._file(file, stack, deep + 1)

    def _filled(self, text: str) -> str:
        """`${NAME}` by what was defined, or is in Apache's environment."""
        return re.sub(r"\$\{(\w+)\}", lambda m: self._defined.get(m[1], m[0]), text)


def _whole_lines(text: str) -> Iterator[str]:
    """Lines without comments and white space at their ends; a backslash joins two."""
    for line in re.sub(r"\\\n", " ", text).split("\n"):
        plain = line.strip()
        if plain and not plain.startswith("#"):
            yield plain


def _words(text: str) -> tuple[str, ...]:
    """Words, quoted ones without their quotes."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'|(\S+)', text)
    return tuple(re.sub(r'\\(["\'])', r"\1", a or b or c) for a, b, c in found)


def _exported(text: str) -> dict[str, str]:
    """Debian's envvars: `export NAME=value`, without a second instance's suffix."""
    found: dict[str, str] = {}
    for hit in re.finditer(r"^\s*export\s+(\w+)=(\S*)\s*$", text, re.MULTILINE):
        value = hit.group(2).strip("\"'").replace("$SUFFIX", "").replace("${SUFFIX}", "")
        found[hit.group(1)] = value
    return found
