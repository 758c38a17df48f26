"""Every letter that may be printed is one of our fonts'; every word can be broken."""

import re

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from reports.pdf_letters import BREAK, RANGES, WORD, breakable, shown
from reports.pdf_report import FONTS

SOURCE = """#let fonts = ("Be Vietnam Pro", "DejaVu Sans Mono")
#set text(font: fonts, weight: {weight}, fallback: false)
#set document(title: "Letters")
#sys.inputs.text"""


@pytest.mark.parametrize("weight", [400, 600])
def test_each_letter_has_a_glyph(weight):
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])
    letters = [chr(c) for first, last in RANGES for c in range(first, last + 1)]
    text = " ".join(one for one in letters if one.isprintable())
    source = SOURCE.format(weight=weight).encode()
    made = typst.Compiler(source, font_paths=fonts).compile(
        sys_inputs={"text": text}, format="pdf", pdf_standards="a-3a"
    )  # PDF/A-3a wants a glyph for each letter: typst refuses a text that shows a box
    assert made.startswith(b"%PDF-")
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        typst.Compiler(source, font_paths=fonts).compile(
            sys_inputs={"text": "\u6f22"}, format="pdf", pdf_standards="a-3a"
        )


@given(st.text(max_size=200))
def test_only_letters_that_we_have_are_printed(text):
    for char in shown(text):
        assert any(first <= ord(char) <= last for first, last in RANGES)
        assert char.isprintable()


@given(st.text(alphabet=st.sampled_from("aW/.:-_ ế"), max_size=300))
def test_a_long_word_breaks_and_loses_nothing(text):
    told = breakable(text)
    assert told.replace(BREAK, "") == text
    assert all(len(part) <= 1.5 * WORD for part in re.split(rf"[ {BREAK}]", told))


def test_short_words_stay_as_they_are():
    text = "Chỉ chấp nhận TLS 1.2 và TLS 1.3 (https://bao.vn)"
    assert breakable(text) == text


def test_a_fingerprint_can_be_copied_in_one_piece():
    digest = "a1" * 32
    assert breakable(f"SHA-256 {digest}") == f"SHA-256 {digest}"
    assert BREAK in breakable(f"{digest}0")
