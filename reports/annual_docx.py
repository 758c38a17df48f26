"""An official document as DOCX, laid out by Decree 30/2020/NĐ-CP, Annex I.

Real styles; A4; page numbers centred at the top, none on the first page; each annex counts its own.
The same document gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section as Pages
from docx.shared import Cm, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from reports.annual_model import Blank, Letter, Official, Para, Section, Table, Text

FONT = "Times New Roman"
LONG, SHORT = Mm(297), Mm(210)
YELLOW = '<w:highlight w:val="yellow"/>'  # behind a blank
EPOCH = (1980, 1, 1, 0, 0, 0)  # of every file in the archive
CENTRE, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


def render(of: Official) -> bytes:
    """The file."""
    made = Document()
    _styles(made)
    first = made.sections[0]
    _pages(first, landscape=False)
    _numbers(first, of, fresh=False)
    if of.form:
        _line(made, (of.form,), "Form")
    _head(made, of.letter)
    _line(made, (of.letter.title,), "Official title")
    _line(made, (of.letter.subject,), "Official subject")
    _rule(made, 6.2)
    if of.letter.to:
        _line(made, (f"{of.letter.to_label} ", *_joined(of.letter.to)), "Addressee")
    for base in of.letter.bases:
        _line(made, base, "Base")
    _blocks(made, of.body, wide=False)
    _foot(made, of.letter)
    for annex in of.annexes:
        _annex(made, annex, of)
    core = made.core_properties
    core.title, core.author, core.language = of.letter.subject, "press-scan", of.lang
    core.created = core.modified = of.made.replace(tzinfo=None)
    core.last_modified_by, core.revision = "press-scan", 1
    out = io.BytesIO()
    made.save(out)
    return _same(out.getvalue())


def _joined(texts: Iterable[Text]) -> Text:
    found: list[str | Blank] = []
    for one in texts:
        found += ["; "] if found else []
        found += one
    return tuple(found)


# -- styles and pages


def _styles(made: Docx) -> None:
    normal = made.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    _font(normal, 14)
    shape = normal.paragraph_format
    shape.space_before, shape.space_after, shape.line_spacing = Pt(0), Pt(6), 1.15
    plain = {
        "Body text official": (14, False, False, BOTH, 1.27),
        "Item": (14, False, False, BOTH, 1.27),
        "Base": (14, False, True, BOTH, 1.27),
        "Official heading": (14, True, False, None, 1.27),
        "Official title": (14, True, False, CENTRE, 0),
        "Official subject": (14, True, False, CENTRE, 0),
        "Annex title": (14, True, False, CENTRE, 0),
        "Addressee": (14, False, False, CENTRE, 0),
        "Form": (12, True, False, RIGHT, 0),
        "Cell": (11, False, False, None, 0),
    }
    for name, (size, bold, italic, align, indent) in plain.items():
        style = made.styles.add_style(name, 1)
        assert isinstance(style, ParagraphStyle)
        style.base_style = normal
        _font(style, size)
        style.font.bold, style.font.italic = bold, italic
        style.paragraph_format.alignment = align
        style.paragraph_format.first_line_indent = Cm(indent)
        if name in {"Official title", "Cell"}:
            style.paragraph_format.space_after = Pt(0)
        if name == "Official title":
            style.paragraph_format.space_before = Pt(18)
        if name == "Official heading":
            style.paragraph_format.keep_with_next = True


def _font(style: ParagraphStyle, size: float) -> None:
    style.font.name, style.font.size = FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:eastAsia", "w:cs", "w:hAnsi"):
        fonts.set(qn(kind), FONT)


def _pages(pages: Pages, *, landscape: bool) -> None:
    """A4 with the decree's margins: 20-25 mm above and below, 30-35 left, 15-20 right."""
    pages.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    pages.page_width, pages.page_height = (LONG, SHORT) if landscape else (SHORT, LONG)
    pages.top_margin = pages.bottom_margin = Mm(20)
    pages.left_margin, pages.right_margin = Mm(30 if not landscape else 20), Mm(15)
    pages.header_distance = Mm(10)


def _numbers(pages: Pages, of: Official, *, fresh: bool) -> None:
    """Centred at the top from the second page on; what marks the document, on every page."""
    pages.different_first_page_header_footer = True
    pages.header.is_linked_to_previous = pages.first_page_header.is_linked_to_previous = False
    if fresh:
        start = parse_xml(f'<w:pgNumType {nsdecls("w")} w:start="1"/>')
        pages._sectPr.append(start)
    line = pages.header.paragraphs[0]
    line.alignment = CENTRE
    line._p.append(parse_xml(
        f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:rPr><w:sz w:val="26"/></w:rPr>'
        "<w:t>2</w:t></w:r></w:fldSimple>"
    ))  # fmt: skip
    if of.mark:
        for mark in (pages.header.add_paragraph(), pages.first_page_header.paragraphs[0]):
            mark.alignment = CENTRE
            run = mark.add_run(of.mark)
            run.bold, run.font.color.rgb, run.font.size = True, RGBColor(0xB0, 0, 0), Pt(12)


# -- what stands around the body


