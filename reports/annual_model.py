"""An official document, told once and set twice (DOCX and PDF): plain frozen data.

A text is a row of pieces; a piece that is not known is a `Blank`, marked in the document and listed
beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

DOTS = "………"


@dataclass(frozen=True)
class Blank:
    """What somebody must still write."""

    what: str
    where: str  # the setting that fills it

    def __str__(self) -> str:
        return DOTS


Text = tuple[str | Blank, ...]


def text(*pieces: str | Blank) -> Text:
    """A text of these pieces."""
    return pieces


@dataclass(frozen=True)
class Para:
    """A paragraph."""

    text: Text
    kind: str = "body"  # body, heading, item, note


@dataclass(frozen=True)
class Table:
    """A table; its widths are shares of the page's."""

    head: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    widths: tuple[float, ...]
    small: bool = False


Block = Para | Table


@dataclass(frozen=True)
class Section:
    """A part with pages of its own; an annex has a title and counts its pages anew."""

    blocks: tuple[Block, ...]
    title: Text = ()
    subtitle: str = ""
    landscape: bool = False


@dataclass(frozen=True)
class Letter:
    """What stands around the body (Decree 30/2020, Annex I)."""

    governing: Text
    issuing: Text
    number: Text
    country: str
    motto: str
    place_date: Text
    title: str
    subject: str
    to_label: str
    to: tuple[Text, ...]
    bases: tuple[Text, ...]
    signer: tuple[Text, ...]  # capacity, title
    name: Text
    copies_label: str
    copies: tuple[Text, ...]


@dataclass(frozen=True)
class Official:
    """The whole document."""

    form: str  # what stands at the top right of a form; "" for a letter of one's own
    letter: Letter
    body: Section
    annexes: tuple[Section, ...]
    lang: str
    made: datetime  # of its data: the file says it
    mark: str = ""  # on every page: a draft, a translation

    def texts(self) -> Iterator[Text]:
        """Every text, in reading order."""
        one = self.letter
        yield from (one.governing, (one.country,), one.issuing, (one.motto,))
        yield from (one.number, one.place_date)
        yield from (((self.form,),) if self.form else ())
        yield from ((one.title,), (one.subject,), *one.to, *one.bases)
        yield from _texts(self.body)
        yield from (*one.signer, one.name, *one.copies)
        for annex in self.annexes:
            yield from _texts(annex)

    def blanks(self) -> tuple[Blank, ...]:
        """Each blank once, in reading order."""
        found = (piece for text in self.texts() for piece in text if isinstance(piece, Blank))
        return tuple(dict.fromkeys(found))


def _texts(of: Section) -> Iterator[Text]:
    if of.title:
        yield of.title
    if of.subtitle:
        yield (of.subtitle,)
    for block in of.blocks:
        if isinstance(block, Para):
            yield block.text
        else:
            yield from ((cell,) for cell in block.head)
            yield from (cell for row in block.rows for cell in row)
