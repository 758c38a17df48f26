"""Plug-ins and themes of WordPress sites on a host, by their own headers.

Only lines that begin with a name or a version leave the host.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from facts.base import NOT_GATHERED, Unknown
from facts.cms import Component
from facts.declared import Look
from facts.host.asks import Answers, Ask
from facts.host.places import USUAL, web_roots
from facts.host.searches import search
from facts.host.system import SystemFacts

ASKED = "cms.extensions"
SECONDS = 25.0
MOST = 512 << 10
NAMED = 300  # components that are kept

_FILES = (
    "( -path */wp-content/plugins/*/*.php -o -path */wp-content/themes/*/style.css )"
    " ! -path */wp-content/plugins/*/*/* ! -path */wp-content/themes/*/*/*"
)
_LINES = r"^[[:space:]/*#@]*(Plugin Name|Theme Name|Version)[[:space:]]*:"
_LINE = re.compile(
    r"(?P<path>/[^:\0]{1,300}?/wp-content/(?P<kind>plugin|theme)s/(?P<name>[^/:]{1,100})/[^/:]{1,100})"
    r":[\s/*#@]*(?P<what>plugin name|theme name|version)\s*:\s*(?P<value>[^\r\n]{0,80})",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class CmsInside:
    """What sites on a host are made of."""

    components: tuple[Component, ...] | Unknown = NOT_GATHERED  # of WordPress
    whole: bool | Unknown = NOT_GATHERED  # every folder was looked at


def asks(look: Look) -> tuple[Ask, ...]:
    """Of the log-in in every folder of a site; of root in the usual ones."""
    find = f"find ROOT -xdev -type f {_FILES} -exec grep -aHiE -m 4 PATTERN {{}} +"
    inner = " ".join(
        '"$r"' if word == "ROOT" else shlex.quote(_LINES if word == "PATTERN" else word)
        for word in find.split()
    )
    script = (
        f'{web_roots(look)} web_roots | while read -r r; do echo "==> $r <=="; {inner} 2>&1;'
        " done; echo '==> end <=='"
    )
    words = [_LINES if w == "PATTERN" else w for w in find.split()]
    at = words.index("ROOT")
    rooted = (*words[:at], *USUAL, *words[at + 1 :])
    return (
        Ask(ASKED, script, seconds=SECONDS, most=MOST),
        Ask(f"{ASKED}-root", rooted, seconds=SECONDS, most=MOST),
    )


def read(answers: Answers, system: SystemFacts) -> CmsInside:  # noqa: ARG001  # the area's shape
    """What the headers say; a distribution's own packages, in /usr/share, are left out."""
    found = search(answers, ASKED)
    if not found.lines and isinstance(found.whole, Unknown):
        return CmsInside(found.whole, found.whole)
    return CmsInside(components(found.lines), found.whole)


def components(lines: tuple[str, ...]) -> tuple[Component, ...]:
    """The plug-ins and themes that these lines of grep name.

    A file that names a version and no plug-in or theme is some other file of its folder.
    """
    files: dict[str, dict[str, str]] = {}
    whose: dict[str, tuple[str, str]] = {}
    for line in lines:
        if (hit := _LINE.match(line)) and not hit["path"].startswith("/usr/share/"):
            what = "version" if hit["what"].lower() == "version" else "name"
            files.setdefault(hit["path"], {}).setdefault(what, hit["value"].strip(" */\t"))
            whose[hit["path"]] = (hit["kind"].lower(), hit["name"])
    made = (
        Component(*whose[path], said.get("version", "")[:30], path)
        for path, said in files.items()
        if "name" in said
    )
    return tuple(dict.fromkeys(made))[:NAMED]