def _head(made: Docx, of: Letter) -> None:
    table = made.add_table(2, 2)
    table.autofit = False
    for column, width in enumerate((Mm(66), Mm(99))):
        table.columns[column].width = width
        for row in table.rows:
            row.cells[column].width = width
    left, right = table.rows[0].cells
    _put(left.paragraphs[0], of.governing, 12, CENTRE)
    _put(left.add_paragraph(), of.issuing, 12, CENTRE, bold=True)
    _under(left.add_paragraph(), 2.2)
    _put(right.paragraphs[0], (of.country,), 12, CENTRE, bold=True)
    _put(right.add_paragraph(), (of.motto,), 14, CENTRE, bold=True)
    _under(right.add_paragraph(), 1.4)
    left, right = table.rows[1].cells
    _put(left.paragraphs[0], of.number, 13, CENTRE)
    _put(right.paragraphs[0], of.place_date, 14, CENTRE, italic=True)


def _foot(made: Docx, of: Letter) -> None:
    table = made.add_table(1, 2)
    left, right = table.rows[0].cells
    _put(left.paragraphs[0], (of.copies_label,), 12, None, bold=True, italic=True)
    for number, one in enumerate(of.copies, 1):
        end = "." if number == len(of.copies) else ";"
        _put(left.add_paragraph(), ("- ", *one, end), 11, None)
    for number, one in enumerate(of.signer):
        _put(
            right.paragraphs[0] if not number else right.add_paragraph(), one, 14, CENTRE, bold=True
        )
    for _ in range(4):  # room for the signature and the seal
        right.add_paragraph()
    _put(right.add_paragraph(), of.name, 14, CENTRE, bold=True)
    row = table.rows[0]._tr.get_or_add_trPr()
    row.append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))


def _put(
    line: Paragraph, text: Text, size: float, align: WD_ALIGN_PARAGRAPH | None, *,
    bold: bool = False, italic: bool = False,
) -> None:  # fmt: skip
    if align is not None:
        line.alignment = align
    line.paragraph_format.space_after = Pt(0)
    line.paragraph_format.first_line_indent = Cm(0)
    for piece in text:
        run = line.add_run(str(piece))
        run.bold, run.italic, run.font.size = bold, italic, Pt(size)
        if isinstance(piece, Blank):
            _mark(run)


def _under(line: Paragraph, indent: float) -> None:
    """A rule, as long as the cell less this on both sides (cm)."""
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = Cm(indent)
    line.paragraph_format.space_after = Pt(4)
    line.paragraph_format.line_spacing = Pt(2)
    line._p.get_or_add_pPr().append(parse_xml(
        f'<w:pBdr {nsdecls("w")}>'
        '<w:top w:val="single" w:sz="6" w:space="1" w:color="auto"/></w:pBdr>'
    ))  # fmt: skip


def _rule(made: Docx, indent: float) -> None:
    _under(made.add_paragraph(), indent)


def _mark(run: object) -> None:
    """A blank shows: yellow behind it."""
    run.font.highlight_color = 7  # type: ignore[attr-defined]  # docx.text.run.Run


# -- the body


def _line(made: Docx, text: Text, style: str) -> Paragraph:
    line = made.add_paragraph(style=style)
    for piece in text:
        run = line.add_run(str(piece))
        if isinstance(piece, Blank):
            _mark(run)
    return line


def _blocks(made: Docx, of: Section, *, wide: bool) -> None:
    styles = {"body": "Body text official", "heading": "Official heading", "item": "Item"}
    for block in of.blocks:
        if isinstance(block, Para):
            text = ("- ", *block.text) if block.kind == "item" else block.text
            _line(made, text, styles[block.kind])
        else:
            made.element.body._insert_tbl(parse_xml(_table(block, 262 if wide else 165)))
            made.add_paragraph(style="Cell")


def _annex(made: Docx, of: Section, whole: Official) -> None:
    pages = made.add_section(WD_SECTION.NEW_PAGE)
    _pages(pages, landscape=of.landscape)
    for old in pages._sectPr.findall(qn("w:pgNumType")):
        pages._sectPr.remove(old)
    _numbers(pages, whole, fresh=True)
    _line(made, of.title, "Annex title")
    _line(made, (of.subtitle,), "Official subject")
    _blocks(made, of, wide=of.landscape)


def _table(of: Table, width: float) -> str:
    """Its XML: written at once, since a table may have a thousand rows.  `width` in mm."""
    unit = width * 56.7 / sum(of.widths)  # twentieths of a point
    widths = [round(share * unit) for share in of.widths]
    size = 20 if of.small else 26  # half points
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    head = _row([(one,) for one in of.head], widths, size, top=True) if any(of.head) else ""
    rows = "".join(_row(row, widths, size) for row in of.rows)
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>'
        f'{edges}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{head}{rows}</w:tbl>"
    )


def _row(cells: Iterable[Text], widths: list[int], size: int, *, top: bool = False) -> str:
    head = "<w:tblHeader/>" if top else ""
    inner = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_cell(cell, size, top)}</w:tc>'
        for cell, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{inner}</w:tr>"


def _cell(text: Text, size: int, top: bool) -> str:
    align, bold = ('<w:jc w:val="center"/>', "<w:b/>") if top else ("", "")
    runs = "".join(
        f"<w:r><w:rPr>{bold}{YELLOW if isinstance(one, Blank) else ''}"
        f'<w:sz w:val="{size}"/></w:rPr><w:t xml:space="preserve">{escape(str(one))}</w:t></w:r>'
        for one in text
    )
    return f'<w:p><w:pPr><w:pStyle w:val="Cell"/>{align}</w:pPr>{runs}</w:p>'


def _same(data: bytes) -> bytes:
    """The archive without the hour at which it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, EPOCH), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
