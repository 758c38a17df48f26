"""Package repositories as dnf, yum and zypper write them down: INI files.  Sources: dnf.conf(5),
zypper(8), zypp.conf."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from facts.base import Unknown
from facts.host.asks import Answers, Ask, sections
from facts.host.patching.apt_sources import host
from facts.host.patching.model import Source

# An address may hold a password: the raw answer is not stored.
ASKS = (
    Ask(
        "patching.repos",
        "command -v rpm >/dev/null || exit 127;"
        " for f in /etc/dnf/dnf.conf /etc/yum.conf /etc/zypp/zypp.conf /etc/yum.repos.d/*.repo"
        ' /etc/zypp/repos.d/*.repo; do if [ -r "$f" ] && [ -f "$f" ]; then'
        ' printf \'==> %s <==\\n\' "$f"; cat "$f"; echo;'
        " elif [ -e \"$f\" ]; then printf '==> !%s <==\\n' \"$f\"; fi; done; echo '==> end <=='",
        most=1 << 20,
        keep=False,
    ),
)

_ON = {"1", "yes", "true", "on"}
_THIRD = re.compile(
    r"epel|remi|docker|nginx|mysql|mariadb|pgdg|postgres|nodesource|zabbix|elastic|grafana|copr"
    r"|google|microsoft|hashicorp|rpmfusion|packman|influx|mongodb|gitlab|extras",
    re.IGNORECASE,
)


def files(answers: Answers) -> Mapping[str, str] | Unknown:
    """The texts of all repository files."""
    text = answers.text("patching.repos")
    if isinstance(text, Unknown):
        return text
    parts = sections(text)
    if "end" not in parts:
        return Unknown("The host's answer was not understood", "patching.repos")
    hidden = next((name for name in parts if name.startswith("!")), "")
    return Unknown("The log-in may not read this file on the host", hidden[1:]) if hidden else parts


def sources(answers: Answers, folder: str) -> tuple[Source, ...] | Unknown:
    """Every repository of a folder (`/etc/yum.repos.d/`) that is switched on.

    Signed: packages are checked (gpgcheck), or the list that holds their checksums is
    (repo_gpgcheck).  zypper checks by default, dnf and yum do not.
    """
    parts = files(answers)
    if isinstance(parts, Unknown):
        return parts
    default = _main(parts, folder)
    found = []
    for name, text in parts.items():
        if not name.startswith(folder):
            continue
        for repo, fields in ini(text):
            if fields.get("enabled", "1").lower() in _ON:
                found.append(Source(repo[:120], _host(fields), _signed(fields, default, folder)))
    return tuple(found)


def _main(parts: Mapping[str, str], folder: str) -> Mapping[str, str]:
    if "zypp" in folder:
        return {"gpgcheck": "on", **_section(parts.get("/etc/zypp/zypp.conf", ""), "main")}
    return {
        **_section(parts.get("/etc/yum.conf", ""), "main"),
        **_section(parts.get("/etc/dnf/dnf.conf", ""), "main"),
    }


def _signed(fields: Mapping[str, str], default: Mapping[str, str], folder: str) -> bool:
    """Are packages checked, or the list that holds their checksums?

    zypper's gpgcheck is both; pkg_gpgcheck and repo_gpgcheck, where they are said, go before it.
    """
    said = {**default, **fields}
    if "zypp" in folder:
        both = said.get("gpgcheck", "on")
        words = [said.get("repo_gpgcheck", both), said.get("pkg_gpgcheck", both)]
    else:
        words = [said.get(key, "0") for key in ("gpgcheck", "pkg_gpgcheck", "repo_gpgcheck")]
    return any(word.lower() in _ON for word in words)


def _host(fields: Mapping[str, str]) -> str:
    for key in ("baseurl", "mirrorlist", "metalink"):
        for word in re.split(r"[\s,]+", fields.get(key, "")):
            if name := host(word):
                return name
    return ""


def third_party(repo: str) -> bool:
    """Does not bring the system itself, by its name."""
    return bool(_THIRD.search(repo))


def _section(text: str, name: str) -> Mapping[str, str]:
    return next((fields for repo, fields in ini(text) if repo == name), {})


def ini(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """`[name]` and its KEY=VALUE lines; a line that begins with white space goes on."""
    name, fields, key = "", dict[str, str](), ""
    for line in [*text.split("\n"), "[]"]:
        if line.startswith("[") and "]" in line:
            if name:
                yield name, fields
            name, fields, key = line[1 : line.index("]")].strip(), {}, ""
        elif line[:1] in ("#", ";"):
            continue
        elif line[:1] in (" ", "\t") and key and line.strip():
            fields[key] += " " + line.strip()
        elif "=" in line:
            left, _, value = line.partition("=")
            key = left.strip().lower()
            fields[key] = value.strip()
