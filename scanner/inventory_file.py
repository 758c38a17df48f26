"""The inventory from YAML: one file, or a folder of files; every mistake at once, with its place.

What one value alone can tell is checked where it is declared (`scanner/inventory.py`); here is
what only the whole tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from facts.message import N_, Message
from scanner.authorities import Authorities
from scanner.crosscheck import crosscheck
from scanner.dossier import contradictions
from scanner.fit import fit, is_missing_key
from scanner.inventory import Agency, Asset, Inventory, System
from scanner.problems import FileError, Problem, show
from scanner.yamlfile import load as load_yaml
from scanner.yamlfile import unreadable
from scanner.yamltree import Document, Place, Row, Step, Table

SUFFIXES = {".yaml", ".yml"}
BLANK = N_("still to be filled in: {what}")


@dataclass(frozen=True)
class Loaded:
    """An inventory, ready for use, and the files that it came from.

    `text_sha256` is the hash of all that was read (authorities' files too); `path` is absolute.
    """

    inventory: Inventory
    text_sha256: str
    path: Path
    document: Document = field(compare=False, repr=False)  # as written, for places

    def without_text(self) -> Loaded:
        """The same without what was written, which is many times as large."""
        return replace(self, document=Document(file=self.document.file))


def load(path: Path) -> Loaded:
    """Read an inventory.

    In a folder, every `*.yaml` and `*.yml` directly in it is read: their `agencies` are put
    together; `programme` and `authorisation` stand in one of them.

    Raises `FileError` with every problem of every file.
    """
    documents, problems = _documents(path)
    whole = _merged(path, documents)
    inventory, misfits = fit(whole, Inventory)
    if not all(document.whole for document in documents):  # a key may be in what can't be read
        misfits = [problem for problem in misfits if not is_missing_key(problem)]
    authorities = Authorities(whole)
    told = {problem.place for problem in misfits if not is_missing_key(problem)}
    across = [problem for problem in crosscheck(whole) if problem.place not in told]
    problems += [*misfits, *across, *_placeholders(whole), *authorities.problems()]
    if problems or inventory is None:
        raise FileError(_distinct(problems))
    digests = [(document.file, document.sha256) for document in documents]
    return Loaded(
        inventory=_with_authorities(inventory, authorities),
        text_sha256=_digest([*digests, *authorities.digests()]),
        path=path.resolve(),
        document=whole,
    )


def check_valid(loaded: Loaded, today: date) -> Problem | None:
    """The problem with the authorisation's days, when it does not hold today."""
    valid = loaded.inventory.authorisation.valid
    if today > valid.to:
        said = Message("the authorisation ended on {day}: nothing may be scanned", day=valid.to)
    elif today < valid.from_:
        said = Message("the authorisation begins on {day}: nothing may be scanned yet",
                       day=valid.from_)  # fmt: skip
    else:
        return None
    return loaded.document.problem(("authorisation", "valid"), said)


def doubts(loaded: Loaded, today: date) -> list[Problem]:
    """What contradicts itself in the systems' dossiers, with its place: warnings, no mistakes."""
    return sorted(
        loaded.document.problem(("agencies", a, "systems", s, *one.path), one.message)
        for a, agency in enumerate(loaded.inventory.agencies)
        for s, system in enumerate(agency.systems)
        for one in contradictions(agency, system, today)
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema of an inventory file, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Inventory.model_json_schema(by_alias=True),
        "title": "press-scan inventory",
    }


def _documents(path: Path) -> tuple[list[Document], list[Problem]]:
    if not path.is_dir():
        return [load_yaml(path)], []
    try:
        files = sorted(
            file
            for file in path.iterdir()
            if file.suffix.lower() in SUFFIXES and not file.name.startswith(".")
        )
    except OSError as error:
        return [], [Problem(str(path), 1, 1, unreadable(error))]
    if not files:
        return [], [Problem(str(path), 1, 1, Message("there is no *.yaml file in this folder"))]
    return [load_yaml(file) for file in files], []


def _merged(path: Path, documents: list[Document]) -> Document:
    """All documents as one: the lists of agencies put together, other keys once in all."""
    for document in documents:
        if document.whole and not isinstance(document.data, Table):
            said = Message("this file holds no inventory: programme, authorisation or agencies")
            document.problems.append(document.problem((), said))
            document.whole = False
    if len(documents) == 1:
        return documents[0]
    root = Table(Place(str(path), 1, 1))
    merged = Document(data=root, file=str(path))
    for document in documents:
        merged.problems += document.problems
        merged.lines.update(document.lines)
        if document.whole:
            for key in document.data:
                _take(merged, root, document.data, key)
    merged.whole = bool(root)
    return merged


def _take(merged: Document, root: Table, part: Table, key: str) -> None:
    value = part[key]
    if key not in root:
        if isinstance(value, Row):  # a list of its own, since more entries may follow
            value = _joined(Row(value.place), value)
        root[key], root.keys_at[key] = value, part.keys_at[key]
        root.values_at[key] = part.values_at[key]
    elif key == "agencies" and isinstance(root[key], Row) and isinstance(value, Row):
        _joined(root[key], value)
    else:
        first = root.keys_at[key]
        said = Message(
            "the key {key} is in {file} too, on line {line}; it may stand in one file only",
            key=show(key),
            file=Path(first.file).name,
            line=first.line,
        )
        merged.problems.append(merged.problem_at(part.keys_at[key], said))


def _joined(row: Row, more: Row) -> Row:
    row.extend(more)
    row.values_at.extend(more.values_at)
    return row


def _placeholders(document: Document) -> Iterator[Problem]:
    """What `press-scan init` left for the user to write."""
    todo: list[tuple[tuple[Step, ...], Any]] = [((), document.data)]
    while todo:
        path, value = todo.pop()
        if isinstance(value, Table):
            todo += [((*path, key), inner) for key, inner in value.items()]
        elif isinstance(value, Row):
            todo += [((*path, index), inner) for index, inner in enumerate(value)]
        elif isinstance(value, str) and value.startswith("<") and value.endswith(">"):
            said = Message.of(BLANK, what=show(value.strip("<>")))
            yield document.problem(path, said)


def _distinct(problems: list[Problem]) -> list[Problem]:
    """Sorted, each once; what is still to be filled in has no other problem."""
    blank = {problem.place for problem in problems if _is_blank(problem)}
    return sorted(
        {p for p in problems if p.place not in blank or is_missing_key(p) or _is_blank(p)}
    )


def _is_blank(problem: Problem) -> bool:
    return getattr(problem.message, "template", "") == BLANK


def _with_authorities(inventory: Inventory, authorities: Authorities) -> Inventory:
    """The inventory with each `ca` as its file's text."""
    if not authorities.texts:
        return inventory

    def asset(one: Asset, path: tuple[Step, ...]) -> Asset:
        return one.model_copy(update={"ca": authorities.texts.get(path, one.ca)})

    def system(one: System, path: tuple[Step, ...]) -> System:
        assets = tuple(asset(a, (*path, "assets", i)) for i, a in enumerate(one.assets))
        return one.model_copy(update={"assets": assets})

    def agency(one: Agency, path: tuple[Step, ...]) -> Agency:
        systems = tuple(system(s, (*path, "systems", i)) for i, s in enumerate(one.systems))
        return one.model_copy(update={"systems": systems})

    agencies = tuple(agency(a, ("agencies", i)) for i, a in enumerate(inventory.agencies))
    return inventory.model_copy(update={"agencies": agencies})


def _digest(files: list[tuple[str, str]]) -> str:
    """One file's own hash; of more, the hash of their hashes and names."""
    if len(files) == 1:
        return files[0][1]
    lines = (f"{digest}  {Path(name).name}\n" for name, digest in files)
    return sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
