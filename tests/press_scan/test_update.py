"""`update` at the command line."""

from __future__ import annotations

import hashlib
import json

import pytest
from click.testing import CliRunner

from press_scan.cli import main
from tests.scanner import tables
from tests.scanner.tables import put


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def test_from_a_folder_to_a_bundle_to_another_site(program, tmp_path, data):
    source = put(tmp_path / "in")
    bundle = tmp_path / "bundle.tar.gz"
    told = program.run("update", "--from", source, "--data-dir", data, "--bundle", bundle).stdout
    assert f"data folder: {data}\n" in told
    assert "Known exploited faults [kev]: taken: of 21 Nov 2026, 3 rows\n" in told
    assert hashlib.sha256(bundle.read_bytes()).hexdigest() in told
    program.run("update", "--from", bundle)
    assert (program.home / "xdg_data_home" / "press-scan" / "known-exploited.json").is_file()
    again = program.run("update", "--from", bundle, "--lang", "vi").stdout
    assert (
        "Lỗ hổng đang bị khai thác [kev]: đã mới nhất, dữ liệu ngày 21/11/2026, 3 dòng\n" in again
    )


def test_one_bad_set_leaves_what_is_there_and_ends_with_3(program, tmp_path, data):
    program.run("update", "--from", put(tmp_path / "in"), PRESS_SCAN_DATA_DIR=str(data))
    source = put(tmp_path / "next", kev=tables.kev("2026-11-20"), retire=b"garbage", php=None)
    args = ("update", "--from", source, "--data-dir", data)
    told = program.run(*args, code=3).stdout
    assert (
        "Known exploited faults [kev]: NOT TAKEN: It is older than what is there "
        "(2026-11-20 < 2026-11-21); in force stays that of 21 Nov 2026\n"
    ) in told
    assert "Ends of support [endoflife.date]: up to date: of 20 Nov 2026, 2 rows\n" in told
    assert "Faults of CMS and PHP packages [php-advisories]: not in it: " in told
    assert "KHÔNG NHẬN: Dữ liệu cũ hơn" in program.run(*args, "--lang", "vi", code=3).stdout
    said = json.loads(program.run(*args, "--format", "json", code=3).stdout)
    assert {one["name"]: one["state"] for one in said["sets"]} == {
        "endoflife.date": "current", "kev": "refused", "retire.js": "refused",
        "php-advisories": "absent", "mozilla": "current"}  # fmt: skip
    assert said["sets"][1]["now"]["date"] == "2026-11-21"
    only = ("update", "--lang", "en", *map(str, args[1:]), "--only", "php-advisories")
    assert CliRunner().invoke(main, only).exit_code == 3  # asked for by name, and not in it


def test_what_a_user_can_mend_ends_with_2(tmp_path, data):
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.zip").write_bytes(b"PK\3\4")
    source = put(tmp_path / "in")
    to = ("--data-dir", data)
    for args, said in (
        (("--from", tmp_path / "empty"), "It has none of the data sets"),
        (("--from", tmp_path / "bad.zip"), "bad.zip: It is no whole archive"),
        (("--from", tmp_path / "nowhere"), "does not exist"),
        (("--from", source, "--bundle", tmp_path / "b.rar"), "name the bundle .tar.gz or .zip"),
        (("--from", source, "--data-dir", source / "full.json" / "x"), "full.json"),
    ):
        told = CliRunner().invoke(main, ["update", "--lang", "en", *map(str, (*to, *args))])
        assert told.exit_code == 2
        assert said in told.stderr
    assert not data.exists()
