"""Every sentence that a check, a reader or a probe may say is there in Vietnamese."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

from checks.words import words
from scanner import engine, judge, judging

ROOT = Path(__file__).parents[2]

# Said by the judge and the engine, by way of a name.
CONSTANTS = (
    engine.GIVEN_UP,
    judge.BROKE,
    judge.DECLARED,
    judge.NOT_GATHERED,
    judging.NOT_VISITED,
    judging.NOT_IN_BASELINE,
    judging.NO_LOGIN,
    judging.NO_SERVICE,
    judging.NO_SITE,
    *("The connection was refused", "No answer in time", "The network failed", "The worker died"),
    "The probe broke; its trace is in the log",
)
SAYING = {"passed", "failed", "not_applicable", "Unknown", "Undecided", "Absent", "OutOfScope"}
JUDGING = {"passed", "failed", "not_applicable"}
LIKE_A_SENTENCE = re.compile(r"[A-Z][a-z]+(?:,? [a-z'’-]+){2,}.*[^\s:]", re.DOTALL)
OTHERS_SAY = {"No such file or directory", "No such file"}  # programs on a host
NO_REASONS = {  # what looks like a sentence and is none: what others' programs say
    "facts/firewalls.py", "facts/libraries.py", "facts/signatures.py",
    "scanner/probes/sslyze_child.py",
}  # fmt: skip


def trees(*rooms):
    """Each source file of these rooms: its path, as it is shown, and its syntax tree."""
    for room in rooms:
        for file in sorted((ROOT / room).rglob("*.py")):
            yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text("utf-8"))


def calls(tree, names):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in names:
                yield name, node


def sentences():
    """Every literal sentence that a check, a reader or a probe says, and every evidence key."""
    for file, tree in trees("facts", "checks", "scanner"):
        for name, call in calls(tree, SAYING):
            first = call.args[0] if call.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield file, "says", first.value
            for keyword in call.keywords:
                if name in JUDGING and keyword.arg:
                    yield file, "evidence", keyword.arg


def reasons():
    """What looks like a sentence where facts are read and gathered: said by way of a name."""
    for file, tree in trees("facts", "scanner/probes"):
        inside = {id(part) for n in ast.walk(tree) if isinstance(n, ast.Expr) for part in [n.value]}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in inside:
                text = node.value
                if not isinstance(text, str) or text in OTHERS_SAY:
                    continue
                if LIKE_A_SENTENCE.fullmatch(text):
                    yield file, "says", text


def test_every_sentence_and_evidence_key_is_there_in_vietnamese():
    language = words("vi")
    for constant in CONSTANTS:
        assert constant in language.says
    said = [*sentences(), *(one for one in reasons() if one[0] not in NO_REASONS)]
    assert len(said) > 300
    missing = {(file, text) for file, part, text in said if text not in getattr(language, part)}
    missing -= {(file, "") for file, _ in missing}
    assert not missing, "\n".join(f"{file}: {text}" for file, text in sorted(missing))


def test_verdicts_are_literals():
    """A sentence that is put together can't be translated; a name must stand for a literal."""
    loose = []
    for file, tree in trees("checks"):
        name = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        module = importlib.import_module(name)
        for _, call in calls(tree, JUDGING):
            says = call.args[0] if call.args else None
            if isinstance(says, ast.Name):
                assert getattr(module, says.id) in words("vi").says
            elif not isinstance(says, ast.Constant):
                loose.append(f"{file}:{call.lineno}")
    assert loose == []
