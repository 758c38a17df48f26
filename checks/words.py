"""The checks' texts in other languages: `checks/texts/AREA.LANG.yaml`, or beside a plug-in.

    tls.protocols: {title: ..., why: ..., fix: ...}     each check's texts
    says: {"English sentence": "..."}                    verdicts' and reasons' sentences
    evidence: {key: label}                               what an evidence key is called

English needs no catalogue: titles, Why and Fix are the docstrings, sentences are literals.
Snippets are `checks/fixes/CHECK-ID.SERVER` (or `fixes/` beside a plug-in); they are no prose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

import checks
from checks import Check

SERVERS = {
    "nginx": "nginx", "apache": "Apache", "iis": "IIS", "openssh": "OpenSSH", "icecast": "Icecast",
    "mediamtx": "MediaMTX", "srs": "SRS", "sh": "shell",
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """Everything that one language says about checks."""

    texts: dict[str, Mapping[str, str]] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)

    def title(self, check: Check) -> str:
        """What passes, in one sentence."""
        return self._text(check, "title", check.title)

    def why(self, check: Check) -> str:
        """Why it matters."""
        return self._text(check, "why", check.why)

    def fix(self, check: Check) -> str:
        """How to mend it."""
        return self._text(check, "fix", check.fix)

    def sentence(self, english: str) -> str:
        """A verdict's or a reason's sentence."""
        return self.says.get(english, english)

    def label(self, key: str) -> str:
        """What an evidence key is called."""
        return self.evidence.get(key, key.replace("_", " "))

    def _text(self, check: Check, part: str, english: str) -> str:
        return self.texts.get(check.id, {}).get(part, english)


@cache
def words(lang: str) -> Words:
    """All catalogues of one language, ours and the plug-ins', merged."""
    merged = Words()
    for source in _catalogues(lang):
        data: dict[str, Any] = yaml.load(source.read_text("utf-8"), Loader=_LOADER) or {}  # noqa: S506  # a safe one
        merged.says.update(data.pop("says", None) or {})
        merged.evidence.update(data.pop("evidence", None) or {})
        merged.texts.update(data)
    return merged


def snippets(check: Check) -> dict[str, str]:
    """The check's fixes that can be pasted, by server name."""
    folder = files(check.module.partition(".")[0]) / "fixes"
    found = {}
    for kind, name in SERVERS.items():
        file = folder / f"{check.id}.{kind}"
        if file.is_file():
            found[name] = file.read_text("utf-8").rstrip("\n")
    return found


def _catalogues(lang: str) -> Iterator[Traversable]:
    if lang == "en":
        return
    for file in sorted((files(__package__) / "texts").iterdir(), key=lambda f: f.name):
        if file.name.endswith(f".{lang}.yaml"):
            yield file
    plugins = {c.module for c in checks.load().values() if not c.module.startswith("checks.")}
    for module in sorted(plugins):
        package, _, name = module.rpartition(".")
        file = files(package or module) / f"{name}.{lang}.yaml"
        if file.is_file():
            yield file


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
