"""What the PDF's template shows: the view as plain text and codes, in the reader's language.

The template gets it as JSON, never as markup of its own, so nothing that a server said is read as
anything but text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reports import labels, pdf_words
from reports.glossary import glossary
from reports.i18n import Translator
from reports.labels import Labels
from reports.pdf_agency import AgencyData
from reports.pdf_letters import breakable, shown
from reports.pdf_programme import overview
from reports.text import shorten
from reports.view import Scorecard

BRIEF = 16  # digits of a SHA-256 that stand on every page
NETWORKS = 12  # of the authorisation that are named


def document(card: Scorecard) -> dict[str, Any]:
    """Everything, with every text made printable; long words may break."""
    found: dict[str, Any] = _printable(_Data(card).document())
    return found


class _Data:
    """The document of one scorecard."""

    def __init__(self, card: Scorecard) -> None:
        self._card = card
        self._t = Translator(card.lang)
        self._label = Labels(self._t)

    def document(self) -> dict[str, Any]:
        t, card = self._t, self._card
        whose = card.agencies[0].name if card.only else card.programme.name
        found = {
            "title": t("Security scorecard, level {level}", level=card.programme.level),
            "whose": whose,
            "short": shorten(shown(whose), 40),
            "programme": "" if whose == card.programme.name else card.programme.name,
            "run": t(
                "Run {id}: {when}", id=shorten(card.run.id, 30), when=labels.when(t, card.run)
            ),
            "prints": labels.fingerprints(t, card.fingerprints),
            "hash": self._hash(),
            "stopped": "" if card.run.complete else self._stopped(),
            "facts": self._facts(),
            "words": pdf_words.words(t),
            "overview": None if card.only else overview(card),
            "agency": AgencyData(card, card.agencies[0]).data() if card.only else None,
            "scope": self._scope(),
        }  # fmt: skip
        return {**found, "glossary": glossary(t, " ".join(_texts(found)))}

    def _hash(self) -> str:
        if not self._card.digest:
            return ""
        digits = f"{self._card.digest[:BRIEF]}…"
        return self._t("SHA-256 of the observations: {digits}", digits=digits)

    def _stopped(self) -> str:
        t = self._t
        then = t("What it did not reach is not assessed, and is not counted as met.")
        return f"{t('This run was stopped before its end.')} {then}"

    def _facts(self) -> list[tuple[str, str]]:
        """What stands on the cover."""
        t, card = self._t, self._card
        systems = card.agencies[0].systems if card.only else ()
        rows = [
            (t("System"), ", ".join(f"{one.name} ({t('level {level}', level=one.level)})"
                                    for one in systems)),
            (t("Agencies"), "" if card.only else str(len(card.agencies))),
            (t("Run"), card.run.id),
            (t("Time"), labels.when(t, card.run)),
            (t("Profile"), f"{card.profile} ({card.run.profile_version})"),
            (t("Day of the assessment"), t.date(card.run.as_of) if card.run.as_of else ""),
        ]  # fmt: skip
        return [(name, value) for name, value in rows if value]

    def _scope(self) -> dict[str, Any]:
        t, card = self._t, self._card
        return {
            "permit": self._permit(),
            "run": self._run(),
            "method": pdf_words.method(t),
            "tailored": [
                [one.check, one.param, one.was, one.now, t("the standard fixes it")
                 if one.firm else ""] for one in card.tailored
            ],
            "left_out": [[row.clause or row.id, row.title, row.left_out] for row in self._out()],
            "key": [[code, self._label.status[code], text] for code, text in pdf_words.key(t)],
            "credit": card.credit,
        }  # fmt: skip

    def _permit(self) -> list[tuple[str, str]]:
        """The owner's paper."""
        t, of = self._t, self._card.run.permit
        if not of.document:
            return [(t("Document"), t("this run does not tell it"))]
        days = ""
        if of.valid_from and of.valid_to:
            days = t("from {first} to {last}", first=of.valid_from, last=of.valid_to)
        more = len(of.networks) - NETWORKS
        networks = ", ".join(of.networks[:NETWORKS]) + (f", … (+{more})" if more > 0 else "")
        return [
            (t("Document"), of.document),
            (t("Valid"), days),
            (t("Networks"), networks),
            (t("Hours"), ", ".join(of.windows) or t("at any hour")),
        ]

    def _run(self) -> list[tuple[str, str]]:
        t, run, card = self._t, self._card.run, self._card
        seen = self._label.vantage.get(run.vantage, run.vantage)
        if inside := len(card.inside):
            seen += "; " + t.ngettext(
                "and inside {n} host, by a log-in that only reads",
                "and inside {n} hosts, by a log-in that only reads",
                inside,
            )
        rows = [
            (t("Run"), run.id),
            (t("Time"), labels.when(t, run)),
            (t("Seen"), seen),
            (t("Narrowed to"), ", ".join(run.only)),
            (t("Profile"), f"{card.profile} ({run.profile} {run.profile_version})"),
            (t("Standard"), run.standard),
            (t("Checks asked"), str(len(card.basis.checks)) if card.basis.checks else ""),
            (t("Scanner"), f"press-scan {run.scanner_version}"),
            (t("Data"), ", ".join(f"{name} ({day})" for name, day in run.data)),
            (t("Day of the assessment"), t.date(run.as_of) if run.as_of else ""),
            (t("SHA-256 of the profile"), run.profile_sha256),
            (t("SHA-256 of the facts"), run.facts_sha256),
            (t("SHA-256 of the papers"),
             run.papers_sha256 or t("no statement and no waiver counts")),
            (t("SHA-256 of the observations"), card.digest),
        ]  # fmt: skip
        return [(name, value) for name, value in rows if value]

    def _out(self) -> list[Any]:
        """What the profile leaves out, each once."""
        systems = (one for agency in self._card.agencies for one in agency.systems)
        rows = (row for system in systems for row in system.controls if row.left_out)
        return list({row.id: row for row in rows}.values())


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return breakable(shown(value))
    if isinstance(value, dict):
        return {key: _printable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(one) for one in value]
    return value
