import re
import stat
from pathlib import Path

import pytest
import trustme

from scanner import starter
from scanner.inventory_file import BLANK, load
from scanner.yamlfile import FileError


@pytest.mark.parametrize("lang", starter.LANGS)
def test_it_does_not_pass_until_it_is_filled_in(tmp_path, lang):
    path = starter.write(tmp_path / "new" / "folder", lang)
    with pytest.raises(FileError) as caught:
        load(path)
    lines = path.read_text("utf-8").splitlines()
    blanks = [
        number
        for number, line in enumerate(lines, 1)
        if "<" in line and "#" not in line.split("<")[0]
    ]
    assert [problem.line for problem in caught.value.problems] == blanks and len(blanks) >= 10
    assert {problem.message.template for problem in caught.value.problems} == {BLANK}


FILLED = {
    "document": "12/GUQ-STTTT",
    "from": "2026-01-01",
    "to": "2026-12-31",
    "contact": "soc@example.vn",
    "address": "www.example.vn",
    "id": "bao-ca-mau",
}


@pytest.mark.parametrize("lang", starter.LANGS)
@pytest.mark.parametrize("uncommented", [False, True])
def test_filled_in_it_loads(tmp_path, lang, uncommented):
    lines = []
    for line in starter.template(lang).splitlines():
        if uncommented and re.match(r" +# ( *- | +|[a-z_]+:)", line):
            line = line.replace("# ", "", 1)
        head, bracket, _ = line.partition("<")
        key = head.strip("- ").rstrip(": ")
        if bracket and "#" not in head:
            blank = FILLED.get(key, "203.0.113.0/24" if key == "" else "x")
            blank = "https://www.example.vn/" if "https://" in line else blank
            line = head + blank
        lines.append(line)
    path = tmp_path / "inventory.yaml"
    text = "\n".join(lines).replace("private-ca.pem", "ca.pem")
    path.write_text(text, "utf-8")
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    loaded = load(path)
    assert loaded.inventory.agencies[0].electronic
    if uncommented:
        assert loaded.inventory.agencies[0].systems[0].assets[1].streams[1].use == "public"
        assert loaded.inventory.authorisation.windows
        dossier = loaded.inventory.agencies[0].systems[0].dossier
        assert dossier.basis.kind == "policy" and dossier.law == "nd331" and dossier.appraisal.date
        assert loaded.inventory.programme.rescan_months == 6


def test_both_languages_say_the_same():
    def bare(lang):
        return [
            line.split("#")[0].split("<")[0].rstrip()
            for line in starter.template(lang).splitlines()
            if line.split("#")[0].strip()
        ]

    assert bare("vi") == bare("en")


def test_an_unknown_language_is_english():
    assert starter.template("fr") == starter.template("en")


def test_it_never_overwrites(tmp_path):
    path = tmp_path / "inventory.yaml"
    path.write_text("mine")
    with pytest.raises(FileExistsError) as caught:
        starter.write(tmp_path)
    assert caught.value.filename == str(path) and path.read_text() == "mine"


def test_it_does_not_follow_a_dangling_link(tmp_path):
    path = tmp_path / "inventory.yaml"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        starter.write(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="a folder is wanted"):
        starter.write(tmp_path / "file")
    with pytest.raises(FileError):
        starter.write(tmp_path / "file" / "below")


def test_an_ordinary_file(tmp_path):
    path = starter.write(tmp_path)
    assert path == tmp_path / "inventory.yaml" and stat.S_ISREG(Path(path).stat().st_mode)
