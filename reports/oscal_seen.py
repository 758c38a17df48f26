"""What the machine saw of one system, as OSCAL has it: components, observations and risks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from reports.identity import uuid
from reports.oscal_words import line, moment, prop
from reports.view import Seen


class Seens:
    """One system's findings; `key` tells it from other systems and runs, `started` is the run's."""

    def __init__(self, seen: Sequence[Seen], key: Sequence[str], started: datetime) -> None:
        self._started = started
        self._seen, self._key = list(enumerate(seen)), tuple(key)
        self._failing: dict[str, list[tuple[int, Seen]]] = {}
        self._by_control: dict[str, list[tuple[int, Seen]]] = {}
        for at, one in self._seen:
            for control in one.controls:
                self._by_control.setdefault(control, []).append((at, one))
            if one.status == "fail":
                self._failing.setdefault(one.check.id, []).append((at, one))

    def of(self, control: str) -> list[str]:
        """The observations that speak for a requirement."""
        return [self._uuid(at, one) for at, one in self._by_control.get(control, ())]

    def risks_of(self, control: str) -> list[str]:
        """The risks that keep it from being met."""
        failing = [one for _, one in self._by_control.get(control, ()) if one.status == "fail"]
        return list(dict.fromkeys(self._risk(one.check.id) for one in failing))

    def components(self) -> Iterator[dict[str, Any]]:
        """The assets."""
        for asset in dict.fromkeys(one.asset for _, one in self._seen):
            yield {
                "uuid": self._asset(asset),
                "type": "service",
                "title": line(asset),
                "description": line(asset),
                "status": {"state": "operational"},
            }

    def observations(self) -> Iterator[dict[str, Any]]:
        """One for each verdict."""
        for at, one in self._seen:
            told = "; ".join(f"{name}: {value}" for name, value in one.labelled)
            yield {
                "uuid": self._uuid(at, one),
                "title": line(one.check.title),
                "description": line(f"{one.place}: {one.says}"),
                "props": [
                    prop("check", one.check.id), prop("verdict", one.status),
                    prop("severity", one.severity),
                    *([prop("facts-sha256", one.facts)] if one.facts else []),
                ],
                "methods": ["TEST"],
                "types": ["finding"],
                "subjects": [{"subject-uuid": self._asset(one.asset), "type": "component"}],
                **({"relevant-evidence": [{"description": line(told)}]} if told else {}),
                "collected": moment(one.observed or self._started),
            }  # fmt: skip

    def risks(self) -> Iterator[dict[str, Any]]:
        """One for each check that fails."""
        for check, failing in self._failing.items():
            first = failing[0][1]
            yield {
                "uuid": self._risk(check),
                "title": line(first.check.title),
                "description": line(first.check.why),
                "statement": line(first.says),
                "props": [prop("severity", first.severity), prop("check", check)],
                "status": "open",
                "remediations": [{
                    "uuid": uuid("mend", *self._key, check),
                    "lifecycle": "recommendation",
                    "title": line(first.check.first_step),
                    "description": line(first.check.fix),
                }],
                "related-observations": [
                    {"observation-uuid": self._uuid(at, one)} for at, one in failing
                ],
            }  # fmt: skip

    def _uuid(self, at: int, of: Seen) -> str:
        return uuid("seen", *self._key, of.check.id, of.asset, of.endpoint, of.address, str(at))

    def _risk(self, check: str) -> str:
        return uuid("risk", *self._key, check)

    def _asset(self, asset: str) -> str:
        return uuid("asset", *self._key, asset)
