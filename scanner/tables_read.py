"""Readers of the public data sets: bytes of a stranger in, a checked table out.  Pure.

Each accepts what its makers publish and what we keep of it, so that a kept file can be handed on.
A few odd rows are left out; a set that is not understood in the main is refused whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from facts.guidelines import DATED, GUIDELINES, read_guidelines
from facts.message import Message
from facts.versions import Version
from scanner.cms_tables import read_advisories, read_exploited
from scanner.world_read import newest_year, read_endoflife, read_retire

ODD = 0.05  # the share of rows that may be left out
_CVE = re.compile(r"CVE-\d{4}-\d{4,19}")
_LINE = 300  # characters kept of one text
T = TypeVar("T")


class BadTable(Exception):
    """A set that is not taken; `message` says why, `detail` what was seen."""

    def __init__(self, message: Message, detail: str = "") -> None:
        self.message, self.detail = message, detail[:_LINE]
        super().__init__(message)


@dataclass(frozen=True)
class Table:
    """A set that was understood."""

    data: bytes  # as it is kept
    count: int  # products, faults, libraries ...
    day: date | None  # its own; None: it has none
    version: str = ""
    floor: date | None = None  # it is not older than this


def endoflife(data: bytes) -> Table:
    """endoflife.date: API v1's answer (`/products/full`), or the front matter as we keep it."""
    said = _object(data)
    if "result" in said:
        said = _front_matter(said)
        data = _dump(said)
    day, cycles = _understood(lambda: read_endoflife(said))
    return Table(data, len(cycles), date.fromisoformat(day), str(said["_meta"].get("commit", "")))


def kev(data: bytes) -> Table:
    """CISA's catalogue of known exploited vulnerabilities, or its compact form as we keep it."""
    said = _object(data)
    meta = said.get("_meta") or said
    rows = _understood(lambda: list(map(_kev_row, said.get("vulnerabilities") or said["rows"])))
    good = _mostly(rows)
    if meta.get("count") not in (None, len(rows)):
        raise BadTable(Message("It is not whole"), f"{len(rows)} / {meta['count']}")
    day = _understood(lambda: date.fromisoformat(str(meta["dateReleased"])[:10]))
    version = str(meta.get("catalogVersion", ""))[:_LINE]
    kept = {
        "_meta": {
            "source": "CISA KEV",
            "catalogVersion": version,
            "dateReleased": str(meta["dateReleased"])[:_LINE],
            "count": len(good),
            "licence": "CC0-1.0",
            "columns": ["cve", "vendor", "product", "name", "dateAdded", "dueDate", "ransomware"],
        },
        "rows": good,
    }
    _understood(lambda: read_exploited(kept))
    return Table(_dump(kept), len(good), day, version)


def retire(data: bytes) -> Table:
    """retire.js' repository, version 5; kept as it is."""
    said = _object(data)
    faults = _understood(lambda: read_retire(said))
    count = sum(map(len, faults.values()))
    if not count or len(said) - len(faults) > ODD * len(said):
        raise BadTable(Message("It was not understood"), f"{len(faults)} / {len(said)}")
    return Table(data, count, None, floor=date.fromisoformat(newest_year(faults)))


def php_advisories(data: bytes) -> Table:
    """FriendsOfPHP's advisories in the compact form as we keep it."""
    said = _object(data)
    good = _mostly(_understood(lambda: [_php_row(row) for row in said["rows"]]))
    meta = said["_meta"] if isinstance(said.get("_meta"), dict) else {}
    if meta.get("count") not in (None, len(said["rows"])):
        raise BadTable(Message("It is not whole"), f"{len(said['rows'])} / {meta['count']}")
    day = _understood(lambda: date.fromisoformat(str(meta["commit_date"])[:10]))
    commit = str(meta.get("commit", ""))[:_LINE]
    kept = php_kept(good, day, commit)
    _understood(lambda: read_advisories(json.loads(kept)))
    return Table(kept, len(good), day, commit)


def php_kept(rows: list[list[Any]], day: date, commit: str) -> bytes:
    """The compact form."""
    columns = ["composer package", "id", "title", "affected ranges (OR of ANDs)", "link"]
    return _dump(
        {
            "_meta": {
                "source": "https://github.com/FriendsOfPHP/security-advisories",
                "commit": commit,
                "commit_date": day.isoformat(),
                "licence": "Unlicense",
                "columns": columns,
                "count": len(rows),
            },
            "rows": rows,
        }
    )


def mozilla(data: bytes) -> Table:
    """Mozilla's guideline for TLS servers; kept as it is, as its licence asks."""
    said = _object(data)
    found = _understood(lambda: read_guidelines(said, "mozilla"))
    version = found["intermediate"].version
    if Version(version) < Version(GUIDELINES["intermediate"].version):
        raise BadTable(Message("It is older than the program's own"), version)
    return Table(data, len(found), None, version, floor=date.fromisoformat(DATED))


