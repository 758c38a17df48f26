"""Every sentence of the program is in the Vietnamese catalogue, with the same blanks."""

import ast
import string
import subprocess
import sys
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po

from reports.i18n import LANGS, catalogue, install_click
from tests.reports.messages import ROOT, not_literal, sentences

CATALOGUES = sorted((ROOT / "reports" / "locale" / "vi").glob("*.po"))
DEVELOPERS = (  # click says these to programmers, not to users
    "Name '", "Boolean option", "Could not determine", "No options defined", "Arguments take",
    "Choice(", "Unknown color", "Unknown standard stream", "Invalid start character",
    "DeprecationWarning", "Value must be an iterable", "Windows error", "{editor}", "d",
    "file", "directory", "path",  # put into sentences: translated there, as `File` ...
    "Couldn't detect Bash", "Shell completion is not", "{value!r} is not a valid UUID.",
)  # fmt: skip


def blanks(text):
    """The names of its blanks."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_sentence_is_translated():
    missing = {text: at for text, at in sentences().items() if text not in catalogue("vi")}
    assert missing == {}


def test_the_convention_found_something_everywhere():
    places = {at.split("/")[0].split(".")[0] for at in sentences().values()}
    assert {"press_scan", "reports", "scanner", "agency", "scorecard"} <= places


def test_no_sentence_is_put_together():
    assert not_literal() == []


def test_blanks_agree():
    plural = {"n", "possibility", "possibilities", "choice", "choices", "format", "formats", "len"}
    for english, vietnamese in catalogue("vi").items():
        if "%(" in english:
            assert english.count("%(") == vietnamese.count("%("), english
            continue
        odd = (blanks(english) ^ blanks(vietnamese)) - plural
        assert odd <= {"nargs", "len_value"}, english


def test_babel_reads_the_same_files_the_same_way():
    expected = {}
    for path in CATALOGUES:
        with path.open("rb") as file:
            official = read_po(file, locale="vi", abort_invalid=True)
        for message in official:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            said = message.string[0] if isinstance(message.string, tuple) else message.string
            assert not message.fuzzy
            assert not list(message.check(official))
            assert not expected.keys() & set(filter(None, ids)), f"twice: {ids} ({path.name})"
            expected |= {one: said for one in ids if one}
    assert catalogue("vi") == expected


def test_everything_that_click_says_to_users_is_translated():
    missing = []
    for file in Path(click.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext"):
                for arg in node.args[:2]:
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str):
                        missing.append(arg.value)
    known = catalogue("vi")
    assert [m for m in missing if m not in known and not m.startswith(DEVELOPERS)] == []


@pytest.fixture
def vietnamese():
    """click speaks Vietnamese, and English again afterwards."""
    install_click("vi")
    yield
    install_click("en")


FORMAT = click.Choice(["json", "html"])


def run(*args):
    """What a small command says to these arguments."""

    @click.group()
    def cli():
        """Nothing."""

    @cli.command()
    @click.argument("inventory", type=click.Path(exists=True))
    @click.option(
        "--format", type=click.Choice(["json", "html"]), default="json", show_default=True
    )
    @click.option("--rate", type=int)
    def scan(**_):
        """Nothing."""

    from click.testing import CliRunner

    return CliRunner().invoke(cli, args, prog_name="press-scan").output


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--help"], ["Cách dùng:", "Tùy chọn:", "Lệnh:", "In hướng dẫn này rồi thoát."]),
        (["scan", "--help"], ["mặc định: json"]),
        (["scan"], ["Lỗi: Thiếu tham số 'INVENTORY'.", "Xem hướng dẫn: 'press-scan scan --help'."]),
        (["scan", ".", "--frmat", "x"], ["Không có tùy chọn '--frmat'", "ý bạn là '--format'"]),
        (["scn"], ["Không có lệnh 'scn'", "ý bạn là 'scan'"]),
        (["scan", ".", "--format", "xml"], ["Giá trị không hợp lệ cho '--format'", "'xml' không"]),
        (["scan", ".", "--rate", "x"], ["'x' không phải số nguyên hợp lệ"]),
        (["scan", "nowhere.yaml"], ["Đường dẫn 'nowhere.yaml' không tồn tại."]),
        (["scan", ".", "more"], ["Thừa tham số (more)"]),
        (["scan", ".", "--rate"], ["Tùy chọn '--rate' cần 1 giá trị."]),
    ],
)
def test_click_speaks_vietnamese(vietnamese, args, said):
    output = run(*args)
    assert [one for one in said if one not in output] == [], output


def test_click_speaks_english_again():
    for lang in reversed(LANGS):
        install_click(lang)
    install_click("en")
    assert "Usage:" in run("--help")
    assert "Missing argument" in run("scan")


def test_the_catalogue_costs_little_at_the_start():
    code = "import sys; from reports.i18n import catalogue; catalogue('vi'); "
    code += "print('babel' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
