"""Answers of a host, as they were recorded; or given in a test."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from facts.host.asks import Answer, Answers

RECORDINGS = Path(__file__).parents[2] / "recordings"


def recording(name):
    """The answers in tests/recordings/NAME.json."""
    told = json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))
    return Answers({ask: Answer(**answer) for ask, answer in told.items()})


def given(**texts):
    """Answers by name, a dot written as `__` and a hyphen as `_`: text, or a whole Answer."""
    return Answers(
        {
            name.replace("__", ".").replace("_", "-"): text
            if isinstance(text, Answer)
            else Answer(out=text, root=True)
            for name, text in texts.items()
        }
    )


def changed(answers, name, **changes):
    """The same answers, but for one."""
    return Answers({**answers.given, name: replace(answers.given[name], **changes)})
