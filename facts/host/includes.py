"""Settings that are spread over files: read each, and those that it includes.  Read-only."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping

UNREADABLE = "!"  # before a file's name in the answer: it is there, and the log-in may not read it

_ROUNDS = "1 2 3 4 5 6 7 8"  # how deep includes may stand in each other


def follow(first: Iterable[str], included: str) -> str:
    """A shell snippet: prints `==> FILE <==` and the text of each of these files, and on.

    `included` is a shell filter from a file's text to the patterns that it includes, one a line;
    relative ones lie below `$base`, which is set before.  What may not be read is printed as
    `==> !FILE <==`.
    """
    return (
        f"included() {{ {included}; }}; set -f; set -- {' '.join(map(shlex.quote, first))}; set +f;"
        f" seen=' '; for round in {_ROUNDS}; do next=; for p do"
        ' case $p in /*) ;; *) p=$base/$p ;; esac; [ -d "$p" ] && p="${p%/}/*";'
        ' for f in $p; do case "$seen" in *" $f "*) continue ;; esac; seen="$seen$f ";'
        ' if [ -f "$f" ] && [ -r "$f" ]; then'
        ' printf \'==> %s <==\\n\' "$f"; cat "$f"; echo; next="$next $(included <"$f")";'
        ' elif [ -f "$f" ] || { d=${f%/*}; [ -d "$d" ] && ! { [ -r "$d" ] && [ -x "$d" ]; }; };'
        " then printf '==> !%s <==\\n' \"$f\"; fi; done; done;"
        " set -f; set -- $next; set +f; [ $# -gt 0 ] || break; done"
    )


def matching(pattern: str, base: str, files: Mapping[str, str]) -> list[str]:
    """The files (by name, in order) that an include's pattern means, as glob(3) does."""
    path = pattern if pattern.startswith("/") else f"{base}/{pattern}"
    wanted = re.compile(as_regex(path))
    folder = path.rstrip("/") + "/"
    return sorted(
        name
        for name in files
        if wanted.fullmatch(name) or (name.startswith(folder) and "/" not in name[len(folder) :])
    )


def unreadable(pattern: str, base: str, files: Mapping[str, str]) -> list[str]:
    """Those of a pattern's files that the log-in may not read."""
    path = pattern if pattern.startswith("/") else f"{base}/{pattern}"
    hidden = {name.removeprefix(UNREADABLE): "" for name in files if name.startswith(UNREADABLE)}
    return [path] if path in hidden else matching(path, base, hidden)


def as_regex(glob: str) -> str:
    """glob(3): `*` and `?` do not match a slash, nor a dot at a name's beginning."""
    parts = re.split(r"(\*|\?|\[[^\]/]+\])", glob)
    text = ""
    for part in parts:
        hidden = "(?!\\.)" if text.endswith("/") else ""
        if part == "*":
            text += hidden + "[^/]*"
        elif part == "?":
            text += hidden + "[^/]"
        elif len(part) > 2 and part[0] == "[" and part[-1] == "]":
            inner = part[1:-1]
            negated = inner[0] in "!^" and len(inner) > 1
            inner = re.sub(r"([\\\[\]^&~|])", r"\\\1", inner[1:] if negated else inner)
            text += f"[{'^' if negated else ''}{inner}]"
        else:
            text += re.escape(part)
    return text
