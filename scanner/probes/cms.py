"""Look at a site's content management system: at most forty small requests, two a second.

Only GET is used and no body is kept.  A path that cannot exist is asked first, and again at the
end: when the server began to refuse us, what it did not show proves nothing.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from facts.base import Undecided, Unknown
from facts.cms import CmsFacts, Component
from facts.cms_product import LOOKED_AT, Product, Trial, generator, own, pattern
from facts.cms_table import COMMON, DEBUGGING, PRODUCTS
from facts.declared import Target
from facts.http import Answer
from facts.paths import refusal, turned_away
from facts.urls import same_site
from scanner.probes.front import follow, start
from scanner.probes.http_session import Session
from scanner.reach import Reach

MOST = 40  # requests to one site
BETWEEN = 0.5  # seconds between two
NAMED = 8  # components whose own files are asked for their version
TOPICS = ("admin", "installer", "users", "legacy", "debug", "registration")
ENOUGH = "The site was asked as often as is polite"
_README = {
    "plugin": ("readme.txt", r"^Stable tag:\s{0,9}(?P<v>\d[\w.-]{0,20})"),
    "theme": ("style.css", r"^[ \t*]{0,4}Version:\s{0,9}(?P<v>\d[\w.-]{0,20})"),
}


def gather(target: Target, reach: Reach) -> CmsFacts:
    """One site.

    Raises `Absent` when nothing listens, `Undecided` when the site refuses us from the start.
    """
    with _Polite(target, reach) as session:
        front = start(session, target.url)
        missing = session.try_ask(_nowhere(front.base), most=LOOKED_AT)
        if isinstance(missing, Unknown):
            raise Undecided(missing.unknown, missing.detail)
        if turned_away(front.answer, missing):
            raise Undecided("The site refuses the scanner", f"HTTP {missing.status}")
        visit = _Visit(session, front.base, front.answer, missing)
        visit.recognise(front.answer)
        trials = visit.trials()
        return CmsFacts(
            observed_at=datetime.now(UTC),
            base=visit.base,
            product=visit.product.id if visit.product else "",
            proof=visit.proof,
            **visit.shown(),
            components=visit.components(),
            **visit.settled(trials),
            requests=session.asked,
        )


class _Polite(Session):
    """A session that counts its requests and takes its time."""

    asked = 0
    _last = 0.0

    def ask(self, url: str, **how: Any) -> Answer:
        """As `Session.ask`; raises `Undecided` beyond `MOST` too."""
        if self.asked >= MOST:
            raise Undecided(ENOUGH)
        self._reach.stop.wait(max(0.0, self._last + BETWEEN - time.monotonic()))
        self._last = time.monotonic()
        self.asked += 1
        return super().ask(url, **how)


@dataclass
class _Visit:
    session: _Polite
    base: str
    front: Answer
    missing: Answer
    product: Product | None = None
    proof: str = ""
    version: str = ""
    at: str = ""
    answers: dict[str, Answer | Unknown] = field(default_factory=dict)  # by path

    def recognise(self, answer: Answer) -> None:
        """Which system made this page?"""
        for product in PRODUCTS:
            if found := product.recognise(answer):
                self.product = product
                where, self.version, root = found
                self.proof = f"{where} ({answer.url[:200]})"
                self.at = self.proof if self.version else ""
                self.base += root
                return

    def get(self, path: str) -> Answer | Unknown:
        """One page of the site, after its own redirects; asked once."""
        if path not in self.answers:
            found = follow(self.session, f"{self.base}{path}", most=LOOKED_AT)
            self.answers[path] = found if isinstance(found, Unknown) else found.answer
        return self.answers[path]

    def trials(self) -> dict[str, dict[str, bool | Unknown]]:
        """Every trial of the system; of one that is not known, the common log-ins."""
        known = self.product.trials if self.product else ()
        outcomes: dict[str, dict[str, bool | Unknown]] = {topic: {} for topic in TOPICS}
        common = () if any(one.topic == "admin" for one in known) else COMMON
        for trial in (*known, *common):
            outcomes[trial.topic][trial.path] = self._try(trial)
            if self.product is None:
                self._late(trial)
                if self.product:  # its log-in gave it away
                    for other in self.product.trials:
                        outcomes[other.topic][other.path] = self._try(other)
                    break
        outcomes["debug"]["/"] = any(
            pattern(mark).search(self.front.body[:LOOKED_AT]) for _, mark in DEBUGGING
        )
        return outcomes

    def _late(self, trial: Trial) -> None:
        page = self.answers.get(trial.path)
        if isinstance(page, Answer) and page.status == 200:
            self.recognise(page)

    def _try(self, trial: Trial) -> bool | Unknown:
        if trial.leads:  # the redirect itself tells
            answer = self.session.try_ask(f"{self.base}{trial.path}", most=LOOKED_AT)
        else:
            answer = self.get(trial.path)
            if isinstance(answer, Answer) and _elsewhere(answer, self.base):
                return Unknown("It leads to another site, which was not asked", trial.path)
        return trial.read(answer, self.missing)

    def shown(self) -> dict[str, Any]:
        """The version, as precisely as the site shows it."""
        for path, mark in self.product.versions if self.product else ():
            if self._exact(self.version):
                break
            page = self.front if not path else self.get(path)
            if isinstance(page, Unknown):
                return {"version": page, "exact": page}
            text = own(page) if not path else page.body[:LOOKED_AT]
            if page.status == 200 and (hit := pattern(mark).search(text)):
                self.version, self.at = hit["v"].strip("."), path or "/"
        if not self.version and self.product is None:
            made = generator(self.front)
            if hit := pattern(r"^(?P<name>[^\d]{2,60}?) v?(?P<v>\d+\.[\d.]{1,20})").match(made):
                self.version, self.at = made[:100], "generator"
                return {"version": made[:100], "exact": bool(hit), "version_at": self.at}
        exact = self._exact(self.version)
        return {"version": self.version.strip("."), "exact": exact, "version_at": self.at}

    def _exact(self, version: str) -> bool:
        return bool(self.product and version and pattern(self.product.exact).match(version))

    def components(self) -> tuple[Component, ...]:
        """Plug-ins and themes that the start page names, with the versions that their files say."""
        if self.product is None:
            return ()
        page = own(self.front)
        named = dict.fromkeys(
            (kind, hit["name"])
            for kind, mark in self.product.components
            for hit in pattern(mark).finditer(page)
        )
        return tuple(self._component(kind, name, at) for at, (kind, name) in enumerate(named))

    def _component(self, kind: str, name: str, at: int) -> Component:
        if self.product is None or self.product.id != "wordpress":
            return Component(kind, name, "", "/")
        if at >= NAMED:
            return Component(kind, name, Unknown(ENOUGH, name), "/")
        file, mark = _README[kind]
        path = f"/wp-content/{kind}s/{name}/{file}"
        page = self.get(path)
        if isinstance(page, Unknown):
            return Component(kind, name, page, "/")
        hit = pattern(mark).search(page.body[:LOOKED_AT]) if page.status == 200 else None
        return Component(kind, name, hit["v"] if hit else "", path if hit else "/")

    def settled(self, trials: dict[str, dict[str, bool | Unknown]]) -> Mapping[str, Any]:
        """The trials, once more with doubt: does the server still talk to us?"""
        again = self.session.try_ask(_nowhere(self.base), most=LOOKED_AT)
        doubt = refusal(again, self.missing)
        if doubt is None:
            return trials
        return {
            topic: {path: doubt if fact is False else fact for path, fact in tried.items()}
            for topic, tried in trials.items()
        }


def _nowhere(base: str) -> str:
    return f"{base}/press-scan-{secrets.token_hex(8)}.html"


def _elsewhere(answer: Answer, base: str) -> bool:
    """Does it redirect to another site?"""
    to = answer.header("location")
    return 300 <= answer.status < 400 and "//" in to[:8] and not same_site(to, base)