# -- one row


def _front_matter(said: Mapping[str, Any]) -> dict[str, Any]:
    """API v1's answer in the shape of the site's own front matter."""
    products = said["result"]
    if not isinstance(products, list):
        raise BadTable(Message("It was not understood"), "result")
    if said.get("total") not in (None, len(products)):
        raise BadTable(Message("It is not whole"), f"{len(products)} / {said['total']}")
    kept = {}
    for product in products:
        if isinstance(product, dict) and isinstance(product.get("releases"), list):
            releases = [line for one in product["releases"] if (line := _release(one))]
            kept[str(product.get("name", ""))[:_LINE]] = {"releases": releases}
    meta = {
        "source": "https://endoflife.date/api/v1/products/full",
        "commit_date": str(said.get("generated_at", ""))[:_LINE],
        "licence": "MIT",
    }
    return {"_meta": meta, "products": kept}


def _release(said: Any) -> dict[str, Any] | None:
    """One release; None where it is not understood."""
    if not isinstance(said, dict) or not isinstance(said.get("isEol"), bool):
        return None
    ends, extended, latest = said.get("eolFrom"), said.get("eoesFrom"), said.get("latest")
    if not isinstance(ends, str | None) or not isinstance(extended, str | None):
        return None
    line = {"releaseCycle": str(said.get("name", ""))[:_LINE], "eol": ends or said["isEol"]}
    if extended:
        line["eoes"] = extended
    if isinstance(latest, dict) and isinstance(latest.get("name"), str):
        line["latest"] = latest["name"][:_LINE]
    return line


def _kev_row(said: Any) -> list[Any] | None:
    """`[cve, vendor, product, name, added, due, ransomware]`."""
    if isinstance(said, dict):
        texts = [said.get(key, "") for key in _KEV_KEYS]
        texts.append(int(said.get("knownRansomwareCampaignUse") == "Known"))
        said = texts
    if not isinstance(said, list) or len(said) != len(_KEV_KEYS) + 1:
        return None
    if not all(isinstance(one, str) for one in said[:-1]) or said[-1] not in (0, 1):
        return None
    if not _CVE.fullmatch(said[0]) or not _is_day(said[4]):
        return None
    return [*(one[:_LINE] for one in said[:-1]), int(said[-1])]


_KEV_KEYS = ("cveID", "vendorProject", "product", "vulnerabilityName", "dateAdded", "dueDate")
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9._-]{0,100}/[a-z0-9][a-z0-9._-]{0,100}", re.IGNORECASE)
_BOUND = re.compile(r"(?:[<>]=?|==?|!=)\s?v?\d[\w.+-]{0,60}")


def _php_row(said: Any) -> list[Any] | None:
    """`[package, id, title, ranges, link]`."""
    if not isinstance(said, list) or len(said) != 5:
        return None
    package, number, title, ranges, link = said
    if not all(isinstance(one, str) for one in (package, number, title, link)):
        return None
    if not _PACKAGE.fullmatch(package) or not isinstance(ranges, list) or not ranges:
        return None
    if not all(isinstance(one, list) and one and all(map(_bound, one)) for one in ranges):
        return None
    return [package, number[:_LINE], title[:_LINE], ranges, link[:_LINE]]


def php_row(package: str, number: str, said: Any) -> list[Any] | None:
    """The same of one advisory's own file: `{title, link, cve, branches: {NAME: {versions}}}`."""
    if not isinstance(said, dict) or not isinstance(said.get("branches"), dict):
        return None
    ranges = [b.get("versions") for b in said["branches"].values() if isinstance(b, dict)]
    cve = said.get("cve")
    shown = cve if isinstance(cve, str) and _CVE.fullmatch(cve) else number
    reference = str(said.get("reference", "")).removeprefix("composer://") or package
    return _php_row([reference, shown, said.get("title", ""), ranges, said.get("link", "")])


def _bound(said: Any) -> bool:
    return isinstance(said, str) and bool(_BOUND.fullmatch(said))


# -- shared


def _object(data: bytes) -> dict[str, Any]:
    try:
        said = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadTable(Message("It is no JSON, or was cut short")) from error
    if not isinstance(said, dict):
        raise BadTable(Message("It was not understood"), type(said).__name__)
    return said


def _understood(read: Callable[[], T]) -> T:
    try:
        return read()
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise BadTable(Message("It was not understood"), f"{error}") from error


def _mostly(rows: Iterable[list[Any] | None]) -> list[list[Any]]:
    """The rows that were understood; too few are none."""
    every = list(rows)
    good = [row for row in every if row is not None]
    if not good or len(every) - len(good) > ODD * len(every):
        raise BadTable(Message("It was not understood"), f"{len(good)} / {len(every)}")
    return good


def _is_day(said: str) -> bool:
    try:
        date.fromisoformat(said)
    except ValueError:
        return False
    return True


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "backslashreplace"
    )
