"""apt's package sources and settings.  Sources: sources.list(5), apt-secure(8), apt.conf(5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled, sections
from facts.host.patching.model import Source

# A source's address and a proxy's may hold a password: the raw answers are not stored.
ASKS = (
    Ask(
        "patching.apt.sources",
        "command -v apt-get >/dev/null || exit 127; cd /etc/apt || exit 1;"
        " for f in sources.list sources.list.d/*.list sources.list.d/*.sources; do"
        ' if [ -r "$f" ] && [ -f "$f" ]; then printf \'==> %s <==\\n\' "$f"; cat "$f"; echo;'
        " elif [ -e \"$f\" ]; then printf '==> !%s <==\\n' \"$f\"; fi; done; echo '==> end <=='",
        keep=False,
    ),
    Ask(
        "patching.apt.config",
        "command -v apt-config >/dev/null || exit 127; apt-config dump | grep -E"
        " '^(APT::Architecture |APT::Periodic::|APT::Get::AllowUnauthenticated|Unattended-Upgrade"
        "|Acquire::Allow|Acquire::https?::Proxy)'",
        keep=False,
    ),
)

_TRUE = {"yes", "true", "with", "on", "enable", "1"}  # as apt's StringToBool takes it
_SECURITY = re.compile(r"-security(/|$)|^\w+/updates(/|$)|debian-security")
_ALLOWING = (
    "APT::Get::AllowUnauthenticated",
    "Acquire::AllowInsecureRepositories",
    "Acquire::AllowDowngradeToInsecureRepositories",
)


def sources(answers: Answers) -> tuple[Source, ...] | Unknown:
    """Every package source that is switched on."""
    text = answers.text("patching.apt.sources")
    if isinstance(text, Unknown):
        return text
    parts = sections(text)
    if "end" not in parts:
        return Unknown("The host's answer was not understood", "patching.apt.sources")
    hidden = next((name for name in parts if name.startswith("!")), "")
    if hidden:
        return Unknown("The log-in may not read this file on the host", f"/etc/apt/{hidden[1:]}")
    found: dict[tuple[str, str], Source] = {}
    for name, part in parts.items():
        read = _deb822(part) if name.endswith(".sources") else _one_line(part)
        for uri, suite, options in read:
            source = _source(name.rpartition("/")[2], uri, suite, options)
            found[uri, suite] = source
    return tuple(found.values())


def _source(name: str, uri: str, suite: str, options: Mapping[str, str]) -> Source:
    trusted = options.get("trusted", "").lower() in _TRUE
    insecure = any(options.get(key, "").lower() in _TRUE for key in _INSECURE)
    security = bool(_SECURITY.search(suite) or _SECURITY.search(uri))
    return Source(f"{name}: {suite}"[:120], host(uri), not (trusted or insecure), security)


_INSECURE = ("allow-insecure", "allow-downgrade-to-insecure")


def host(uri: str) -> str:
    """The host of an address; "" for a medium, a folder, and what is no address."""
    try:
        return (urlsplit(uri).hostname or "")[:120]
    except ValueError:
        return ""


def _one_line(text: str) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """`deb [trusted=yes] URI SUITE COMPONENT...`"""
    for line in filled(text):
        match = re.match(r"deb(?:\s+\[([^\]]*)\])?\s+(\S+)\s+(\S+)", line.partition("#")[0])
        if match:
            pairs = (pair.partition("=") for pair in (match[1] or "").split())
            yield match[2], match[3], {key.lower(): value for key, _, value in pairs}


def _deb822(text: str) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Stanzas of `Types:`, `URIs:`, `Suites:`, `Trusted:` ..."""
    plain = "\n".join(line for line in text.split("\n") if not line.startswith("#"))
    for stanza in re.split(r"\n[ \t]*\n", plain):
        fields: dict[str, str] = {}
        key = ""
        for line in stanza.split("\n"):
            if line[:1] in " \t" and key:
                fields[key] += " " + line.strip()
            elif ":" in line:
                key, _, value = line.partition(":")
                key = key.strip().lower()
                fields[key] = value.strip()
        off = fields.get("enabled", "yes").lower() in {
            "no",
            "false",
            "without",
            "off",
            "disable",
            "0",
        }
        if off or "deb" not in fields.get("types", "").split():
            continue
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield uri, suite, fields


def config(answers: Answers) -> Mapping[str, tuple[str, ...]] | Unknown:
    """Some of apt's effective settings: each key with all its values."""
    text = answers.text("patching.apt.config")
    if isinstance(text, Unknown):
        return text
    found: dict[str, tuple[str, ...]] = {}
    for line in filled(text):
        match = re.fullmatch(r'([\w:/.-]+) "(.*)";', line)
        if match:
            key = match[1].removesuffix("::")
            found[key] = (*found.get(key, ()), match[2])
    if "APT::Architecture" not in found:
        return Unknown("The host's answer was not understood", "patching.apt.config")
    return found


def unsigned_allowed(answers: Answers) -> tuple[str, ...] | Unknown:
    """Settings that let apt install what nobody signed, from whatever source."""
    settings = config(answers)
    if isinstance(settings, Unknown):
        return settings
    return tuple(k for k in _ALLOWING if settings.get(k, ("",))[-1].lower() in _TRUE)


def proxies(answers: Answers) -> tuple[str, ...] | Unknown:
    """The hosts that packages are fetched through."""
    settings = config(answers)
    if isinstance(settings, Unknown):
        return settings
    named = [v[-1] for k, v in settings.items() if re.fullmatch(r"Acquire::https?::Proxy", k)]
    return tuple(sorted({host(uri) for uri in named} - {""}))
