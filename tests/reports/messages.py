"""Every sentence that the program says in a language: found in the source, by the convention."""

import ast
from pathlib import Path

from jinja2 import Environment, nodes

from reports.i18n import flat

ROOT = Path(__file__).parents[2]
MARKERS = {"t", "_t", "_", "N_", "Message"}
PACKAGES = ("press_scan", "reports", "scanner", "facts")


def sentences() -> dict[str, str]:
    """English sentence to the place where it stands."""
    found = {}
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            for text, line in _in_python(file, helps=package == "press_scan"):
                found.setdefault(text, f"{file.relative_to(ROOT)}:{line}")
    for file in sorted((ROOT / "reports" / "templates").glob("*.j2")):
        for text, line in _in_template(file.read_text("utf-8")):
            found.setdefault(text, f"{file.name}:{line}")
    return found


def not_literal() -> list[str]:
    """f-strings and sums given to `t`, which no catalogue can hold."""
    bad = []
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                given = node.args[:1] if isinstance(node, ast.Call) else []
                made = given and isinstance(given[0], ast.JoinedStr | ast.BinOp)
                if made and _name(node.func) in MARKERS:
                    bad.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    return bad


def _in_python(file, helps):
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = _name(node.func)
            wanted = {"ngettext": 2}.get(name, int(name in MARKERS))
            for arg in node.args[:wanted]:
                if isinstance(arg, ast.Constant) and isinstance(arg.value, str) and arg.value:
                    yield arg.value, node.lineno
            for given in node.keywords:
                if helps and given.arg == "help" and isinstance(given.value, ast.Constant):
                    yield given.value.value, node.lineno
        elif helps and isinstance(node, ast.FunctionDef) and _is_command(node):
            said = ast.get_docstring(node)
            if said:
                yield flat(said), node.lineno


def _in_template(source):
    for call in Environment().parse(source).find_all(nodes.Call):
        name = getattr(call.node, "name", getattr(call.node, "attr", ""))
        wanted = {"ngettext": 2}.get(name, int(name in MARKERS))
        for arg in call.args[:wanted]:
            if isinstance(arg, nodes.Const):
                yield arg.value, call.lineno


def _name(function):
    return getattr(function, "id", getattr(function, "attr", ""))


def _is_command(node):
    names = {_name(getattr(one, "func", one)) for one in node.decorator_list}
    return bool(names & {"command", "group"})
