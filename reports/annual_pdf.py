"""An official document as PDF, set by typst from the same model as the DOCX."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import typst

from reports.annual_model import Blank, Block, Official, Para, Section, Text

HERE = Path(__file__).parent
TEMPLATE = HERE / "templates" / "annual.typ"


def render(of: Official) -> bytes:
    """The file; the same for the same document."""
    made = _compiler().compile(
        sys_inputs={
            "d": json.dumps(_document(of), ensure_ascii=False),
            "lang": of.lang,
            "year": str(of.made.year), "month": str(of.made.month), "day": str(of.made.day),
        },
        pdf_standards="a-2a",
        timestamp=int(of.made.timestamp()),
        format="pdf",
    )  # fmt: skip
    assert isinstance(made, bytes)
    return made


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(HERE / "fonts")])
    return typst.Compiler(str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=fonts)


def _document(of: Official) -> dict[str, Any]:
    """As JSON: each piece of a text is [words, whether it is a blank]."""
    letter = {
        name: value if isinstance(value, str) else _texts(value)
        for name, value in vars(of.letter).items()
    }
    return {
        "form": of.form, "letter": letter, "body": _section(of.body),
        "annexes": [_section(one) for one in of.annexes], "mark": of.mark,
    }  # fmt: skip


def _texts(value: Any) -> Any:
    """A text, or several."""
    many = value and isinstance(value[0], tuple)
    return [_text(one) for one in value] if many else _text(value)


def _text(of: Text) -> list[list[Any]]:
    return [[str(piece), isinstance(piece, Blank)] for piece in of]


def _section(of: Section) -> dict[str, Any]:
    return {
        "title": _text(of.title), "subtitle": of.subtitle, "landscape": of.landscape,
        "blocks": [_block(one) for one in of.blocks],
    }  # fmt: skip


def _block(of: Block) -> dict[str, Any]:
    if isinstance(of, Para):
        return {"kind": of.kind, "text": _text(of.text)}
    rows = [[_text(cell) for cell in row] for row in of.rows]
    return {**asdict(of), "kind": "table", "rows": rows}
